package booking

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/ephemeral"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// holdLimit keeps one address from holding an office's whole day. Many people share an address, so it is wide; when Redis
// does not answer nobody is kept from booking.
var holdLimit = ephemeral.Limit{Name: "hold", Count: 60, Per: 10 * time.Minute}

// Portal is the wizard and the page of an appointment, on an entity's host. Everything works without JavaScript.
type Portal struct {
	svc     *Service
	limiter counters.Limiter
}

// NewPortal makes the pages. limiter may be nil.
func NewPortal(svc *Service, limiter counters.Limiter) *Portal {
	return &Portal{svc: svc, limiter: limiter}
}

// Routes adds the pages under /prenota and /appuntamento. All of them are for anybody; the token in an address is the key
// to one booking.
func (p *Portal) Routes(r fiber.Router) {
	r.Get("/prenota", web.Private, p.start)
	r.Get("/prenota/luogo", web.Private, p.showPlace)
	r.Get("/prenota/data-orario", web.Private, p.showTime)
	r.Post("/prenota/data-orario", web.Private, p.postTime)
	r.Get("/prenota/:token/dettagli", web.Private, p.showMatter)
	r.Post("/prenota/:token/dettagli", web.Private, p.postMatter)
	r.Get("/prenota/:token/richiedente", web.Private, p.showCitizen)
	r.Post("/prenota/:token/richiedente", web.Private, p.postCitizen)
	r.Get("/prenota/:token/riepilogo", web.Private, p.showSummary)
	r.Post("/prenota/:token/conferma", web.Private, p.postConfirm)
	r.Get("/appuntamento/:token", web.Private, p.showAppointment)
	r.Get("/appuntamento/:token/valutazione", web.Private, p.showRating)
	r.Post("/appuntamento/:token/valutazione", web.Private, p.postRating)
	r.Get("/appuntamento/:token/calendario.ics", web.Private, p.calendar)
	r.Post("/appuntamento/:token/collegamento", web.Private, p.postOwn)
	r.Get("/appuntamento/:token/annulla", web.Private, p.showCancel)
	r.Post("/appuntamento/:token/annulla", web.Private, p.postCancel)
	r.Get("/appuntamento/:token/sposta", web.Private, p.showMovePlace)
	r.Get("/appuntamento/:token/sposta/data-orario", web.Private, p.showMoveTime)
	r.Get("/appuntamento/:token/sposta/riepilogo", web.Private, p.showMoveSummary)
	r.Post("/appuntamento/:token/sposta", web.Private, p.postMove)
}

func entity(c *fiber.Ctx) (tenant.Tenant, error) {
	t, ok := tenant.From(c.UserContext())
	if !ok {
		return t, problem.New(problem.NotFound, "not_found")
	}
	return t, nil
}

// in runs f in one transaction of the request's entity.
func (p *Portal) in(c *fiber.Ctx, f func(ctx context.Context, tx *tenant.Tx) error) error {
	t, err := entity(c)
	if err != nil {
		return err
	}
	return p.svc.DB.InTenant(c.UserContext(), t, func(tx *tenant.Tx) error { return f(c.UserContext(), tx) })
}

// label is a text with arguments in pairs.
func label(lang, key string, args ...any) string {
	m := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i].(string)] = args[i+1]
	}
	return i18n.T(lang, key, m)
}

func steps(lang string, current int) web.Steps {
	return web.Steps{Current: current, Labels: []string{
		label(lang, "booking.step_place"), label(lang, "booking.step_time"), label(lang, "booking.step_matter"),
		label(lang, "booking.step_citizen"), label(lang, "booking.step_summary"),
	}}
}

// spoken is the language of a request.
func spoken(c *fiber.Ctx) string { return i18n.From(c.UserContext()) }

// words is the sentence of a problem.
func words(lang string, err error) string { return web.Describe(err, lang, "").Detail }

func danger(lang string, err error) *web.Notice {
	if err == nil {
		return nil
	}
	return &web.Notice{Kind: "danger", Text: words(lang, err)}
}

// status is the HTTP status of a page that shows a problem instead of being one.
func status(err error) int {
	if err == nil {
		return fiber.StatusOK
	}
	return web.Status(problem.From(err).Kind)
}

