package catalog

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/frontend/portal"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

type somewhere []Place

func (p somewhere) Places(context.Context, *tenant.Tx) ([]Place, error) { return p, nil }

type siteBench struct {
	*tenanttest.Stack
	app     *fiber.App
	entity  tenant.Tenant
	sheet   Sheet
	service *Service
}

const sqlTestService = `
INSERT INTO {t}.services (id, slug, title, short_description, category, topics, state, state_reason, remote_counter, updated_at)
VALUES (@id, @slug, @title, 'Una riga', 'anagrafe-e-stato-civile', '{anagrafe}', @state, 'Archivio in trasloco', true, @now)`

const sqlTestOffice = `INSERT INTO {t}.offices (id, slug, name, updated_at) VALUES (@id, 'anagrafe', 'Ufficio anagrafe', @now)`

const sqlTestAnswers = `INSERT INTO {t}.service_offices (service_id, office_id) VALUES (@service, @office)`

const sqlTestFeedback = `SELECT page || ' ' || rating || ' ' || aspect || ' ' || details FROM {t}.page_feedback`

func newSiteBench(t *testing.T) *siteBench {
	t.Helper()
	require.NoError(t, i18n.Load(frontend.Locales()))
	b := &siteBench{Stack: tenanttest.Start(t)}
	b.entity = b.NewTenant(t, migrate.Line{Name: "catalog", FS: Migrations})
	b.In(t, b.entity, func(tx *tenant.Tx) error {
		ctx := context.Background()
		office := id.New[Office](tx.IDs())
		if _, err := tenant.Exec(ctx, tx, sqlTestOffice, tenant.Args{"id": office, "now": tx.Now()}); err != nil {
			return err
		}
		b.sheet.ID = id.New[Sheet](tx.IDs())
		for i, state := range []State{Published, Draft, Inactive} {
			sheet := b.sheet.ID
			if i > 0 {
				sheet = id.New[Sheet](tx.IDs())
			}
			args := tenant.Args{"id": sheet, "slug": string(state), "title": "Servizio " + string(state), "state": state, "now": tx.Now()}
			if _, err := tenant.Exec(ctx, tx, sqlTestService, args); err != nil {
				return err
			}
			if _, err := tenant.Exec(ctx, tx, sqlTestAnswers, tenant.Args{"service": sheet, "office": office}); err != nil {
				return err
			}
		}
		return nil
	})
	renderer, err := portal.New(frontend.Dist())
	require.NoError(t, err)
	b.app = web.New(web.Config{Renderer: renderer})
	b.app.Use(func(c *fiber.Ctx) error {
		c.SetUserContext(tenant.With(c.UserContext(), b.entity))
		web.SetSite(c, web.Site{Key: string(b.entity.Key), Name: b.entity.Name, Kind: "entity"})
		return c.Next()
	})
	places := somewhere{{Name: "Postazione San Lazzaro", Building: "Scuola Tagliente", Services: []SheetID{b.sheet.ID}}, {Name: "Postazione lontana"}}
	b.service = New(b.DB)
	NewSite(b.DB, b.service, places).Routes(b.app)
	return b
}

// get asks for a page and gives its status and text.
func (b *siteBench) get(t *testing.T, path string) (int, string) {
	t.Helper()
	res, err := b.app.Test(httptest.NewRequest("GET", path, nil), -1)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(body)
}

