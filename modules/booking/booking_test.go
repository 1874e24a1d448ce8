package booking_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

var ctx = context.Background()

// lost checks that the error is the conflict that offers the next three free times, and gives them.
func lost(t testing.TB, err error) []booking.Slot {
	t.Helper()
	require.ErrorIs(t, err, problem.Conflict)
	require.Equal(t, "booking.slot_taken", problem.From(err).Code)
	alternatives, ok := problem.From(err).Data.(booking.Alternatives)
	require.True(t, ok)
	return alternatives.Slots
}

func TestAFreeDayOffersEveryQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	free := w.free(t, civil.Of(at(0, 0)))
	require.Len(t, free, 19) // 8:00 to 12:30
	require.True(t, free[0].Start.Equal(at(8, 0)))
	require.True(t, free[18].End.Equal(at(13, 0)))
	require.Empty(t, w.free(t, civil.Of(rome(2026, time.May, 10, 0, 0))), "a Sunday")
	today := w.free(t, civil.Of(rome(2026, time.May, 5, 0, 0)))
	require.True(t, today[0].Start.Equal(rome(2026, time.May, 5, 9, 15)), "it is nine: what began is over")
}

func TestHoldConfirmAndReadBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	token := w.filled(t, at(10, 0))
	require.Len(t, w.free(t, civil.Of(at(0, 0))), 19-3, "9:45, 10:00 and 10:15 overlap the hold")
	a, err := w.svc.Confirm(ctx, w.t, token)
	require.NoError(t, err)
	require.Equal(t, booking.Confirmed, a.State)
	require.Equal(t, maria, a.Citizen)
	require.Equal(t, "Smarrita", a.Details)
	require.Len(t, w.svc.Code(w.t.Key, a).Digits(), 10)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		again, err := w.svc.Managed(ctx, tx, w.keys.ManageToken(w.t.Key, a.ID))
		require.Equal(t, a.ID, again.ID)
		_, notManaged := w.svc.Managed(ctx, tx, token)
		require.ErrorIs(t, notManaged, problem.NotFound, "the wizard's token is not the manage link's")
		return err
	})
	w.sound(t)
}

func TestSixtyFourBookingsOfOneSlotHaveOneWinnerAndTheOthersGetTheNextThreeTimes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	errs := together(64, func(int) error {
		_, err := w.svc.Book(ctx, w.t, booking.Booking{Choice: w.choice(at(10, 0)), Citizen: maria, Token: w.token()})
		return err
	})
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		next := lost(t, err)
		require.Len(t, next, 3)
		require.True(t, next[0].Start.Equal(at(10, 30)))
		require.True(t, next[1].Start.Equal(at(10, 45)))
		require.True(t, next[2].Start.Equal(at(11, 0)))
	}
	require.Equal(t, 1, won)
	w.sound(t)
}

func TestSixtyFourLapsedHoldsOfOneSlotConfirmedAtOnceHaveOneWinner(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	tokens := make([]string, 64)
	for i := range tokens {
		tokens[i] = w.filled(t, at(10, 0))
		w.Clock.Advance(booking.HoldTime)
	}
	errs := together(len(tokens), func(i int) error {
		_, err := w.svc.Confirm(ctx, w.t, tokens[i])
		return err
	})
	won := 0
	for i, err := range errs {
		if err == nil {
			won++
			continue
		}
		require.Len(t, lost(t, err), 3)
		w.In(t, w.t, func(tx *tenant.Tx) error {
			a, err := w.svc.Find(ctx, tx, tokens[i])
			require.Equal(t, maria, a.Citizen, "what was typed stays")
			return err
		})
	}
	require.Equal(t, 1, won)
	w.sound(t)
}

func TestEachOperatorIsOneSeat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	third := w.newKiosk(t, "Ufficio tecnico", 8*60, 13*60, 5, w.sheet)
	kiosks := []booking.Choice{w.choice(at(9, 0)), w.choice(at(9, 0)), w.choice(at(9, 0))}
	kiosks[1].Kiosk, kiosks[2].Kiosk = w.other, third
	errs := together(3, func(i int) error {
		_, err := w.svc.Book(ctx, w.t, booking.Booking{Choice: kiosks[i], Citizen: maria})
		return err
	})
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			lost(t, err)
		}
	}
	require.Equal(t, 2, won, "two operators, three kiosks")
	w.sound(t)
}

