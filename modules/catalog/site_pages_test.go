package catalog

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/frontend/portal"
	"github.com/sportello/sportello/frontend/portal/portaltest"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
)

var siteViews = map[string]any{
	"site/home": HomeView{}, "site/amministrazione": AdministrationView{}, "site/ufficio": OfficeView{}, "site/novita": NewsView{},
	"site/vivere": LiveView{}, "site/servizi": ServicesView{}, "site/servizio": SheetView{}, "site/condizioni": SheetView{},
	"site/argomenti": TopicsView{}, "site/domande-frequenti": EntityView{}, "site/assistenza": EntityView{},
	"site/segnala-disservizio": EntityView{}, "site/area-personale": EntityView{}, "site/privacy": EntityView{},
	"site/note-legali": EntityView{}, "site/accessibilita": EntityView{}, "site/grazie": ThanksView{}, "site/scelta": ChooserView{},
}

func TestEveryPageOfTheSiteRendersWhateverIsInIt(t *testing.T) {
	t.Parallel()
	portaltest.Check(t, "site/", siteViews)
}

// renderSite draws a page as an entity's host shows it.
func renderSite(t *testing.T, name, path string, view any) *html.Node {
	t.Helper()
	require.NoError(t, i18n.Load(frontend.Locales()))
	r, err := portal.New(frontend.Dist())
	require.NoError(t, err)
	return portaltest.Render(t, r, name, web.Page{
		Title: "Titolo", Path: path, Lang: "it", Data: view, Breadcrumb: []web.Crumb{{Text: "Home", Href: "/"}, {Text: "Servizi", Href: "/servizi"}, {Text: "Anagrafe e stato civile", Href: "/x"}},
		Site: web.Site{Kind: "entity", Name: "Comune di Isernia", Phone: "0865 4491", AccessibilityURL: "https://form.agid.gov.it/view/prova"},
	})
}

func one(t *testing.T, doc *html.Node, element string) *html.Node {
	t.Helper()
	found := portaltest.Element(doc, element)
	require.NotEmpty(t, found, "data-element %q is missing", element)
	return found[0]
}

func texts(nodes []*html.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, portaltest.Text(n))
	}
	return out
}

// The contract of the official validator, "every page".
func TestEveryPageHasTheMenuTheFooterAndTheRatingOfTheModel(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"site/home", "site/servizi", "site/privacy"} {
		doc := renderSite(t, name, "/", siteViews[name])
		var menu []string
		for n := range one(t, doc, "main-navigation").Descendants() {
			if n.Type == html.ElementNode && n.Data == "a" {
				menu = append(menu, portaltest.Attributes(n)["data-element"]+" "+portaltest.Text(n))
			}
		}
		require.Equal(t, []string{"management Amministrazione", "news Novità", "all-services Servizi", "live Vivere il Comune"}, menu)
		require.Equal(t, "Tutti gli argomenti", portaltest.Text(one(t, doc, "all-topics")))
		one(t, doc, "custom-submenu")
		for element, want := range map[string]string{
			"faq": "Leggi le FAQ", "report-inefficiency": "Segnala disservizio", "privacy-policy-link": "Informativa privacy",
			"legal-notes": "Note legali", "accessibility-link": "Dichiarazione di accessibilità",
		} {
			require.Equal(t, want, portaltest.Text(one(t, doc, element)))
		}
		for _, element := range []string{"personal-area-login", "appointment-booking", "contacts", "management", "news", "all-services", "live", "faq"} {
			require.Regexp(t, `^/[a-z-]+$`, portaltest.Attributes(one(t, doc, element))["href"], element)
		}
		require.Equal(t, "https://form.agid.gov.it/view/prova", portaltest.Attributes(one(t, doc, "accessibility-link"))["href"])
	}
}

