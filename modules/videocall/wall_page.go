package videocall

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
)

// WallPath is the address of the live wall; its events are below it.
const WallPath = "/operatore/sala"

// WallView is the Data of videocall/sala.
type WallView struct {
	Offices []WallOfficeView
	Kiosks  []WallKioskView
	Live    string // address of the events that say when the page is old
	Version string
	At      string // when it was read, as a clock shows it
}

// WallOfficeView is an office on the wall.
type WallOfficeView struct {
	Name, State      string
	Waiting, Served  int
	Present, Talking int    // desks
	Resting          int    // operators who have a break
	Longest          string // "" when nobody waits
	Alarm            string // what somebody has to do something about; "" otherwise
}

// WallKioskView is a kiosk on the wall. Kind chooses its colour.
type WallKioskView struct{ Name, Place, Kind, State, Fault string }

// WallRoutes adds the live wall. staff lets operators and administrators pass only.
func (p *Portal) WallRoutes(r fiber.Router, staff fiber.Handler) {
	r.Get(WallPath, staff, p.wall)
	r.Get(WallPath+"/events", staff, p.wallEvents)
}

func (p *Portal) wall(c *fiber.Ctx) error {
	t, a, err := caller(c.UserContext())
	if err != nil {
		return err
	}
	w, err := p.svc.Wall(c.UserContext(), t)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, "videocall/sala", web.Page{
		Title: word("videocall.wall"), Breadcrumb: []web.Crumb{backOf(a)},
		Data: wallView(w, p.svc.cfg.DB.Clock().Now().In(clock.Rome).Format("15:04:05")),
	})
}

func wallView(w Wall, at string) WallView {
	view := WallView{Live: WallPath + "/events", Version: strconv.FormatInt(w.Version, 10), At: at}
	for _, o := range w.Offices {
		one := WallOfficeView{Name: o.Name, Waiting: o.Waiting, Served: o.Served, Present: o.Present, Talking: o.Talking, Resting: o.Resting, State: word("videocall.wall.closed")}
		if o.Answers {
			one.State = word("videocall.wall.open")
		}
		if o.Waiting > 0 {
			one.Longest = i18n.T(i18n.Italian, "videocall.minutes", map[string]any{"minutes": strconv.Itoa(o.LongestMinutes)})
		}
		switch {
		case o.Alone():
			one.Alarm = word("videocall.wall.alone")
		case o.Long > 0:
			one.Alarm = word("videocall.wall.long")
		}
		view.Offices = append(view.Offices, one)
	}
	for _, k := range w.Kiosks {
		view.Kiosks = append(view.Kiosks, WallKioskView{k.Name, k.Place, string(k.Standing), word("videocall.wall." + string(k.Standing)), k.Fault})
	}
	return view
}

// wallEvents is an event "state" with the wall's version, at once and each time it changes.
func (p *Portal) wallEvents(c *fiber.Ctx) error {
	t, _, err := caller(c.UserContext())
	if err != nil {
		return web.Fail(c, err)
	}
	return web.SSE(c, func(ctx context.Context, send func(string, any) error) error {
		return p.svc.follow(ctx, screen{
			channels: []string{desksChannel(t)},
			idle:     p.svc.times.DeskPoll,
			touch:    func(context.Context) {}, // a supervisor serves nobody
			read: func(ctx context.Context) (state any, version int64, live bool, err error) {
				w, err := p.svc.Wall(ctx, t)
				return map[string]string{"version": strconv.FormatInt(w.Version, 10)}, w.Version, false, err
			},
		}, send)
	})
}