func TestALapsedHoldIsTakenAgainWhenItIsStillFree(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	token := w.filled(t, at(10, 0))
	w.Clock.Advance(time.Hour)
	w.book(t, at(10, 30)) // a neighbour releases nothing of it
	require.Contains(t, w.free(t, civil.Of(at(0, 0))), booking.Slot{Start: at(10, 0), End: at(10, 30)}, "lapsed, so free for others")
	a, err := w.svc.Confirm(ctx, w.t, token)
	require.NoError(t, err)
	require.True(t, a.StartsAt.Equal(at(10, 0)))
	w.sound(t)
}

func TestALapsedHoldThatWasGivenAwayOffersTheNextThreeTimesAndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	token := w.filled(t, at(10, 0))
	w.Clock.Advance(booking.HoldTime)
	w.book(t, at(10, 0))
	_, err := w.svc.Confirm(ctx, w.t, token)
	next := lost(t, err)
	require.True(t, next[0].Start.Equal(at(10, 30)))
	a, err := w.svc.Hold(ctx, w.t, token, w.choice(next[0].Start))
	require.NoError(t, err)
	require.Equal(t, maria, a.Citizen)
	_, err = w.svc.Confirm(ctx, w.t, token)
	require.NoError(t, err)
	w.sound(t)
}

func TestGoingBackAndChoosingAnotherTimeMovesTheHold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	token := w.filled(t, at(10, 0))
	a, err := w.svc.Hold(ctx, w.t, token, w.choice(at(10, 15))) // overlaps the time it leaves
	require.NoError(t, err)
	require.Equal(t, maria, a.Citizen)
	free := w.free(t, civil.Of(at(0, 0)))
	require.Contains(t, free, booking.Slot{Start: at(9, 45), End: at(10, 15)}, "the first choice is free again")
	require.NotContains(t, free, booking.Slot{Start: at(10, 0), End: at(10, 30)})
	w.book(t, at(11, 0))
	_, err = w.svc.Hold(ctx, w.t, token, w.choice(at(11, 0)))
	lost(t, err)
	require.NotContains(t, w.free(t, civil.Of(at(0, 0))), booking.Slot{Start: at(10, 15), End: at(10, 45)},
		"the hold there was stays when the new choice is taken")
	w.sound(t)
}

func TestADoubleClickOnATimeIsOneHold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	for round := range 10 {
		token, start := w.token(), at(8, 0).Add(time.Duration(round)*30*time.Minute)
		got := make([]booking.Appointment, 8)
		for _, err := range together(8, func(i int) error {
			var err error
			got[i], err = w.svc.Hold(ctx, w.t, token, w.choice(start))
			return err
		}) {
			require.NoError(t, err)
		}
		for _, a := range got {
			require.Equal(t, got[0].ReservationID, a.ReservationID)
		}
	}
	w.sound(t)
}

func TestConfirmingTwiceAndLaterAgainIsTheSameAppointment(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	token := w.filled(t, at(10, 0))
	got := make([]booking.Appointment, 8)
	for _, err := range together(8, func(i int) error {
		var err error
		got[i], err = w.svc.Confirm(ctx, w.t, token)
		return err
	}) {
		require.NoError(t, err)
	}
	for _, a := range got {
		require.Equal(t, w.svc.Code(w.t.Key, got[0]).Digits(), w.svc.Code(w.t.Key, a).Digits())
		require.Equal(t, got[0].ID, a.ID)
	}
	again, err := w.svc.Confirm(ctx, w.t, token)
	require.NoError(t, err)
	require.Equal(t, got[0].ID, again.ID)
	_, err = w.svc.Hold(ctx, w.t, token, w.choice(at(12, 0)))
	require.Equal(t, "booking.already_confirmed", problem.From(err).Code, "the back button does not move what is booked")
	w.sound(t)
}

func TestARepeatedRequestOfAProgramIsOneBooking(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	b := booking.Booking{Choice: w.choice(at(10, 0)), Citizen: maria, Token: w.token()}
	for _, err := range together(8, func(int) error { _, err := w.svc.Book(ctx, w.t, b); return err }) {
		require.NoError(t, err)
	}
	w.sound(t)
}

