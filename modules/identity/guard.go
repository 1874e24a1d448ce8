package identity

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// Cookie is the name of the cookie with the session's token; by https it has the prefix __Host-.
const Cookie = "sportello_sessione"

// RequireStaff lets through members of staff of the entity who have at least one of the roles; without roles, all of
// them. It puts the actor and the Session into the context. Who is not signed in is sent to /accedi and back
// afterwards; a program, and a form sent after the session ended, get 401 so that nothing typed is lost.
func (s *Service) RequireStaff(roles ...actor.Role) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx := c.UserContext()
		t, ok := tenant.From(ctx)
		if !ok {
			return problem.New(problem.NotFound, "not_found")
		}
		c.Set(fiber.HeaderCacheControl, "no-store")
		token := web.Cookie(c, Cookie)
		who, session, err := s.authenticate(ctx, t, token)
		if err != nil {
			return turnAway(c, err)
		}
		allowed := len(roles) == 0
		for _, r := range roles {
			allowed = allowed || who.Has(r)
		}
		ctx = context.WithValue(actor.With(ctx, who), contextKey{}, session)
		c.SetUserContext(actor.WithCheck(ctx, func(ctx context.Context) error {
			_, _, err := s.authenticate(ctx, t, token)
			return err
		}))
		if !allowed {
			return errForbidden
		}
		return c.Next()
	}
}

// RequireVendor lets through the vendor's people, as RequireStaff does members of staff.
func (s *Service) RequireVendor() fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "no-store")
		who, err := s.VendorAuthenticate(c.UserContext(), web.Cookie(c, Cookie))
		if err != nil {
			return turnAway(c, err)
		}
		c.SetUserContext(actor.With(c.UserContext(), who))
		return c.Next()
	}
}

func turnAway(c *fiber.Ctx, err error) error {
	p := problem.From(err)
	if p.Kind != problem.Unauthenticated || web.WantsJSON(c) {
		return err
	}
	if m := c.Method(); m != fiber.MethodGet && m != fiber.MethodHead {
		return problem.New(problem.Unauthenticated, "identity.session_ended_form")
	}
	target := "/accedi"
	if back := safeReturn(c.OriginalURL()); back != "" {
		target += "?" + url.Values{"ritorno": {back}}.Encode()
	}
	return c.Redirect(target, fiber.StatusSeeOther)
}

// safeReturn gives the address back when it is a path of this host, else nothing: nobody is sent away from here.
func safeReturn(s string) string {
	if len(s) > 1000 || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.Contains(s, `\`) {
		return ""
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return ""
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.Host != "" || u.Scheme != "" || u.User != nil || strings.HasPrefix(u.Path, "//") ||
		u.Path == "/accedi" || u.Path == "/esci" {
		return ""
	}
	return s
}

func setSession(c *fiber.Ctx, token string) { web.SetCookie(c, Cookie, token, SessionLife+time.Minute) }
