package catalog_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/frontend/portal"
	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

func TestMain(m *testing.M) {
	if err := i18n.Load(frontend.Locales()); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// office is a browser in the back office, signed in as an administrator unless as says otherwise.
type office struct {
	t   *testing.T
	app *fiber.App
}

type answer struct {
	*http.Response
	body string
}

func (w world) backOffice(t *testing.T, as actor.Actor) office {
	t.Helper()
	pages, err := portal.New(frontend.Dist())
	require.NoError(t, err)
	app := web.New(web.Config{Renderer: pages, Clock: w.Clock, Logger: slog.New(slog.DiscardHandler)})
	app.Use(func(c *fiber.Ctx) error {
		c.SetUserContext(tenant.With(c.UserContext(), w.ente))
		return c.Next()
	}, w.svc.SiteLoader())
	w.svc.Routes(app, func(c *fiber.Ctx) error {
		c.SetUserContext(actor.With(c.UserContext(), as))
		return c.Next()
	})
	return office{t, app}
}

func (o office) send(method, path string, form url.Values) answer {
	o.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req := httptest.NewRequest(method, "http://ente.localhost"+path, body)
	req.RequestURI = path
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := o.app.Test(req, -1)
	require.NoError(o.t, err)
	text, err := io.ReadAll(res.Body)
	require.NoError(o.t, err)
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		require.NotRegexp(o.t, `[>"](audit|catalog|identity|problem|form)\.[a-z_]+[.a-z_]*[<"]`, string(text), "a text without words on %s", path)
	}
	return answer{res, string(text)}
}

func (o office) get(path string) answer                   { return o.send(http.MethodGet, path, nil) }
func (o office) post(path string, form url.Values) answer { return o.send(http.MethodPost, path, form) }

// follow posts a form that must be accepted and returns the page it leads to.
func (o office) follow(path string, form url.Values) answer {
	o.t.Helper()
	r := o.post(path, form)
	require.Equal(o.t, 303, r.StatusCode, "%s: %s", path, errorsOf(r.body))
	return o.get(r.Header.Get("Location"))
}

var errorText = regexp.MustCompile(`(?s)<p class="field-error".*?</p>|alert-danger.*?</div>`)

func errorsOf(body string) []string { return errorText.FindAllString(body, -1) }

func sheetForm(o catalog.Office) url.Values {
	return url.Values{
		"title": {"Carta d'identità"}, "short_description": {"Chiedere la carta."}, "addressed_to": {"Ai residenti."}, "how_to": {"Prenoti."},
		"needed_intro": {"Porti:"}, "needed": {"una fototessera\r\nla tessera sanitaria\r\n"}, "achieved": {"La carta."}, "times": {"Sei giorni."},
		"conditions": {"Nessuna."}, "category": {"anagrafe-e-stato-civile"}, "topics": {"anagrafe", "residenza"}, "remote_counter": {"true"},
		"duration_minutes": {"30"}, "responsible": {o.ID.String()}, "offices": {o.ID.String()},
	}
}

func TestAServiceIsMadePreviewedPublishedAndWithdrawnByForms(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.backOffice(t, admin)
	o := w.office(t, "Anagrafe")
	r := b.post("/amministrazione/servizi/nuovo", sheetForm(o))
	require.Equal(t, 303, r.StatusCode, errorsOf(r.body))
	page := strings.Split(r.Header.Get("Location"), "?")[0]
	r = b.get(r.Header.Get("Location"))
	require.Contains(t, r.body, "La bozza è stata creata")
	require.Contains(t, r.body, "una fototessera\nla tessera sanitaria")
	require.Contains(t, r.body, `value="residenza" checked`)

	preview := b.get(page + "/anteprima")
	require.Equal(t, 200, preview.StatusCode)
	require.Contains(t, preview.body, "Anteprima: così i cittadini")
	require.Contains(t, preview.body, "la tessera sanitaria")

	r = b.follow(page+"/stato", url.Values{"azione": {"pubblica"}, "version": {"1"}})
	require.Contains(t, r.body, "Il servizio è pubblicato")
	require.Contains(t, r.body, "Stato: Pubblicato")
	r = b.post(page+"/stato", url.Values{"azione": {"sospendi"}, "version": {"2"}})
	require.Equal(t, 422, r.StatusCode)
	require.Contains(t, r.body, `href="#f-reason"`)
	r = b.follow(page+"/stato", url.Values{"azione": {"sospendi"}, "version": {"2"}, "reason": {"Lavori <b>"}})
	require.Contains(t, r.body, "Motivo: Lavori &lt;b&gt;")
	require.Contains(t, b.get("/amministrazione/servizi?stato=inactive&q=carta").body, "Carta d&#39;identità")
	require.Contains(t, b.get("/amministrazione/servizi?stato=draft").body, "Nessun servizio corrisponde")
	r = b.follow(page+"/stato", url.Values{"azione": {"ritira"}, "version": {"3"}})
	require.Contains(t, r.body, "di nuovo in bozza")
	require.Equal(t, 422, b.post(page+"/stato", url.Values{"azione": {"esplodi"}, "version": {"4"}}).StatusCode)
}

