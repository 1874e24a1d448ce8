package counters_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/frontend/portal"
	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/ephemeral"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

var (
	ctx   = context.Background()
	admin = actor.Actor{Kind: actor.Staff, ID: uuid.NewString(), Roles: []actor.Role{actor.Administrator}}
	clerk = actor.Actor{Kind: actor.Staff, ID: uuid.NewString(), Roles: []actor.Role{actor.Operator}}
)

// limiter is a limiter that tests set.
type limiter struct {
	mu   sync.Mutex
	left int
	err  error
}

func (l *limiter) Allow(context.Context, ephemeral.Limit, string) (bool, time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left--
	return l.left >= 0, 90 * time.Second, l.err
}

type world struct {
	*tenanttest.Stack
	t       tenant.Tenant
	svc     *counters.Service
	limiter *limiter
	kiosk   counters.Kiosk
}

func newWorld(t testing.TB) *world {
	t.Helper()
	s := tenanttest.Start(t)
	w := &world{Stack: s, limiter: &limiter{left: 1000}}
	w.t = s.NewTenant(t, migrate.Line{Name: "audit", FS: audit.Migrations}, migrate.Line{Name: "catalog", FS: catalog.Migrations},
		migrate.Line{Name: "counters", FS: counters.Migrations})
	w.svc = w.withPresence(nil)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		var err error
		w.kiosk, err = w.svc.Create(ctx, tx, admin, counters.Kiosk{
			Name: "Postazione San Lazzaro", Place: "Scuola Tagliente", Address: "Via Roma 1",
			Hours: []counters.Hours{{Weekday: 1, From: civil.At(8, 0), To: civil.At(13, 0)}},
		})
		return err
	})
	return w
}

// withPresence makes the service over again with a presence.
func (w *world) withPresence(p counters.Presence) *counters.Service {
	secret := sha256.Sum256([]byte("devices"))
	return counters.New(counters.Config{DB: w.DB, Secret: secret[:], Limiter: w.limiter, Presence: p})
}

func (w *world) enrol(t testing.TB) string {
	t.Helper()
	code, err := w.svc.NewEnrolmentCode(ctx, admin, w.t, w.kiosk.ID)
	require.NoError(t, err)
	require.Regexp(t, `^\d{8}$`, code)
	credential, d, err := w.svc.Enrol(ctx, code[:4]+" "+code[4:], "192.0.2.1")
	require.NoError(t, err)
	require.Equal(t, w.kiosk.ID.UUID, d.KioskID)
	return credential
}

func TestAnEnrolledDeviceIsKnownUntilItIsRevoked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	credential := w.enrol(t)
	require.Len(t, credential, 43, "256 bits")
	got, d, err := w.svc.Authenticate(ctx, credential)
	require.NoError(t, err)
	require.Equal(t, w.t.Key, got.Key)
	require.Equal(t, w.kiosk.ID.UUID, d.KioskID)
	require.ErrorIs(t, w.svc.Revoke(ctx, clerk, w.t, w.kiosk.ID), problem.Forbidden)
	require.NoError(t, w.svc.Revoke(ctx, admin, w.t, w.kiosk.ID))
	_, _, err = w.svc.Authenticate(ctx, credential)
	require.Equal(t, "kiosk.not_enrolled", problem.From(err).Code)
}

func TestARevocationOnAnotherMachineCutsTheDeviceWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	credential := w.enrol(t)
	_, _, err := w.svc.Authenticate(ctx, credential)
	require.NoError(t, err)
	w.InControl(t, func(tx *tenant.ControlTx) error { // what the other machine does
		return control.RevokeCredential(ctx, tx, control.Device{Tenant: w.t.Key, KioskID: w.kiosk.ID.UUID})
	})
	w.Clock.Advance(2 * time.Second)
	_, _, err = w.svc.Authenticate(ctx, credential)
	require.Equal(t, "kiosk.not_enrolled", problem.From(err).Code)
}

func TestAnEnrolmentCodeWorksOnceAndForADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code, err := w.svc.NewEnrolmentCode(ctx, admin, w.t, w.kiosk.ID)
	require.NoError(t, err)
	_, err = w.svc.NewEnrolmentCode(ctx, clerk, w.t, w.kiosk.ID)
	require.ErrorIs(t, err, problem.Forbidden)
	_, _, err = w.svc.Enrol(ctx, code, "192.0.2.1")
	require.NoError(t, err)
	_, _, err = w.svc.Enrol(ctx, code, "192.0.2.1")
	require.Equal(t, "kiosk.enrolment_unknown", problem.From(err).Code)

	old, err := w.svc.NewEnrolmentCode(ctx, admin, w.t, w.kiosk.ID)
	require.NoError(t, err)
	fresh, err := w.svc.NewEnrolmentCode(ctx, admin, w.t, w.kiosk.ID)
	require.NoError(t, err)
	_, _, err = w.svc.Enrol(ctx, old, "192.0.2.1")
	require.Equal(t, "kiosk.enrolment_unknown", problem.From(err).Code, "a newer code replaces it")
	w.Clock.Advance(counters.EnrolmentTime)
	_, _, err = w.svc.Enrol(ctx, fresh, "192.0.2.1")
	require.Equal(t, "kiosk.enrolment_unknown", problem.From(err).Code, "a day is over")
}

