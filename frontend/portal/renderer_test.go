package portal_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/frontend/portal"
	"github.com/sportello/sportello/frontend/portal/portaltest"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/web"
)

// It satisfies the boundary.
var _ web.Renderer = (*portal.Renderer)(nil)

// files is one page among layouts and components of its own.
func files(page string) fstest.MapFS {
	return fstest.MapFS{
		"layouts/l.html":    {Data: []byte(`{{define "layout-l"}}<main>{{template "content" .}}</main>{{end}}`)},
		"components/c.html": {Data: []byte(`{{define "cmp-c"}}<b>{{.}}</b>{{end}}`)},
		"pages/a/b.html":    {Data: []byte(page)},
	}
}

func TestAPageThatCannotWorkStopsTheStart(t *testing.T) {
	t.Parallel()
	built := fstest.MapFS{"manifest.json": {Data: []byte(`{"x/portal.scss":{"file":"assets/portal-abc.css"}}`)}}
	for _, page := range []string{
		`{{define "layout"}}l{{end}}{{define "content"}}{{if}}{{end}}`,                  // no template
		`{{define "layout"}}l{{end}}`,                                                   // no content
		`{{define "content"}}x{{end}}`,                                                  // no layout
		`{{define "layout"}}l{{end}}{{define "content"}}{{icon "it-unicorn"}}{{end}}`,   // no such icon
		`{{define "layout"}}l{{end}}{{define "content"}}{{asset "missing.css"}}{{end}}`, // not built
		`{{define "layout"}}l{{end}}{{define "content"}}{{secret}}{{end}}`,              // no such function
	} {
		_, err := portal.NewFrom(files(page), built)
		require.Error(t, err, page)
		require.Contains(t, err.Error(), "pages/a/b.html", page)
	}
	r, err := portal.NewFrom(files(`{{define "layout"}}l{{end}}{{define "content"}}{{template "cmp-c" .}}{{asset "portal.css"}}{{end}}`), built)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, r.Render(&out, "it", "a/b", "<i>"))
	require.Equal(t, "<main><b>&lt;i&gt;</b>/assets/portal-abc.css</main>", out.String())
}

func TestAPageThatFailsHalfWayWritesNothing(t *testing.T) {
	t.Parallel()
	r, err := portal.NewFrom(files(`{{define "layout"}}l{{end}}{{define "content"}}begun {{.Missing}}{{end}}`), fstest.MapFS{})
	require.NoError(t, err)
	var out bytes.Buffer
	require.Error(t, r.Render(&out, "it", "a/b", struct{}{}))
	require.Empty(t, out.String())
	require.Error(t, r.Render(&out, "it", "a/none", nil))
}

func TestEveryFieldSaysItsErrorToScreenReaders(t *testing.T) {
	t.Parallel()
	page := `{{define "layout"}}l{{end}}{{define "content"}}{{template "cmp-error-summary" .}}{{range .}}{{template "cmp-field" .}}{{end}}{{end}}`
	fsys := files(page)
	for _, dir := range []string{"components"} {
		names, err := filepath.Glob(dir + "/*.html")
		require.NoError(t, err)
		for _, name := range names {
			raw, err := os.ReadFile(name)
			require.NoError(t, err)
			fsys[filepath.ToSlash(name)] = &fstest.MapFile{Data: raw}
		}
	}
	r, err := portal.NewFrom(fsys, fstest.MapFS{})
	require.NoError(t, err)
	options := []form.Option{{Value: "a", Label: "Prima"}, {Value: "b", Label: "Seconda", Selected: true}}
	for _, f := range []form.Field{
		{Type: "text"}, {Type: "email"}, {Type: "tel"}, {Type: "password"}, {Type: "number"}, {Type: "date"}, {Type: "time"}, {Type: "textarea"},
		{Type: "select", Options: options}, {Type: "radio", Options: options}, {Type: "checkbox", Options: options}, {Type: "checkbox"},
	} {
		f.Name, f.Label, f.Error, f.Hint, f.Required = "campo", "Campo", "Manca.", "Aiuto.", true
		t.Run(fmt.Sprintf("%s with %d options", f.Type, len(f.Options)), func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			require.NoError(t, r.Render(&out, "it", "a/b", []form.Field{f}))
			html := out.String()
			require.Contains(t, html, `aria-invalid="true" aria-describedby="f-campo-errore f-campo-aiuto"`)
			require.Contains(t, html, `id="f-campo-errore"`)
			require.Contains(t, html, `id="f-campo-aiuto"`)
			require.Contains(t, html, `href="#f-campo"`)
			require.Equal(t, 1, strings.Count(html, `id="f-campo"`), html)
		})
	}
}

func TestTheErrorPageRendersWhateverIsInIt(t *testing.T) {
	t.Parallel()
	portaltest.Check(t, "error/", map[string]any{"error/problem": web.ErrorView{}})
}

// Every folder of pages is checked by the module that owns it, with portaltest.Check.
func TestNoFolderOfPagesIsForgotten(t *testing.T) {
	t.Parallel()
	r, err := portal.New(frontend.Dist())
	require.NoError(t, err)
	var tests strings.Builder
	for _, root := range []string{"../../modules", "../../cmd", "."} {
		require.NoError(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, "_test.go") {
				return err
			}
			raw, err := os.ReadFile(name)
			tests.Write(raw)
			return err
		}))
	}
	for _, page := range r.Pages() {
		folder, _, _ := strings.Cut(page, "/")
		require.True(t, strings.Contains(tests.String(), `portaltest.Check(t, "`+folder+`/"`), "no test renders the pages of %s", folder)
	}
}
