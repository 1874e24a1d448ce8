package catalog

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

const (
	featured   = 6  // services in evidence on the home page
	noticeDays = 60 // how far ahead closing days are announced
)

func (s *Site) home(c *fiber.Ctx) error {
	var v HomeView
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		sheets, err := s.catalog.Services(ctx, tx, Filter{})
		if err != nil {
			return err
		}
		slices.SortStableFunc(sheets, func(a, b Sheet) int { return rank(a) - rank(b) })
		v.Featured, v.Topics = cardsOf(i18n.From(c.UserContext()), sheets[:min(featured, len(sheets))]), topicsOf(sheets)
		offices, err := s.catalog.Offices(ctx, tx)
		if err != nil {
			return err
		}
		v.Offices = active(offices)
		if v.Places, err = s.placeViews(ctx, tx); err != nil {
			return err
		}
		v.Entity, err = s.catalog.Entity(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, "site/home", web.Page{
		Title: v.Entity.Name, Description: i18n.T(i18n.From(c.UserContext()), "site.home_description", map[string]any{"name": v.Entity.Name}), Data: v,
	})
}

// rank puts what can be booked before the rest.
func rank(s Sheet) int {
	if s.Bookable() {
		return 0
	}
	return 1
}

func (s *Site) placeViews(ctx context.Context, tx *tenant.Tx) ([]PlaceView, error) {
	places, err := s.places.Places(ctx, tx)
	return placeViews(i18n.From(ctx), places), err
}

func (s *Site) administration(c *fiber.Ctx) error {
	var v AdministrationView
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		offices, err := s.catalog.Offices(ctx, tx)
		if err != nil {
			return err
		}
		for _, o := range active(offices) {
			v.Offices = append(v.Offices, OfficeView{Office: o})
		}
		if v.Places, err = s.placeViews(ctx, tx); err != nil {
			return err
		}
		v.Entity, err = s.catalog.Entity(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, "site/amministrazione", web.Page{Title: say(c, "site.administration"), Breadcrumb: trail(c), Data: v})
}

func (s *Site) office(c *fiber.Ctx) error {
	var v OfficeView
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		if v.Office, err = s.catalog.OfficeBySlug(ctx, tx, c.Params("slug")); err != nil {
			return err
		}
		if !v.Office.Active {
			return problem.New(problem.NotFound, "not_found")
		}
		hours, err := s.catalog.OfficeHours(ctx, tx, v.Office.ID)
		if err != nil {
			return err
		}
		v.Hours = week(i18n.From(c.UserContext()), hours)
		sheets, err := s.catalog.Services(ctx, tx, Filter{Office: &v.Office.ID})
		if err != nil {
			return err
		}
		v.Services = cardsOf(i18n.From(c.UserContext()), sheets)
		v.Entity, err = s.catalog.Entity(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, "site/ufficio", web.Page{
		Title: v.Office.Name, Own: true, Description: v.Office.Description, Breadcrumb: trail(c, crumb(c, "site.administration", "/amministrazione-comunale")), Data: v,
	})
}

func (s *Site) live(c *fiber.Ctx) error {
	var v LiveView
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		if v.Places, err = s.placeViews(ctx, tx); err != nil {
			return err
		}
		v.Entity, err = s.catalog.Entity(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, "site/vivere", web.Page{Title: say(c, "site.live"), Breadcrumb: trail(c), Data: v})
}

func (s *Site) news(c *fiber.Ctx) error {
	var v NewsView
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		if v.Entity, err = s.catalog.Entity(ctx, tx); err != nil {
			return err
		}
		today := civil.Of(tx.Now().In(clock.Rome))
		days, err := s.catalog.EntityExceptions(ctx, tx, today, today.AddDays(noticeDays))
		if err != nil {
			return err
		}
		v.Notifications = notifications(i18n.From(ctx), v.Entity.Patron(), days, today)
		sheets, err := s.catalog.Services(ctx, tx, Filter{States: []State{Inactive}})
		for _, sheet := range sheets {
			v.Notifications = append(v.Notifications, Notification{
				Kind: "service", Title: sheet.Title, Text: sheet.StateReason, Href: "/servizi/" + sheet.Slug,
			})
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, "site/novita", web.Page{Title: say(c, "site.news"), Breadcrumb: trail(c), Data: v})
}

// notifications are the days of the weeks to come on which the usual hours do not hold, in order.
func notifications(lang string, patron Patron, days []Exception, today civil.Date) []Notification {
	var out []Notification
	for _, year := range []int{today.Year, today.Year + 1} {
		for _, h := range Holidays(year, patron) {
			if h.Date.Before(today) || !h.Date.Before(today.AddDays(noticeDays)) {
				continue
			}
			name, own := h.Name, h.Name != ""
			if name == "" {
				name = i18n.T(lang, "catalog.holiday."+h.Code, nil)
			}
			out = append(out, Notification{Kind: "closed", Date: h.Date.Start(clock.Rome), Title: name, Own: own})
		}
	}
	for _, e := range days {
		n := Notification{Kind: "closed", Date: e.Date.Start(clock.Rome), Title: e.Reason, Own: true}
		if !e.Closed {
			n.Kind, n.Text = "open", e.From.String()+"–"+e.To.String()
		}
		out = append(out, n)
	}
	slices.SortStableFunc(out, func(a, b Notification) int { return a.Date.Compare(b.Date) })
	return out
}
