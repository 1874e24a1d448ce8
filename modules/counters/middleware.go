package counters

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// Cookie holds the credential of a device.
const Cookie = "sportello_postazione"

// cookieTime is how long a browser may keep it; Chromium's own limit. An enrolled device renews it with every enrolment.
const cookieTime = 400 * 24 * time.Hour

// RequireKiosk lets only enrolled devices pass: it puts the entity and the device as actor into the request's context. A
// device that is not enrolled, or was revoked, gets kiosk.not_enrolled.
func (s *Service) RequireKiosk(c *fiber.Ctx) error {
	credential := web.Cookie(c, Cookie)
	if credential == "" {
		return web.Fail(c, problem.New(problem.Unauthenticated, "kiosk.not_enrolled"))
	}
	t, d, err := s.Authenticate(c.UserContext(), credential)
	if err != nil {
		return web.Fail(c, err)
	}
	ctx := actor.With(tenant.With(c.UserContext(), t), DeviceActor(d))
	c.SetUserContext(actor.WithCheck(ctx, func(ctx context.Context) error {
		_, d, err := s.Authenticate(ctx, credential)
		if err == nil {
			s.Seen(ctx, d)
		}
		return err
	}))
	return c.Next()
}

// KeepCredential gives the device its cookie.
func KeepCredential(c *fiber.Ctx, credential string) {
	web.SetCookie(c, Cookie, credential, cookieTime)
}
