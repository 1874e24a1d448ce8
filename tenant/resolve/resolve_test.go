package resolve_test

import (
	"context"
	"crypto/sha256"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/resolve"
	"github.com/sportello/sportello/tenant/tenanttest"
)

var ctx = context.Background()

func line() migrate.Line {
	return migrate.Line{Name: "empty", FS: fstest.MapFS{"migrations/0001_empty.sql": {Data: []byte("SELECT 1;")}}}
}

func TestARequestIsForTheEntityOfItsHostHeaderAlone(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	a, b := s.NewTenant(t, line()), s.NewTenant(t, line())
	r := resolve.New(s.DB, resolve.Config{Shared: func(h string) bool { return h == "kiosk.localhost" }})
	app := fiber.New(fiber.Config{Immutable: true, ErrorHandler: func(c *fiber.Ctx, err error) error {
		return c.Status(499).SendString(problem.From(err).Code)
	}})
	app.Use(r.Host)
	app.Get("/", func(c *fiber.Ctx) error {
		t, ok := tenant.From(c.UserContext())
		if !ok {
			return c.SendString("nobody's")
		}
		return c.SendString(string(t.Key))
	})
	ask := func(host string, headers ...string) string {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.Host = host
		for i := 0; i < len(headers); i += 2 {
			req.Header.Set(headers[i], headers[i+1])
		}
		res, err := app.Test(req, -1)
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return string(body)
	}
	require.Equal(t, string(a.Key), ask(string(a.Key)+".localhost:8080"))
	require.Equal(t, string(b.Key), ask(string(b.Key)+".LOCALHOST."))
	require.Equal(t, string(a.Key), ask(string(a.Key)+".localhost", "X-Forwarded-Host", string(b.Key)+".localhost"))
	require.Equal(t, "nobody's", ask("kiosk.localhost"))
	require.Equal(t, "site.unknown", ask("altrove.localhost"))
}

func TestASuspendedEntityIsNotServedAfterTwoSeconds(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	ente := s.NewTenant(t, line())
	r := resolve.New(s.DB, resolve.Config{})
	host := string(ente.Key) + ".localhost"
	got, err := r.ByHost(ctx, host)
	require.NoError(t, err)
	require.Equal(t, ente, got)

	require.NoError(t, s.Provision(t, line()).Suspend(ctx, ente.Key))
	s.Clock.Advance(2 * time.Second)
	_, err = r.ByHost(ctx, host)
	require.ErrorIs(t, err, resolve.ErrSuspended)
	require.NoError(t, s.Provision(t, line()).Resume(ctx, ente.Key))
	s.Clock.Advance(2 * time.Second)
	_, err = r.ByHost(ctx, host)
	require.NoError(t, err)
}

func TestAnEntityWhoseSchemaIsTooOldIsNotServed(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	ente := s.NewTenant(t, line())
	for version, want := range map[int]error{1: nil, 2: resolve.ErrBehind} {
		r := resolve.New(s.DB, resolve.Config{Want: map[string]int{"empty": version}})
		_, err := r.ByKey(ctx, ente.Key)
		require.Equal(t, want == nil, err == nil)
		if want != nil {
			require.ErrorIs(t, err, want)
		}
	}
	r := resolve.New(s.DB, resolve.Config{Want: map[string]int{"unheard": 1}})
	_, err := r.ByKey(ctx, ente.Key)
	require.ErrorIs(t, err, resolve.ErrBehind)
}

func TestARevokedDeviceIsUnknownAtOnce(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	ente := s.NewTenant(t, line())
	d := control.Device{Tenant: ente.Key, KioskID: uuid.New()}
	hash := sha256.Sum256([]byte("credential"))
	s.InControl(t, func(tx *tenant.ControlTx) error {
		require.NoError(t, control.NewEnrolment(ctx, tx, hash[:], d, tx.Now().Add(time.Hour)))
		_, err := control.Enrol(ctx, tx, hash[:], hash[:])
		return err
	})
	r := resolve.New(s.DB, resolve.Config{})
	of, device, err := r.Device(ctx, hash[:])
	require.NoError(t, err)
	require.Equal(t, ente, of)
	require.Equal(t, d, device)
	s.InControl(t, func(tx *tenant.ControlTx) error { return control.RevokeCredential(ctx, tx, d) })
	_, _, err = r.Device(ctx, hash[:])
	require.ErrorIs(t, err, problem.NotFound)
}
