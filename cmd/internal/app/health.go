package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// Check names what of the services around does not work, in plain words; nil when all do.
func (a *App) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var errs []error
	add := func(what, advice string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %s (%w)", what, advice, err))
		}
	}
	add("PostgreSQL", "start it, or mend DATABASE_URL and CELL_URLS; then run `sportello migrate`", a.DB.Ping(ctx))
	add("Redis", "start it, or mend REDIS_URL; bookings and calls go on without it, logins do not", a.Redis.Ping(ctx))
	add("LiveKit", "start it, or mend LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET; bookings go on without it, calls do not", a.Rooms.Ping(ctx))
	probe, err := os.CreateTemp(a.Config.BlobDir, ".probe-*")
	if err == nil {
		err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	}
	add("documents", "make BLOB_DIR writable", err)
	return errors.Join(errs...)
}

// health: /healthz says that the process lives, /readyz whether it should get requests. Redis and LiveKit may be away:
// bookings work without them, and taking the whole counter out would help nobody.
func (a *App) health() {
	a.Fiber.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	a.Fiber.Get("/readyz", func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
		defer cancel()
		if err := a.DB.Ping(ctx); err != nil {
			return c.Status(fiber.StatusServiceUnavailable).SendString("PostgreSQL does not answer\n")
		}
		return c.SendString("ok\n")
	})
	a.Fiber.Get("/metrics", func(c *fiber.Ctx) error {
		if c.Get(fiber.HeaderXForwardedFor) != "" { // it came through the public proxy
			return problem.New(problem.NotFound, "not_found")
		}
		return c.Next()
	}, a.metrics.Handler())
}
