package demo

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/sportello/sportello/modules/platform/devstack"
)

// restartPause is how long a service that died stays down before it is started again, and between two attempts.
const restartPause = 500 * time.Millisecond

// service is what the supervisor needs of PostgreSQL, Redis and LiveKit.
type service interface {
	Ended() <-chan struct{}
	Stop() error
	Restart(context.Context) error
}

var (
	_ service = (*devstack.Postgres)(nil)
	_ service = (*devstack.Redis)(nil)
	_ service = (*devstack.LiveKit)(nil)
)

// supervise starts services again that end while the demo runs, as an orchestrator does in production, and calls back
// after each. The returned function ends the watch and must be called before the services are stopped.
func supervise(ctx context.Context, services map[string]service, restarted func(name string)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	for name, s := range services {
		all.Go(func() {
			for keep(ctx, name, s) {
				restarted(name)
			}
		})
	}
	return func() {
		cancel()
		all.Wait()
	}
}

// keep waits until the service has ended and brings it back. False: ctx has ended.
func keep(ctx context.Context, name string, s service) bool {
	select {
	case <-ctx.Done():
		return false
	case <-s.Ended():
	}
	slog.WarnContext(ctx, "a service of the demo ended; starting it again", "service", name)
	for {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(restartPause):
		}
		// Stop forgets the dead process, or one that came up halfway.
		err := errors.Join(s.Stop(), s.Restart(ctx))
		if err == nil {
			return true
		}
		slog.WarnContext(ctx, "a service of the demo does not start", "service", name, "error", err)
	}
}

// keepUp supervises the demo's services and keeps the process numbers in demo.json true.
func (s *stack) keepUp(ctx context.Context, file string, facts *Facts) (stop func()) {
	var writing sync.Mutex
	services := map[string]service{"postgres": s.postgres, "redis": s.redis, "livekit": s.livekit}
	return supervise(ctx, services, func(name string) {
		writing.Lock()
		defer writing.Unlock()
		facts.Processes = s.processes()
		if err := write(file, facts); err != nil {
			slog.WarnContext(ctx, "demo.json keeps an old process number", "service", name, "error", err)
		}
	})
}