func TestTheRatingHasTheExactTextsOfTheModel(t *testing.T) {
	t.Parallel()
	doc := renderSite(t, "site/home", "/", HomeView{})
	require.Equal(t, "Quanto sono chiare le informazioni su questa pagina?", portaltest.Text(one(t, doc, "feedback-title")))
	for _, star := range []string{"1", "2", "3", "4", "5"} {
		one(t, doc, "feedback-rate-"+star)
	}
	one(t, doc, "feedback-input-text")
	for element, want := range map[string][]string{
		"feedback-rating-positive": {
			"Quali sono stati gli aspetti che hai preferito?", "Le indicazioni erano chiare", "Le indicazioni erano complete",
			"Capivo sempre che stavo procedendo correttamente", "Non ho avuto problemi tecnici", "Altro",
		},
		"feedback-rating-negative": {
			"Dove hai incontrato le maggiori difficoltà?", "A volte le indicazioni non erano chiare", "A volte le indicazioni non erano complete",
			"A volte non capivo se stavo procedendo correttamente", "Ho avuto problemi tecnici", "Altro",
		},
	} {
		set := one(t, doc, element)
		require.Equal(t, want, append(texts(portaltest.Element(set, "feedback-rating-question")), texts(portaltest.Element(set, "feedback-rating-answer"))...))
	}
}

func fullSheet() SheetView {
	office := Office{Slug: "anagrafe", Name: "Ufficio anagrafe", Active: true}
	return SheetView{
		Category: Category{Slug: "anagrafe-e-stato-civile", Title: "Anagrafe e stato civile"}, Topics: Topics()[:2],
		Responsible: &office, Offices: []Office{office}, Bookable: true, Entity: Entity{Name: "Comune di Isernia", Locality: "Isernia"},
		Sheet: Sheet{Slug: "carta", Title: "Carta d'identità", ShortDescription: "Come averla", Description: "Testo", State: Published,
			RemoteCounter: true, DurationMinutes: 30, Costs: "22,21 euro", OnlineURL: "https://esempio.it/online",
			ExternalURL: "https://esempio.it", ExternalBody: "Prefettura", Needed: []string{"La vecchia carta"}},
	}
}

func TestTheServiceSheetHasEveryElementOfTheModel(t *testing.T) {
	t.Parallel()
	v := fullSheet()
	v.Metatag = metatag(v, "https://servizi.comune.isernia.is.it")
	doc := renderSite(t, "site/servizio", "/servizi/carta", v)
	for _, element := range []string{"service-title", "service-description", "service-status", "service-topic", "service-addressed", "service-how-to",
		"service-needed", "service-achieved", "service-calendar-text", "service-cost", "service-area", "service-generic-access",
		"service-booking-access", "service-online-access", "service-file", "service-extended-description"} {
		require.GreaterOrEqual(t, len(portaltest.Text(one(t, doc, element))), 3, element)
	}
	require.Equal(t, "h1", one(t, doc, "service-title").Data)
	require.Equal(t, "Prenota appuntamento", portaltest.Text(one(t, doc, "service-booking-access")))
	require.Equal(t, "/prenota?servizio=carta", portaltest.Attributes(one(t, doc, "service-booking-access"))["href"])
	require.Equal(t, []string{"Richiedi online", "Vai al sito: Prefettura"}, texts(portaltest.Element(doc, "service-online-access")))

	var index []string
	for n := range one(t, doc, "page-index").Descendants() {
		if n.Type == html.ElementNode && n.Data == "a" {
			index = append(index, portaltest.Text(n))
			require.Regexp(t, `^#[a-z-]+$`, portaltest.Attributes(n)["href"])
		}
	}
	require.Equal(t, []string{"A chi è rivolto", "Descrizione", "Come fare", "Cosa serve", "Cosa si ottiene", "Tempi e scadenze", "Quanto costa",
		"Accedi al servizio", "Condizioni di servizio", "Contatti"}, index)

	var crumbs []string
	for n := range one(t, doc, "breadcrumb").Descendants() {
		if n.Type == html.ElementNode && n.Data == "li" {
			crumbs = append(crumbs, portaltest.Text(n))
		}
	}
	require.Equal(t, []string{"Home/", "Servizi/", "Anagrafe e stato civile/", "Titolo"}, crumbs)

	tag := one(t, doc, "metatag")
	require.Equal(t, "application/ld+json", portaltest.Attributes(tag)["type"])
	require.JSONEq(t, `{"@context":"https://schema.org","@type":"GovernmentService","name":"Carta d'identità","serviceType":"Anagrafe e stato civile",
		"serviceOperator":{"@type":"GovernmentOrganization","name":"Comune di Isernia"},"areaServed":{"@type":"AdministrativeArea","name":"Isernia"},
		"audience":{"@type":"Audience","audienceType":""},"availableChannel":{"@type":"ServiceChannel","serviceUrl":"https://esempio.it/online",
		"serviceLocation":{"@type":"Place","name":"Ufficio anagrafe","address":{"@type":"PostalAddress","streetAddress":"","postalCode":"","addressLocality":"Isernia"}}}}`,
		portaltest.Text(tag))
}

