package catalog

import (
	"io"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestThePageOfEachLanguageIsRememberedForItself(t *testing.T) {
	t.Parallel()
	b := newSiteBench(t)
	read := func(path, cookie string) (string, string) {
		req := httptest.NewRequest("GET", path, nil)
		if cookie != "" {
			req.Header.Set("Cookie", "sportello_lingua="+cookie)
		}
		res, err := b.app.Test(req, -1)
		require.NoError(t, err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.Contains(t, res.Header.Get("Vary"), "Cookie")
		return string(body), res.Header.Get("Content-Language")
	}
	for range 2 { // made, then remembered
		for _, x := range []struct{ path, cookie, lang, words string }{
			{"/servizi/published", "", "it", "Condizioni di servizio"},
			{"/servizi/published", "de", "de", "Nutzungsbedingungen"},
			{"/servizi/published?lang=en", "", "en", "Terms of service"},
			{"/servizi/published?lang=fr", "de", "fr", "Conditions du service"},
			{"/servizi/published", "en", "en", "Terms of service"},
		} {
			page, lang := read(x.path, x.cookie)
			require.Equal(t, x.lang, lang)
			require.Contains(t, page, `<html lang="`+x.lang+`">`)
			require.Contains(t, page, x.words)
			require.Contains(t, page, `<li><a href="?lang=fr" lang="fr" hreflang="fr"`)
		}
	}
	page, _ := read("/servizi/published", "en")
	require.Contains(t, page, `<h1 data-element="service-title" lang="it">Servizio published</h1>`, "what the entity wrote is marked")
	page, _ = read("/servizi/published", "")
	require.Contains(t, page, `<h1 data-element="service-title">Servizio published</h1>`)
	page, _ = read("/servizi?q=published&lang=de", "")
	require.Contains(t, page, "1 Dienst gefunden")
	require.Contains(t, page, `href="?lang=it&amp;q=published"`, "another language keeps what was asked for")
	page, _ = read("/gibtesnicht?lang=de", "")
	require.Contains(t, page, "Seite nicht gefunden")
}