// shown says whether a problem is one that the page itself shows, so that nothing typed is lost.
func shown(err error) bool {
	k := problem.From(err).Kind
	return k == problem.Invalid || k == problem.Conflict || k == problem.TooMany
}

func (p *Portal) render(c *fiber.Ctx, err error, page string, w web.Page) error {
	if w.Title == "" {
		w.Title = label(spoken(c), "booking.title")
	}
	if w.Breadcrumb == nil {
		w.Breadcrumb = []web.Crumb{{Text: label(spoken(c), "booking.home"), Href: "/"}}
	}
	if w.Notice == nil {
		w.Notice = danger(spoken(c), err)
	}
	return web.Render(c, status(err), page, w)
}

// asked is what the first two steps carry in the address. The names are those of the official model.
type asked struct {
	Service string           `form:"servizio,max=120"`
	Office  catalog.OfficeID `form:"office-choice"`
	Kiosk   counters.KioskID `form:"postazione"`
	Token   string           `form:"prenotazione,max=64"`
	Month   string           `form:"appointment,max=7"`
	Day     string           `form:"giorno,max=10"`
	Start   string           `form:"inizio,max=40"`

	own *Appointment // what the token holds now; looked up, never sent
}

// with is the address of a step with what was chosen so far.
func (a asked) with(path string, more ...string) string {
	q := url.Values{"servizio": {a.Service}}
	if !a.Office.IsZero() {
		q.Set("office-choice", a.Office.String())
	}
	if !a.Kiosk.IsZero() {
		q.Set("postazione", a.Kiosk.String())
	}
	if a.Token != "" {
		q.Set("prenotazione", a.Token)
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return path + "?" + q.Encode()
}

func hidden(pairs ...string) []form.Field {
	var out []form.Field
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, form.Field{Name: pairs[i], Type: "hidden", Value: pairs[i+1]})
		}
	}
	return out
}

// startView is the Data of booking/servizi.
type startView struct{ Services []catalog.Sheet }

// start begins the wizard for a service, or lets the citizen choose one. The token is made here, so that going back and
// choosing again is the same booking.
func (p *Portal) start(c *fiber.Ctx) error {
	t, err := entity(c)
	if err != nil {
		return err
	}
	if slug := c.Query("servizio"); slug != "" {
		a := asked{Service: slug, Token: p.svc.NewToken(t, id.Random)}
		return c.Redirect(a.with("/prenota/luogo"), fiber.StatusSeeOther)
	}
	var v startView
	err = p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		var err error
		v.Services, err = p.svc.Catalog.Services(ctx, tx, catalog.Filter{Bookable: true})
		return err
	})
	if err != nil {
		return err
	}
	return p.render(c, nil, "booking/servizi", web.Page{Data: v})
}

// lookup reads the form, and the service that it names. Values of a wrong shape are treated as not given: they come from a
// link that somebody changed.
func (p *Portal) lookup(ctx context.Context, c *fiber.Ctx, tx *tenant.Tx) (asked, catalog.Sheet, error) {
	var a asked
	if err := form.Decode(c, &a); err != nil && !errors.Is(err, problem.Invalid) {
		return a, catalog.Sheet{}, err
	}
	sheet, err := p.svc.Catalog.ServiceBySlug(ctx, tx, a.Service)
	if err != nil {
		return a, sheet, err
	}
	if !sheet.Bookable() {
		return a, sheet, problem.New(problem.NotFound, "booking.not_bookable")
	}
	if a.Token != "" {
		if _, err := p.svc.Keys.ParseHoldToken(tx.Tenant().Key, a.Token); err != nil {
			a.Token = ""
		}
	}
	if a.Token == "" {
		a.Token = p.svc.NewToken(tx.Tenant(), tx.IDs())
	}
	return a, sheet, nil
}

func (p *Portal) allowHold(c *fiber.Ctx) error {
	if p.limiter == nil {
		return nil
	}
	ok, wait, err := p.limiter.Allow(c.UserContext(), holdLimit, web.IP(c))
	if err == nil && !ok {
		return problem.New(problem.TooMany, "booking.too_many_holds").With("retry_after", int(wait/time.Second)+1)
	}
	return nil
}