func TestNothingTypedIntoARefusedServiceIsLost(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.backOffice(t, admin)
	o := w.office(t, "Anagrafe")
	form := sheetForm(o)
	long := strings.Repeat("parola ", 1500)
	form.Set("title", `<script>alert("x")</script> & così`)
	form.Set("how_to", long)
	form.Set("duration_minutes", "mezz'ora")
	form.Set("online_url", "javascript:alert(1)")
	form.Set("costs", "gratis\x00")
	form.Set("category", "inesistente")
	r := b.post("/amministrazione/servizi/nuovo", form)
	require.Equal(t, 422, r.StatusCode)
	require.NotContains(t, r.body, "<script>alert")
	require.Contains(t, r.body, `value="&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; così"`)
	require.Contains(t, r.body, strings.TrimSpace(long))
	require.Contains(t, r.body, `value="mezz&#39;ora"`)
	require.Contains(t, r.body, `value="javascript:alert(1)"`)
	require.Contains(t, r.body, "una fototessera")
	require.Contains(t, r.body, `value="anagrafe" checked`)
	require.Contains(t, r.body, `value="`+o.ID.String()+`" checked`)
	for _, name := range []string{"how_to", "duration_minutes", "online_url", "costs", "category"} {
		require.Contains(t, r.body, `href="#f-`+name+`"`)
		require.Contains(t, r.body, `id="f-`+name+`-errore"`)
	}
	w.in(t, func(tx *tenant.Tx) error {
		all, err := w.svc.Services(ctx, tx, catalog.Filter{States: []catalog.State{catalog.Draft}})
		require.Empty(t, all)
		return err
	})
}

func TestAnEditOverSomebodyElsesKeepsWhatWasTypedAndMayWin(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.backOffice(t, admin)
	o := w.office(t, "Anagrafe")
	s := w.service(t, full(o))
	page := "/amministrazione/servizi/" + s.ID.String()
	form := sheetForm(o)
	form.Set("version", "1")
	b.follow(page, form)
	form.Set("title", "Il mio titolo")
	r := b.post(page, form)
	require.Equal(t, 409, r.StatusCode)
	require.Contains(t, r.body, `value="Il mio titolo"`)
	require.Contains(t, r.body, "qualcun altro ha modificato")
	version := regexp.MustCompile(`<form method="post" novalidate>\s*<input type="hidden" name="version" value="(\d+)">`).FindStringSubmatch(r.body)
	require.Equal(t, "2", version[1])
	form.Set("version", version[1])
	require.Contains(t, b.follow(page, form).body, "Il mio titolo")
}

