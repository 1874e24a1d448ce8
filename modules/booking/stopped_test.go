package booking_test

import (
	"context"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/tenant"
)

func TestWhoIsBookedAtABrokenKioskIsToldWithAnotherOneAndToldWhenItWorks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	m, post := w.mailing(t)
	w.Outbox.Subscribe(counters.KindFaultOpened, "booking.kiosk_fault", m.OnFault)
	w.Outbox.Subscribe(booking.KindKioskStopped, "booking.kiosk_fault", m.OnFault)
	w.Outbox.Subscribe(counters.KindFaultClosed, "booking.kiosk_fault", m.OnFaultClosed)
	soon := w.book(t, at(10, 0))
	w.book(t, at(12, 30))
	w.Clock.Set(at(9, 0))
	w.Work(t)
	told := post.count()
	fault := func(f func(context.Context, *tenant.Tx, actor.Actor, counters.KioskID, counters.FaultKind) error) {
		w.In(t, w.t, func(tx *tenant.Tx) error { return f(ctx, tx, admin, w.kiosk, counters.Broken) })
		w.Work(t)
	}
	open := func(ctx context.Context, tx *tenant.Tx, a actor.Actor, k counters.KioskID, kind counters.FaultKind) error {
		return w.kiosks.Report(ctx, tx, a, k, kind, "")
	}
	fault(open)
	got := post.last(t, told+1) // who comes in two hours; not who comes at half past twelve
	require.Equal(t, "Non vada a San Lazzaro: ora non si può usare", got.Subject)
	require.Contains(t, got.Text, "Castelromano (Scuola Castelromano, Via Roma 1, Isernia), mercoledì 6 maggio 2026, ore 10:00")
	link := regexp.MustCompile(`https?://\S+/sposta/riepilogo\?\S+`).FindString(got.Text)
	require.NotEmpty(t, link)
	u, err := url.Parse(link)
	require.NoError(t, err)
	page := w.browser(t).get(u.RequestURI())
	require.Equal(t, 200, page.status)
	require.Contains(t, page.body, "Sposta appuntamento", "one tap away")

	w.Clock.Advance(15 * time.Minute) // the same people are not told again
	w.Work(t)
	post.last(t, told+1)
	w.Clock.Set(at(9, 20))
	fault(w.kiosks.Mended)
	require.Equal(t, "San Lazzaro funziona di nuovo: appuntamento di "+booking.When("it", soon.StartsAt), post.last(t, told+2).Subject)

	fault(open)
	post.last(t, told+3) // another fault is another message
	moved, err := w.svc.Move(ctx, w.t, w.keys.ManageToken(w.t.Key, soon.ID), booking.Choice{Office: w.office, Kiosk: w.other, Start: at(10, 0)})
	require.NoError(t, err)
	require.Equal(t, w.other, moved.KioskID)
	w.Work(t)
	post.last(t, told+4)
	fault(w.kiosks.Mended)
	post.last(t, told+4) // who has gone elsewhere is not called back
	w.Clock.Set(at(10, 40))
	w.Work(t)
	post.last(t, told+4) // the fault is over: nobody is looked for any more
}