func TestCancelFreesTheTimeAndAgainIsTheSameAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.book(t, at(10, 0))
	manage := w.keys.ManageToken(w.t.Key, a.ID)
	for _, err := range together(6, func(int) error { _, err := w.svc.Cancel(ctx, w.t, manage); return err }) {
		require.NoError(t, err)
	}
	require.Len(t, w.free(t, civil.Of(at(0, 0))), 19)
	_, err := w.svc.Move(ctx, w.t, manage, w.choice(at(11, 0)))
	require.Equal(t, "booking.cancelled", problem.From(err).Code)
	w.book(t, at(10, 0))
	w.sound(t)
}

func TestMoveTakesTheNewTimeAndFreesTheOldOrChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.book(t, at(10, 0))
	code := w.svc.Code(w.t.Key, a).Digits()
	manage := w.keys.ManageToken(w.t.Key, a.ID)
	moved, err := w.svc.Move(ctx, w.t, manage, w.choice(at(10, 15)))
	require.NoError(t, err)
	require.Equal(t, code, w.svc.Code(w.t.Key, moved).Digits(), "code and link stay")
	again, err := w.svc.Move(ctx, w.t, manage, w.choice(at(10, 15)))
	require.NoError(t, err)
	require.Equal(t, moved.Version, again.Version, "moving to where it is changes nothing")
	w.book(t, at(12, 0))
	_, err = w.svc.Move(ctx, w.t, manage, w.choice(at(12, 0)))
	require.Len(t, lost(t, err), 3)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		a, err := w.svc.ByID(ctx, tx, a.ID)
		require.True(t, a.StartsAt.Equal(at(10, 15)))
		return err
	})
	w.sound(t)
}

func TestCancelMoveAndConfirmRacingLeaveEverythingSound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	for round := range 12 {
		start := at(8, 0).Add(time.Duration(round%4) * time.Hour)
		a, b := w.book(t, start), w.book(t, start.Add(30*time.Minute))
		held := w.token()
		errs := together(6, func(i int) error {
			var err error
			switch i {
			case 0, 1:
				_, err = w.svc.Cancel(ctx, w.t, w.keys.ManageToken(w.t.Key, a.ID))
			case 2: // into the other's place
				_, err = w.svc.Move(ctx, w.t, w.keys.ManageToken(w.t.Key, a.ID), w.choice(b.StartsAt))
			case 3: // and the other into its
				_, err = w.svc.Move(ctx, w.t, w.keys.ManageToken(w.t.Key, b.ID), w.choice(a.StartsAt))
			case 4:
				_, err = w.svc.Hold(ctx, w.t, held, w.choice(a.StartsAt))
			case 5:
				_, err = w.svc.Book(ctx, w.t, booking.Booking{Choice: w.choice(b.StartsAt), Citizen: maria})
			}
			return err
		})
		for _, err := range errs {
			if err != nil {
				require.ErrorIs(t, err, problem.Conflict)
			}
		}
		w.sound(t)
		w.clear(t)
	}
}

const sqlClear = `
WITH a AS (UPDATE {t}.appointments SET state = 'cancelled', hold_expires_at = NULL, cancelled_at = @now WHERE state IN ('held', 'confirmed')),
     r AS (UPDATE {t}.kiosk_reservations SET state = 'released')
UPDATE {t}.office_seats SET state = 'released'`

func (w *world) clear(t testing.TB) {
	t.Helper()
	w.In(t, w.t, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(ctx, tx, sqlClear, tenant.Args{"now": tx.Now()})
		return err
	})
}

func TestDemandCountsBookedHoursByTheClockInRome(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	w.book(t, at(9, 0))
	w.book(t, at(9, 30))
	gone := w.book(t, at(11, 0))
	_, err := w.svc.Cancel(context.Background(), w.t, w.keys.ManageToken(w.t.Key, gone.ID))
	require.NoError(t, err)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		day := civil.New(2026, time.May, 6)
		found, err := w.svc.Demand(context.Background(), tx, day, day)
		require.Equal(t, []booking.Demand{{Weekday: 3, Hour: 9, N: 2}}, found)
		return err
	})
}
