package ephemeral

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Publish hints to everyone who subscribed to the channel that something changed. What changed is in PostgreSQL.
func (s *Store) Publish(ctx context.Context, channel string) error {
	return wrap("publish", s.client.Publish(ctx, channel, "").Err())
}

// Subscribe gives the names of the channels that were hinted at. Hints of one channel that nobody has read yet become
// one. When Redis was away and is back, every channel is hinted at once, since hints were lost. cancel ends it; the
// channel is never closed.
func (s *Store) Subscribe(ctx context.Context, channels ...string) (<-chan string, func()) {
	return s.hub.subscribe(ctx, channels)
}

// Down says whether hints are not arriving now, so that screens look at PostgreSQL more often.
func (s *Store) Down() bool { return !s.hub.up.Load() }

const (
	pingEvery  = 2 * time.Second // a silent line is tried this often
	firstPause = 50 * time.Millisecond
	lastPause  = time.Second
)

// hub shares one connection among all subscribers of the process.
type hub struct {
	pubsub *redis.PubSub
	up     atomic.Bool
	end    context.CancelFunc
	ended  chan struct{}

	mu   sync.Mutex
	subs map[string][]*subscriber
}

type subscriber struct {
	mu      sync.Mutex
	pending []string
	wake    chan struct{} // holds one
	out     chan string
}

func newHub(client *redis.Client) *hub {
	ctx, cancel := context.WithCancel(context.Background())
	h := &hub{pubsub: client.Subscribe(ctx), end: cancel, ended: make(chan struct{}), subs: map[string][]*subscriber{}}
	go h.receive(ctx)
	return h
}

func (h *hub) close() {
	h.end()
	_ = h.pubsub.Close()
	<-h.ended
	h.up.Store(false)
}

// receive reads the shared connection for as long as the store is open. The client library connects again and repeats
// the subscriptions by itself; this loop notices both ends of an outage.
func (h *hub) receive(ctx context.Context) {
	defer close(h.ended)
	pause := firstPause
	h.nudge(ctx)
	awaiting := true // a ping is under way
	for ctx.Err() == nil {
		msg, err := h.pubsub.ReceiveTimeout(ctx, pingEvery)
		var ne net.Error
		if err != nil && errors.As(err, &ne) && ne.Timeout() && !awaiting {
			awaiting = true
			err = h.pubsub.Ping(ctx)
			if err == nil {
				continue
			}
		}
		if err != nil {
			h.up.Store(false)
			awaiting = true // the first answer of a new connection shows that it lives
			h.nudge(ctx)
			pause = min(pause*2, lastPause)
			wait(ctx, pause/2+rand.N(pause/2))
			continue
		}
		pause, awaiting = firstPause, false
		h.up.Store(true)
		switch m := msg.(type) {
		case *redis.Message:
			h.hint(m.Channel)
		case *redis.Subscription:
			if m.Kind == "subscribe" { // also after a reconnection: hints before it were lost
				h.hint(m.Channel)
			}
		}
	}
}

// nudge makes a fresh connection say something, so that its first answer is not up to somebody's hint.
func (h *hub) nudge(ctx context.Context) { _ = h.pubsub.Ping(ctx) }

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (h *hub) subscribe(ctx context.Context, channels []string) (<-chan string, func()) {
	s := &subscriber{wake: make(chan struct{}, 1), out: make(chan string)}
	channels = slices.Compact(slices.Sorted(slices.Values(channels)))
	h.mu.Lock()
	var fresh []string
	for _, c := range channels {
		if len(h.subs[c]) == 0 {
			fresh = append(fresh, c)
		}
		h.subs[c] = append(h.subs[c], s)
	}
	if len(fresh) > 0 {
		_ = h.tell(h.pubsub.Subscribe, fresh) // remembered even when Redis is away
	}
	h.mu.Unlock()
	pumping, stop := context.WithCancel(ctx)
	go s.pump(pumping)
	return s.out, sync.OnceFunc(func() {
		stop()
		h.unsubscribe(s, channels)
	})
}

// tell changes the shared subscription. The caller's context is not used: its end would break the line of everybody.
func (h *hub) tell(f func(context.Context, ...string) error, channels []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	return f(ctx, channels...)
}

func (h *hub) unsubscribe(s *subscriber, channels []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var over []string
	for _, c := range channels {
		h.subs[c] = slices.DeleteFunc(h.subs[c], func(x *subscriber) bool { return x == s })
		if len(h.subs[c]) == 0 {
			delete(h.subs, c)
			over = append(over, c)
		}
	}
	if len(over) > 0 {
		_ = h.tell(h.pubsub.Unsubscribe, over)
	}
}

func (h *hub) hint(channel string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.subs[channel] {
		s.add(channel)
	}
}

// add never blocks: a screen that is slow does not hold up the others.
func (s *subscriber) add(channel string) {
	s.mu.Lock()
	if !slices.Contains(s.pending, channel) {
		s.pending = append(s.pending, channel)
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *subscriber) pump(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
		s.mu.Lock()
		pending := s.pending
		s.pending = nil
		s.mu.Unlock()
		for _, c := range pending {
			select {
			case <-ctx.Done():
				return
			case s.out <- c:
			}
		}
	}
}
