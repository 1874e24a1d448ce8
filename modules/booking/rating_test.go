package booking_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// met is an appointment whose encounter took place.
func (w *world) met(t testing.TB) (a booking.Appointment, token string) {
	t.Helper()
	a = w.book(t, at(10, 0))
	w.Clock.Set(at(10, 0))
	w.In(t, w.t, func(tx *tenant.Tx) error { _, err := w.svc.Redeem(ctx, tx, a.ID, w.kiosk); return err })
	return a, w.keys.ManageToken(w.t.Key, a.ID)
}

func TestAnEncounterIsRatedOnceAndTheRatingSaysNothingOfWhoGaveIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	_, token := w.met(t)
	for _, stars := range []int{0, 6, -1} {
		err := w.svc.Rate(ctx, w.t, token, booking.Rating{Stars: stars})
		require.Equal(t, "booking.stars", problem.From(err).Code)
		require.Equal(t, "voto", problem.From(err).Fields[0].Name)
	}
	errs := together(8, func(int) error { return w.svc.Rate(ctx, w.t, token, booking.Rating{Stars: 4, Aspect: 9}) })
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		require.Equal(t, "booking.rated", problem.From(err).Code)
	}
	require.Equal(t, 1, won)
	today := civil.New(2026, 5, 6)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		found, err := w.svc.Ratings(ctx, tx, today, today)
		require.Equal(t, []booking.Ratings{{ServiceID: w.sheet, N: 1, Stars: 4}}, found)
		return err
	})
	require.ErrorIs(t, w.svc.Rate(ctx, w.t, "qualcosa", booking.Rating{Stars: 4}), problem.NotFound)
}

func TestAnEncounterThatDidNotTakePlaceIsNotRated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	a := w.book(t, at(10, 0))
	err := w.svc.Rate(ctx, w.t, w.keys.ManageToken(w.t.Key, a.ID), booking.Rating{Stars: 5})
	require.Equal(t, "booking.not_met", problem.From(err).Code)
}

func TestCitizensAreAskedOnceHowItWentWhereTheEntityWantsThat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	m, post := w.mailing(t)
	a, token := w.met(t)
	w.Work(t)
	post.last(t, 1) // the confirmation
	ask := func() {
		w.In(t, w.t, func(tx *tenant.Tx) error { return m.AskRating(ctx, tx, a.ID) })
		w.Work(t)
	}
	w.settings(t, catalog.Entity{Name: "Comune", EarlyMinutes: 15, LateMinutes: 10})
	ask()
	post.last(t, 1)
	w.settings(t, catalog.Entity{Name: "Comune", EarlyMinutes: 15, LateMinutes: 10, AskRating: true, Version: 1})
	ask()
	got := post.last(t, 2)
	require.Contains(t, got.Subject, "Com'è andata?")
	require.Contains(t, got.Text, "/appuntamento/"+token+"/valutazione")
	ask()
	post.last(t, 2)
}
