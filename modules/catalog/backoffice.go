package catalog

import (
	"context"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// The addresses of the back office.
const (
	pathHome     = "/amministrazione"
	pathServices = "/amministrazione/servizi"
	pathOffices  = "/amministrazione/uffici"
	pathEntity   = "/amministrazione/ente"
)

// Routes adds the back office of catalogue, offices and entity to an entity's host. The guard stands before each route
// by itself: a guard for the prefix /amministrazione would also stop /amministrazione-comunale, which is for everybody.
func (s *Service) Routes(r fiber.Router, guard fiber.Handler) {
	get := func(path string, h fiber.Handler) { r.Get(path, guard, h) }
	post := func(path string, h fiber.Handler) { r.Post(path, guard, s.changing(h)) }
	get(pathHome, s.showHome)

	get(pathServices, s.showServices)
	get(pathServices+"/nuovo", s.showServiceNew)
	post(pathServices+"/nuovo", s.postServiceNew)
	get(pathServices+"/:id", s.showService)
	post(pathServices+"/:id", s.postService)
	get(pathServices+"/:id/anteprima", s.showPreview)
	post(pathServices+"/:id/stato", s.postState)

	get(pathOffices, s.showOffices)
	get(pathOffices+"/nuovo", s.showOfficeNew)
	post(pathOffices+"/nuovo", s.postOfficeNew)
	post(pathOffices+"/chiusure", s.postException)
	post(pathOffices+"/chiusure/:id/annulla", s.postExceptionUndo)
	get(pathOffices+"/chiusure/:id/avvisa", s.showInform)
	post(pathOffices+"/chiusure/:id/avvisa", s.postInform)
	get(pathOffices+"/:id", s.showOffice)
	post(pathOffices+"/:id", s.postOffice)
	post(pathOffices+"/:id/orari", s.postHours)
	post(pathOffices+"/:id/chiusure", s.postException)

	get(pathEntity, s.showEntity)
	post(pathEntity, s.postEntity)
}

// HomeLink is one line of the back office's first page.
type HomeLink struct{ Text, Href string }

// AttentionView is the Data of catalog/riepilogo.
type AttentionView struct {
	Attention []HomeLink // what somebody should look at
	Links     []HomeLink
	Published int
	Drafts    int
	Inactive  int
	Offices   int
}

type attention struct {
	Drafts, Published, Inactive, Unanswered, Offices, WithoutHours int
}

func (s *Service) showHome(c *fiber.Ctx) error {
	var n attention
	var e Entity
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		if n, err = tenant.One[attention](ctx, tx, sqlAttention); err != nil {
			return err
		}
		e, err = s.Entity(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	v := AttentionView{Published: n.Published, Drafts: n.Drafts, Inactive: n.Inactive, Offices: n.Offices}
	add := func(when bool, key, href string, count int) {
		if when {
			v.Attention = append(v.Attention, HomeLink{counted(key, count), href})
		}
	}
	add(e.Version == 0 || e.Phone == "" || e.PrivacyNotice == "", "catalog.attention.entity", pathEntity, 0)
	add(n.Offices == 0, "catalog.attention.no_offices", pathOffices+"/nuovo", 0)
	add(n.WithoutHours > 0, "catalog.attention.without_hours", pathOffices, n.WithoutHours)
	add(n.Published == 0, "catalog.attention.no_services", pathServices, 0)
	add(n.Unanswered > 0, "catalog.attention.unanswered", pathServices+"?stato=published", n.Unanswered)
	add(n.Drafts > 0, "catalog.attention.drafts", pathServices+"?stato=draft", n.Drafts)
	for _, l := range []struct{ key, href string }{
		{"services", pathServices},
		{"offices", pathOffices},
		{"kiosks", "/amministrazione/postazioni"},
		{"staff", "/amministrazione/personale"},
		{"entity", pathEntity},
		{"register", "/amministrazione/registro"},
		{"password", "/password"},
	} {
		v.Links = append(v.Links, HomeLink{text("catalog.link." + l.key), l.href})
	}
	return web.Render(c, fiber.StatusOK, "catalog/riepilogo", web.Page{Title: text("catalog.home"), Data: v})
}

// counted chooses between the words for one and for many.
func counted(key string, n int) string {
	if n == 1 && i18n.Has(key+"_one") {
		key += "_one"
	}
	return i18n.T(i18n.Italian, key, map[string]any{"n": n})
}

// in runs f in one transaction with the rows of the request's entity.
func (s *Service) in(c *fiber.Ctx, f func(ctx context.Context, tx *tenant.Tx) error) error {
	ctx := c.UserContext()
	t, ok := tenant.From(ctx)
	if !ok {
		return problem.New(problem.NotFound, "not_found")
	}
	return s.db.InTenant(ctx, t, func(tx *tenant.Tx) error { return f(ctx, tx) })
}

func who(c *fiber.Ctx) actor.Actor { return actor.From(c.UserContext()) }

// param reads an identifier of the path; anything else is a page that does not exist.
func param[T any](c *fiber.Ctx, name string) (id.ID[T], error) {
	v, err := id.Parse[T](c.Params(name))
	if err != nil {
		return v, problem.New(problem.NotFound, "not_found")
	}
	return v, nil
}

// posted are the texts of a form as typed, so that the page can show them again whatever is wrong with them.
func posted(c *fiber.Ctx) url.Values {
	v := url.Values{}
	for key, value := range c.Request().PostArgs().All() {
		v.Add(string(key), string(value))
	}
	return v
}

// whole reads a whole number; what is none is -1, which no input of ours allows.
func whole(v url.Values, name string) int {
	n, err := strconv.Atoi(v.Get(name))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// officeCrumbs is the way back from a page of the back office.
func officeCrumbs(more ...web.Crumb) []web.Crumb {
	return append([]web.Crumb{{Text: text("catalog.home"), Href: pathHome}}, more...)
}

// redone shows a form again with what is wrong. A failure of ours goes to the boundary.
func redone(c *fiber.Ctx, err error, name string, page web.Page, fields ...[]form.Field) error {
	d := web.Describe(err, i18n.Italian, "")
	if d.Status >= fiber.StatusInternalServerError || d.Code == "not_found" || d.Status == fiber.StatusForbidden {
		return err
	}
	shown := 0
	for _, f := range fields {
		shown += len(form.Errors(f))
	}
	if shown == 0 || problem.From(err).Code == errEdited.Code {
		page.Notice = &web.Notice{Kind: "danger", Text: d.Detail}
	}
	return web.Render(c, d.Status, name, page)
}

// done is the notice that the page before asked for after a change.
func done(c *fiber.Ctx) *web.Notice {
	key := "catalog.done." + c.Query("esito")
	if !i18n.Has(key) {
		return nil
	}
	return &web.Notice{Kind: "success", Text: text(key)}
}

func hasText(key string) bool { return i18n.Has(key) }
