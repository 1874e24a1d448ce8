package web

import (
	"bytes"
	"fmt"
	"io"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/platform/i18n"
)

// Renderer writes the page of that name. frontend/portal is one.
type Renderer interface {
	Render(w io.Writer, lang, name string, data any) error
}

// Page is what every template gets. Handlers fill the first part, Render the second.
type Page struct {
	Title       string  // of the page, without the entity's name
	Description string  // for search engines
	Own         bool    // the title is the entity's own words, which are Italian in every language
	Breadcrumb  []Crumb // from the home page to the parent of this page
	Notice      *Notice // what just happened
	Data        any     // the page's own view

	Site      Site
	Actor     actor.Actor
	RequestID string // the reference number
	Path      string // of the request, without the query
	Lang      string
	Languages []Language // in which this page can be read; none where it is Italian only
}

// Crumb is one step of the way back.
type Crumb struct {
	Text, Href string
	Own        bool // the entity's own words, which are Italian in every language
}

// Notice is one message at the top of a page. Kind is success, info, warning or danger.
type Notice struct{ Kind, Text string }

// Steps is the progress of a wizard. Current counts from 1.
type Steps struct {
	Current int
	Labels  []string
}

// Site is whose pages these are: an entity's, the vendor's console, the kiosk's or the chooser's.
type Site struct {
	Key        string // of the entity; "" for the others
	Name       string
	Kind       string // entity, console, kiosk, chooser
	Region     string
	Address    string
	Phone      string
	Email      string
	PEC        string
	FiscalCode string
	IPACode    string

	AccessibilityURL string // the declaration published with AgID; "" where the entity has none yet
}

// SetSite says whose pages the request is about. The catalogue's middleware calls it.
func SetSite(c *fiber.Ctx, s Site) { c.Locals(siteKey{}, s) }

// SiteOf is what SetSite said, or the zero Site.
func SiteOf(c *fiber.Ctx) Site { s, _ := c.Locals(siteKey{}).(Site); return s }

// Render writes a page. It is complete or it is not sent: an error in a template becomes an error page.
func Render(c *fiber.Ctx, status int, name string, page Page) error {
	s, ok := c.Locals(stateKey{}).(*state)
	if !ok || s.cfg.Renderer == nil {
		return fmt.Errorf("render %s: the application has no renderer", name)
	}
	return s.render(c, status, name, page)
}

func (s *state) render(c *fiber.Ctx, status int, name string, page Page) error {
	page.Site = SiteOf(c)
	page.Actor = actor.From(c.UserContext())
	page.RequestID = RequestID(c.UserContext())
	page.Path = c.Path()
	page.Lang = i18n.From(c.UserContext())
	page.Languages = s.languages(c, page.Lang)
	var buf bytes.Buffer
	if err := s.cfg.Renderer.Render(&buf, page.Lang, name, page); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	SayLanguage(c)
	c.Status(status).Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Send(buf.Bytes())
}
