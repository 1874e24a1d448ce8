// Package app puts the product together: databases, modules, routes, subscriptions. The program and the tests start the
// same thing.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/cmd/internal/config"
	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/frontend/portal"
	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/identity"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/modules/platform/blob"
	"github.com/sportello/sportello/modules/platform/ephemeral"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/mail"
	"github.com/sportello/sportello/modules/platform/metrics"
	"github.com/sportello/sportello/modules/platform/rtc"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/modules/videocall"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/outbox"
	"github.com/sportello/sportello/tenant/resolve"
)

// App is the running product. Its fields are the use cases, for the program, the demo's story and the tests.
type App struct {
	Config    config.Config
	DB        *tenant.DB
	Outbox    *outbox.Outbox
	Redis     *ephemeral.Store
	Rooms     *rtc.Rooms
	Blobs     *blob.Files
	Identity  *identity.Service
	Catalog   *catalog.Service
	Counters  *counters.Service
	Documents *documents.Service
	Booking   *booking.Service
	Videocall *videocall.Service
	Notify    *notify.Service
	Fiber     *fiber.App

	resolver *resolve.Resolver
	wanted   map[string]int // schema versions
	messages *booking.Messages
	alarms   *counters.Alarms
	metrics  *metrics.Registry
	log      *slog.Logger
}

// Option changes what tests need to change.
type Option func(*options)

type options struct {
	clock clock.Clock
	ids   id.Source
	argon identity.Argon
}

// WithClock gives another clock than the system's.
func WithClock(c clock.Clock) Option { return func(o *options) { o.clock = c } }

// WithArgon gives cheaper passwords for tests.
func WithArgon(a identity.Argon) Option { return func(o *options) { o.argon = a } }

// New builds the product from its settings. It connects to PostgreSQL lazily, so that it starts, and says so at /readyz,
// while a service around it is away.
func New(ctx context.Context, cfg config.Config, logger *slog.Logger, opts ...Option) (_ *App, err error) {
	o := options{clock: clock.System{}, ids: id.Random, argon: identity.DefaultArgon}
	for _, opt := range opts {
		opt(&o)
	}
	a := &App{Config: cfg, log: logger, metrics: metrics.New()}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	if err := i18n.Load(frontend.Locales()); err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	if err := a.open(ctx, o); err != nil {
		return nil, err
	}
	if err := a.build(o); err != nil {
		return nil, err
	}
	pages, err := portal.New(frontend.Dist())
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	a.Fiber = web.New(web.Config{
		Renderer: pages, Logger: logger, Metrics: a.metrics, Clock: o.clock, IDs: o.ids,
		TrustedProxies: cfg.TrustedProxies, HTTPS: cfg.Scheme() == "https",
		KioskHost: "kiosk." + cfg.Host(), RTCURL: cfg.LiveKitPublicURL,
		MediaPaths: []string{"/operatore", booking.OwnPath, "/ospite"}, Multilingual: a.multilingual,
	})
	if err := a.routes(); err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	a.subscribe()
	return a, nil
}

// open connects to what is around: databases, Redis, LiveKit, documents.
func (a *App) open(ctx context.Context, o options) (err error) {
	cfg := a.Config
	if a.DB, err = tenant.Open(ctx, tenant.Config{ControlURL: cfg.DatabaseURL, CellURLs: cfg.CellURLs, Clock: o.clock, IDs: o.ids}); err != nil {
		return err
	}
	a.Outbox = outbox.New(a.DB, outbox.Config{Log: a.log})
	if a.Redis, err = ephemeral.Open(cfg.RedisURL); err != nil {
		return fmt.Errorf("REDIS_URL: %w", err)
	}
	if a.Rooms, err = rtc.New(rtc.Config{URL: cfg.LiveKitURL, ClientURL: cfg.LiveKitPublicURL, Key: cfg.LiveKitKey, Secret: cfg.LiveKitSecret, Clock: o.clock}); err != nil {
		return err
	}
	if a.Blobs, err = blob.NewFiles(cfg.BlobDir); err != nil {
		return fmt.Errorf("BLOB_DIR: %w", err)
	}
	runner, err := Runner(nil)
	if err != nil {
		return err
	}
	a.wanted = runner.Versions()
	a.resolver = resolve.New(a.DB, resolve.Config{Want: a.wanted, Shared: a.shared})
	return nil
}

