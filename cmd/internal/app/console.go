package app

import (
	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// consoleView is what the vendor's people see of the entities: names and states, never a citizen.
type consoleView struct{ Entities []consoleEntity }

type consoleEntity struct {
	Name, Key, Cell, State, URL string
	Ready                       bool // its schema is what this program needs
	Kiosks                      int  // enrolled devices
}

func (a *App) console(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var view consoleView
	err := a.DB.InControl(ctx, actor.From(ctx), func(tx *tenant.ControlTx) error {
		all, err := control.Tenants(ctx, tx)
		if err != nil {
			return err
		}
		needs := control.NeedsOf(a.wanted)
		view.Entities = nil
		for _, t := range all {
			served, err := control.ServedByKey(ctx, tx, t.Key, needs)
			if err != nil {
				return err
			}
			devices, err := control.Enrolled(ctx, tx, t.Key)
			if err != nil {
				return err
			}
			view.Entities = append(view.Entities, consoleEntity{
				Name: t.Name, Key: string(t.Key), Cell: t.Cell, State: string(t.State), URL: a.urlOf(t), Ready: served.Ready, Kiosks: len(devices),
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, "console/home", web.Page{Title: i18n.T("it", "console.entities", nil), Data: view})
}
