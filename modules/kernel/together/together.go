// Package together lets those who ask at the same time ask with one voice: under load many small questions to a
// database become few large ones, and without load nobody waits.
package together

import (
	"context"
	"sync"
	"time"
)

// patience bounds one question, which belongs to none of those who asked.
const patience = 5 * time.Second

// Group asks one question at a time; whoever comes meanwhile shares the next. It is safe for concurrent use.
type Group[K comparable, V any] struct {
	ask func(context.Context, []K) (map[K]V, error)

	mu     sync.Mutex
	next   *question[K, V] // not asked yet
	asking bool
}

type question[K comparable, V any] struct {
	keys  []K
	done  chan struct{}
	found map[K]V
	err   error
}

// New makes a group. ask gets every key once for each who asked for it, and gives what it found.
func New[K comparable, V any](ask func(context.Context, []K) (map[K]V, error)) *Group[K, V] {
	return &Group[K, V]{ask: ask}
}

// Ask gives what was found for the key, and whether anything was. An error is everybody's who shared the question:
// who gets one may ask alone.
func (g *Group[K, V]) Ask(ctx context.Context, key K) (v V, found bool, err error) {
	g.mu.Lock()
	if g.next == nil {
		g.next = &question[K, V]{done: make(chan struct{})}
	}
	q := g.next
	q.keys = append(q.keys, key)
	if !g.asking {
		g.asking = true
		go g.work()
	}
	g.mu.Unlock()
	select {
	case <-q.done:
		v, found = q.found[key]
		return v, found, q.err
	case <-ctx.Done():
		return v, false, ctx.Err()
	}
}

func (g *Group[K, V]) work() {
	for {
		g.mu.Lock()
		q := g.next
		g.next = nil
		g.asking = q != nil
		g.mu.Unlock()
		if q == nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		q.found, q.err = g.ask(ctx, q.keys)
		cancel()
		close(q.done)
	}
}
