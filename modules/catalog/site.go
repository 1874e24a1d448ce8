package catalog

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// Place is a kiosk as the site shows it: where a citizen can sit down.
type Place struct {
	Slug       string
	Name       string // e.g. "Postazione San Lazzaro"
	Building   string // e.g. "Scuola Tagliente"
	Address    string
	Directions string
	MapURL     string // https, on a public map
	Accessible bool
	Paused     bool // not bookable for now
	Equipment  []string
	Hours      []Hours // Operators is 0
	Services   []SheetID
}

// Places lists the kiosks of an entity that are not retired, by name. The module counters satisfies it.
type Places interface {
	Places(ctx context.Context, tx *tenant.Tx) ([]Place, error)
}

// Site serves the public pages of an entity, with the structure of the official model for municipal sites.
type Site struct {
	db      *tenant.DB
	catalog *Service
	places  Places
}

// NewSite makes the pages.
func NewSite(db *tenant.DB, s *Service, p Places) *Site { return &Site{db: db, catalog: s, places: p} }

// Routes adds the pages to the routes of an entity's host. The rows of docs/rights.md list them.
func (s *Site) Routes(r fiber.Router) {
	r.Get("/", s.public(s.home))
	r.Get("/amministrazione-comunale", s.public(s.administration))
	r.Get("/amministrazione-comunale/uffici/:slug", s.public(s.office))
	r.Get("/novita", s.public(s.news))
	r.Get("/vivere", s.public(s.live))
	r.Get("/servizi", s.public(s.services))
	r.Get("/servizi/categoria/:slug", s.public(s.category))
	r.Get("/servizi/:slug", s.public(s.service))
	r.Get("/servizi/:slug/condizioni", s.public(s.conditions))
	r.Get("/argomenti", s.public(s.topics))
	r.Get("/argomenti/:slug", s.public(s.topic))
	r.Get("/domande-frequenti", s.public(s.questions))
	r.Get("/assistenza", s.public(s.help))
	r.Get("/segnala-disservizio", s.public(s.report))
	r.Get("/area-personale", s.public(s.personalArea))
	r.Get("/privacy", s.public(s.privacy))
	r.Get("/note-legali", s.public(s.legalNotes))
	r.Get("/accessibilita", s.public(s.accessibility))
	r.Post("/valutazione", s.rate)
	r.Get("/valutazione", s.public(s.thanks))
}

// in runs f in one transaction with the rows of the request's entity.
func (s *Site) in(c *fiber.Ctx, f func(ctx context.Context, tx *tenant.Tx) error) error {
	ctx := c.UserContext()
	t, ok := tenant.From(ctx)
	if !ok {
		return problem.New(problem.NotFound, "site.unknown")
	}
	return s.db.InTenant(ctx, t, func(tx *tenant.Tx) error { return f(ctx, tx) })
}

// entityPage draws a page that needs nothing but what the entity says about itself.
func (s *Site) entityPage(c *fiber.Ctx, name, title string, crumbs ...web.Crumb) error {
	var view EntityView
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		view.Entity, err = s.catalog.Entity(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, name, web.Page{Title: say(c, title), Breadcrumb: trail(c, crumbs...), Data: view})
}

// trail is the breadcrumb from the home page on.
func trail(c *fiber.Ctx, crumbs ...web.Crumb) []web.Crumb {
	return append([]web.Crumb{{Text: say(c, "site.home"), Href: "/"}}, crumbs...)
}

func crumb(c *fiber.Ctx, key, href string) web.Crumb { return web.Crumb{Text: say(c, key), Href: href} }
