package counters_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// beats is a presence that a test sets: what is not noted is away.
type beats struct {
	mu   sync.Mutex
	seen map[string]bool
	err  error
}

func (b *beats) Touch(_ context.Context, key string, _ time.Duration) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen[key] = true
	return nil
}

func (b *beats) Present(context.Context, ...string) (map[string]bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seen, b.err
}

func (b *beats) set(seen map[string]bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen, b.err = seen, err
}

func (w *world) find(context.Context, tenant.Key) (tenant.Tenant, error) { return w.t, nil }

func (w *world) faults(t testing.TB) (kinds []counters.FaultKind) {
	t.Helper()
	w.In(t, w.t, func(tx *tenant.Tx) error {
		all, err := w.svc.Faults(ctx, tx)
		for _, f := range all[w.kiosk.ID] {
			kinds = append(kinds, f.Kind)
		}
		return err
	})
	return kinds
}

// watchFor lets the time pass as the watch sees it.
func (w *world) watchFor(t testing.TB, d time.Duration) {
	t.Helper()
	for range d / (20 * time.Second) {
		w.Clock.Advance(20 * time.Second)
		require.NoError(t, w.svc.Watch(ctx, w.find))
	}
}

func TestASilentKioskIsAFaultWhileItsPlaceIsOpenAndNoOtherTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	here := &beats{seen: map[string]bool{}}
	w.svc = w.withPresence(here)
	w.enrol(t)
	key := string(w.t.Key) + ":kiosk:" + w.kiosk.ID.String()
	monday := time.Date(2026, time.May, 11, 7, 30, 0, 0, clock.Rome)

	w.Clock.Set(monday) // the place opens at eight
	w.watchFor(t, 29*time.Minute)
	require.Empty(t, w.faults(t), "closed")
	w.watchFor(t, 5*time.Minute)
	require.Equal(t, []counters.FaultKind{counters.Silent}, w.faults(t))
	w.watchFor(t, 10*time.Minute)
	require.Len(t, w.faults(t), 1, "one fault, however long")

	here.set(map[string]bool{key: true}, nil)
	w.watchFor(t, 20*time.Second)
	require.Empty(t, w.faults(t), "it is back")

	here.set(map[string]bool{}, nil) // Redis was emptied: it is seen again before the grace ends
	w.watchFor(t, 2*time.Minute)
	here.set(map[string]bool{key: true}, nil)
	w.watchFor(t, 5*time.Minute)
	require.Empty(t, w.faults(t))

	here.set(nil, errors.New("redis is down"))
	for range 30 {
		w.Clock.Advance(20 * time.Second)
		require.Error(t, w.svc.Watch(ctx, w.find))
	}
	require.Empty(t, w.faults(t), "without an answer nobody is known to be away")

	here.set(map[string]bool{}, nil)
	w.watchFor(t, 4*time.Minute)
	require.Equal(t, []counters.FaultKind{counters.Silent}, w.faults(t))
	w.Clock.Set(monday.Add(10 * time.Hour))
	w.watchFor(t, time.Minute)
	require.Len(t, w.faults(t), 1, "it stays until the device is back")
}

func TestAKioskThatIsPausedOrClosedIsNotSilent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.svc = w.withPresence(&beats{seen: map[string]bool{}})
	w.enrol(t)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		w.kiosk.State = counters.Paused
		return w.svc.Update(ctx, tx, admin, w.kiosk)
	})
	w.Clock.Set(time.Date(2026, time.May, 11, 9, 0, 0, 0, clock.Rome))
	w.watchFor(t, 10*time.Minute)
	require.Empty(t, w.faults(t))
}

func TestWhoMaySayThatAKioskIsBroken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	helper := actor.Actor{Kind: actor.Helper, ID: w.kiosk.ID.String()}
	device := actor.Actor{Kind: actor.Kiosk, ID: w.kiosk.ID.String()}
	w.In(t, w.t, func(tx *tenant.Tx) error {
		for _, no := range []struct {
			a    actor.Actor
			kind counters.FaultKind
		}{
			{actor.Actor{Kind: actor.Anonymous}, counters.Broken},
			{actor.Actor{Kind: actor.Helper, ID: uuid.NewString()}, counters.Broken},
			{actor.Actor{Kind: actor.Kiosk, ID: uuid.NewString()}, counters.Equipment},
			{helper, counters.Silent}, {device, counters.Broken}, {clerk, counters.Equipment},
		} {
			require.ErrorIs(t, w.svc.Report(ctx, tx, no.a, w.kiosk.ID, no.kind, ""), problem.Forbidden)
			require.ErrorIs(t, w.svc.Mended(ctx, tx, no.a, w.kiosk.ID, no.kind), problem.Forbidden)
		}
		require.NoError(t, w.svc.Report(ctx, tx, helper, w.kiosk.ID, counters.Broken, "schermo  nero"))
		require.NoError(t, w.svc.Report(ctx, tx, clerk, w.kiosk.ID, counters.Broken, "di nuovo"), "twice is one")
		require.NoError(t, w.svc.Report(ctx, tx, device, w.kiosk.ID, counters.Equipment, "microfono"))
		require.ErrorIs(t, w.svc.Report(ctx, tx, helper, w.kiosk.ID, counters.Help, strings.Repeat("a", 301)), problem.Invalid)
		return nil
	})
	require.Equal(t, []counters.FaultKind{counters.Broken, counters.Equipment}, w.faults(t))
	w.In(t, w.t, func(tx *tenant.Tx) error {
		stopped, err := w.svc.Stopped(ctx, tx, w.kiosk.ID)
		require.True(t, stopped)
		require.NoError(t, w.svc.Mended(ctx, tx, admin, w.kiosk.ID, counters.Equipment))
		require.NoError(t, w.svc.Mended(ctx, tx, helper, w.kiosk.ID, counters.Broken))
		require.NoError(t, w.svc.Mended(ctx, tx, helper, w.kiosk.ID, counters.Broken))
		return err
	})
	require.Empty(t, w.faults(t))
}

