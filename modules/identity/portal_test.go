package identity_test

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/frontend/portal"
	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/identity"
	"github.com/sportello/sportello/modules/kernel/actor"
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

// browser sends requests to an application and keeps cookies as a browser does.
type browser struct {
	t       *testing.T
	app     *fiber.App
	cookies map[string]string
	headers map[string]string
}

type answer struct {
	*http.Response
	body string
}

func (w world) site(t *testing.T, routes func(r fiber.Router)) *fiber.App {
	t.Helper()
	pages, err := portal.New(dist())
	require.NoError(t, err)
	app := web.New(web.Config{Renderer: pages, Clock: w.Clock, Logger: slog.New(slog.DiscardHandler)})
	app.Use(func(c *fiber.Ctx) error {
		if !strings.HasPrefix(c.Hostname(), "console.") {
			c.SetUserContext(tenant.With(c.UserContext(), w.ente))
		}
		return c.Next()
	})
	routes(app)
	return app
}

func dist() fs.FS { return frontend.Dist() }

func open(t *testing.T, app *fiber.App) *browser {
	return &browser{t: t, app: app, cookies: map[string]string{}, headers: map[string]string{}}
}

func (b *browser) send(method, path string, form url.Values) answer {
	b.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req := httptest.NewRequest(method, "http://ente.localhost"+path, body)
	req.RequestURI = path
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range b.headers {
		req.Header.Set(k, v)
	}
	for k, v := range b.cookies {
		req.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	res, err := b.app.Test(req, -1)
	require.NoError(b.t, err)
	text, err := io.ReadAll(res.Body)
	require.NoError(b.t, err)
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		require.NotRegexp(b.t, `[>"](audit|catalog|identity|problem|form)\.[a-z_]+[.a-z_]*[<"]`, string(text), "a text without words on %s", path)
	}
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
	}
	return answer{res, string(text)}
}

func (b *browser) get(path string) answer { return b.send(http.MethodGet, path, nil) }
func (b *browser) post(path string, form url.Values) answer {
	return b.send(http.MethodPost, path, form)
}

func (w world) signIn(t *testing.T, b *browser, email string) answer {
	t.Helper()
	return b.post("/accedi", url.Values{"email": {email}, "password": {password}, "code": {w.code(t)}})
}

func TestSigningInLeadsWhereOneWasGoing(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.staff(t, "capo@comune.it", "administrator")
	b := open(t, w.site(t, w.svc.Routes))
	r := b.get("/amministrazione/personale?x=1")
	require.Equal(t, 303, r.StatusCode)
	require.Equal(t, "/accedi?ritorno=%2Famministrazione%2Fpersonale%3Fx%3D1", r.Header.Get("Location"))
	r = b.get(r.Header.Get("Location"))
	require.Equal(t, 200, r.StatusCode)
	require.Contains(t, r.body, `name="ritorno" value="/amministrazione/personale?x=1"`)
	require.Contains(t, r.body, `autocomplete="one-time-code"`)
	r = b.post("/accedi", url.Values{"email": {"capo@comune.it"}, "password": {password}, "code": {w.code(t)}, "ritorno": {"/amministrazione/personale?x=1"}})
	require.Equal(t, 303, r.StatusCode, r.body)
	require.Equal(t, "/amministrazione/personale?x=1", r.Header.Get("Location"))
	cookie := r.Cookies()[0]
	require.Equal(t, identity.Cookie, cookie.Name)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	r = b.get("/amministrazione/personale")
	require.Equal(t, 200, r.StatusCode)
	require.Contains(t, r.body, "Anna Rossi")
	require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
	require.Equal(t, 303, b.get("/accedi").StatusCode, "who is in need not sign in")
	r = b.post("/esci", url.Values{})
	require.Equal(t, "/accedi", r.Header.Get("Location"))
	require.Empty(t, b.cookies)
	b.cookies[identity.Cookie] = cookie.Value
	require.Equal(t, 303, b.get("/amministrazione/personale").StatusCode, "the old cookie is worth nothing")
}

