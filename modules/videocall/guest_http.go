package videocall

import (
	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/platform/web"
)

// GuestPath is the address of a guest's page, before its secret part.
const GuestPath = "/ospite/"

// GuestRoutes adds what a guest's page asks for; page is the page itself. The token in the address is the key.
func (p *Portal) GuestRoutes(r fiber.Router, page fiber.Handler) {
	r.Get(GuestPath+":token", web.Private, func(c *fiber.Ctx) error {
		if _, _, err := keyed(c, p.svc.cfg.Links.ParseGuest); err != nil {
			return err
		}
		return page(c)
	})
	r.Get(GuestPath+":token/stato", web.Private, p.guestState)
	r.Post(GuestPath+":token/entra", web.Private, p.guestJoin)
}

func (p *Portal) guestState(c *fiber.Ctx) error {
	t, guest, err := keyed(c, p.svc.cfg.Links.ParseGuest)
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
	t, guest, err := keyed(c, p.svc.cfg.Links.ParseGuest)
	if err != nil {
		return err
	}
	in, err := p.svc.GuestJoin(c.UserContext(), t, guest)
	if err != nil {
		return err
	}
	return c.JSON(AdmissionView(in))
}
