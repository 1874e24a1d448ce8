package booking_test

import (
	"context"
	"encoding/json"
	"html"
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

	ics "github.com/arran4/golang-ical"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/frontend/portal"
	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/mail"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

var loadTexts = sync.OnceValue(func() error { return i18n.Load(frontend.Locales()) })

// browser talks to the pages as a phone without JavaScript does.
type browser struct {
	t   testing.TB
	app *fiber.App
}

func (w *world) browser(t testing.TB) browser {
	t.Helper()
	require.NoError(t, loadTexts())
	pages, err := portal.New(frontend.Dist())
	require.NoError(t, err)
	app := web.New(web.Config{Renderer: pages, Clock: w.Clock, Logger: slog.New(slog.DiscardHandler)})
	app.Use(func(c *fiber.Ctx) error {
		c.SetUserContext(tenant.With(c.UserContext(), w.t))
		web.SetSite(c, web.Site{Key: string(w.t.Key), Name: w.t.Name, Kind: "entity"})
		return c.Next()
	})
	booking.NewPortal(w.svc, nil).Routes(app)
	return browser{t: t, app: app}
}

type answer struct {
	status   int
	location string
	body     string
	header   http.Header
}

func (b browser) send(r *http.Request) answer {
	b.t.Helper()
	r.Host = "ente.localhost"
	res, err := b.app.Test(r, -1)
	require.NoError(b.t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(b.t, err)
	return answer{status: res.StatusCode, location: res.Header.Get("Location"), body: string(body), header: res.Header}
}

func (b browser) get(path string) answer {
	b.t.Helper()
	return b.send(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b browser) post(path string, pairs ...string) answer {
	b.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.send(r)
}

// first is the first group of the pattern in the page.
func first(t testing.TB, a answer, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(a.body)
	require.Len(t, m, 2, "%s\n%s", pattern, a.body)
	return html.UnescapeString(m[1])
}

// wizard goes through the first two steps and gives the path of the third.
func (w *world) wizard(t testing.TB, b browser, start time.Time) string {
	t.Helper()
	a := b.get("/prenota?servizio=carta-identita")
	require.Equal(t, 303, a.status)
	token := mustQuery(t, a.location).Get("prenotazione")
	a = b.post("/prenota/data-orario", "servizio", "carta-identita", "office-choice", w.office.String(),
		"postazione", w.kiosk.String(), "prenotazione", token, "inizio", start.UTC().Format(time.RFC3339))
	require.Equal(t, 303, a.status, a.body)
	require.Equal(t, "/prenota/"+token+"/dettagli", a.location)
	return "/prenota/" + token
}

func mustQuery(t testing.TB, s string) url.Values {
	t.Helper()
	u, err := url.Parse(s)
	require.NoError(t, err)
	return u.Query()
}

func TestTheWizardLeadsFromAServiceToACode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	b := w.browser(t)
	require.Contains(t, b.get("/prenota").body, "/prenota?servizio=carta-identita")

	a := b.get("/prenota?servizio=carta-identita")
	a = b.get(a.location)
	require.Equal(t, 200, a.status)
	require.Contains(t, a.body, "Passo 1 di 5")
	require.Contains(t, a.body, "Una fototessera", "cosa serve is shown before")
	require.Contains(t, a.body, "Primo orario libero: martedì 5 maggio 2026, ore 09:15")
	require.NotRegexp(t, `name="postazione"[^>]*checked`, a.body, "no place is preselected")
	require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	token := first(t, a, `name="prenotazione" value="([^"]+)"`)

	q := url.Values{"servizio": {"carta-identita"}, "office-choice": {w.office.String()}, "prenotazione": {token}}
	a = b.get("/prenota/data-orario?" + q.Encode())
	require.Equal(t, 422, a.status)
	require.Contains(t, a.body, "Scelga il luogo.")
	q.Set("postazione", w.kiosk.String())
	q.Set("giorno", "2026-05-06")
	a = b.get("/prenota/data-orario?" + q.Encode())
	require.Equal(t, 200, a.status)
	require.Contains(t, a.body, "Passo 2 di 5")
	require.Contains(t, a.body, `value="2026-05-06T08:00:00Z"`)
	q.Set("inizio", "")
	a = b.post("/prenota/data-orario", "servizio", "carta-identita", "office-choice", w.office.String(), "postazione", w.kiosk.String(), "prenotazione", token)
	require.Equal(t, 422, a.status)
	require.Contains(t, a.body, "Scelga un orario.")

	step := w.wizard(t, b, at(10, 0))
	a = b.get(step + "/dettagli")
	require.Contains(t, a.body, "Il posto è riservato fino alle")
	require.Contains(t, a.body, "09:10")
	require.Contains(t, a.body, `name="motivo-appuntamento"`)
	require.Contains(t, a.body, `maxlength="200"`)
	a = b.post(step+"/dettagli", "motivo-appuntamento", "Carta d'identità elettronica", "form-details", strings.Repeat("x", 201))
	require.Equal(t, 422, a.status)
	require.Contains(t, a.body, strings.Repeat("x", 201), "what was typed stays")
	require.Contains(t, a.body, `aria-invalid="true"`)
	a = b.post(step+"/dettagli", "motivo-appuntamento", "Carta d'identità elettronica", "form-details", "Smarrita")
	require.Equal(t, step+"/richiedente", a.location)
	a = b.post(step+"/richiedente", "name", "Maria", "surname", "", "email", "maria@", "phone", "")
	require.Equal(t, 422, a.status)
	require.Contains(t, a.body, "Questo campo è obbligatorio.")
	require.Contains(t, a.body, `value="maria@"`)
	a = b.post(step+"/richiedente", "name", "Maria", "surname", "Rossi", "email", "maria.rossi@example.it", "phone", "")
	require.Equal(t, step+"/riepilogo", a.location)
	a = b.get(step + "/riepilogo")
	for _, s := range []string{"Passo 5 di 5", "Maria Rossi", "Smarrita", "mercoledì 6 maggio 2026, ore 10:00", "San Lazzaro"} {
		require.Contains(t, a.body, s)
	}
	a = b.post(step + "/conferma")
	require.Equal(t, 303, a.status, a.body)
	manage := a.location
	require.Equal(t, manage, b.post(step+"/conferma").location, "a double click")
	require.Equal(t, manage, b.get(step+"/dettagli").location, "the back button after confirming")

	a = b.get(manage)
	code := first(t, a, `cmp-code">(\d{3} \d{3} \d{4})<`)
	for _, s := range []string{"Appuntamento confermato", "<svg", "openstreetmap.org", `href="geo:41.593600,14.233100"`, "Una fototessera", "/annulla", "/sposta", "/calendario.ics"} {
		require.Contains(t, a.body, s)
	}
	require.NotContains(t, a.body, "ZgotmplZ")
	require.NotContains(t, a.body, `name="pagina" value="`+manage, "the key is not handed on with the rating")

	a = b.get(manage + "/calendario.ics")
	cal, err := ics.ParseCalendar(strings.NewReader(a.body))
	require.NoError(t, err)
	start, err := cal.Events()[0].GetStartAt()
	require.NoError(t, err)
	require.True(t, start.Equal(at(10, 0)))
	require.NotContains(t, a.body, code)

	a = b.get(manage + "/sposta")
	require.Contains(t, a.body, "Appuntamento di adesso")
	q = url.Values{"office-choice": {w.office.String()}, "postazione": {w.other.String()}, "inizio": {at(11, 0).UTC().Format(time.RFC3339)}}
	a = b.get(manage + "/sposta/riepilogo?" + q.Encode())
	require.Contains(t, a.body, "Nuova data: mercoledì 6 maggio 2026, ore 11:00")
	a = b.post(manage+"/sposta", "office-choice", w.office.String(), "postazione", w.other.String(), "inizio", q.Get("inizio"))
	require.Equal(t, manage+"?spostato=1", a.location)
	require.Contains(t, b.get(a.location).body, "Castelromano")

	require.Contains(t, b.get(manage+"/annulla").body, "Vuole annullare")
	require.Equal(t, 303, b.post(manage+"/annulla").status)
	require.Equal(t, 303, b.post(manage+"/annulla").status)
	a = b.get(manage)
	require.Contains(t, a.body, "Appuntamento annullato")
	require.NotContains(t, a.body, code)
	w.sound(t)
}

func TestWhoComesBackFindsThePlaceAndTheTimeChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	b := w.browser(t)
	token := strings.TrimPrefix(w.wizard(t, b, at(10, 0)), "/prenota/")
	mine := at(10, 0).UTC().Format(time.RFC3339)
	q := url.Values{"servizio": {"carta-identita"}, "prenotazione": {token}}
	require.Regexp(t, `name="postazione"[^>]*value="`+w.kiosk.String()+`"[^>]*checked`, b.get("/prenota/luogo?"+q.Encode()).body)
	q.Set("office-choice", w.office.String())
	q.Set("postazione", w.kiosk.String())
	times := "/prenota/data-orario?"
	require.Regexp(t, `value="`+mine+`" checked`, b.get(times+q.Encode()).body)
	q.Del("prenotazione")
	require.NotContains(t, b.get(times+q.Encode()).body, mine, "to everybody else it is taken")
	q.Set("prenotazione", token)
	w.Clock.Advance(time.Hour)
	w.book(t, at(10, 0))
	require.NotContains(t, b.get(times+q.Encode()).body, mine, "what is held no more is nobody's own")
}

func TestATimeThatIsTakenMeanwhileIsAnsweredOnThePageWithTheNextThree(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	b := w.browser(t)
	step := w.wizard(t, b, at(10, 0))
	token := strings.TrimPrefix(step, "/prenota/")
	w.fill(t, token)
	w.Clock.Advance(time.Hour)
	require.Contains(t, b.get(step+"/riepilogo").body, "Il tempo per completare la prenotazione è passato")
	w.book(t, at(10, 0))
	a := b.post(step + "/conferma")
	require.Equal(t, 409, a.status)
	require.Contains(t, a.body, "Questo orario è appena stato preso")
	require.Contains(t, a.body, "I prossimi orari liberi")
	require.Contains(t, a.body, at(10, 30).UTC().Format(time.RFC3339))
	a = b.post("/prenota/data-orario", "servizio", "carta-identita", "office-choice", w.office.String(), "postazione", w.kiosk.String(),
		"prenotazione", token, "inizio", at(10, 30).UTC().Format(time.RFC3339))
	require.Equal(t, step+"/riepilogo", a.location, "nothing is asked twice")
	require.Equal(t, 303, b.post(step+"/conferma").status)
	w.sound(t)
}

var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `{{.}} {{template "x"}}`, `'; DROP TABLE appointments; --`,
	"Bcc: all@example.it", strings.Repeat("Ñ", 80), "\u202Egnp.exe", "a\x00b", "riga\r\nseconda", "🧑‍🦽", "%s%n%d", "../../etc/passwd", "",
}

