package videocall

import (
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// GuestPath is the address of a guest's page, before its secret part.
const GuestPath = "/ospite/"

// GuestRoutes adds what a guest's page asks for; page is the page itself. The token in the address is the key.
func (p *Portal) GuestRoutes(r fiber.Router, page fiber.Handler) {
	r.Get(GuestPath+":token", func(c *fiber.Ctx) error {
		if _, _, err := p.guestOf(c); err != nil {
			return err
		}
		return page(c)
	})
	r.Get(GuestPath+":token/stato", p.guestState)
	r.Post(GuestPath+":token/entra", p.guestJoin)
}

func (p *Portal) guestOf(c *fiber.Ctx) (tenant.Tenant, uuid.UUID, error) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	t, ok := tenant.From(c.UserContext())
	if !ok {
		return t, uuid.Nil, problem.New(problem.NotFound, "not_found")
	}
	guest, err := p.svc.cfg.Links.ParseGuest(t, c.Params("token"))
	return t, guest, err
}

func (p *Portal) guestState(c *fiber.Ctx) error {
	t, guest, err := p.guestOf(c)
	if err != nil {
		return err
	}
	state, err := p.svc.GuestState(c.UserContext(), t, guest)
	if err != nil {
		return err
	}
	return c.JSON(state)
}

func (p *Portal) guestJoin(c *fiber.Ctx) error {
	t, guest, err := p.guestOf(c)
	if err != nil {
		return err
	}
	in, err := p.svc.GuestJoin(c.UserContext(), t, guest)
	if err != nil {
		return err
	}
	return c.JSON(AdmissionView(in))
}
