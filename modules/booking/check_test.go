package booking_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// code is the digits that the citizen has for the appointment.
func (w *world) code(a booking.Appointment) string { return w.svc.Code(w.t.Key, a).Grouped() }

func (w *world) check(k counters.KioskID, code string) (booking.Appointment, error) {
	return w.svc.Check(ctx, w.t, k, code)
}

func refused(t testing.TB, err error, code, action string) {
	t.Helper()
	require.Error(t, err)
	p := problem.From(err)
	require.Equal(t, code, p.Code)
	switch d := p.Data.(type) {
	case booking.Refusal:
		require.Equal(t, action, d.Action)
	case counters.Wait:
		require.Equal(t, action, d.Action)
	default:
		t.Fatalf("a refusal without a way on: %T", p.Data)
	}
}

func TestACodeOpensItsAppointmentInItsWindowAndEachRefusalHasItsOwnAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.enrol(t, w.kiosk)
	w.enrol(t, w.other)
	a := w.book(t, at(10, 0))

	w.Clock.Set(at(9, 0).AddDate(0, 0, -1))
	_, err := w.check(w.kiosk, w.code(a))
	refused(t, err, "kiosk.code_wrong_day", "rebook")

	w.Clock.Set(at(9, 44))
	_, err = w.check(w.kiosk, w.code(a))
	refused(t, err, "kiosk.code_early", "wait")
	require.Equal(t, "09:45", problem.From(err).Args["from"])
	require.Equal(t, "10:00", problem.From(err).Args["time"])

	_, err = w.check(w.other, w.code(a))
	refused(t, err, "kiosk.code_wrong_place", "go_to_place")
	require.Equal(t, "San Lazzaro", problem.From(err).Args["place"])

	for _, m := range []time.Duration{45 * time.Minute, 60 * time.Minute, 70 * time.Minute} {
		w.Clock.Set(at(9, 0).Add(m))
		got, err := w.check(w.kiosk, w.code(a))
		require.NoError(t, err)
		require.Equal(t, a.ID, got.ID)
	}

	w.Clock.Set(at(10, 10).Add(time.Second))
	_, err = w.check(w.kiosk, w.code(a))
	refused(t, err, "kiosk.code_late", "rebook")

	w.Clock.Set(at(10, 0))
	w.In(t, w.t, func(tx *tenant.Tx) error { _, err := w.svc.Redeem(ctx, tx, a.ID, w.kiosk); return err })
	_, err = w.check(w.kiosk, w.code(a))
	refused(t, err, "kiosk.code_used", "ask_help")

	_, err = w.check(w.kiosk, "0000000000")
	refused(t, err, "kiosk.code_unknown", "retry")
	_, err = w.check(w.kiosk, "123")
	require.Equal(t, "kiosk.code_shape", problem.From(err).Code)
}

func TestACancelledCodeAndACodeOfAnotherEntityAreUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.enrol(t, w.kiosk)
	a := w.book(t, at(10, 0))
	_, err := w.svc.Cancel(ctx, w.t, w.keys.ManageToken(w.t.Key, a.ID))
	require.NoError(t, err)
	w.Clock.Set(at(10, 0))
	_, err = w.check(w.kiosk, w.code(a))
	refused(t, err, "kiosk.code_unknown", "retry")

	b := w.book(t, at(10, 30))
	stranger := *w
	stranger.t = w.NewTenant(t, lines()...)
	stranger.office = stranger.newOffice(t, "tributi", 1, 480, 780, 5)
	stranger.sheet = stranger.newService(t, "tributi", "Tributi", 30, stranger.office)
	stranger.kiosk = stranger.newKiosk(t, "Straniera", 480, 780, 5, stranger.sheet)
	stranger.enrol(t, stranger.kiosk)
	w.Clock.Set(at(10, 30))
	_, err = stranger.check(stranger.kiosk, w.code(b))
	refused(t, err, "kiosk.code_unknown", "retry")
}

func TestTwoKiosksWithOneCodeRedeemItOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.book(t, at(10, 0))
	errs := together(8, func(int) error {
		return w.DB.InTenant(ctx, w.t, func(tx *tenant.Tx) error { _, err := w.svc.Redeem(ctx, tx, a.ID, w.kiosk); return err })
	})
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			require.Equal(t, "kiosk.code_used", problem.From(err).Code)
		}
	}
	require.Equal(t, 1, won)
}

