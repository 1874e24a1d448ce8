package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
)

const heartbeat = 10 * time.Second

// SSE answers with server-sent events. f runs until it returns, the client goes away, or the server stops; then its
// ctx ends. It carries the values of the request's context but not its deadline. send writes one event with data as
// JSON and may be called from any goroutine. A comment goes out every 10 seconds, so that a client that is gone is
// noticed and proxies keep the line open. f must not touch the fiber context.
func SSE(c *fiber.Ctx, f func(ctx context.Context, send func(event string, data any) error) error) error {
	return stream(c, heartbeat, f)
}

func stream(c *fiber.Ctx, every time.Duration, f func(context.Context, func(string, any) error) error) error {
	s, ok := c.Locals(stateKey{}).(*state)
	if !ok {
		return errors.New("event stream: the application was not made by web.New")
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(c.UserContext()))
	stopping := c.Context().Done() // closed when the server stops; fasthttp never tells of a client that left
	conn := c.Context().Conn()
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set("X-Accel-Buffering", "no")
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer cancel()
		if s.cfg.Metrics != nil {
			defer s.cfg.Metrics.StreamOpened()()
		}
		var mu sync.Mutex
		write := func(text string) error {
			mu.Lock()
			defer mu.Unlock()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			_ = conn.SetWriteDeadline(time.Now().Add(s.patience)) // the server set one for the whole answer
			_, err := w.WriteString(text)
			if err == nil {
				err = w.Flush()
			}
			if err != nil {
				cancel()
			}
			return err
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer cancel()
			run(ctx, s, f, write)
		}()
		if write("retry: 2000\n\n") == nil {
			beat(ctx, every, stopping, write)
		}
		cancel()
		<-done
	})
	return nil
}

// beat writes heartbeats until the stream ends.
func beat(ctx context.Context, every time.Duration, stopping <-chan struct{}, write func(string) error) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-stopping:
			return
		case <-t.C:
			if write(": \n\n") != nil {
				return
			}
		}
	}
}

// run calls f; a panic or an error of its own is logged, since the answer has begun.
func run(ctx context.Context, s *state, f func(context.Context, func(string, any) error) error, write func(string) error) {
	defer func() {
		if v := recover(); v != nil {
			s.log.ErrorContext(ctx, "event stream panic", slog.Any("value", v), slog.String("stack", string(debug.Stack())))
		}
	}()
	err := f(ctx, func(event string, data any) error {
		raw, err := json.Marshal(data)
		if err != nil {
			return fmt.Errorf("event %s: %w", event, err)
		}
		if strings.ContainsAny(event, "\r\n") {
			return fmt.Errorf("event name %q", event)
		}
		return write("event: " + event + "\ndata: " + string(raw) + "\n\n")
	})
	if err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "event stream", slog.Any("err", err))
	}
}