func TestEnrolmentIsClosedWithoutItsLimiterAndWhenItIsUsedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code, err := w.svc.NewEnrolmentCode(ctx, admin, w.t, w.kiosk.ID)
	require.NoError(t, err)
	w.limiter.left = 0
	_, _, err = w.svc.Enrol(ctx, code, "192.0.2.1")
	require.Equal(t, "kiosk.enrolment_limit", problem.From(err).Code)
	require.Equal(t, 2, problem.From(err).Args["minutes"])
	w.limiter.left, w.limiter.err = 1000, errors.New("redis is down")
	_, _, err = w.svc.Enrol(ctx, code, "192.0.2.1")
	require.ErrorIs(t, err, problem.Unavailable)
	_, _, err = w.svc.Enrol(ctx, "12345", "192.0.2.1")
	require.Equal(t, "kiosk.enrolment_shape", problem.From(err).Code)
}

func TestOnlyTheKiosksOwnEntityReachesIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.NewTenant(t, migrate.Line{Name: "audit", FS: audit.Migrations}, migrate.Line{Name: "counters", FS: counters.Migrations})
	_, err := w.svc.NewEnrolmentCode(ctx, admin, other, w.kiosk.ID)
	require.ErrorIs(t, err, problem.NotFound)
	require.ErrorIs(t, w.svc.Revoke(ctx, admin, other, w.kiosk.ID), problem.NotFound)
	require.ErrorIs(t, w.svc.UnlockCode(ctx, admin, other, w.kiosk.ID), problem.NotFound)
}

const sqlDevices = `
SELECT coalesce((SELECT string_agg(c::text, ' ') FROM control.kiosk_credentials c), '')
    || coalesce((SELECT string_agg(e::text, ' ') FROM control.kiosk_enrolments e), '')`

func TestNeitherCredentialsNorEnrolmentCodesAreStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code, err := w.svc.NewEnrolmentCode(ctx, admin, w.t, w.kiosk.ID)
	require.NoError(t, err)
	credential, _, err := w.svc.Enrol(ctx, code, "192.0.2.1")
	require.NoError(t, err)
	w.InControl(t, func(tx *tenant.ControlTx) error {
		text, err := tenant.Value[string](ctx, tx, sqlDevices)
		require.Contains(t, text, w.kiosk.ID.String())
		require.NotContains(t, text, code)
		require.NotContains(t, text, credential)
		return err
	})
}

func TestHoursAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	h, err := counters.ParseHours(2, "8:30-13:00, 15.00 – 17.30")
	require.NoError(t, err)
	require.Equal(t, "08:30-13:00, 15:00-17:30", counters.FormatHours(h, 2))
	for _, bad := range []string{"8-13", "mattina", "08:30", "25:00-26:00", "08:30-13:00-15:00"} {
		_, err := counters.ParseHours(2, bad)
		require.ErrorIs(t, err, problem.Invalid, bad)
	}
	k := counters.Kiosk{Name: "A", Place: "B", Address: "C", State: counters.Active, Hours: []counters.Hours{
		{Weekday: 3, From: civil.At(8, 0), To: civil.At(12, 0)}, {Weekday: 3, From: civil.At(11, 0), To: civil.At(13, 0)},
	}}
	require.Equal(t, "hours_3", problem.From(k.Validate()).Fields[0].Name)
}

func TestAStretchOfAKiosksTimeIsTakenOnceAndALapsedHoldIsGivenAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	from := w.Clock.Now().Add(time.Hour)
	take := func(at time.Time, until time.Time) (r counters.Reservation, ok bool) {
		r = counters.Reservation{ID: uuid.New(), Kiosk: w.kiosk.ID, From: at, To: at.Add(30 * time.Minute), Purpose: "appointment", ExpiresAt: until}
		w.In(t, w.t, func(tx *tenant.Tx) error {
			var err error
			ok, err = w.svc.Reserve(ctx, tx, r)
			return err
		})
		return r, ok
	}
	held, ok := take(from, w.Clock.Now().Add(10*time.Minute))
	require.True(t, ok)
	_, ok = take(from.Add(15*time.Minute), time.Time{})
	require.False(t, ok, "it overlaps")
	_, ok = take(from.Add(30*time.Minute), time.Time{})
	require.True(t, ok, "it begins where the other ends")
	w.Clock.Advance(10 * time.Minute)
	_, ok = take(from, time.Time{})
	require.True(t, ok, "the hold lapsed")
	w.In(t, w.t, func(tx *tenant.Tx) error {
		kept, err := w.svc.Confirm(ctx, tx, held.ID)
		require.False(t, kept, "it was given away")
		return err
	})
}

