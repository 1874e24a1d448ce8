package counters

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

func (p *Portal) show(c *fiber.Ctx) error {
	_, v, sheets, err := p.load(c)
	if err != nil {
		return err
	}
	return p.page(c, v, formOf(v.Kiosk), sheets, nil, outcome(c))
}

func (p *Portal) post(c *fiber.Ctx) error {
	_, v, sheets, err := p.load(c)
	if err != nil {
		return err
	}
	var f kioskForm
	wrong := form.Decode(c, &f)
	if wrong == nil {
		var k Kiosk
		if k, wrong = f.kiosk(v.Kiosk); wrong == nil {
			_, wrong = p.in(c, func(ctx context.Context, tx *tenant.Tx) error { return p.svc.Update(ctx, tx, actor.From(ctx), k) })
		}
	}
	switch {
	case errors.Is(wrong, problem.Invalid):
		return p.page(c, v, f, sheets, wrong, nil)
	case wrong != nil:
		return wrong
	}
	return c.Redirect(base+"/"+v.Kiosk.ID.String()+"?esito=salvata", fiber.StatusSeeOther)
}

// postCode shows a fresh enrolment code on the answer of the request itself: it is nowhere else.
func (p *Portal) postCode(c *fiber.Ctx) error {
	t, v, sheets, err := p.load(c)
	if err != nil {
		return err
	}
	if v.Code, err = p.svc.NewEnrolmentCode(c.UserContext(), actor.From(c.UserContext()), t, v.Kiosk.ID); err != nil {
		return err
	}
	v.Code = v.Code[:4] + " " + v.Code[4:]
	v.Until = p.svc.db.Clock().Now().Add(EnrolmentTime)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return p.page(c, v, formOf(v.Kiosk), sheets, nil, nil)
}

func (p *Portal) showRevoke(c *fiber.Ctx) error {
	_, v, _, err := p.load(c)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, "counters/revoca", web.Page{
		Title: label("counters.title_revoke"), Data: v,
		Breadcrumb: crumbs(listCrumb(), web.Crumb{Text: v.Kiosk.Name, Href: base + "/" + v.Kiosk.ID.String()}),
	})
}

func (p *Portal) postRevoke(c *fiber.Ctx) error {
	t, v, _, err := p.load(c)
	if err != nil {
		return err
	}
	if err := p.svc.Revoke(c.UserContext(), actor.From(c.UserContext()), t, v.Kiosk.ID); err != nil {
		return err
	}
	return c.Redirect(base+"/"+v.Kiosk.ID.String()+"?esito=revocata", fiber.StatusSeeOther)
}

func (p *Portal) postUnlock(c *fiber.Ctx) error {
	t, v, _, err := p.load(c)
	if err != nil {
		return err
	}
	if err := p.svc.UnlockCode(c.UserContext(), actor.From(c.UserContext()), t, v.Kiosk.ID); err != nil {
		return err
	}
	return c.Redirect(base+"/"+v.Kiosk.ID.String()+"?esito=sbloccata", fiber.StatusSeeOther)
}
