package booking

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

// How long an answer may be older than the rows. Whoever closes an office or frees a time sees it taken up after that.
// Nothing remembered ever gives a time away: the constraints decide every booking.
const (
	memoTime  = 2 * time.Second // what kiosk and office offer at all
	takenTime = time.Second     // that a time is taken, and the next free ones
	memoSize  = 20_000
)

// memo remembers for a moment what many citizens ask at once on the day when bookings open. It remembers nothing while a
// test moves the clock, so that tests see every change.
type memo struct {
	clock clock.Clock
	off   bool
	mu    sync.Mutex
	kept  map[memoKey]kept
	ahead map[memoKey]*flight // being found by somebody who asked a moment ago
}

type flight struct {
	done  chan struct{}
	value any
	err   error
}

type memoKey struct {
	tenant tenant.Key
	about  any // comparable
}

type kept struct {
	value any
	until time.Time
}

func newMemo(c clock.Clock) *memo {
	_, real := c.(clock.System)
	return &memo{clock: c, off: !real, kept: map[memoKey]kept{}, ahead: map[memoKey]*flight{}}
}

func (m *memo) find(t tenant.Key, about any) (any, bool) {
	if m.off {
		return nil, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.kept[memoKey{t, about}]
	if !ok || !m.clock.Now().Before(k.until) {
		return nil, false
	}
	return k.value, true
}

func (m *memo) keep(t tenant.Key, about, value any, d time.Duration) {
	if m.off {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.kept) >= memoSize {
		m.kept = map[memoKey]kept{}
	}
	m.kept[memoKey{t, about}] = kept{value, m.clock.Now().Add(d)}
}

// remembered gives what is remembered about something, else what load finds. Of those who ask at once one looks; what
// went wrong for them is nobody else's.
func remembered[T any](ctx context.Context, m *memo, t tenant.Key, about any, d time.Duration, load func() (T, error)) (T, error) {
	if m.off {
		return load()
	}
	if v, ok := m.find(t, about); ok {
		return v.(T), nil
	}
	key := memoKey{t, about}
	m.mu.Lock()
	f, found := m.ahead[key]
	if !found {
		f = &flight{done: make(chan struct{}), err: errNotFound}
		m.ahead[key] = f
	}
	m.mu.Unlock()
	if found {
		select {
		case <-f.done:
		case <-ctx.Done():
		}
		if ctx.Err() == nil && f.err == nil {
			return f.value.(T), nil
		}
		return load()
	}
	defer func() {
		m.mu.Lock()
		delete(m.ahead, key)
		m.mu.Unlock()
		close(f.done)
	}()
	v, err := load()
	if f.value, f.err = v, err; err == nil {
		m.keep(t, about, v, d)
	}
	return v, err
}

// errNotFound: whoever looked panicked.
var errNotFound = errors.New("booking: nothing was found")
