package counters

import (
	"context"
	"errors"
	"html/template"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/ephemeral"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/qr"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// helperLimit keeps a link that got about from ringing the office's bell all day.
var helperLimit = ephemeral.Limit{Name: "helper", Count: 20, Per: 10 * time.Minute}

// helperView is the Data of counters/presidio: what a person with a key sees on their telephone.
type helperView struct {
	Kiosk  Kiosk
	Path   string
	Phone  string // of the entity
	Well   bool   // the device answers and nothing keeps citizens from using it
	Open   bool   // the place is open now
	Faults []helperFault
	Broken bool // reported broken
	Called bool // help was called
	Danger bool // somebody there is in danger
	Times  []string
	Tests  []Tested
	Note   form.Field
}

type helperFault struct {
	Text, Note string
	Since      time.Time
}

// HelperRoutes adds the page of the host site's helper. The token in the address is the key.
func (p *Portal) HelperRoutes(r fiber.Router) {
	r.Get("/presidio/:token", web.Private, p.showHelper)
	r.Post("/presidio/:token/guasta", web.Private, p.postHelper("guasta", (*Service).Report, Broken))
	r.Post("/presidio/:token/funziona", web.Private, p.postHelper("funziona", mended, Broken))
	r.Post("/presidio/:token/assistenza", web.Private, p.postHelper("assistenza", (*Service).Report, Help))
	r.Post("/presidio/:token/soccorso", web.Private, p.postHelper("soccorso", mended, Emergency))
	r.Post("/presidio/:token/risolto", web.Private, p.postHelper("risolto", mended, Help))
}

// reporting is Report or what answers it.
type reporting func(*Service, context.Context, *tenant.Tx, actor.Actor, KioskID, FaultKind, string) error

func mended(s *Service, ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk KioskID, kind FaultKind, _ string) error {
	return s.Mended(ctx, tx, a, kiosk, kind)
}

func (p *Portal) showHelper(c *fiber.Ctx) error { return p.helper(c, nil, "") }

func (p *Portal) helper(c *fiber.Ctx, wrong error, note string) error {
	var v helperView
	var faults []Fault
	t, err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		k, _, err := p.svc.Helped(ctx, tx, c.Params("token"))
		if err != nil {
			return err
		}
		v.Kiosk = k
		all, err := p.svc.Faults(ctx, tx)
		if err != nil {
			return err
		}
		faults = all[k.ID]
		entity, err := p.catalog.Entity(ctx, tx)
		if err != nil {
			return err
		}
		if v.Tests, err = p.svc.Tests(ctx, tx, k.ID); err != nil {
			return err
		}
		v.Phone = entity.Phone
		v.Open = k.OpenAt(tx.Now())
		taken, err := p.svc.TakenToday(ctx, tx, k.ID)
		for _, i := range taken {
			if i.To.After(tx.Now()) {
				v.Times = append(v.Times, i18n.Time(i.From))
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	v.Path = "/presidio/" + c.Params("token")
	v.Well = p.svc.Connected(c.UserContext(), t, []Kiosk{v.Kiosk})[v.Kiosk.ID]
	for _, f := range faults {
		v.Well = v.Well && !f.Kind.Stops()
		v.Broken = v.Broken || f.Kind == Broken
		v.Called = v.Called || f.Kind == Help
		v.Danger = v.Danger || f.Kind == Emergency
		v.Faults = append(v.Faults, helperFault{Text: f.Kind.Words(), Note: f.Note, Since: f.OpenedAt})
	}
	v.Note = noteField(note, wrong)
	status := fiber.StatusOK
	notice := helperOutcome(c)
	if wrong != nil {
		status, notice = web.Status(problem.From(wrong).Kind), &web.Notice{Kind: "danger", Text: web.Describe(wrong, i18n.Italian, "").Detail}
	}
	return web.Render(c, status, "counters/presidio", web.Page{Title: v.Kiosk.Name, Notice: notice, Data: v})
}

// noteField is where one says what is broken.
func noteField(value string, wrong error) form.Field {
	return form.Blame([]form.Field{{
		Name: "note", Label: label("counters.fault_note"), Hint: label("counters.fault_note_hint"), Type: "text",
		Value: value, MaxLength: noteMax,
	}}, wrong)[0]
}

// helperOutcomes are what the page says after an action, by the value in the address.
var helperOutcomes = map[string]string{
	"guasta": "counters.helper_broken", "funziona": "counters.helper_mended", "assistenza": "counters.helper_called",
	"risolto": "counters.helper_solved", "soccorso": "counters.helper_solved",
}

func helperOutcome(c *fiber.Ctx) *web.Notice {
	if key, ok := helperOutcomes[c.Query("esito")]; ok {
		return &web.Notice{Kind: "success", Text: label(key)}
	}
	return nil
}

// postHelper does what a button of the page says; word is its last part of the address and says what was done.
func (p *Portal) postHelper(word string, do reporting, kind FaultKind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		var f struct {
			Note string `form:"note,max=2000"`
		}
		wrong := form.Decode(c, &f)
		_, err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
			k, a, err := p.svc.Helped(ctx, tx, c.Params("token"))
			if err != nil || wrong != nil {
				return err
			}
			if err := p.limitHelper(ctx, k); err != nil {
				return err
			}
			return do(p.svc, ctx, tx, a, k.ID, kind, f.Note)
		})
		if err == nil {
			err = wrong
		}
		switch {
		case err == nil:
			return c.Redirect("/presidio/"+c.Params("token")+"?esito="+word, fiber.StatusSeeOther)
		case errors.Is(err, problem.Invalid), errors.Is(err, problem.TooMany):
			return p.helper(c, err, f.Note)
		}
		return err
	}
}