func TestAnOfficeGetsHoursAndAClosingDayIsUndoneInOneClick(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.backOffice(t, admin)
	require.Contains(t, b.get("/amministrazione").body, "Non c&#39;è ancora nessun ufficio")
	r := b.post("/amministrazione/uffici/nuovo", url.Values{"name": {""}, "phone": {"boh"}})
	require.Equal(t, 422, r.StatusCode)
	require.Contains(t, r.body, `value="boh"`)
	r = b.post("/amministrazione/uffici/nuovo", url.Values{"name": {"Anagrafe"}})
	page := strings.Split(r.Header.Get("Location"), "?")[0]
	require.Contains(t, b.get("/amministrazione").body, "Un ufficio non ha orari")

	week := url.Values{
		"version": {"1"}, "1-1-from": {"09:00"}, "1-1-to": {"12:30"}, "1-1-operators": {"2"}, "1-2-from": {"15:00:00"}, "1-2-to": {"00:00"},
		"2-1-from": {"09:00"}, "2-1-to": {"08:00"}, "2-1-operators": {"1"}, "3-1-from": {"dopo"}, "3-1-to": {""},
	}
	r = b.post(page+"/orari", week)
	require.Equal(t, 422, r.StatusCode)
	require.Contains(t, r.body, `value="dopo"`)
	require.Contains(t, r.body, "Inserisca sia l&#39;inizio sia la fine")
	week.Del("3-1-from")
	r = b.post(page+"/orari", week)
	require.Contains(t, r.body, `id="w-2-1"`)
	require.Contains(t, r.body, "L&#39;orario di fine deve essere dopo")
	require.Contains(t, r.body, `name="1-1-operators" value="2"`)
	week.Set("2-1-to", "11:00")
	r = b.follow(page+"/orari", week)
	require.Contains(t, r.body, "Gli orari sono stati salvati")
	require.Contains(t, r.body, "15:00–24:00")
	require.Contains(t, r.body, `name="1-2-to" value="00:00"`)
	r = b.post(page+"/orari", week)
	require.Equal(t, 409, r.StatusCode)

	r = b.post(page+"/chiusure", url.Values{"date": {"2026-05-04"}, "reason": {"Ieri"}})
	require.Equal(t, 422, r.StatusCode)
	require.Contains(t, r.body, "La data è già passata")
	require.Contains(t, r.body, `value="Ieri"`)
	r = b.follow(page+"/chiusure", url.Values{"date": {"2026-05-11"}, "reason": {"Sciopero <i>"}, "kind": {"closed"}})
	require.Contains(t, r.body, "lunedì 11 maggio 2026: chiuso (Sciopero &lt;i&gt;)")
	undo := regexp.MustCompile(`action="(/amministrazione/uffici/chiusure/[0-9a-f-]{36}/annulla)"><input type="hidden" name="office" value="([^"]+)"`).FindStringSubmatch(r.body)
	require.Len(t, undo, 3)
	form := url.Values{"office": {undo[2]}}
	r = b.follow(undo[1], form)
	require.Contains(t, r.body, "lunedì 11 maggio 2026: 09:00–12:30, 15:00–24:00")
	r = b.post(undo[1], form)
	require.Equal(t, 404, r.StatusCode, "twice")
	require.Contains(t, r.body, "Ecco come stanno le cose ora")

	r = b.follow("/amministrazione/uffici/chiusure", url.Values{
		"date": {"2026-06-02"}, "kind": {"open"}, "from": {"10:00"}, "to": {"11:00"}, "operators": {"1"}, "reason": {"Elezioni"},
	})
	require.Contains(t, r.body, "10:00–11:00, 1 operatore")
	require.Contains(t, r.body, "martedì 2 giugno 2026: Festa della Repubblica")
	r = b.post("/amministrazione/uffici/chiusure", url.Values{"date": {"2026-06-03"}, "kind": {"open"}, "from": {"10:00"}, "to": {"x"}})
	require.Equal(t, 422, r.StatusCode)
	require.Contains(t, r.body, `value="x"`)

	r = b.follow(page, url.Values{"version": {"2"}, "name": {"Anagrafe e stato civile"}})
	require.Contains(t, b.get("/amministrazione/uffici").body, "Non attivo")
	require.Equal(t, 409, b.post(page, url.Values{"version": {"2"}, "name": {"Altro"}}).StatusCode)
}

// bookings knows of one appointment of everybody on every day, and who was told.
type bookings struct{ told map[catalog.ExceptionID]int }

func (b bookings) BookedOn(_ context.Context, _ *tenant.Tx, date civil.Date, offices []catalog.OfficeID, closing catalog.ExceptionID) ([]catalog.Booked, error) {
	if len(offices) == 0 {
		return nil, nil
	}
	return []catalog.Booked{{At: date.Start(clock.Rome).Add(10 * time.Hour), Name: "Mario <Rossi>", Phone: "333 1234567", Email: "mario@example.it", Informed: b.told[closing] > 0}}, nil
}

func (b bookings) InformBooked(_ context.Context, _ *tenant.Tx, _ civil.Date, offices []catalog.OfficeID, closing catalog.ExceptionID) (int, error) {
	b.told[closing] += len(offices)
	return len(offices), nil
}