func TestNobodyIsSentToAnotherSiteAfterSigningIn(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.staff(t, "anna@comune.it", "operator")
	app := w.site(t, w.svc.Routes)
	for _, back := range []string{
		"https://evil.it", "//evil.it", `/\evil.it`, "/%5cevil.it\\", "javascript:alert(1)", "/\tx", "\x00", "http:evil", "/accedi", strings.Repeat("/a", 800),
	} {
		r := open(t, app).post("/accedi", url.Values{"email": {"anna@comune.it"}, "password": {password}, "code": {w.code(t)}, "ritorno": {back}})
		require.Equal(t, "/operatore", r.Header.Get("Location"), "%q", back)
		w.gate.mu.Lock()
		w.gate.left = map[string]int{}
		w.gate.mu.Unlock()
	}
}

func TestAWrongLoginKeepsTheAddressAndSaysTheSame(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.staff(t, "anna@comune.it", "operator")
	b := open(t, w.site(t, w.svc.Routes))
	var bodies []string
	for _, form := range []url.Values{
		{"email": {"anna@comune.it"}, "password": {"sbagliata, molto"}, "code": {w.code(t)}},
		{"email": {"anna@comune.it"}, "password": {password}, "code": {"000000"}},
		{"email": {"anna@comune.it"}, "password": {""}, "code": {""}},
	} {
		r := b.post("/accedi", form)
		require.Equal(t, 401, r.StatusCode)
		require.Contains(t, r.body, `value="anna@comune.it"`)
		require.NotContains(t, r.body, "sbagliata")
		bodies = append(bodies, regexp.MustCompile(`[0-9a-f-]{36}`).ReplaceAllString(r.body, ""))
	}
	require.Equal(t, bodies[0], bodies[1])
	require.Equal(t, bodies[0], bodies[2])
	r := b.post("/accedi", url.Values{"email": {`"><script>alert(1)</script>`}, "password": {"x"}, "code": {"1"}})
	require.Equal(t, 401, r.StatusCode)
	require.NotContains(t, r.body, "<script>alert")
	w.gate.down = true
	r = b.post("/accedi", url.Values{"email": {"anna@comune.it"}, "password": {password}, "code": {w.code(t)}})
	require.Equal(t, 503, r.StatusCode)
	require.Equal(t, "30", r.Header.Get("Retry-After"))
	require.Contains(t, r.body, "non è possibile accedere")
}