// limitHelper fails open: whoever stands before a broken kiosk is let through while Redis is away.
func (p *Portal) limitHelper(ctx context.Context, k Kiosk) error {
	if p.svc.limiter == nil {
		return nil
	}
	ok, wait, err := p.svc.limiter.Allow(ctx, helperLimit, k.ID.String())
	if err != nil {
		p.svc.log.WarnContext(ctx, "helper's presses not limited", slog.Any("err", err))
		return nil
	}
	if ok {
		return nil
	}
	return problem.New(problem.TooMany, "counters.helper_limit").With("minutes", int((wait+time.Minute-1)/time.Minute))
}

// The administrator's side: faults on the kiosk's page, and the helper's link.

// faultRow is an open fault on the kiosk's page.
type faultRow struct {
	Kind       FaultKind
	Text, Note string
	Since      time.Time
	Closes     bool // the administrator can close it
}

func faultRows(faults []Fault, a actor.Actor) []faultRow {
	out := make([]faultRow, len(faults))
	for i, f := range faults {
		out[i] = faultRow{f.Kind, f.Kind.Words(), f.Note, f.OpenedAt, mayClose(a, f.KioskID, f.Kind)}
	}
	return out
}

func (p *Portal) postFault(c *fiber.Ctx) error {
	var f struct {
		Note string `form:"note,max=2000"`
	}
	if err := form.Decode(c, &f); err != nil {
		return err
	}
	return p.act(c, "?esito=guasta", func(ctx context.Context, tx *tenant.Tx, k Kiosk) error {
		return p.svc.Report(ctx, tx, actor.From(ctx), k.ID, Broken, f.Note)
	})
}

func (p *Portal) postMended(c *fiber.Ctx) error {
	return p.act(c, "?esito=funziona", func(ctx context.Context, tx *tenant.Tx, k Kiosk) error {
		return p.svc.Mended(ctx, tx, actor.From(ctx), k.ID, FaultKind(c.Params("kind")))
	})
}

// helperLinkView is the Data of counters/presidio-link.
type helperLinkView struct {
	Kiosk Kiosk
	Link  string
	QR    template.HTML // drawn by this program from its own link
}

func (p *Portal) showHelperLink(c *fiber.Ctx) error {
	_, v, _, err := p.load(c)
	if err != nil {
		return err
	}
	view := helperLinkView{Kiosk: v.Kiosk}
	_, err = p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		token, err := p.svc.HelperToken(ctx, tx, actor.From(ctx), v.Kiosk.ID)
		view.Link = c.BaseURL() + "/presidio/" + token
		return err
	})
	if err != nil {
		return err
	}
	view.QR = template.HTML(qr.SVG(view.Link)) //nolint:gosec // drawn by platform/qr
	c.Set(fiber.HeaderCacheControl, "no-store")
	return web.Render(c, fiber.StatusOK, "counters/presidio-link", web.Page{
		Title: label("counters.helper_link"), Notice: outcome(c), Data: view,
		Breadcrumb: crumbs(listCrumb(), web.Crumb{Text: v.Kiosk.Name, Href: base + "/" + v.Kiosk.ID.String()}),
	})
}

func (p *Portal) postHelperLink(c *fiber.Ctx) error {
	return p.act(c, "/presidio?esito=rinnovato", func(ctx context.Context, tx *tenant.Tx, k Kiosk) error {
		return p.svc.RenewHelperLink(ctx, tx, actor.From(ctx), k.ID)
	})
}

// act does something to the kiosk of the address and goes on to a page below it.
func (p *Portal) act(c *fiber.Ctx, next string, f func(ctx context.Context, tx *tenant.Tx, k Kiosk) error) error {
	_, v, sheets, err := p.load(c)
	if err != nil {
		return err
	}
	_, err = p.in(c, func(ctx context.Context, tx *tenant.Tx) error { return f(ctx, tx, v.Kiosk) })
	switch {
	case errors.Is(err, problem.Invalid):
		return p.page(c, v, formOf(v.Kiosk), sheets, err, nil)
	case err != nil:
		return err
	}
	return c.Redirect(base+"/"+v.Kiosk.ID.String()+next, fiber.StatusSeeOther)
}