func TestAKioskThatCannotBeUsedTakesNoBookingsForTwoHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	busy := func() []counters.Interval {
		var found []counters.Interval
		w.In(t, w.t, func(tx *tenant.Tx) error {
			all, err := w.svc.Busy(ctx, tx, []counters.KioskID{w.kiosk.ID}, w.Clock.Now(), w.Clock.Now().Add(24*time.Hour))
			found = all[w.kiosk.ID]
			return err
		})
		return found
	}
	report := func(k counters.FaultKind) {
		w.In(t, w.t, func(tx *tenant.Tx) error { return w.svc.Report(ctx, tx, clerk, w.kiosk.ID, k, "") })
	}
	report(counters.Help)
	require.Empty(t, busy(), "who asks for help has a kiosk that works")
	report(counters.Broken)
	w.Clock.Advance(30 * time.Minute)
	require.Len(t, busy(), 1)
	require.Equal(t, w.Clock.Now().Add(2*time.Hour), busy()[0].To.UTC())
}

func TestTheHelperSeesTimesWithoutNamesAndHasTwoButtons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.svc = w.withPresence(&beats{seen: map[string]bool{string(w.t.Key) + ":kiosk:" + w.kiosk.ID.String(): true}})
	from := w.Clock.Now().Add(time.Hour)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		for i, purpose := range []string{"appointment", "appointment"} {
			ok, err := w.svc.Reserve(ctx, tx, counters.Reservation{ID: uuid.New(), Kiosk: w.kiosk.ID, Purpose: purpose,
				From: from.Add(time.Duration(i) * time.Hour), To: from.Add(time.Duration(i)*time.Hour + 30*time.Minute)})
			require.True(t, ok)
			require.NoError(t, err)
		}
		return nil
	})
	path := "/amministrazione/postazioni/" + w.kiosk.ID.String()
	link := regexp.MustCompile(`/presidio/[\w-]{43}`)
	old := link.FindString(w.request(t, http.MethodGet, path+"/presidio", nil).body)
	require.NotEmpty(t, old)
	p := w.request(t, http.MethodGet, old, nil)
	require.Equal(t, 200, p.status, p.body)
	require.Contains(t, p.body, "La postazione funziona")
	require.Contains(t, p.body, from.In(clock.Rome).Format("15:04"))
	require.NotContains(t, p.body, "Rossi")

	p = w.request(t, http.MethodPost, old+"/guasta", url.Values{"note": {"schermo nero"}})
	require.Equal(t, 303, p.status, p.body)
	require.Contains(t, w.request(t, http.MethodGet, p.location, nil).body, "chi ha un appuntamento qui viene avvisato")
	p = w.request(t, http.MethodGet, old, nil)
	require.Contains(t, p.body, "La postazione non si può usare")
	require.Contains(t, p.body, "schermo nero")
	require.Equal(t, 303, w.request(t, http.MethodPost, old+"/assistenza", nil).status)
	require.Equal(t, []counters.FaultKind{counters.Broken, counters.Help}, w.faults(t))
	require.Contains(t, w.request(t, http.MethodGet, path, nil).body, "schermo nero")
	require.Contains(t, w.request(t, http.MethodGet, "/amministrazione/postazioni", nil).body, "Chiede assistenza")
	require.Equal(t, 303, w.request(t, http.MethodPost, old+"/funziona", nil).status)
	require.Equal(t, 303, w.request(t, http.MethodPost, path+"/risolto/help", nil).status)
	require.Empty(t, w.faults(t))

	long := w.request(t, http.MethodPost, old+"/guasta", url.Values{"note": {strings.Repeat("a", 301)}})
	require.Equal(t, 422, long.status)
	require.Contains(t, long.body, strings.Repeat("a", 301), "what was typed stays")
	w.limiter.left = 0
	require.Equal(t, 429, w.request(t, http.MethodPost, old+"/guasta", nil).status)
	w.limiter.err = errors.New("redis is down")
	require.Equal(t, 303, w.request(t, http.MethodPost, old+"/guasta", nil).status, "who stands before a broken kiosk is heard")

	require.Equal(t, 303, w.request(t, http.MethodPost, path+"/presidio", nil).status)
	fresh := link.FindString(w.request(t, http.MethodGet, path+"/presidio", nil).body)
	require.NotEqual(t, old, fresh)
	require.Equal(t, 404, w.request(t, http.MethodGet, old, nil).status)
	require.Equal(t, 404, w.request(t, http.MethodPost, old+"/assistenza", nil).status)
	require.Equal(t, 200, w.request(t, http.MethodGet, fresh, nil).status)
	for _, bad := range []string{"x", strings.Repeat("A", 43), fresh[len("/presidio/"):len(fresh)-1] + "\n", strings.Repeat("A", 4000)} {
		require.Equal(t, 404, w.request(t, http.MethodGet, "/presidio/"+url.PathEscape(bad), nil).status)
	}
}

