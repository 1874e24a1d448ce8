package booking

import (
	"context"
	"html/template"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/qr"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// appointmentView is the Data of booking/appuntamento, booking/annulla and booking/sposta.
type appointmentView struct {
	View
	QR       template.HTML // drawn by this program from ten digits
	GeoURI   template.URL  // geo:latitude,longitude
	Live     bool          // it can be moved and cancelled
	Over     bool          // its time is past or it was used
	To       string        // where it would be moved, in words
	ToPlace  string
	Hidden   []form.Field
	Back     string
	Fields   []form.Field
	FromTime time.Time // from when the code works
}

// managed reads the appointment that the address is the key to. The page speaks the language it was booked in, unless the
// browser's person chose another one.
func (p *Portal) managed(c *fiber.Ctx) (appointmentView, error) {
	var v appointmentView
	err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		a, err := p.svc.Managed(ctx, tx, c.Params("token"))
		if err != nil {
			return err
		}
		web.Prefer(c, a.Lang)
		if v.View, err = p.svc.View(i18n.With(ctx, spoken(c)), tx, a); err != nil {
			return err
		}
		v.Over = a.State == Used || (a.State == Confirmed && !a.EndsAt.After(tx.Now()))
		v.Live = a.State == Confirmed && !v.Over
		return nil
	})
	if err != nil {
		return v, err
	}
	if v.Live {
		v.QR = template.HTML(qr.SVG(v.Code.Digits())) //nolint:gosec // drawn by platform/qr from ten digits
	}
	v.GeoURI = template.URL(v.Kiosk.GeoURI()) //nolint:gosec // two numbers
	v.FromTime = v.StartsAt.Add(-time.Duration(v.Entity.EarlyMinutes) * time.Minute)
	return v, nil
}

func (p *Portal) showAppointment(c *fiber.Ctx) error {
	v, err := p.managed(c)
	if err != nil {
		return err
	}
	title := map[bool]string{true: "booking.title_confirmed", false: "booking.title_over"}[v.Live]
	if v.State == Cancelled {
		title = "booking.title_cancelled"
	}
	var n *web.Notice
	if c.Query("spostato") != "" && v.Live {
		n = &web.Notice{Kind: "success", Text: label(spoken(c), "booking.moved", "when", v.When)}
	}
	return p.render(c, nil, "booking/appuntamento", web.Page{Title: label(spoken(c), title), Notice: n, Data: v})
}

