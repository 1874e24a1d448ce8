package app

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// kind is what a host name is for.
type kind string

const (
	chooserHost kind = "chooser" // the bare host
	kioskHost   kind = "kiosk"
	consoleHost kind = "console"
	mailboxHost kind = "posta" // only in the demo
	entityHost  kind = "entity"
)

// kindOf says what a host name, without its port, is for.
func (a *App) kindOf(host string) kind {
	base, _, _ := strings.Cut(a.Config.Host(), ":")
	switch host {
	case base, "127.0.0.1":
		return chooserHost
	case "kiosk." + base:
		return kioskHost
	case "console." + base:
		return consoleHost
	case "posta." + base:
		if a.Config.MailboxURL != "" {
			return mailboxHost
		}
	}
	return entityHost
}

func (a *App) shared(host string) bool { return a.kindOf(host) != entityHost }

// anyHost are the paths that answer on every host: what browsers and machines fetch without meaning an entity.
func anyHost(path string) bool {
	return path == "/healthz" || path == "/readyz" || path == "/metrics" || path == "/api/livekit/webhook" ||
		strings.HasPrefix(path, "/api/openapi") || strings.HasPrefix(path, "/assets/")
}

// oneLanguage begins the paths of an entity's host that the server answers in Italian: what staff and those who keep a kiosk
// use, and the apps, which bring their own words.
var oneLanguage = []string{"/amministrazione", "/operatore", "/accedi", "/esci", "/password", "/presidio", booking.OwnPath, "/ospite"}

// multilingual says whether a page is for citizens, who may read it in other languages too.
func (a *App) multilingual(host, path string) bool {
	if k := a.kindOf(host); k != entityHost && k != chooserHost {
		return false
	}
	return !slices.ContainsFunc(oneLanguage, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") })
}

// resolve finds the entity of the request's host and what its pages say about it.
func (a *App) resolve(c *fiber.Ctx) error {
	if anyHost(c.Path()) {
		return c.Next()
	}
	if k := a.kindOf(web.Host(c)); k != entityHost {
		web.SetSite(c, web.Site{Kind: string(k), Name: "Sportello"})
		return c.Next()
	}
	t, err := a.resolver.ByHost(c.UserContext(), web.Host(c))
	if err != nil {
		return err
	}
	c.SetUserContext(tenant.With(c.UserContext(), t))
	site, err := a.Catalog.Site(c.UserContext(), t)
	if err != nil {
		return err
	}
	web.SetSite(c, site)
	return c.Next()
}

// on is a router whose routes answer on hosts of one kind only; on other hosts they are not there.
type on struct {
	fiber.Router
	app  *App
	kind kind
}

func (a *App) on(k kind) fiber.Router { return on{Router: a.Fiber, app: a, kind: k} }

func (o on) here(handlers []fiber.Handler) []fiber.Handler {
	only := make([]fiber.Handler, len(handlers))
	for i, h := range handlers {
		only[i] = func(c *fiber.Ctx) error {
			if o.app.kindOf(web.Host(c)) != o.kind {
				return c.Next()
			}
			return h(c)
		}
	}
	return only
}

// Get implements fiber.Router.
func (o on) Get(path string, handlers ...fiber.Handler) fiber.Router {
	return o.Router.Get(path, o.here(handlers)...)
}

// Post implements fiber.Router.
func (o on) Post(path string, handlers ...fiber.Handler) fiber.Router {
	return o.Router.Post(path, o.here(handlers)...)
}

// Use implements fiber.Router.
func (o on) Use(args ...any) fiber.Router {
	only := make([]any, len(args))
	for i, arg := range args {
		only[i] = arg
		if h, ok := arg.(fiber.Handler); ok {
			only[i] = o.here([]fiber.Handler{h})[0]
		}
	}
	return o.Router.Use(only...)
}

// Group implements fiber.Router.
func (o on) Group(prefix string, handlers ...fiber.Handler) fiber.Router {
	return on{Router: o.Router.Group(prefix, o.here(handlers)...), app: o.app, kind: o.kind}
}

// urlOf is the public address of an entity's site.
func (a *App) urlOf(t tenant.Tenant) string {
	return a.Config.URL(strings.ReplaceAll(string(t.Key), "_", "-"))
}

// only lets requests pass on hosts of one kind.
func (a *App) only(k kind) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if a.kindOf(web.Host(c)) != k {
			return problem.New(problem.NotFound, "not_found")
		}
		return c.Next()
	}
}
