// Package web is the product's HTTP boundary: the only place that makes a fiber application, decides about headers,
// and turns errors into answers. Modules give it handlers and pages.
package web

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/log"
	"github.com/sportello/sportello/modules/platform/metrics"
)

// Limits of one request. The reasons stand in docs/architecture and in the tests beside this file.
const (
	BodyLimit       = 1 << 20  // bytes of a body, except on upload routes
	UploadLimit     = 12 << 20 // bytes of a body on upload routes: a 10 MiB document and its envelope
	headerLimit     = 16 << 10
	readTimeout     = 10 * time.Second
	uploadTimeout   = 90 * time.Second // 10 MiB on a line of 1 Mbit/s
	writeTimeout    = 30 * time.Second
	idleTimeout     = 60 * time.Second
	requestTimeout  = 20 * time.Second
	maxConnections  = 20_000
	slowRequestFrom = 2 * time.Second
)

// Config is what the boundary needs. The zero value of each field is usable except Renderer for a product with pages.
type Config struct {
	Renderer       Renderer          // writes pages; without one errors are plain pages of this package
	Logger         *slog.Logger      // default slog.Default()
	Metrics        *metrics.Registry // default none
	Clock          clock.Clock       // default the system's
	IDs            id.Source         // reference numbers; default random UUIDv7
	TrustedProxies []string          // addresses or CIDR ranges whose X-Forwarded-* headers are believed; default none
	HTTPS          bool              // the service is reached by https only: Secure cookies and HSTS
	KioskHost      string            // host name of the kiosks, e.g. kiosk.localhost: camera and microphone allowed
	MediaPaths     []string          // paths on other hosts that use camera and microphone; default /operatore
	RTCURL         string            // where browsers reach LiveKit, e.g. ws://localhost:7880: allowed by the CSP
	WebhookPaths   []string          // unsafe methods without browser checks: the callers sign; default /api/livekit/webhook
	UploadPaths    []string          // POST paths with the upload limit; default the documents of kiosk and desk

	Multilingual func(host, path string) bool // which pages citizens may read in other languages too; default all
}

// state is the boundary of one application.
type state struct {
	cfg     Config
	headers headers
	kiosk   string
	log     *slog.Logger

	patience time.Duration // how long an event stream waits for a client that does not read
}

// New makes the application. Every answer carries a reference number and the security headers, whatever happens.
func New(cfg Config) *fiber.App {
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.IDs == nil {
		cfg.IDs = id.Random
	}
	if cfg.MediaPaths == nil {
		cfg.MediaPaths = []string{"/operatore"}
	}
	if cfg.WebhookPaths == nil {
		cfg.WebhookPaths = []string{"/api/livekit/webhook"}
	}
	if cfg.UploadPaths == nil {
		cfg.UploadPaths = []string{"/api/kiosk/session/documents", "/api/desk/session/documents"}
	}
	s := &state{cfg: cfg, log: cfg.Logger, kiosk: hostOf(cfg.KioskHost), patience: writeTimeout}
	s.headers = newHeaders(cfg)
	app := fiber.New(fiber.Config{
		Immutable:               true, // strings outlive the request: jobs and logs keep them
		CaseSensitive:           true, // the path rules of this package compare exactly, so must the routes
		DisableStartupMessage:   true,
		EnableTrustedProxyCheck: true, // X-Forwarded-* is believed from the listed proxies only
		TrustedProxies:          cfg.TrustedProxies,
		ReadTimeout:             readTimeout,
		WriteTimeout:            writeTimeout,
		IdleTimeout:             idleTimeout,
		ReadBufferSize:          headerLimit,
		BodyLimit:               BodyLimit,
		Concurrency:             maxConnections,
		ErrorHandler:            s.fail,
		UnescapePath:            false,
	})
	server := app.Server()
	server.SecureErrorLogMessage = true
	server.CloseOnShutdown = true
	server.HeaderReceived = s.limits
	server.Handler = s.knownMethod(app, server.Handler)
	app.Use(s.request, guard, s.sameOrigin)
	return app
}

