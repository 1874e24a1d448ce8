package booking

import (
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
	return &memo{clock: c, off: !real, kept: map[memoKey]kept{}}
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

// remembered gives what is remembered about something, else what load finds.
func remembered[T any](m *memo, t tenant.Key, about any, load func() (T, error)) (T, error) {
	if v, ok := m.find(t, about); ok {
		return v.(T), nil
	}
	v, err := load()
	if err == nil {
		m.keep(t, about, v, memoTime)
	}
	return v, err
}
