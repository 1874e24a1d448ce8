package booking

import (
	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// OwnPath is the page on which a citizen talks from their own telephone or computer.
const OwnPath = "/collegamento"

// ownCookie holds the token of the appointment's link for as long as the browser is open.
const ownCookie = "sportello_appuntamento"

// postOwn makes the browser the citizen's side of the appointment and goes to the page of the call.
func (p *Portal) postOwn(c *fiber.Ctx) error {
	if _, err := p.managed(c); err != nil {
		return err
	}
	web.SetCookie(c, ownCookie, c.Params("token"), 0)
	return c.Redirect(OwnPath+"?lang="+spoken(c), fiber.StatusSeeOther)
}

// SitDown makes the browser the citizen's side of a rehearsal, whose seat has a number like an appointment's that no
// appointment has, and goes to the page of the call.
func (s *Service) SitDown(c *fiber.Ctx, t tenant.Tenant, seat AppointmentID) error {
	web.SetCookie(c, ownCookie, s.Keys.ManageToken(t.Key, seat), 0)
	return c.Redirect(OwnPath, fiber.StatusSeeOther)
}

// RequireOwn lets only who came by an appointment's link pass: it puts the citizen into the request's context, with the
// appointment as their number. It is kiosk.own_device_unknown otherwise.
func (s *Service) RequireOwn(c *fiber.Ctx) error {
	ctx := c.UserContext()
	t, ok := tenant.From(ctx)
	token := web.Cookie(c, ownCookie)
	appointment, err := s.Keys.ParseManageToken(t.Key, token)
	if !ok || token == "" || err != nil {
		return web.Fail(c, problem.New(problem.Unauthenticated, "kiosk.own_device_unknown"))
	}
	c.SetUserContext(actor.With(ctx, actor.Actor{Kind: actor.Citizen, ID: appointment.String(), Tenant: string(t.Key)}))
	return c.Next()
}