func TestFiveWrongCodesLockTheDeviceForAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.enrol(t, w.kiosk)
	w.enrol(t, w.other)
	a := w.book(t, at(10, 0))
	w.Clock.Set(at(9, 50))
	for i := range counters.TriesInARow {
		_, err := w.check(w.kiosk, fmt.Sprintf("%010d", i))
		refused(t, err, "kiosk.code_unknown", "retry")
	}
	_, err := w.check(w.kiosk, w.code(a))
	refused(t, err, "kiosk.too_many_tries", "wait")
	require.Equal(t, 15, problem.From(err).Args["minutes"])
	_, err = w.check(w.other, "0000000099")
	refused(t, err, "kiosk.code_unknown", "retry") // another device is free
	w.Clock.Advance(counters.TriesPause)
	_, err = w.check(w.kiosk, w.code(a))
	require.NoError(t, err)
}

func TestFifteenWrongCodesInADayLockTheDeviceUntilItIsUnlocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.enrol(t, w.kiosk)
	a := w.book(t, rome(2026, time.May, 8, 10, 0))
	for i := range counters.TriesADay {
		_, err := w.check(w.kiosk, fmt.Sprintf("%010d", i))
		refused(t, err, "kiosk.code_unknown", "retry")
		w.Clock.Advance(30 * time.Minute)
	}
	_, err := w.check(w.kiosk, "0000000099")
	refused(t, err, "kiosk.locked", "ask_help")
	w.Clock.Set(rome(2026, time.May, 8, 10, 0)) // days later
	_, err = w.kiosks.ForgetTries(ctx)
	require.NoError(t, err)
	_, err = w.check(w.kiosk, w.code(a))
	refused(t, err, "kiosk.locked", "ask_help")
	require.NoError(t, w.kiosks.UnlockCode(ctx, admin, w.t, w.kiosk))
	_, err = w.check(w.kiosk, w.code(a))
	require.NoError(t, err)
}

func TestAHundredTriesAtOnceAtOneDeviceAreCountedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.enrol(t, w.kiosk)
	unknown := 0
	for _, err := range together(100, func(i int) error { _, err := w.check(w.kiosk, fmt.Sprintf("%010d", i)); return err }) {
		if problem.From(err).Code == "kiosk.code_unknown" {
			unknown++
		} else {
			require.Equal(t, "kiosk.too_many_tries", problem.From(err).Code)
		}
	}
	require.Equal(t, counters.TriesInARow, unknown)
}

func TestTheWholeFleetHasACapADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.enrol(t, w.kiosk)
	w.InControl(t, func(tx *tenant.ControlTx) error {
		for i := range counters.FleetTries {
			if err := control.RecordWrongCode(ctx, tx, fmt.Sprintf("ente/%d", i%400)); err != nil {
				return err
			}
		}
		return nil
	})
	_, err := w.check(w.kiosk, "0000000001")
	refused(t, err, "kiosk.fleet_limit", "ask_help")
	w.Clock.Advance(24*time.Hour + time.Second)
	_, err = w.check(w.kiosk, "0000000001")
	refused(t, err, "kiosk.code_unknown", "retry")
}

func TestADeviceThatIsNotEnrolledMayNotTryCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	_, err := w.check(w.kiosk, "0000000001")
	require.Equal(t, "kiosk.not_enrolled", problem.From(err).Code)
	w.enrol(t, w.kiosk)
	require.NoError(t, w.kiosks.Revoke(ctx, admin, w.t, w.kiosk))
	_, err = w.check(w.kiosk, "0000000001")
	require.Equal(t, "kiosk.not_enrolled", problem.From(err).Code)
}

const sqlTexts = `
SELECT coalesce((SELECT string_agg(a::text, ' ') FROM {t}.appointments a), '')
    || coalesce((SELECT string_agg(m::text, ' ') FROM {t}.messages m), '')
    || coalesce((SELECT string_agg(r::text, ' ') FROM {t}.kiosk_reservations r), '')`

const sqlControlTexts = `
SELECT coalesce((SELECT string_agg(c::text, ' ') FROM control.pickup_codes c), '')
    || coalesce((SELECT string_agg(a::text, ' ') FROM control.code_attempts a), '')`