var loadTexts = sync.OnceValue(func() error { return i18n.Load(frontend.Locales()) })

type page struct {
	status   int
	location string
	body     string
}

func (w *world) request(t testing.TB, method, path string, form url.Values) page {
	t.Helper()
	require.NoError(t, loadTexts())
	pages, err := portal.New(frontend.Dist())
	require.NoError(t, err)
	app := web.New(web.Config{Renderer: pages, Clock: w.Clock, Logger: slog.New(slog.DiscardHandler)})
	p := counters.NewPortal(w.svc, catalog.New(w.DB))
	p.HelperRoutes(app.Use(func(c *fiber.Ctx) error {
		c.SetUserContext(tenant.With(c.UserContext(), w.t))
		return c.Next()
	}))
	p.Routes(app, func(c *fiber.Ctx) error {
		c.SetUserContext(actor.With(tenant.With(c.UserContext(), w.t), admin))
		return c.Next()
	})
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	} else {
		r = httptest.NewRequest(method, path, nil)
	}
	r.Host = "ente.localhost"
	res, err := app.Test(r, -1)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return page{res.StatusCode, res.Header.Get("Location"), string(body)}
}

func TestAnAdministratorMakesAKioskEnrolsRevokesAndUnlocksItsDevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	form := url.Values{"name": {"Castelromano"}, "place": {"Centro civico"}, "address": {"Via Piana 3"}, "state": {"active"},
		"latitude": {"41,6"}, "longitude": {"14.2"}, "equipment": {"Stampante\nScanner"}, "accessible": {"true"}, "hours_1": {"8:00-13:00"}}
	bad := url.Values{"name": {""}, "state": {"flying"}, "hours_2": {"<script>alert(1)</script>"}, "latitude": {"nord"}}
	p := w.request(t, http.MethodPost, "/amministrazione/postazioni/nuova", bad)
	require.Equal(t, 422, p.status)
	require.NotContains(t, p.body, "<script>alert")
	require.Contains(t, p.body, "Scriva gli orari così")
	require.Contains(t, p.body, `value="nord"`)
	p = w.request(t, http.MethodPost, "/amministrazione/postazioni/nuova", form)
	require.Equal(t, 303, p.status, p.body)
	path := strings.TrimSuffix(p.location, "?esito=creata")
	require.Contains(t, w.request(t, http.MethodGet, p.location, nil).body, "Postazione creata")
	form.Set("directions", "Piano terra")
	require.Equal(t, path+"?esito=salvata", w.request(t, http.MethodPost, path, form).location)
	p = w.request(t, http.MethodGet, path, nil)
	require.Contains(t, p.body, "Piano terra")
	require.Contains(t, p.body, "08:00-13:00")
	require.Contains(t, w.request(t, http.MethodGet, "/amministrazione/postazioni", nil).body, "Nessun dispositivo")

	p = w.request(t, http.MethodPost, path+"/codice", nil)
	code := regexp.MustCompile(`office-secret">(\d{4} \d{4})<`).FindStringSubmatch(p.body)
	require.Len(t, code, 2, p.body)
	require.NotContains(t, w.request(t, http.MethodGet, path, nil).body, code[1], "shown once")
	_, d, err := w.svc.Enrol(ctx, code[1], "192.0.2.1")
	require.NoError(t, err)
	for range counters.TriesADay {
		w.InControl(t, func(tx *tenant.ControlTx) error { return w.svc.CountWrongCode(ctx, tx, d) })
	}
	require.Contains(t, w.request(t, http.MethodGet, path, nil).body, "Sblocca inserimento codici")
	require.Equal(t, path+"?esito=sbloccata", w.request(t, http.MethodPost, path+"/sblocca", nil).location)
	require.NotContains(t, w.request(t, http.MethodGet, path, nil).body, "Sblocca inserimento codici")
	require.Contains(t, w.request(t, http.MethodGet, path+"/revoca", nil).body, "Vuole revocare")
	require.Equal(t, path+"?esito=revocata", w.request(t, http.MethodPost, path+"/revoca", nil).location)
	require.Contains(t, w.request(t, http.MethodGet, path, nil).body, "Nessun dispositivo")
	require.Equal(t, 404, w.request(t, http.MethodGet, "/amministrazione/postazioni/"+uuid.NewString(), nil).status)
	require.Equal(t, 404, w.request(t, http.MethodGet, "/amministrazione/postazioni/x'--", nil).status)
}