func TestHostileTextInEveryFieldIsShownAsTextOrRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	b := w.browser(t)
	for _, text := range hostile {
		step := w.wizard(t, b, at(10, 0))
		for _, a := range []answer{
			b.get("/prenota?servizio=" + url.QueryEscape(text)),
			b.get("/prenota/luogo?servizio=carta-identita&prenotazione=" + url.QueryEscape(text) + "&office-choice=" + url.QueryEscape(text)),
			b.get("/prenota/data-orario?servizio=" + url.QueryEscape(text) + "&postazione=" + url.QueryEscape(text)),
			b.post("/prenota/data-orario", "servizio", "carta-identita", "office-choice", w.office.String(), "postazione", w.kiosk.String(),
				"prenotazione", text, "inizio", text, "giorno", text, "appointment", text),
			b.post(step+"/dettagli", "motivo-appuntamento", text, "form-details", text),
			b.post(step+"/richiedente", "name", text, "surname", text, "email", "maria@example.it", "phone", ""),
			b.post(step+"/richiedente", "name", "Maria", "surname", "Rossi", "email", text, "phone", text),
			b.get(step + "/riepilogo"),
			b.get("/prenota/" + url.PathEscape(text) + "/dettagli"),
			b.get("/appuntamento/" + url.PathEscape(text)),
			b.post("/appuntamento/" + url.PathEscape(text) + "/annulla"),
		} {
			require.Less(t, a.status, 500, "%q: %s", text, a.body)
			require.NotContains(t, a.body, "<script>alert")
			require.NotContains(t, a.body, "<img src=x")
		}
		w.clear(t)
	}
}