// limits gives upload routes a larger body and more time to send it.
func (s *state) limits(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	path, _, _ := strings.Cut(string(h.RequestURI()), "?")
	if h.IsPost() {
		for _, p := range s.cfg.UploadPaths {
			if path == p {
				return fasthttp.RequestConfig{MaxRequestBodySize: UploadLimit, ReadTimeout: uploadTimeout}
			}
		}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: BodyLimit}
}

// knownMethod answers methods that Fiber would refuse by itself, without the headers of every other answer.
func (s *state) knownMethod(app *fiber.App, next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(rc *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(rc.Method())) {
			next(rc)
			return
		}
		c := app.AcquireCtx(rc)
		defer app.ReleaseCtx(c)
		_ = s.fail(c, fiber.ErrBadRequest)
		rc.SetConnectionClose()
	}
}

// request surrounds every request: reference number, headers, deadline, recovery, access line, series.
func (s *state) request(c *fiber.Ctx) error {
	start := s.cfg.Clock.Now()
	s.prepare(c)
	ctx, cancel := context.WithTimeout(c.UserContext(), requestTimeout)
	defer cancel()
	c.SetUserContext(ctx)
	err := s.handle(c)
	route := metrics.Route(c, err)
	if err != nil {
		if e := s.fail(c, err); e != nil {
			s.log.ErrorContext(c.UserContext(), "error page failed", slog.Any("err", e))
			c.Status(fiber.StatusInternalServerError)
		}
	}
	d := s.cfg.Clock.Now().Sub(start)
	status := c.Response().StatusCode()
	if s.cfg.Metrics != nil {
		s.cfg.Metrics.Observe(c.Method(), route, status, d)
	}
	level := slog.LevelInfo
	if route == "/healthz" || route == "/readyz" || route == "/metrics" || strings.HasPrefix(route, "/assets/") {
		level = slog.LevelDebug
	}
	attrs := []any{slog.String("method", c.Method()), slog.String("route", route), slog.Int("status", status),
		slog.Int64("ms", d.Milliseconds())}
	if site, ok := c.Locals(siteKey{}).(Site); ok && site.Key != "" {
		attrs = append(attrs, slog.String("site", site.Key))
	}
	if code, ok := c.Locals(codeKey{}).(string); ok {
		attrs = append(attrs, slog.String("code", code))
	}
	if d > slowRequestFrom {
		attrs = append(attrs, slog.Bool("slow", true))
	}
	s.log.Log(c.UserContext(), level, "request", attrs...)
	return nil
}

// handle runs the handlers and turns a panic into an error that keeps its stack for the log.
func (s *state) handle(c *fiber.Ctx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			c.Response().ResetBody()
			err = &panicError{value: v, stack: debug.Stack()}
		}
	}()
	return c.Next()
}

type panicError struct {
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("panic: %v", p.value) }

type (
	stateKey   struct{}
	siteKey    struct{}
	codeKey    struct{}
	requestKey struct{}
)

// prepare gives the request its reference number and the answer its headers, once. Requests that fasthttp refuses
// before any handler come here too, from the error handler.
func (s *state) prepare(c *fiber.Ctx) {
	if _, done := c.Locals(stateKey{}).(*state); done {
		return
	}
	ref := s.cfg.IDs().String()
	c.Locals(stateKey{}, s)
	ctx := log.With(c.UserContext(), slog.String("ref", ref))
	ctx = i18n.With(ctx, s.languageOf(c))
	c.SetUserContext(context.WithValue(ctx, requestKey{}, requestInfo{id: ref, state: s}))
	c.Set("X-Request-Id", ref)
	s.setHeaders(c)
}

type requestInfo struct {
	id    string
	state *state
}

// RequestID is the reference number of the request that ctx belongs to, or "".
func RequestID(ctx context.Context) string {
	r, _ := ctx.Value(requestKey{}).(requestInfo)
	return r.id
}

func stateOf(ctx context.Context) *state {
	r, _ := ctx.Value(requestKey{}).(requestInfo)
	return r.state
}