func TestADeviceSaysWhatItMisses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	say := func(body string) int {
		app := web.New(web.Config{Clock: w.Clock, Logger: slog.New(slog.DiscardHandler)})
		app.Post("/", func(c *fiber.Ctx) error {
			c.SetUserContext(actor.With(tenant.With(c.UserContext(), w.t), actor.Actor{Kind: actor.Kiosk, ID: w.kiosk.ID.String()}))
			return w.svc.PostEquipment(c)
		})
		r, err := http.NewRequest(http.MethodPost, "http://kiosk.localhost/", strings.NewReader(body))
		require.NoError(t, err)
		res, err := app.Test(r, -1)
		require.NoError(t, err)
		return res.StatusCode
	}
	require.NoError(t, loadTexts())
	require.Equal(t, 204, say(`{"camera":true,"microphone":true}`))
	require.Empty(t, w.faults(t))
	require.Equal(t, 204, say(`{"camera":false,"microphone":true}`))
	require.Equal(t, []counters.FaultKind{counters.Equipment}, w.faults(t))
	require.Equal(t, 204, say(`{"camera":true,"microphone":true}`))
	require.Empty(t, w.faults(t))
	require.NotEqual(t, 204, say(`{`))
}

func TestWhatFailsTheGuidedTestIsAFaultUntilItPasses(t *testing.T) {
	t.Parallel()
	require.NoError(t, loadTexts())
	w := newWorld(t)
	device := actor.Actor{Kind: actor.Kiosk, ID: w.kiosk.ID.String()}
	test := func(a actor.Actor, found map[counters.Part]bool) error {
		return w.DB.InTenant(ctx, w.t, func(tx *tenant.Tx) error { return w.svc.Test(ctx, tx, a, w.kiosk.ID, found) })
	}
	known := func() (out []string) {
		w.In(t, w.t, func(tx *tenant.Tx) error {
			all, err := w.svc.Tests(ctx, tx, w.kiosk.ID)
			for _, one := range all {
				out = append(out, fmt.Sprint(one.Part, " ", one.OK))
			}
			return err
		})
		return out
	}
	for _, a := range []actor.Actor{admin, {Kind: actor.Anonymous}, {Kind: actor.Kiosk, ID: uuid.NewString()}, {Kind: actor.Helper, ID: w.kiosk.ID.String()}} {
		require.ErrorIs(t, test(a, map[counters.Part]bool{"camera": true}), problem.Forbidden)
	}
	require.ErrorIs(t, test(device, map[counters.Part]bool{"teapot": true}), problem.Invalid)
	require.Empty(t, known())

	require.NoError(t, test(device, map[counters.Part]bool{"camera": true, "speaker": false, "printer": false}))
	require.Equal(t, []string{"camera true", "speaker false", "printer false"}, known())
	require.ElementsMatch(t, []counters.FaultKind{counters.Failed, counters.NoPrint}, w.faults(t))
	require.False(t, counters.NoPrint.Stops(), "a printer keeps nobody from talking")

	require.NoError(t, test(device, map[counters.Part]bool{"camera": true, "printer": true}))
	require.Equal(t, []counters.FaultKind{counters.Failed}, w.faults(t), "a part that was not tried stays as it was")
	require.NoError(t, test(device, map[counters.Part]bool{"speaker": true}))
	require.Empty(t, w.faults(t))
	require.Equal(t, []string{"camera true", "speaker true", "printer true"}, known())

	require.NoError(t, test(device, map[counters.Part]bool{"camera": false}))
	w.In(t, w.t, func(tx *tenant.Tx) error { return w.svc.Mended(ctx, tx, admin, w.kiosk.ID, counters.Failed) })
	require.Empty(t, w.faults(t), "an administrator may close what a device found")
}