func (p *Portal) calendar(c *fiber.Ctx) error {
	v, err := p.managed(c)
	if err != nil {
		return err
	}
	body, err := p.svc.Calendar(v.View)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="appuntamento.ics"`)
	return c.Send(body)
}

func (p *Portal) showCancel(c *fiber.Ctx) error {
	v, err := p.managed(c)
	if err != nil {
		return err
	}
	if !v.Live {
		return c.Redirect(v.Manage, fiber.StatusSeeOther)
	}
	return p.render(c, nil, "booking/annulla", web.Page{Title: label(spoken(c), "booking.title_cancel"), Data: v})
}

func (p *Portal) postCancel(c *fiber.Ctx) error {
	t, err := entity(c)
	if err != nil {
		return err
	}
	if _, err := p.svc.Cancel(c.UserContext(), t, c.Params("token")); err != nil && problem.From(err).Code != "booking.over" {
		return err
	}
	return c.Redirect("/appuntamento/"+c.Params("token"), fiber.StatusSeeOther)
}

// moving reads the appointment that is to be moved and what was chosen for it; done is true when it was answered.
func (p *Portal) moving(c *fiber.Ctx) (v appointmentView, a asked, err error) {
	if v, err = p.managed(c); err != nil {
		return v, a, err
	}
	if err := form.Decode(c, &a); err != nil {
		a = asked{}
	}
	a.Service, a.Token = v.Service.Slug, ""
	return v, a, nil
}

func (p *Portal) showMovePlace(c *fiber.Ctx) error {
	v, a, err := p.moving(c)
	if err != nil {
		return err
	}
	if !v.Live {
		return c.Redirect(v.Manage, fiber.StatusSeeOther)
	}
	if a.Office.IsZero() {
		a.Office = v.OfficeID
	}
	if a.Kiosk.IsZero() {
		a.Kiosk = v.KioskID // it was chosen before: nothing is asked twice
	}
	return p.movePlace(c, v, a, nil)
}

func (p *Portal) movePlace(c *fiber.Ctx, v appointmentView, a asked, wrong error) error {
	var view placeView
	err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		var err error
		view, err = p.placeView(ctx, tx, v.Service, a, wrong)
		return err
	})
	if err != nil {
		return err
	}
	view.Moving, view.Action = &v.View, v.Manage+"/sposta/data-orario"
	return p.render(c, wrong, "booking/luogo", web.Page{Title: label(spoken(c), "booking.title_move"), Data: view})
}

func (p *Portal) showMoveTime(c *fiber.Ctx) error {
	v, a, err := p.moving(c)
	if err != nil {
		return err
	}
	if !v.Live {
		return c.Redirect(v.Manage, fiber.StatusSeeOther)
	}
	if wrong := chosen(v.Service, a); wrong != nil {
		return p.movePlace(c, v, a, wrong)
	}
	return p.moveTime(c, v, a, nil)
}

func (p *Portal) moveTime(c *fiber.Ctx, v appointmentView, a asked, wrong error) error {
	var view timeView
	err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		var err error
		view, err = p.timeView(ctx, tx, v.Service, a, v.Manage+"/sposta/data-orario", wrong)
		return err
	})
	if err != nil {
		return err
	}
	view.Moving, view.Method, view.Action = &v.View, "get", v.Manage+"/sposta/riepilogo"
	view.Back = v.Manage + "/sposta"
	return p.render(c, wrong, "booking/orario", web.Page{Title: label(spoken(c), "booking.title_move"), Data: view})
}

func (p *Portal) showMoveSummary(c *fiber.Ctx) error {
	v, a, err := p.moving(c)
	if err != nil {
		return err
	}
	if !v.Live {
		return c.Redirect(v.Manage, fiber.StatusSeeOther)
	}
	if wrong := chosen(v.Service, a); wrong != nil {
		return p.movePlace(c, v, a, wrong)
	}
	start, err := a.start()
	if err != nil {
		return p.moveTime(c, v, a, err)
	}
	err = p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		k, err := p.svc.Counters.Kiosk(ctx, tx, a.Kiosk)
		v.To, v.ToPlace = When(i18n.From(ctx), start), k.Name+", "+k.Place+", "+k.Address
		return err
	})
	if err != nil {
		return err
	}
	v.Hidden = hidden("office-choice", a.Office.String(), "postazione", a.Kiosk.String(), "inizio", a.Start)
	v.Back = v.Manage + "/sposta/data-orario?" + url.Values{"office-choice": {a.Office.String()}, "postazione": {a.Kiosk.String()}}.Encode()
	return p.render(c, nil, "booking/sposta", web.Page{Title: label(spoken(c), "booking.title_move"), Data: v})
}

func (p *Portal) postMove(c *fiber.Ctx) error {
	v, a, err := p.moving(c)
	if err != nil {
		return err
	}
	if wrong := chosen(v.Service, a); wrong != nil {
		return p.movePlace(c, v, a, wrong)
	}
	start, err := a.start()
	if err != nil {
		return p.moveTime(c, v, a, err)
	}
	_, err = p.svc.Move(c.UserContext(), mustTenant(c), c.Params("token"),
		Choice{Service: v.ServiceID, Office: a.Office, Kiosk: a.Kiosk, Start: start})
	switch {
	case err == nil:
		return c.Redirect(v.Manage+"?spostato=1", fiber.StatusSeeOther)
	case problem.From(err).Code == "booking.over", problem.From(err).Code == "booking.cancelled":
		return c.Redirect(v.Manage, fiber.StatusSeeOther)
	case shown(err):
		return p.moveTime(c, v, a, err)
	}
	return err
}
