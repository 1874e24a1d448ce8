package catalog

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// InformView is the Data of catalog/avvisa: who is to be told about a closed day.
type InformView struct {
	Day          string
	To           []Booked // who was not told yet
	Action, Back string
}

// showInform asks before people are written to.
func (s *Service) showInform(c *fiber.Ctx) error {
	exception, err := param[Exception](c, "id")
	if err != nil {
		return err
	}
	back := backTo(c.Query("office"))
	view := InformView{Action: c.Path(), Back: back + "#chiusure"}
	if back != pathOffices {
		view.Action += "?office=" + c.Query("office")
	}
	err = s.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		e, offices, err := s.closing(ctx, tx, exception)
		if err != nil {
			return err
		}
		view.Day = i18n.Date(e.Date.Start(rome))
		booked, err := s.touched(ctx, tx, who(c), []Exception{e}, offices)
		for _, b := range booked[e.ID] {
			if !b.Informed {
				view.To = append(view.To, b)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, "catalog/avvisa", web.Page{Title: text("catalog.inform"), Breadcrumb: officeCrumbs(), Data: view})
}

func (s *Service) postInform(c *fiber.Ctx) error {
	exception, err := param[Exception](c, "id")
	if err != nil {
		return err
	}
	err = s.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		_, err := s.InformBooked(ctx, tx, who(c), exception)
		return err
	})
	if err != nil {
		return err
	}
	return c.Redirect(backTo(c.Query("office"))+"?esito=informed#chiusure", fiber.StatusSeeOther)
}

// backTo is the page whose list the closed day was seen in: an office's, or that of all.
func backTo(office string) string {
	if o, err := id.Parse[Office](office); err == nil {
		return pathOffices + "/" + o.String()
	}
	return pathOffices
}
