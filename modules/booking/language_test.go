package booking_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/platform/i18n"
)

func TestMessagesSpeakTheLanguageTheAppointmentWasBookedIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	m, post := w.mailing(t)
	key := regexp.MustCompile(`(booking|mail)\.[a-z_]+\.?[a-z_]*`) // a text that was not found
	sent := 0
	for i, x := range []struct{ lang, confirmed, reminder, moved, cancelled, body, calendar string }{
		{"it", "Appuntamento confermato: mercoledì 6 maggio 2026, ore", "Promemoria:", "Appuntamento spostato:", "Appuntamento annullato:", "Codice di prenotazione", "Cosa serve:"},
		{"en", "Appointment confirmed: Wednesday 6 May 2026,", "Reminder:", "Appointment moved:", "Appointment cancelled:", "Booking code", "What you need:"},
		{"de", "Termin bestätigt: Mittwoch, 6. Mai 2026,", "Erinnerung:", "Termin verschoben:", "Termin abgesagt:", "Buchungscode", "Was Sie brauchen:"},
		{"fr", "Rendez-vous confirmé : mercredi 6 mai 2026 à", "Rappel :", "Rendez-vous déplacé :", "Rendez-vous annulé :", "Code de réservation", "Ce qu'il faut :"},
	} {
		next := func(subject string) string {
			sent++
			got := post.last(t, sent)
			require.True(t, strings.HasPrefix(got.Subject, subject), got.Subject)
			require.Contains(t, got.HTML, `<html lang="`+x.lang+`">`)
			require.Equal(t, x.lang != "it", strings.Contains(got.HTML, ` lang="it">Carta`), "the title of the service is marked where the rest is not Italian")
			for _, body := range []string{got.Subject, got.Text, got.HTML} {
				require.NotRegexp(t, key, strings.ReplaceAll(body, "sportello.example", ""))
				require.NotContains(t, body, "<no value>")
			}
			return got.Text
		}
		a, err := w.svc.Book(i18n.With(context.Background(), x.lang), w.t, booking.Booking{Choice: w.choice(at(9, 30*i)), Citizen: maria, Token: w.token()})
		require.NoError(t, err)
		require.Equal(t, x.lang, a.Lang)
		w.Work(t)
		require.Contains(t, next(x.confirmed), x.body)
		ics := string(post.last(t, sent).Attachments[0].Content)
		require.Contains(t, strings.ReplaceAll(ics, "\r\n ", ""), x.calendar)
		w.remind(t, m, a, 24)
		next(x.reminder)
		token := w.keys.ManageToken(w.t.Key, a.ID)
		// Who moves or cancels it may read another language: staff, or the citizen on somebody's telephone.
		_, err = w.svc.Move(ctx, w.t, token, w.choice(at(11, 30*i)))
		require.NoError(t, err)
		w.Work(t)
		next(x.moved)
		_, err = w.svc.Cancel(ctx, w.t, token)
		require.NoError(t, err)
		w.Work(t)
		next(x.cancelled)
	}
}