func TestAnInactiveServiceSaysWhyAndOffersNothing(t *testing.T) {
	t.Parallel()
	v := fullSheet()
	v.Sheet.State, v.Sheet.StateReason, v.Bookable = Inactive, "Archivio in trasloco", false
	doc := renderSite(t, "site/servizio", "/servizi/carta", v)
	require.Equal(t, "Servizio non attivo", portaltest.Text(one(t, doc, "service-status")))
	require.Empty(t, portaltest.Element(doc, "service-booking-access"))
	require.Empty(t, portaltest.Element(doc, "service-online-access"))
	require.Contains(t, portaltest.Text(doc), "Archivio in trasloco")
}

func TestTheLegalNotesCarryThePrescribedLicence(t *testing.T) {
	t.Parallel()
	doc := renderSite(t, "site/note-legali", "/note-legali", EntityView{})
	require.Equal(t, "Licenza dei contenuti", portaltest.Text(one(t, doc, "legal-notes-section")))
	require.Equal(t, "In applicazione del principio open by default ai sensi dell’articolo 52 del decreto legislativo 7 marzo 2005, n. 82 (CAD) e salvo dove diversamente specificato (compresi i contenuti incorporati di terzi), i dati, i documenti e le informazioni pubblicati sul sito sono rilasciati con licenza CC-BY 4.0. Gli utenti sono quindi liberi di condividere (riprodurre, distribuire, comunicare al pubblico, esporre in pubblico), rappresentare, eseguire e recitare questo materiale con qualsiasi mezzo e formato e modificare (trasformare il materiale e utilizzarlo per opere derivate) per qualsiasi fine, anche commerciale con il solo onere di attribuzione, senza apporre restrizioni aggiuntive.",
		portaltest.Text(one(t, doc, "legal-notes-body")))
}

func TestTheListsHaveTheLinksThatTheValidatorFollows(t *testing.T) {
	t.Parallel()
	list := renderSite(t, "site/servizi", "/servizi", ServicesView{
		Title: "Servizi", Cards: []Card{{Title: "Carta", Href: "/servizi/carta"}}, Page: 1, Pages: 2, Base: "/servizi?pagina=", Categories: Categories(), Total: 19,
	})
	require.Equal(t, "/servizi/carta", portaltest.Attributes(one(t, list, "service-link"))["href"])
	require.Len(t, portaltest.Element(list, "service-category-link"), 15)
	require.Equal(t, "/servizi?pagina=2", portaltest.Attributes(one(t, list, "pager-link"))["href"])
	one(t, renderSite(t, "site/argomenti", "/argomenti", TopicsView{Topics: Topics()}), "topic-element")
	one(t, renderSite(t, "site/amministrazione", "/x", AdministrationView{}), "management-category-link")
	one(t, renderSite(t, "site/novita", "/x", NewsView{}), "news-category-link")
	one(t, renderSite(t, "site/vivere", "/x", LiveView{}), "live-button-locations")
}

// First view of a service page: what a phone loads before it shows the page, over a line that takes brotli.
func TestAServicePageIsLight(t *testing.T) {
	t.Parallel()
	dist := frontend.Dist()
	_, err := fs.Stat(dist, "manifest.json")
	require.NoError(t, err, "build the front end first: make frontend")
	v := fullSheet()
	v.Metatag = metatag(v, "https://servizi.comune.isernia.is.it")
	doc := renderSite(t, "site/servizio", "/servizi/carta", v)
	var page bytes.Buffer
	zip := gzip.NewWriter(&page)
	require.NoError(t, html.Render(zip, doc))
	require.NoError(t, zip.Close())
	total := page.Len()
	for n := range doc.Descendants() {
		a := portaltest.Attributes(n)
		name := strings.TrimPrefix(a["href"]+a["src"], "/")
		if n.Type != html.ElementNode || !strings.HasPrefix(name, "assets/") {
			continue
		}
		body, err := fs.ReadFile(dist, name+".br")
		if err != nil {
			body, err = fs.ReadFile(dist, name)
		}
		require.NoError(t, err)
		total += len(body)
	}
	t.Logf("%d bytes, of them %d of the page itself", total, page.Len())
	require.Less(t, total, 100_000)
	require.Greater(t, total, 40_000, "something was not counted")
}