// postman keeps what was sent.
type postman struct {
	mu  sync.Mutex
	got []mail.Message
}

func (p *postman) Send(_ context.Context, m mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, m)
	return nil
}

func (p *postman) last(t testing.TB, n int) mail.Message {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Len(t, p.got, n)
	return p.got[n-1]
}

func (p *postman) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.got)
}

func TestEachStepOfAnAppointmentSendsOneMessageThatSaysEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	m, post := w.mailing(t)
	w.In(t, w.t, func(tx *tenant.Tx) error { // no reminders
		return w.catalog.SaveEntity(ctx, tx, actor.Actor{Kind: actor.Staff, ID: uuid.NewString(), Roles: []actor.Role{actor.Administrator}},
			catalog.Entity{Name: "Comune di Isernia"})
	})
	a := w.book(t, at(10, 0))
	w.Work(t)
	got := post.last(t, 1)
	manage := "/appuntamento/" + w.keys.ManageToken(w.t.Key, a.ID)
	require.Equal(t, maria.Email, got.To)
	require.Equal(t, "Appuntamento confermato: mercoledì 6 maggio 2026, ore 10:00", got.Subject)
	for _, body := range []string{got.Text, got.HTML} {
		for _, s := range []string{w.code(a), "San Lazzaro", "Via Roma 1, Isernia", "Una fototessera", manage, "openstreetmap.org"} {
			require.Contains(t, body, s)
		}
	}
	require.Len(t, got.Attachments, 2)
	_, err := ics.ParseCalendar(strings.NewReader(string(got.Attachments[0].Content)))
	require.NoError(t, err)
	require.Equal(t, "\x89PNG", string(got.Attachments[1].Content[:4]))

	_, err = w.svc.Move(ctx, w.t, strings.TrimPrefix(manage, "/appuntamento/"), w.choice(at(11, 0)))
	require.NoError(t, err)
	w.Work(t)
	require.Equal(t, "Appuntamento spostato: mercoledì 6 maggio 2026, ore 11:00", post.last(t, 2).Subject)
	_, err = w.svc.Cancel(ctx, w.t, strings.TrimPrefix(manage, "/appuntamento/"))
	require.NoError(t, err)
	w.Work(t)
	got = post.last(t, 3)
	require.Contains(t, got.Text, "annullato")
	require.NotContains(t, got.Text, w.code(a))
	require.NoError(t, m.OnConfirmed(ctx, w.t, []byte(`{"appointment_id":"`+a.ID.String()+`","version":1}`)))
	w.Work(t)
	post.last(t, 3) // an event that comes twice is one message
}

