package catalog

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/frontend/portal"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
)

func BenchmarkServicePage(b *testing.B) {
	require.NoError(b, i18n.Load(frontend.Locales()))
	r, err := portal.New(frontend.Dist())
	require.NoError(b, err)
	v := fullSheet()
	v.Metatag = metatag(v, "https://servizi.comune.isernia.is.it")
	page := web.Page{Title: v.Sheet.Title, Path: "/servizi/carta", Lang: "it", Data: v, Site: web.Site{Kind: "entity", Name: "Comune di Isernia"}}
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Render(io.Discard, "it", "site/servizio", page); err != nil {
			b.Fatal(err)
		}
	}
}