func (b *siteBench) rate(t *testing.T, form url.Values) (int, string) {
	t.Helper()
	req := httptest.NewRequest("POST", "/valutazione", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.app.Test(req, -1)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res.StatusCode, res.Header.Get("Location")
}

func (b *siteBench) ratings(t *testing.T) (out []string) {
	t.Helper()
	b.In(t, b.entity, func(tx *tenant.Tx) (err error) {
		out, err = tenant.Values[string](context.Background(), tx, sqlTestFeedback)
		return err
	})
	return out
}

func TestEveryAddressOfTheSiteAnswers(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	for path, want := range map[string]string{
		"/": "Servizio published", "/amministrazione-comunale": "Ufficio anagrafe", "/amministrazione-comunale/uffici/anagrafe": "Servizio published",
		"/novita": "Archivio in trasloco", "/vivere": "Scuola Tagliente", "/servizi": "2 servizi", "/servizi?q=PUBBLICO": "Nessun servizio contiene",
		"/servizi?q=inactive": "1 servizio trovato", "/servizi?pagina=99": "2 servizi", "/servizi/categoria/anagrafe-e-stato-civile": "Servizio published",
		"/servizi/published": "Prenota appuntamento", "/servizi/published/condizioni": "Termini e condizioni", "/argomenti": "Anagrafe",
		"/argomenti/anagrafe": "Servizio published", "/domande-frequenti": "Domande frequenti", "/assistenza": "Contatti",
		"/segnala-disservizio": "Segnala disservizio", "/area-personale": "I miei appuntamenti", "/privacy": "Titolare del trattamento",
		"/note-legali": "CC-BY 4.0", "/accessibilita": "WCAG 2.2", "/valutazione?pagina=/servizi": `href="/servizi"`,
	} {
		status, body := b.get(t, path)
		require.Equal(t, 200, status, path)
		require.Contains(t, body, want, path)
	}
}

func TestWhatIsNotOnTheSiteIsNotFound(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	for _, path := range []string{"/servizi/draft", "/servizi/draft/condizioni", "/servizi/nulla", "/servizi/categoria/nulla", "/argomenti/nulla",
		"/amministrazione-comunale/uffici/nulla", "/servizi/%27%20OR%201=1--", "/servizi/%00"} {
		status, body := b.get(t, path)
		require.Equal(t, 404, status, path)
		require.NotContains(t, body, "Servizio draft", path)
	}
}

func TestTheSheetNamesOnlyTheKiosksWhereItIsOffered(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	_, body := b.get(t, "/servizi/published")
	require.Contains(t, body, "Scuola Tagliente")
	require.NotContains(t, body, "Postazione lontana")
}

func TestARatingIsKeptAndThankedForWithoutJavaScript(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	status, location := b.rate(t, url.Values{"pagina": {"/servizi/published"}, "voto": {"5"}, "aspetto_positivo": {"2"}, "aspetto_negativo": {"4"}, "dettagli": {"<b>Bene</b>"}})
	require.Equal(t, 303, status)
	require.Equal(t, "/valutazione?pagina=%2Fservizi%2Fpublished", location)
	require.Equal(t, []string{"/servizi/published 5 2 <b>Bene</b>"}, b.ratings(t))
}

func TestARatingNeverKeepsTheLinkThatOpensAnAppointment(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	secret := strings.Repeat("Aa0_-", 9)
	for _, page := range []string{"/appuntamento/" + secret, "/prenota/" + secret + "/dettagli"} {
		status, location := b.rate(t, url.Values{"pagina": {page}, "voto": {"3"}})
		require.Equal(t, 303, status)
		require.Contains(t, location, secret, "the way back is the citizen's own")
	}
	require.ElementsMatch(t, []string{"/appuntamento/- 3 0 ", "/prenota/-/dettagli 3 0 "}, b.ratings(t))
	require.Equal(t, "/servizi/carta-d-identita-elettronica-per-minori-di-anni-quattordici", withoutToken("/servizi/carta-d-identita-elettronica-per-minori-di-anni-quattordici"))
}

func TestARatingWithoutStarsIsRefused(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	for _, stars := range []string{"", "0", "6", "-1", "cinque"} {
		status, _ := b.rate(t, url.Values{"pagina": {"/"}, "voto": {stars}})
		require.Equal(t, 422, status, stars)
	}
	require.Empty(t, b.ratings(t))
}

func TestNobodyFillsTheTableOfRatings(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	s := New(b.DB)
	for i := range maxRatings + 5 {
		b.In(t, b.entity, func(tx *tenant.Tx) error {
			return s.Rate(context.Background(), tx, Feedback{Page: fmt.Sprintf("/%d", i), Rating: 1})
		})
	}
	require.Len(t, b.ratings(t), maxRatings)
}

func TestTheThanksNeverLeadToAnotherSite(t *testing.T) {
	t.Parallel()
	for from, want := range map[string]string{
		"/servizi": "/servizi", "": "/", "https://altrove.it": "/", "//altrove.it": "/", "/\\altrove.it": "/", "javascript:alert(1)": "/",
		"servizi": "/", "/a\r\nb": "/", "///altrove.it": "/",
	} {
		require.Equal(t, want, localPath(from), from)
	}
}

func TestAnEntityThatIsNotNamedHasNoSite(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	app := web.New(web.Config{})
	NewSite(b.DB, New(b.DB), somewhere{}).Routes(app)
	res, err := app.Test(httptest.NewRequest("GET", "/", nil), -1)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 404, res.StatusCode)
}

