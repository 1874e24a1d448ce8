package booking_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// soon is the first free time of the next days.
func (w *world) soon(t testing.TB) time.Time {
	t.Helper()
	var out []booking.Slot
	w.In(t, w.t, func(tx *tenant.Tx) error {
		first, last := booking.Horizon(tx.Now())
		var err error
		out, err = w.svc.Availability(ctx, tx, w.sheet, w.office, w.kiosk, first.AddDays(1), last)
		return err
	})
	require.NotEmpty(t, out)
	return out[0].Start
}

func TestWhatIsRememberedForAMomentNeverChangesWhoWins(t *testing.T) {
	t.Parallel()
	w := realWorld(t, 2)
	start := w.soon(t)
	tokens := make([]string, 64)
	for i := range tokens {
		tokens[i] = w.token()
	}
	book := func(i int) error {
		_, err := w.svc.Book(ctx, w.t, booking.Booking{Choice: w.choice(start), Citizen: maria, Token: tokens[i]})
		return err
	}
	for range 3 { // again and again: the winner hears the same each time, and so do the others
		won := 0
		for _, err := range together(len(tokens), book) {
			if err == nil {
				won++
			} else {
				require.Len(t, lost(t, err), 3)
			}
		}
		require.Equal(t, 1, won)
	}
	w.sound(t)
}

func TestATimeThatIsGivenBackCanBeBookedAMomentLater(t *testing.T) {
	t.Parallel()
	w := realWorld(t, 1)
	start := w.soon(t)
	a := w.book(t, start)
	_, err := w.svc.Book(ctx, w.t, booking.Booking{Choice: w.choice(start), Citizen: maria})
	lost(t, err)
	_, err = w.svc.Cancel(ctx, w.t, w.keys.ManageToken(w.t.Key, a.ID))
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := w.svc.Book(ctx, w.t, booking.Booking{Choice: w.choice(start), Citizen: maria})
		return err == nil
	}, 10*time.Second, 50*time.Millisecond)
	w.sound(t)
}

const sqlPause = `UPDATE {t}.kiosks SET state = 'paused' WHERE id = @id`

func TestAPausedKioskIsNotBookedAMomentLater(t *testing.T) {
	t.Parallel()
	w := realWorld(t, 1)
	start := w.soon(t)
	w.book(t, start)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(ctx, tx, sqlPause, tenant.Args{"id": w.kiosk})
		return err
	})
	require.Eventually(t, func() bool {
		_, err := w.svc.Hold(ctx, w.t, w.token(), w.choice(start.Add(time.Hour)))
		return problem.From(err).Code == "booking.not_offered"
	}, 10*time.Second, 100*time.Millisecond)
}