func TestAClosingDaySaysWhomToTell(t *testing.T) {
	t.Parallel()
	w := start(t)
	told := map[catalog.ExceptionID]int{}
	w.svc.SetBookings(bookings{told})
	b := w.backOffice(t, admin)
	o := w.office(t, "Anagrafe")
	for _, page := range []string{"/amministrazione/uffici", "/amministrazione/uffici/" + o.ID.String()} {
		r := b.follow(page+"/chiusure", url.Values{"date": {"2026-05-11"}, "kind": {"closed"}})
		require.Contains(t, r.body, "ore 10:00, Mario &lt;Rossi&gt;")
		require.Contains(t, r.body, `href="tel:3331234567"`)
		inform := regexp.MustCompile(`/amministrazione/uffici/chiusure/[^"]*avvisa[^"]*`).FindString(r.body)
		require.Contains(t, b.get(inform).body, "Mario &lt;Rossi&gt;")
		r = b.follow(inform, url.Values{})
		require.Contains(t, r.body, "I messaggi sono in partenza.")
		require.Contains(t, r.body, "messaggio inviato")
		require.NotContains(t, r.body, "Avvisa per e-mail")
		require.Contains(t, b.get(inform).body, "non c'è nessuno da avvisare")
	}
	w.in(t, func(tx *tenant.Tx) error {
		list, err := audit.List(ctx, tx, audit.Filter{Object: "day:2026-05-11"})
		require.NotEmpty(t, list)
		require.Equal(t, "appointments.day_read", list[0].Action)
		return err
	})
}

func TestTheEntitysFormKeepsWhatWasTypedAndChangesEveryPage(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.backOffice(t, admin)
	form := url.Values{
		"version": {"0"}, "name": {"Comune di <Isernia>"}, "fiscal_code": {"12"}, "early_minutes": {"tanti"}, "late_minutes": {"10"},
		"patron_name": {"San Nicandro"}, "patron_day": {"31"}, "patron_month": {"6"},
	}
	r := b.post("/amministrazione/ente", form)
	require.Equal(t, 422, r.StatusCode)
	require.Contains(t, r.body, `value="tanti"`)
	require.Contains(t, r.body, `id="f-fiscal_code-errore"`)
	require.Contains(t, r.body, `id="f-patron_day-errore"`)
	form.Set("fiscal_code", "00034670943")
	form.Set("early_minutes", "20")
	form.Set("patron_day", "17")
	r = b.follow("/amministrazione/ente", form)
	require.Contains(t, r.body, "I dati dell&#39;ente sono stati salvati.")
	require.Contains(t, r.body, "<span>Comune di &lt;Isernia&gt;</span>")
	require.Contains(t, b.get("/amministrazione/uffici").body, "17 giugno 2026: San Nicandro")
	require.Equal(t, 409, b.post("/amministrazione/ente", form).StatusCode)
}

func TestAddressesThatDoNotExistAreNotFound(t *testing.T) {
	t.Parallel()
	w := start(t)
	b := w.backOffice(t, admin)
	for _, id := range []string{"x", "01930000-0000-7000-8000-000000000001", "%00", "..%2f..", "'--"} {
		for _, path := range []string{"/amministrazione/servizi/" + id, "/amministrazione/uffici/" + id, "/amministrazione/servizi/" + id + "/anteprima"} {
			require.Equal(t, 404, b.get(path).StatusCode, path)
		}
		for _, path := range []string{"/amministrazione/servizi/" + id, "/amministrazione/servizi/" + id + "/stato", "/amministrazione/uffici/" + id} {
			form := sheetForm(catalog.Office{})
			form.Del("offices")
			form.Del("responsible")
			form.Set("name", "X")
			require.Equal(t, 404, b.post(path, form).StatusCode, path)
		}
	}
	require.Equal(t, 200, b.get("/amministrazione/servizi?q=%00%ff&stato=%ff").StatusCode)
}

func TestAFormOfAnOperatorChangesNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	o := w.office(t, "Anagrafe")
	b := w.backOffice(t, actor.Actor{Kind: actor.Staff, ID: "x", Roles: []actor.Role{actor.Operator}})
	form := sheetForm(o)
	form.Set("date", "2026-06-03")
	form.Set("name", "X")
	form.Set("early_minutes", "1")
	form.Set("late_minutes", "1")
	for _, path := range []string{
		"/amministrazione/servizi/nuovo", "/amministrazione/uffici/nuovo", "/amministrazione/uffici/chiusure", "/amministrazione/ente",
		"/amministrazione/uffici/" + o.ID.String(), "/amministrazione/uffici/" + o.ID.String() + "/orari",
	} {
		require.Equal(t, 403, b.post(path, form).StatusCode, path)
	}
	w.in(t, func(tx *tenant.Tx) error {
		list, err := audit.List(ctx, tx, audit.Filter{})
		require.Len(t, list, 1, "the office of this test")
		all, err2 := w.svc.EntityExceptions(ctx, tx, civil.New(2026, 1, 1), civil.New(2026, 12, 31))
		require.NoError(t, err2)
		require.Empty(t, all)
		return err
	})
}