func TestAPageTravelsPackedToWhoTakesIt(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	for encoding, want := range map[string]string{"gzip": "gzip", "br": "br", "gzip, deflate, br, zstd": "br", "": ""} {
		path := "/servizi/published" + strings.Repeat("?da=locandina", len(encoding)%2) // remembered, and not
		req := httptest.NewRequest("GET", path, nil)
		req.Header.Set("Accept-Encoding", encoding)
		res, err := b.app.Test(req, -1)
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, want, res.Header.Get("Content-Encoding"), encoding)
		if want != "" {
			require.Less(t, len(body), 12_000)
			require.Contains(t, res.Header.Get("Vary"), "Accept-Encoding")
		}
	}
}

func TestTheFooterLinksTheDeclarationThatTheEntityPublished(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	s := New(b.DB)
	const declaration = "https://form.agid.gov.it/view/12345678-0000-11f0-8000-000000000000"
	b.In(t, b.entity, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(context.Background(), tx, sqlUpsertEntity, entityArgs(Entity{Name: "Comune di Prova", AccessibilityURL: declaration}, tx.Now()))
		return err
	})
	site, err := s.Site(context.Background(), b.entity)
	require.NoError(t, err)
	require.Equal(t, declaration, site.AccessibilityURL)
}

const sqlTestRetitle = `UPDATE {t}.services SET title = @title WHERE id = @id`

func (b *siteBench) retitle(t *testing.T, title string) {
	t.Helper()
	b.In(t, b.entity, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(context.Background(), tx, sqlTestRetitle, tenant.Args{"id": b.sheet.ID, "title": title})
		return err
	})
}

func TestAChangeShowsAtOnceWhereItIsMadeAndElsewhereSoon(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	shows := func(title string) bool {
		_, body := b.get(t, "/servizi/published")
		return strings.Contains(body, title)
	}
	require.True(t, shows("Servizio published"))
	b.retitle(t, "Altrove") // by another process: nobody tells this one
	require.True(t, shows("Servizio published"))
	b.Clock.Advance(pageLife)
	require.True(t, shows("Altrove"))
	b.retitle(t, "Qui")
	require.False(t, shows("Qui"))
	b.service.pages.forget(b.entity.Key)
	require.True(t, shows("Qui"))
	require.Positive(t, b.service.pages.bytes)
	b.service.pages.forget(b.entity.Key)
	require.Zero(t, b.service.pages.bytes)
}

func TestWhatIsRememberedStaysWithinItsBoundsAndWithItsEntity(t *testing.T) {
	t.Parallel()
	var ps pages
	now := tenanttest.Epoch
	page := func(n int) *sitePage { return &sitePage{plain: make([]byte, n), until: now.Add(pageLife)} }
	ps.keep("isernia", "/", page(10))
	require.NotNil(t, ps.find("isernia", "/", now))
	require.Nil(t, ps.find("caltanissetta", "/", now))
	ps.keep("isernia", "/", page(20))
	require.Equal(t, 20, ps.bytes)
	for i := range 100 {
		ps.keep("isernia", fmt.Sprintf("/%d", i), page(pageBytes/10))
		require.LessOrEqual(t, ps.bytes, pageBytes)
	}
	late := now.Add(pageLife)
	require.Nil(t, ps.find("isernia", "/99", late), "the first makes it anew")
	require.NotNil(t, ps.find("isernia", "/99", late), "the others get the old one meanwhile")
	require.Nil(t, ps.find("isernia", "/99", late.Add(pageGrace)), "but not for ever")
}

func TestNoErrorIsRemembered(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	for range 2 {
		status, _ := b.get(t, "/servizi/nulla")
		require.Equal(t, 404, status)
	}
	require.Zero(t, b.service.pages.bytes)
}