func TestAFixedSessionIdentifierIsReplaced(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.staff(t, "anna@comune.it", "operator")
	b := open(t, w.site(t, w.svc.Routes))
	b.cookies[identity.Cookie] = "planted"
	w.signIn(t, b, "anna@comune.it")
	require.NotEqual(t, "planted", b.cookies[identity.Cookie])
	thief := open(t, b.app)
	thief.cookies[identity.Cookie] = "planted"
	require.Equal(t, 303, thief.get("/password").StatusCode)
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.staff(t, "capo@comune.it", "administrator")
	b := open(t, w.site(t, w.svc.Routes))
	w.signIn(t, b, "capo@comune.it")
	for _, h := range []map[string]string{{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.it"}} {
		b.headers = h
		for _, path := range []string{"/accedi", "/esci", "/password", "/amministrazione/personale/nuovo"} {
			require.Equal(t, 403, b.post(path, url.Values{}).StatusCode, "%s %v", path, h)
		}
	}
}

func TestARoleThatIsMissingIsRefusedAndAProgramIsNotRedirected(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.staff(t, "anna@comune.it", "operator")
	b := open(t, w.site(t, func(r fiber.Router) {
		w.svc.Routes(r)
		r.Get("/api/x", w.svc.RequireStaff(actor.Operator), func(c *fiber.Ctx) error {
			s, ok := identity.SessionFrom(c.UserContext())
			require.True(t, ok)
			return c.SendString(actor.From(c.UserContext()).Name + s.Email)
		})
	}))
	require.Equal(t, 401, b.get("/api/x").StatusCode)
	r := b.post("/password", url.Values{"present": {"x"}})
	require.Equal(t, 401, r.StatusCode)
	require.Contains(t, r.body, "la ricarichi: i dati che ha inserito saranno inviati")
	w.signIn(t, b, "anna@comune.it")
	require.Equal(t, "Anna Rossianna@comune.it", b.get("/api/x").body)
	require.Equal(t, 403, b.get("/amministrazione/personale").StatusCode)
	require.Equal(t, 403, b.post("/amministrazione/personale/nuovo", url.Values{}).StatusCode)
}

func TestAnAdministratorMakesChangesAndDisablesAccounts(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.staff(t, "capo@comune.it", "administrator")
	app := w.site(t, w.svc.Routes)
	b := open(t, app)
	w.signIn(t, b, "capo@comune.it")

	r := b.post("/amministrazione/personale/nuovo", url.Values{"email": {"no"}, "name": {`<script>x</script>"`}, "offices": {"zzz"}})
	require.Equal(t, 422, r.StatusCode)
	require.Contains(t, r.body, `value="&lt;script&gt;x&lt;/script&gt;&#34;"`, "what was typed stays, as text")
	require.Contains(t, r.body, "Scelga almeno un ruolo")
	require.Contains(t, r.body, `href="#f-email"`)

	r = b.post("/amministrazione/personale/nuovo", url.Values{"email": {"nuova@comune.it"}, "name": {"Nuova 😀 <b>"}, "roles": {"operator"}})
	require.Equal(t, 200, r.StatusCode, r.body)
	require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
	found := regexp.MustCompile(`office-secret">([a-z0-9]{5}(?:-[a-z0-9]{5}){3})<`).FindStringSubmatch(r.body)
	require.Len(t, found, 2)
	key := regexp.MustCompile(`office-secret">([A-Z2-7 ]{39})<`).FindStringSubmatch(r.body)
	require.Len(t, key, 2)
	require.Contains(t, r.body, "<svg")

	code, err := identity.TOTPCode(strings.ReplaceAll(key[1], " ", ""), w.Clock.Now())
	require.NoError(t, err)
	other := open(t, app)
	require.Equal(t, "/operatore", other.post("/accedi", url.Values{"email": {"nuova@comune.it"}, "password": {found[1]}, "code": {code}}).Header.Get("Location"))

	list := b.get("/amministrazione/personale")
	require.Contains(t, list.body, "Nuova 😀 &lt;b&gt;")
	require.Contains(t, list.body, "Nessuno: non riceve chiamate")
	href := regexp.MustCompile(`href="(/amministrazione/personale/[0-9a-f-]{36})">Nuova`).FindStringSubmatch(list.body)[1]
	require.Contains(t, b.get(href).body, `name="version" value="1"`)
	r = b.post(href, url.Values{"name": {"Nuova Persona"}, "roles": {"operator"}, "version": {"1"}, "email": {"altra@comune.it"}})
	require.Equal(t, "/amministrazione/personale?esito=staff_saved", r.Header.Get("Location"))
	require.Contains(t, b.get(r.Header.Get("Location")).body, "Le modifiche sono state salvate.")
	require.NotContains(t, b.get("/amministrazione/personale").body, "altra@comune.it")
	r = b.post(href, url.Values{"name": {"Nome di un altro"}, "roles": {"administrator"}, "version": {"1"}})
	require.Equal(t, 409, r.StatusCode)
	require.Contains(t, r.body, `value="Nome di un altro"`)
	require.Contains(t, r.body, `name="version" value="2"`, "saving again wins, knowingly")

	require.Contains(t, b.get(href+"/disabilita").body, "Vuole disabilitare l&#39;accesso di Nuova Persona?")
	require.Equal(t, 200, other.get("/password").StatusCode)
	require.Equal(t, 303, b.post(href+"/disabilita", url.Values{}).StatusCode)
	require.Equal(t, 303, other.get("/password").StatusCode, "at the next request")
	require.Contains(t, b.get(href).body, "è disabilitato")
	r = b.post(href+"/credenziali", url.Values{})
	require.Equal(t, 200, r.StatusCode)
	require.NotContains(t, r.body, found[1])
	for _, missing := range []string{"/amministrazione/personale/x", "/amministrazione/personale/01930000-0000-7000-8000-000000000001"} {
		require.Equal(t, 404, b.get(missing).StatusCode)
		require.Equal(t, 404, b.post(missing, url.Values{}).StatusCode)
	}
}

func TestAPasswordIsChangedOnItsPage(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.staff(t, "anna@comune.it", "operator")
	b := open(t, w.site(t, w.svc.Routes))
	w.signIn(t, b, "anna@comune.it")
	r := b.post("/password", url.Values{"present": {"sbagliata, molto"}, "wanted": {"una frase ancora migliore"}})
	require.Equal(t, 422, r.StatusCode)
	require.Contains(t, r.body, "La password attuale non è corretta.")
	r = b.post("/password", url.Values{"present": {password}, "wanted": {"corta"}})
	require.Contains(t, r.body, "servono almeno 12 caratteri")
	r = b.post("/password", url.Values{"present": {password}, "wanted": {"una frase ancora migliore"}})
	require.Equal(t, 303, r.StatusCode)
	require.Contains(t, b.get(r.Header.Get("Location")).body, "La password è stata cambiata.")
}

func TestTheConsoleHasItsOwnDoor(t *testing.T) {
	t.Parallel()
	w := start(t)
	_, err := w.svc.CreateVendorWith(context.Background(), system, "uno@vendor.it", "Uno", password, secret)
	require.NoError(t, err)
	w.staff(t, "anna@comune.it", "operator")
	console := w.site(t, func(r fiber.Router) {
		w.svc.VendorRoutes(r)
		r.Get("/", w.svc.RequireVendor(), func(c *fiber.Ctx) error { return c.SendString(actor.From(c.UserContext()).Name) })
	})
	b := open(t, console)
	require.Equal(t, "/accedi?ritorno=%2F", b.get("/").Header.Get("Location"))
	require.Equal(t, 401, w.signIn(t, b, "anna@comune.it").StatusCode)
	require.Equal(t, "/", w.signIn(t, b, "uno@vendor.it").Header.Get("Location"))
	require.Equal(t, "Uno", b.get("/").body)
	staff := open(t, w.site(t, w.svc.Routes))
	staff.cookies = b.cookies
	require.Equal(t, 303, staff.get("/password").StatusCode, "a vendor's session is nothing in an entity")
	require.Equal(t, 303, b.post("/esci", url.Values{}).StatusCode)
	require.Equal(t, 303, b.get("/").StatusCode)
}

func TestTheRegisterShowsWhoDidWhat(t *testing.T) {
	t.Parallel()
	w := start(t)
	capo := w.staff(t, "capo@comune.it", "administrator")
	w.staff(t, "anna@comune.it", "operator")
	b := open(t, w.site(t, func(r fiber.Router) {
		w.svc.Routes(r)
		audit.Routes(r, w.DB, w.svc, w.svc.RequireStaff(actor.Administrator))
	}))
	w.signIn(t, b, "capo@comune.it")
	r := b.get(audit.Path)
	require.Equal(t, 200, r.StatusCode, r.body)
	require.Contains(t, r.body, "Ha fatto l&#39;accesso")
	require.Contains(t, r.body, "Anna Rossi")
	require.Contains(t, b.get(audit.Path).body, "Ha letto il registro")
	require.Contains(t, b.get(audit.Path+"?dal=2020-01-01&al=2020-01-02").body, "Nessuna operazione")
	require.Equal(t, 422, b.get(audit.Path+"?dal=ieri").StatusCode)
	require.Contains(t, b.get(audit.Path+"?oggetto=staff:"+capo.ID.String()).body, "Mostra tutte")
	for range audit.PageSize {
		b.get(audit.Path)
	}
	older := regexp.MustCompile(`href="([^"]*prima=[^"]*)"`).FindStringSubmatch(b.get(audit.Path).body)
	require.Len(t, older, 2)
	r = b.get(strings.ReplaceAll(older[1], "&amp;", "&"))
	require.Contains(t, r.body, "Le più recenti")
	require.Contains(t, r.body, "Ha aggiunto una persona")
	for _, hostile := range []string{"?oggetto=%00%3Cscript%3E", "?prima=x_y", "?oggetto=" + strings.Repeat("a", 900), "?dal=%ff"} {
		require.NotEqual(t, 500, b.get(audit.Path+hostile).StatusCode, hostile)
	}
	operator := open(t, b.app)
	w.signIn(t, operator, "anna@comune.it")
	require.Equal(t, 403, operator.get(audit.Path).StatusCode)
}
