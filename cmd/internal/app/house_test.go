package app_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/cmd/fakes/mailbox"
	"github.com/sportello/sportello/cmd/internal/app"
	"github.com/sportello/sportello/cmd/internal/config"
	"github.com/sportello/sportello/cmd/internal/demo"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/identity"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/platform/devstack"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/control"
	"github.com/sportello/sportello/tenant/tenanttest"
)

// house is the whole product with the demo's story, on real services.
type house struct {
	*app.App
	stack *tenanttest.Stack
	facts *demo.Facts
	t     *testing.T
}

// cheap hashes quickly: these tests are not about passwords.
var cheap = identity.Argon{MemoryKiB: 64, Passes: 1, Threads: 1}

var around struct {
	sync.Once
	redis   *devstack.Redis
	livekit *devstack.LiveKit
	smtp    string
	err     error
}

const secret = "0123456789abcdef0123456789abcdef"

// services are started once for all tests of the package and end with it.
func services(t *testing.T) {
	t.Helper()
	around.Do(func() {
		ctx := context.Background()
		if around.redis, around.err = devstack.StartRedis(ctx, devstack.RedisConfig{}); around.err != nil {
			return
		}
		if around.livekit, around.err = devstack.StartLiveKit(ctx, devstack.LiveKitConfig{Binary: "../../../.bin/livekit-server", Secret: secret}); around.err != nil {
			return
		}
		var mail, web net.Listener
		if mail, around.err = net.Listen("tcp", "127.0.0.1:0"); around.err != nil {
			return
		}
		if web, around.err = net.Listen("tcp", "127.0.0.1:0"); around.err != nil {
			return
		}
		around.smtp = mail.Addr().String()
		go func() { _ = mailbox.Serve(ctx, mail, web) }()
	})
	require.NoError(t, around.err)
}

// open builds the product on a fresh database. redisURL is empty for the shared Redis.
func open(t *testing.T, redisURL string) *house {
	t.Helper()
	services(t)
	if redisURL == "" {
		redisURL = around.redis.URL()
	}
	s := tenanttest.StartUnconnected(t)
	cfg := config.Config{
		BaseURL: "http://localhost:8080", DatabaseURL: s.Postgres.URL(admin.DefaultLogin, s.Database),
		AdminDatabaseURL: s.Postgres.URL("postgres", s.Database), RedisURL: redisURL,
		LiveKitURL: around.livekit.URL(), LiveKitPublicURL: around.livekit.ClientURL(), LiveKitKey: "devkey", LiveKitSecret: secret,
		SMTPURL: "smtp://" + around.smtp, MailFrom: "noreply@sportello.example", BlobDir: t.TempDir(),
		MasterKey: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	}
	require.NoError(t, cfg.Validate())
	ctx := context.Background()
	logger := slog.New(slog.DiscardHandler)
	a, err := app.New(ctx, cfg, logger, app.WithArgon(cheap))
	require.NoError(t, err)
	t.Cleanup(a.Close)
	facts, err := demo.Seed(ctx, a, cfg)
	require.NoError(t, err)
	return &house{App: a, stack: s, facts: facts, t: t}
}

// entity is an entity of the story by key.
func (h *house) entity(key string) (tenant.Tenant, demo.EntityFacts) {
	h.t.Helper()
	t, err := control.ByKey(context.Background(), h.DB.ReadControl(), tenant.Key(key))
	require.NoError(h.t, err)
	for _, e := range h.facts.Entities {
		if e.Key == key {
			return t, e
		}
	}
	h.t.Fatalf("no entity %s in the story", key)
	return t, demo.EntityFacts{}
}

// signIn gives the cookie of the first account with the role.
func (h *house) signIn(key, role string) *http.Cookie {
	h.t.Helper()
	t, e := h.entity(key)
	for _, s := range e.Staff {
		if s.Role != role {
			continue
		}
		code, err := identity.TOTPCode(s.TOTPSecret, clock.System{}.Now())
		require.NoError(h.t, err)
		token, err := h.Identity.Login(context.Background(), t, identity.LoginInput{Email: s.Email, Password: s.Password, Code: code, IP: "127.0.0.1"})
		require.NoError(h.t, err)
		return &http.Cookie{Name: identity.Cookie, Value: token}
	}
	h.t.Fatalf("no %s at %s", role, key)
	return nil
}

func (h *house) vendor() *http.Cookie {
	h.t.Helper()
	v := h.facts.Vendor
	code, err := identity.TOTPCode(v.TOTPSecret, clock.System{}.Now())
	require.NoError(h.t, err)
	token, err := h.Identity.VendorLogin(context.Background(), identity.LoginInput{Email: v.Email, Password: v.Password, Code: code, IP: "127.0.0.1"})
	require.NoError(h.t, err)
	return &http.Cookie{Name: identity.Cookie, Value: token}
}

// kiosk enrols the entity's n-th kiosk and gives its cookie.
func (h *house) kiosk(key string, n int) *http.Cookie {
	h.t.Helper()
	_, e := h.entity(key)
	credential, _, err := h.Counters.Enrol(context.Background(), e.Kiosks[n].EnrolmentCode, "127.0.0.1")
	require.NoError(h.t, err)
	return &http.Cookie{Name: counters.Cookie, Value: credential}
}

// do sends a request to a host and gives the answer with its body.
func (h *house) do(method, host, path string, cookie *http.Cookie, form url.Values, json string) (*http.Response, string) {
	h.t.Helper()
	var body io.Reader
	kind := ""
	switch {
	case json != "":
		body, kind = strings.NewReader(json), "application/json"
	case form != nil:
		body, kind = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	}
	r := httptest.NewRequestWithContext(context.Background(), method, path, body)
	r.Host = host
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if cookie != nil {
		r.AddCookie(cookie)
	}
	res, err := h.Fiber.Test(r, int((30 * time.Second).Milliseconds()))
	require.NoError(h.t, err, "%s %s%s", method, host, path)
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		return res, ""
	}
	var buf bytes.Buffer
	_, err = buf.ReadFrom(res.Body)
	require.NoError(h.t, err)
	require.NoError(h.t, res.Body.Close())
	return res, buf.String()
}
