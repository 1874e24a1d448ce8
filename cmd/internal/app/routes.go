package app

import (
	"io/fs"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/modules/videocall"
	"github.com/sportello/sportello/tenant"
)

// routes is every route of the product. Who may use which stands in docs/rights.md, and a test compares.
func (a *App) routes() error {
	app := a.Fiber
	a.health()
	if err := web.Static(app, frontend.Assets()); err != nil {
		return err
	}
	app.Use(a.resolve)

	// the demo's outbox
	a.mailbox()

	// the bare host: choose an entity
	catalog.NewChooser(a.DB, a.urlOf).Routes(a.on(chooserHost))

	// the kiosk: its screen, its enrolment, then everything an enrolled device does
	kiosk := a.on(kioskHost)
	kiosk.Get("/", page("kiosk/index.html"))
	kiosk.Get("/sw.js", script("kiosk/sw.js"))
	kiosk.Post("/api/kiosk/enrolment", a.Counters.PostEnrolment)
	app.Use("/api/kiosk/own", a.only(entityHost))
	app.Use("/api/kiosk", a.kioskSide)
	app.Get("/api/kiosk/events", a.Videocall.KioskEvents)
	app.Post("/api/kiosk/equipment", a.Counters.PostEquipment)
	app.Post("/api/kiosk/self-test", a.Counters.PostTest)

	// the operator's desk
	entity := a.on(entityHost)
	entity.Post("/operatore/prova", a.Identity.RequireStaff(actor.Operator), a.rehearse)
	entity.Get("/operatore", a.Identity.RequireStaff(actor.Operator), page("desk/index.html"))
	app.Use("/api/desk", a.only(entityHost), a.Identity.RequireStaff(actor.Operator))
	app.Get("/api/desk/events", a.Videocall.DeskEvents)

	operations(app, a.Videocall)
	app.Post("/api/livekit/webhook", a.Videocall.Webhook(a.resolver.ByKey))

	// an entity's site, portal and back office
	catalog.NewSite(a.DB, a.Catalog, places{a.Counters}).Routes(entity)
	booking.NewPortal(a.Booking, a.Redis).Routes(entity)
	entity.Get(booking.OwnPath, page("kiosk/index.html"))
	a.Identity.Routes(entity)
	a.Catalog.Routes(entity, a.Identity.RequireStaff(actor.Administrator))
	audit.Routes(entity, a.DB, a.Identity, a.Identity.RequireStaff(actor.Administrator))
	calls := videocall.NewPortal(a.Videocall)
	calls.Routes(entity, a.Identity.RequireStaff(actor.Administrator))
	staff := a.Identity.RequireStaff(actor.Operator, actor.Administrator)
	calls.WallRoutes(entity, staff)
	calls.PastRoutes(entity, staff)
	calls.ReceiptRoutes(entity)
	calls.GuestRoutes(entity, page("guest/index.html"))
	notify.NewPortal(a.Notify).Routes(entity, a.Identity.RequireStaff(actor.Administrator))
	kiosks := counters.NewPortal(a.Counters, a.Catalog)
	kiosks.Routes(entity, a.Identity.RequireStaff(actor.Administrator))
	kiosks.HelperRoutes(entity)

	// the vendor's console
	console := a.on(consoleHost)
	a.Identity.VendorRoutes(console)
	console.Get("/", a.Identity.RequireVendor(), a.console)

	return nil
}

// kioskSide lets the citizen's side of an encounter pass: a kiosk on the kiosks' host, who holds an appointment's link on
// the entity's own.
func (a *App) kioskSide(c *fiber.Ctx) error {
	switch a.kindOf(web.Host(c)) {
	case kioskHost:
		return a.Counters.RequireKiosk(c)
	case entityHost:
		return a.Booking.RequireOwn(c)
	case chooserHost, consoleHost, mailboxHost:
	}
	return problem.New(problem.NotFound, "not_found")
}

// rehearse seats an operator as the citizen of a rehearsal, in the window that asks.
func (a *App) rehearse(c *fiber.Ctx) error {
	ctx := c.UserContext()
	t, ok := tenant.From(ctx)
	if !ok {
		return problem.New(problem.NotFound, "not_found")
	}
	seat, err := a.Videocall.Rehearse(ctx, t, actor.From(ctx))
	if err != nil {
		return err
	}
	return a.Booking.SitDown(c, t, booking.AppointmentID{UUID: seat})
}

// script serves a script whose address is fixed; browsers ask for it anew each time.
func script(name string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		code, err := fs.ReadFile(frontend.Dist(), name)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, fiber.MIMETextJavaScriptCharsetUTF8)
		return c.Send(code)
	}
}

// page serves the one HTML page of an app; its scripts and styles are assets.
func page(name string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		html, err := fs.ReadFile(frontend.Dist(), name)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
		return c.Send(html)
	}
}