// mailing has a world's messages sent to a postman.
func (w *world) mailing(t *testing.T) (*booking.Messages, *postman) {
	t.Helper()
	require.NoError(t, loadTexts())
	post := &postman{}
	n := notify.New(w.DB, post, "noreply@sportello.example", nil)
	m, err := booking.NewMessages(w.svc, n, portal.Mail())
	require.NoError(t, err)
	m.Subscribe(w.Outbox)
	w.Outbox.Subscribe(notify.KindDue, "notify.send", n.OnDue)
	return m, post
}

func (w *world) remind(t *testing.T, m *booking.Messages, a booking.Appointment, hours int) {
	t.Helper()
	payload, err := json.Marshal(booking.ReminderDue{AppointmentID: a.ID, Version: a.Version, Hours: hours})
	require.NoError(t, err)
	require.NoError(t, m.OnReminderDue(ctx, w.t, payload))
	w.Work(t)
}

func TestRemindersLeaveAtTheEntitysHoursAndOnlyWhileTheyAreTrue(t *testing.T) {
	t.Parallel()
	w := realWorld(t, 1)
	m, post := w.mailing(t)
	start := w.soon(t).AddDate(0, 0, 14)
	a := w.book(t, start)
	w.Work(t)
	post.last(t, 1) // the reminder waits for its hour

	w.remind(t, m, a, 24)
	got := post.last(t, 2)
	require.Equal(t, "Promemoria: appuntamento "+booking.When("it", start), got.Subject)
	require.Contains(t, got.Text, "Le ricordiamo")
	require.Contains(t, got.Text, w.code(a))
	w.remind(t, m, a, 24) // the same event again
	w.remind(t, m, a, 2)  // an hour that the entity does not have
	post.last(t, 2)

	manage := w.keys.ManageToken(w.t.Key, a.ID)
	moved, err := w.svc.Move(ctx, w.t, manage, w.choice(start.Add(30*time.Minute)))
	require.NoError(t, err)
	w.Work(t)
	post.last(t, 3)
	w.remind(t, m, a, 24) // of the old time
	post.last(t, 3)
	w.remind(t, m, moved, 24)
	require.Contains(t, post.last(t, 4).Subject, booking.When("it", moved.StartsAt))

	_, err = w.svc.Cancel(ctx, w.t, manage)
	require.NoError(t, err)
	w.Work(t)
	post.last(t, 5)
	w.remind(t, m, moved, 24)
	post.last(t, 5)
}