func TestNeitherCodesNorTokensAreInAnyRowOrLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	w := newWorld(t, 1)
	w.svc.Logger = slog.New(slog.NewJSONHandler(&log, nil))
	w.enrol(t, w.kiosk)
	token := w.filled(t, at(10, 0))
	a, err := w.svc.Confirm(ctx, w.t, token)
	require.NoError(t, err)
	w.Clock.Set(at(10, 0))
	_, err = w.check(w.kiosk, w.code(a))
	require.NoError(t, err)
	_, err = w.check(w.kiosk, "9876543210")
	require.Error(t, err)
	var all string
	w.In(t, w.t, func(tx *tenant.Tx) error {
		text, err := tenant.Value[string](ctx, tx, sqlTexts)
		all += text
		return err
	})
	w.InControl(t, func(tx *tenant.ControlTx) error {
		text, err := tenant.Value[string](ctx, tx, sqlControlTexts)
		all += text
		return err
	})
	all += log.String() + fmt.Sprintf("%v %+v %#v", a, a, err)
	require.Contains(t, all, a.ID.String())
	for _, secret := range []string{w.svc.Code(w.t.Key, a).Digits(), w.code(a), token, w.keys.ManageToken(w.t.Key, a.ID), "9876543210"} {
		require.NotContains(t, all, secret)
	}
	require.NotContains(t, strings.ToLower(log.String()), "maria")
}

func TestCodesThatOpenNothingLeaveTheRegistry(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	stays, over, gone := w.book(t, rome(2026, time.May, 20, 10, 0)), w.book(t, at(10, 0)), w.book(t, at(11, 0))
	w.InControl(t, func(tx *tenant.ControlTx) error { // reserved, then the machine fell
		ok, err := control.ReserveCode(ctx, tx, secret("x"), w.t.Key, tx.IDs()())
		require.True(t, ok)
		return err
	})
	w.clearOne(t, gone)
	w.Clock.Set(at(10, 30).AddDate(0, 0, 1).Add(time.Minute))
	find := func(context.Context, tenant.Key) (tenant.Tenant, error) { return w.t, nil }
	n, err := w.svc.CleanCodes(ctx, find)
	require.NoError(t, err)
	require.Equal(t, 3, n)
	n, err = w.svc.CleanCodes(ctx, find)
	require.NoError(t, err)
	require.Zero(t, n)
	for _, a := range []booking.Appointment{stays, over, gone} {
		w.InControl(t, func(tx *tenant.ControlTx) error {
			_, err := control.FindCode(ctx, tx, w.keys.Hash(w.svc.Code(w.t.Key, a)))
			require.Equal(t, a.ID == stays.ID, err == nil)
			return nil
		})
	}
}

const sqlCancelOne = `UPDATE {t}.appointments SET state = 'cancelled', cancelled_at = @now WHERE id = @id`

// clearOne cancels an appointment as a process does that fell before it told the registry.
func (w *world) clearOne(t testing.TB, a booking.Appointment) {
	t.Helper()
	w.In(t, w.t, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(ctx, tx, sqlCancelOne, tenant.Args{"id": a.ID, "now": tx.Now()})
		return err
	})
}

func TestFormsThatNobodyFinishedAreDeletedWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.Outbox.Subscribe(booking.KindFormLeft, "booking.forget", w.svc.OnFormLeft)
	token := w.filled(t, at(10, 0))
	w.Work(t)
	w.Clock.Advance(25 * time.Hour)
	w.Work(t)
	require.Eventually(t, func() bool {
		return w.DB.InTenant(ctx, w.t, func(tx *tenant.Tx) error { _, err := w.svc.Find(ctx, tx, token); return err }) != nil
	}, 20*time.Second, 20*time.Millisecond)
	w.sound(t)
}

const sqlOwnRules tenant.SQL = `UPDATE {t}.services SET notice_hours = 24, horizon_days = 2, late_minutes = 0 WHERE id = @id`

func TestAServiceMayHaveANoticeAHorizonAndALatenessOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1) // Tuesday 5 May, 9:00
	w.enrol(t, w.kiosk)
	day := func(d int) civil.Date { return civil.New(2026, time.May, d) }
	for _, d := range []int{5, 6, 7, 8} {
		require.NotEmpty(t, w.free(t, day(d)), d)
	}
	w.In(t, w.t, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(ctx, tx, sqlOwnRules, tenant.Args{"id": w.sheet})
		return err
	})
	require.Empty(t, w.free(t, day(5)), "less than a day before")
	require.Equal(t, rome(2026, time.May, 6, 9, 15), w.free(t, day(6))[0].Start.In(clock.Rome))
	require.NotEmpty(t, w.free(t, day(7)))
	require.Empty(t, w.free(t, day(8)), "beyond two days")
	for _, start := range []time.Time{rome(2026, time.May, 5, 12, 0), rome(2026, time.May, 6, 9, 0), rome(2026, time.May, 8, 10, 0)} {
		_, err := w.svc.Book(ctx, w.t, booking.Booking{Choice: w.choice(start), Citizen: maria})
		lost(t, err)
	}
	a := w.book(t, at(10, 0))
	w.Clock.Set(at(10, 0).Add(time.Second))
	_, err := w.check(w.kiosk, w.code(a))
	refused(t, err, "kiosk.code_late", "rebook")
}
