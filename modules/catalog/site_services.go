package catalog

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

const (
	perPage  = 18  // services on one page of a list
	maxQuery = 100 // characters of a search
)

func (s *Site) services(c *fiber.Ctx) error {
	query := strings.TrimSpace(c.Query("q"))
	if utf8.RuneCountInString(query) > maxQuery {
		query = string([]rune(query)[:maxQuery])
	}
	v := ServicesView{Title: say(c, "site.services"), Query: query, Searched: query != "", Categories: Categories()}
	v.Description = say(c, "site.services_text")
	v.Base = "/servizi?pagina="
	if v.Searched {
		v.Base = "/servizi?q=" + url.QueryEscape(query) + "&pagina="
	}
	return s.list(c, v, Filter{Query: query}, trail(c))
}

func (s *Site) category(c *fiber.Ctx) error {
	cat, ok := CategoryBySlug(c.Params("slug"))
	if !ok {
		return problem.New(problem.NotFound, "not_found")
	}
	v := ServicesView{Title: categoryTitle(i18n.From(c.UserContext()), cat), Description: cat.Description, TextOwn: true, Base: "/servizi/categoria/" + cat.Slug + "?pagina="}
	return s.list(c, v, Filter{Category: cat.Slug}, trail(c, crumb(c, "site.services", "/servizi")))
}

func (s *Site) topic(c *fiber.Ctx) error {
	topic, ok := TopicBySlug(c.Params("slug"))
	if !ok {
		return problem.New(problem.NotFound, "not_found")
	}
	v := ServicesView{Title: topic.Title, Own: true, Base: "/argomenti/" + topic.Slug + "?pagina="}
	v.Description = i18n.T(i18n.From(c.UserContext()), "site.topic_text", map[string]any{"topic": topic.Title})
	return s.list(c, v, Filter{Topic: topic.Slug}, trail(c, crumb(c, "site.topics", "/argomenti")))
}

// list draws one page of a list of services.
func (s *Site) list(c *fiber.Ctx, v ServicesView, f Filter, crumbs []web.Crumb) error {
	var sheets []Sheet
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		sheets, err = s.catalog.Services(ctx, tx, f)
		return err
	})
	if err != nil {
		return err
	}
	v.Total, v.Pages = len(sheets), max(1, (len(sheets)+perPage-1)/perPage)
	v.Page = min(max(1, c.QueryInt("pagina", 1)), v.Pages)
	from := (v.Page - 1) * perPage
	v.Cards = cardsOf(i18n.From(c.UserContext()), sheets[from:min(from+perPage, len(sheets))])
	return web.Render(c, fiber.StatusOK, "site/servizi", web.Page{Title: v.Title, Own: v.Own, Description: v.Description, Breadcrumb: crumbs, Data: v})
}

func (s *Site) topics(c *fiber.Ctx) error {
	var v TopicsView
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		sheets, err := s.catalog.Services(ctx, tx, Filter{})
		v.Topics = topicsOf(sheets)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, "site/argomenti", web.Page{Title: say(c, "site.topics"), Breadcrumb: trail(c), Data: v})
}

// topicsOf are the topics that the services have, in the order of the vocabulary.
func topicsOf(sheets []Sheet) []Topic {
	used := map[string]bool{}
	for _, s := range sheets {
		for _, t := range s.Topics {
			used[t] = true
		}
	}
	return slices.DeleteFunc(Topics(), func(t Topic) bool { return !used[t.Slug] })
}

func (s *Site) service(c *fiber.Ctx) error {
	v, err := s.sheet(c)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, "site/servizio", web.Page{
		Title: v.Sheet.Title, Own: true, Description: v.Sheet.ShortDescription, Data: v,
		Breadcrumb: trail(c, crumb(c, "site.services", "/servizi"), web.Crumb{Text: categoryTitle(i18n.From(c.UserContext()), v.Category), Href: "/servizi/categoria/" + v.Category.Slug}),
	})
}

func (s *Site) conditions(c *fiber.Ctx) error {
	v, err := s.sheet(c)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, "site/condizioni", web.Page{
		Title: say(c, "site.conditions"), Data: v,
		Breadcrumb: trail(c, crumb(c, "site.services", "/servizi"), web.Crumb{Own: true, Text: v.Sheet.Title, Href: "/servizi/" + v.Sheet.Slug}),
	})
}

// sheet reads all that the page of a service shows.
func (s *Site) sheet(c *fiber.Ctx) (SheetView, error) {
	var v SheetView
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		if v.Sheet, err = s.catalog.ServiceBySlug(ctx, tx, c.Params("slug")); err != nil {
			return err
		}
		if v.Entity, err = s.catalog.Entity(ctx, tx); err != nil {
			return err
		}
		offices, err := s.catalog.Offices(ctx, tx)
		if err != nil {
			return err
		}
		places, err := s.places.Places(ctx, tx)
		if err != nil {
			return err
		}
		v.arrange(i18n.From(ctx), offices, places)
		return nil
	})
	v.Metatag = metatag(v, web.Origin(c))
	return v, err
}

// arrange picks the offices and kiosks that belong to the service.
func (v *SheetView) arrange(lang string, offices []Office, places []Place) {
	v.Category, _ = CategoryBySlug(v.Sheet.Category)
	for _, slug := range v.Sheet.Topics {
		if t, ok := TopicBySlug(slug); ok {
			v.Topics = append(v.Topics, t)
		}
	}
	for _, o := range active(offices) {
		if slices.Contains(v.Sheet.OfficeIDs, o.ID) {
			v.Offices = append(v.Offices, o)
		}
		if v.Sheet.ResponsibleID != nil && o.ID == *v.Sheet.ResponsibleID {
			v.Responsible = &o
		}
	}
	if v.Responsible == nil && len(v.Offices) > 0 {
		v.Responsible = &v.Offices[0]
	}
	v.Bookable = v.Sheet.Bookable() && len(v.Offices) > 0
	if !v.Bookable {
		return
	}
	for _, p := range placeViews(lang, places) {
		if !p.Paused && slices.Contains(p.Services, v.Sheet.ID) {
			v.Places = append(v.Places, p)
		}
	}
}
