package web

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"
)

// StreamEvery is SSE with another heartbeat.
func StreamEvery(c *fiber.Ctx, every time.Duration, f func(context.Context, func(string, any) error) error) error {
	return stream(c, every, f)
}

// SetStreamPatience changes how long a stream of the application waits for a client that does not read.
func SetStreamPatience(app *fiber.App, d time.Duration) {
	app.Use(func(c *fiber.Ctx) error {
		s := *c.Locals(stateKey{}).(*state)
		s.patience = d
		c.Locals(stateKey{}, &s)
		return c.Next()
	})
}
