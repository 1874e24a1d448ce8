package booking_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

func (w *world) settings(t *testing.T, e catalog.Entity) {
	t.Helper()
	who := actor.Actor{Kind: actor.Staff, ID: uuid.NewString(), Roles: []actor.Role{actor.Administrator}}
	w.In(t, w.t, func(tx *tenant.Tx) error { return w.catalog.SaveEntity(ctx, tx, who, e) })
}

func tooMany(err error) bool { return problem.From(err).Code == "booking.too_many" }

func TestOneAddressMayHaveSoManyAppointmentsOfAServiceAhead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 8)
	w.settings(t, catalog.Entity{Name: "Comune", EarlyMinutes: 15, LateMinutes: 10, OpenLimit: 2})
	loud := maria
	loud.Email = "MARIA.Rossi@example.it"
	starts := []time.Time{at(9, 0), at(9, 30), at(10, 0), at(10, 30), at(11, 0), at(11, 30)}
	won := 0
	for _, err := range together(len(starts), func(i int) error { // at once, through both ways
		c := maria
		if i%2 == 0 {
			c = loud
		}
		_, err := w.svc.Book(ctx, w.t, booking.Booking{Choice: w.choice(starts[i]), Citizen: c})
		return err
	}) {
		if err == nil {
			won++
			continue
		}
		require.True(t, tooMany(err), err)
		require.Equal(t, 2, problem.From(err).Args["count"])
	}
	require.Equal(t, 2, won)
	w.sound(t)

	// The form says it beside the address, and another address goes on.
	token := w.token()
	_, err := w.svc.Hold(ctx, w.t, token, w.choice(at(12, 0)))
	require.NoError(t, err)
	_, err = w.svc.SetCitizen(ctx, w.t, token, maria)
	require.True(t, tooMany(err))
	require.Equal(t, "email", problem.From(err).Fields[0].Name)
	other := maria
	other.Email = "lucia@example.it"
	_, err = w.svc.SetCitizen(ctx, w.t, token, other)
	require.NoError(t, err)
	_, err = w.svc.Confirm(ctx, w.t, token)
	require.NoError(t, err)

	// What is over does not count.
	w.Clock.Set(at(12, 30))
	_, err = w.svc.Book(ctx, w.t, booking.Booking{Choice: w.choice(at(10, 0).AddDate(0, 0, 1)), Citizen: maria})
	require.NoError(t, err)
}

func TestACancelledTimeIsKeptBackAndReturnsByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.settings(t, catalog.Entity{Name: "Comune", EarlyMinutes: 15, LateMinutes: 10, ReturnMinutes: 90})
	cancel := func(a booking.Appointment) {
		t.Helper()
		_, err := w.svc.Cancel(ctx, w.t, w.keys.ManageToken(w.t.Key, a.ID))
		require.NoError(t, err)
	}
	again := func(start time.Time) error {
		_, err := w.svc.Book(ctx, w.t, booking.Booking{Choice: w.choice(start), Citizen: maria})
		return err
	}
	a := w.book(t, at(10, 0)) // tomorrow
	cancel(a)
	lost(t, again(at(10, 0)))
	w.Clock.Advance(89 * time.Minute)
	lost(t, again(at(10, 0)))
	w.Clock.Advance(2 * time.Minute)
	require.NoError(t, again(at(10, 0)))
	w.sound(t)

	// Shortly before its time it is anybody's at once.
	b := w.book(t, at(12, 0))
	w.Clock.Set(at(10, 30))
	cancel(b)
	require.NoError(t, again(at(12, 0)))
	w.sound(t)
}

func TestTheFormSaysBesideTheAddressThatItHasEnoughAndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	w.settings(t, catalog.Entity{Name: "Comune", EarlyMinutes: 15, LateMinutes: 10, OpenLimit: 1})
	b := w.browser(t)
	typed := []string{"name", "Maria", "surname", "Rossi", "email", maria.Email, "phone", ""}
	first, second := w.wizard(t, b, at(10, 0)), w.wizard(t, b, at(11, 0))
	for _, step := range []string{first, second} { // neither is booked yet: both go on
		require.Equal(t, step+"/riepilogo", b.post(step+"/richiedente", typed...).location)
	}
	require.Equal(t, 303, b.post(first+"/conferma").status)
	for _, a := range []answer{b.post(second + "/conferma"), b.post(second+"/richiedente", typed...)} {
		require.GreaterOrEqual(t, a.status, 400)
		require.Contains(t, a.body, "Con questo indirizzo ci sono già tutti gli appuntamenti permessi per questo servizio (1).")
		require.Contains(t, a.body, `value="`+maria.Email+`"`)
		require.Contains(t, a.body, `aria-invalid="true"`)
	}
}