func TestAReminderWhoseHourPassedLeavesLateAndNotAfterTheAppointment(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	_, post := w.mailing(t)
	w.book(t, at(10, 0))
	w.book(t, at(11, 0))
	w.Work(t)
	post.last(t, 2)
	w.Clock.Set(at(10, 30)) // nothing ran for a day
	w.Work(t)
	require.Contains(t, post.last(t, 3).Subject, "Promemoria: appuntamento "+booking.When("it", at(11, 0)))
}

func TestWhoCannotBeServedIsToldOnceWithAWayToAnotherDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	m, post := w.mailing(t)
	a := w.book(t, at(10, 0))
	b := w.book(t, at(11, 0))
	w.Work(t)
	post.last(t, 2)
	cause := uuid.New()
	inform := func() (n int) {
		w.In(t, w.t, func(tx *tenant.Tx) (err error) {
			n, err = m.InformDay(ctx, tx, civil.New(2026, time.May, 6), []catalog.OfficeID{w.office}, cause)
			return err
		})
		return n
	}
	informed := func(a booking.Appointment) (yes bool) {
		w.In(t, w.t, func(tx *tenant.Tx) (err error) { yes, err = m.Informed(ctx, tx, a, cause); return err })
		return yes
	}
	// One of the two moves away before their message is written.
	require.False(t, informed(a))
	w.In(t, w.t, func(tx *tenant.Tx) error {
		n, err := m.Inform(ctx, tx, []booking.Appointment{b}, uuid.New())
		require.Equal(t, 1, n)
		require.NoError(t, err)
		_, err = tenant.Exec(ctx, tx, `UPDATE {t}.appointments SET version = version + 1 WHERE id = @id`, tenant.Args{"id": b.ID})
		return err
	})
	w.Work(t)
	post.last(t, 2)
	require.Equal(t, 2, inform())
	require.True(t, informed(a))
	w.Work(t)
	got := post.last(t, 4)
	require.Contains(t, got.Subject, "Scelga un'altra data")
	require.Contains(t, got.Text, "/appuntamento/")
	require.Empty(t, got.Attachments)
	require.Zero(t, inform(), "told once")
}