// build makes the modules, from the ground up.
func (a *App) build(o options) (err error) {
	cfg := a.Config
	a.Catalog = catalog.New(a.DB)
	if a.Identity, err = identity.New(identity.Config{
		DB: a.DB, Limiter: a.Redis, SecretKey: cfg.Secret("totp"), Argon: o.argon, Offices: officeLabels{a.Catalog},
	}); err != nil {
		return err
	}
	sender, err := mail.Open(cfg.SMTPURL)
	if err != nil {
		return fmt.Errorf("SMTP_URL: %w", err)
	}
	a.Counters = counters.New(counters.Config{
		DB: a.DB, Secret: cfg.Secret("kiosk"), Presence: a.Redis, Limiter: a.Redis, Logger: a.log,
	})
	a.Documents = documents.New(a.Blobs, documents.NewRenderer(), o.ids)
	a.Booking = booking.New(booking.Config{
		DB: a.DB, Catalog: a.Catalog, Counters: a.Counters, Keys: booking.NewKeys(cfg.Secret("code"), cfg.Secret("pepper")),
		BaseURL: a.urlOf, Logger: a.log,
	})
	a.Notify = notify.New(a.DB, sender, cfg.MailFrom, a.log)
	if a.messages, err = booking.NewMessages(a.Booking, a.Notify, portal.Mail()); err != nil {
		return err
	}
	if a.alarms, err = counters.NewAlarms(a.Counters, a.Catalog, a.Notify, a.urlOf, portal.Mail()); err != nil {
		return err
	}
	a.Videocall = videocall.New(videocall.Config{
		DB: a.DB, Codes: codes{a.Booking}, Changes: changes{a.Booking}, Emergencies: emergencies{a.Counters},
		Links: links{a.Booking, a.messages}, Appointments: appointments{a.Booking, a.Catalog, a.Counters}, Labels: labels{a.Catalog},
		Kiosks: kioskLabels{a.Counters, a.Booking}, Staff: staff{a.Identity}, Capacity: capacity{a.Catalog, a.Booking},
		WalkIns: walkIns{a.Catalog, a.Counters, a.urlOf}, Floor: floor{a.DB, a.Catalog, a.Identity, a.Counters}, Documents: a.Documents, Rooms: a.Rooms,
		Hints: a.Redis, Presence: a.Redis, Log: a.log,
	})
	a.Identity.SetCutter(a.Videocall)
	a.Catalog.SetBookings(booked{a.Booking, a.messages})
	a.Counters.SetCutter(a.Videocall)
	return nil
}

// Run serves until ctx ends, then lets requests under way finish for at most drain. Calls go on: their media does not
// pass through here, and the next process knows their sessions.
func (a *App) Run(ctx context.Context, drain time.Duration) error {
	l, err := net.Listen("tcp", a.Config.Listen)
	if err != nil {
		return err
	}
	if a.Config.Worker {
		if err := a.Outbox.Start(ctx); err != nil {
			a.log.Warn("events are not handled yet", slog.Any("err", err))
		}
	}
	background, stop := context.WithCancel(ctx)
	defer stop()
	go a.Videocall.Run(background)
	if a.Config.Worker {
		go a.background(background)
	}
	served := make(chan error, 1)
	go func() { served <- a.Fiber.Listener(l) }()
	a.log.Info("serving", slog.String("address", a.Config.Listen))
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	a.log.Info("stopping: requests under way may finish, calls go on")
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	return errors.Join(a.Fiber.ShutdownWithContext(end), a.Outbox.Stop(end))
}

// Work handles events, and nothing else, until ctx ends.
func (a *App) Work(ctx context.Context, drain time.Duration) error {
	if err := a.Outbox.Start(ctx); err != nil {
		return err
	}
	go a.background(ctx)
	<-ctx.Done()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	return a.Outbox.Stop(end)
}

// Close gives connections back.
func (a *App) Close() {
	if a.Redis != nil {
		_ = a.Redis.Close()
	}
	if a.Blobs != nil {
		_ = a.Blobs.Close()
	}
	if a.DB != nil {
		a.DB.Close()
	}
}
