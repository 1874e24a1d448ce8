package web_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/platform/metrics"
	"github.com/sportello/sportello/modules/platform/web"
)

// listen opens a stream and returns its lines that are not empty.
func listen(t *testing.T, addr string) (lines <-chan string, hangUp func()) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	_, err = c.Write([]byte("GET /events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n"))
	require.NoError(t, err)
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
	require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
	out := make(chan string, 100)
	go func() {
		defer close(out)
		scan := bufio.NewScanner(res.Body)
		for scan.Scan() {
			if scan.Text() != "" {
				out <- scan.Text()
			}
		}
	}()
	return out, func() { _ = c.Close() }
}

func TestTwoHundredStreamsGetEveryEventAndEndWhenTheirClientsLeave(t *testing.T) {
	t.Parallel()
	const streams = 200
	var open atomic.Int32
	var mu sync.Mutex
	var wake []chan int
	reg := metrics.New()
	s := start(t, web.Config{Metrics: reg}, func(app *fiber.App) {
		app.Use(func(c *fiber.Ctx) error {
			c.SetUserContext(actor.With(c.UserContext(), actor.Actor{Kind: actor.Kiosk, ID: "k1"}))
			return c.Next()
		})
		app.Get("/events", func(c *fiber.Ctx) error {
			return web.StreamEvery(c, 50*time.Millisecond, func(ctx context.Context, send func(string, any) error) error {
				open.Add(1)
				defer open.Add(-1)
				if _, limited := ctx.Deadline(); limited || actor.From(ctx).ID != "k1" {
					return errors.New("the stream has the request's deadline or lost its values")
				}
				ch := make(chan int, 10)
				mu.Lock()
				wake = append(wake, ch)
				mu.Unlock()
				for {
					select {
					case <-ctx.Done():
						return nil
					case n := <-ch:
						if err := send("state", map[string]int{"n": n}); err != nil {
							return err
						}
					}
				}
			})
		})
	})
	var lines []<-chan string
	var hangUps []func()
	for range streams {
		l, hangUp := listen(t, s.addr)
		lines, hangUps = append(lines, l), append(hangUps, hangUp)
	}
	require.Eventually(t, func() bool { return open.Load() == streams }, 10*time.Second, 5*time.Millisecond)
	require.InDelta(t, streams, gauge(t, reg, "sportello_http_event_streams"), 0)
	for n := range 3 {
		mu.Lock()
		for _, ch := range wake {
			ch <- n
		}
		mu.Unlock()
	}
	for _, l := range lines {
		var got []string
		for line := range l {
			if strings.HasPrefix(line, "data: ") || strings.HasPrefix(line, "event: ") {
				got = append(got, line)
			}
			if len(got) == 6 {
				break
			}
		}
		require.Equal(t, []string{"event: state", `data: {"n":0}`, "event: state", `data: {"n":1}`, "event: state", `data: {"n":2}`}, got)
	}
	for _, hangUp := range hangUps {
		hangUp()
	}
	require.Eventually(t, func() bool { return open.Load() == 0 }, 10*time.Second, 5*time.Millisecond,
		"a stream whose client is gone ends at a heartbeat")
	require.NotContains(t, s.logs.String(), `"level":"ERROR"`)
}

func gauge(t *testing.T, reg *metrics.Registry, name string) float64 {
	t.Helper()
	families, err := reg.Gather()
	require.NoError(t, err)
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no series %s", name)
	return 0
}

func TestStreamsEndWhenTheServerStops(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	s := start(t, web.Config{}, func(app *fiber.App) {
		app.Get("/events", func(c *fiber.Ctx) error {
			return web.SSE(c, func(ctx context.Context, send func(string, any) error) error {
				defer close(ended)
				_ = send("state", 1)
				<-ctx.Done()
				return nil
			})
		})
	})
	lines, hangUp := listen(t, s.addr)
	defer hangUp()
	require.Equal(t, "retry: 2000", <-lines)
	from := time.Now()
	require.NoError(t, s.app.ShutdownWithTimeout(5*time.Second))
	<-ended
	require.Less(t, time.Since(from), 4*time.Second)
}

func TestAStreamOutlivesTheTimeoutsOfTheServer(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, func(app *fiber.App) {
		server := app.Server()
		server.ReadTimeout, server.WriteTimeout, server.IdleTimeout = 300*time.Millisecond, 300*time.Millisecond, 300*time.Millisecond
		app.Get("/events", func(c *fiber.Ctx) error {
			return web.StreamEvery(c, 100*time.Millisecond, func(ctx context.Context, send func(string, any) error) error {
				for n := range 4 {
					select {
					case <-ctx.Done():
						return ctx.Err()
					case <-time.After(400 * time.Millisecond):
					}
					if err := send("state", n); err != nil {
						return err
					}
				}
				return nil
			})
		})
	})
	lines, hangUp := listen(t, s.addr)
	defer hangUp()
	var events int
	for line := range lines {
		if strings.HasPrefix(line, "event:") {
			events++
		}
	}
	require.Equal(t, 4, events)
}

func TestAStreamThatBreaksEndsAndIsLogged(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, func(app *fiber.App) {
		app.Get("/events", func(c *fiber.Ctx) error {
			return web.SSE(c, func(context.Context, func(string, any) error) error { panic("stream broke") })
		})
	})
	lines, hangUp := listen(t, s.addr)
	defer hangUp()
	for range lines { // ends: the server closed the stream
	}
	require.Contains(t, s.logs.String(), "stream broke")
}

func TestAStreamWhoseClientReadsNothingEnds(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	s := start(t, web.Config{}, func(app *fiber.App) {
		web.SetStreamPatience(app, 500*time.Millisecond)
		app.Get("/events", func(c *fiber.Ctx) error {
			return web.StreamEvery(c, time.Minute, func(_ context.Context, send func(string, any) error) error {
				defer close(ended)
				for {
					if err := send("state", strings.Repeat("x", 100_000)); err != nil {
						return err
					}
				}
			})
		})
	})
	c, err := net.Dial("tcp", s.addr)
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	_, err = c.Write([]byte("GET /events HTTP/1.1\r\nHost: a\r\n\r\n"))
	require.NoError(t, err)
	select {
	case <-ended:
	case <-time.After(15 * time.Second):
		t.Fatal("the stream waits for a client that reads nothing")
	}
}
