// Package portaltest tests pages: a module gives the views of its pages, and every page is rendered with an empty, a full
// and a hostile view, read as a browser reads it, and held to the rules that all pages keep.
package portaltest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/frontend/portal"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
)

// Check renders every page whose name begins with prefix, e.g. "booking/". views holds the zero value of the Data of each;
// a page without an entry fails, so that a new page cannot be forgotten. A nil view is for pages without data.
func Check(t *testing.T, prefix string, views map[string]any) {
	t.Helper()
	require.NoError(t, i18n.Load(frontend.Locales()))
	r, err := portal.New(frontend.Dist())
	require.NoError(t, err)
	found := 0
	for _, name := range r.Pages() {
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		found++
		view, ok := views[name]
		require.True(t, ok, "page %s has no view in the test", name)
		for mood, f := range map[string]*filler{"empty": nil, "full": {text: plain}, "hostile": {text: hostile}} {
			t.Run(name+" "+mood, func(t *testing.T) {
				t.Parallel()
				Rules(t, Render(t, r, name, pageOf(view, f)), mood == "full")
			})
		}
	}
	require.Equal(t, len(views), found, "views without a page")
}

func pageOf(view any, f *filler) web.Page {
	p := web.Page{Title: "Titolo", Lang: "it", Path: "/", Site: web.Site{Kind: "entity", Name: "Comune di Prova"}}
	p.Data = view
	if f == nil {
		return p
	}
	if view != nil {
		p.Data = f.view(view)
	}
	p.Title, p.Description = f.text(f.next()), f.text(f.next())
	p.Breadcrumb = f.view([]web.Crumb{}).([]web.Crumb)
	p.Notice = &web.Notice{Kind: "success", Text: f.text(f.next())}
	p.Site = f.view(web.Site{}).(web.Site)
	p.Site.Kind = "entity"
	p.Actor = actor.Actor{Kind: actor.Staff, ID: "1", Name: f.text(f.next()), Roles: []actor.Role{actor.Administrator}}
	p.RequestID, p.Path = f.text(f.next()), "/"+f.text(f.next())
	return p
}

// Render writes a page and reads it as a browser does.
func Render(t *testing.T, r *portal.Renderer, name string, p web.Page) *html.Node {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, r.Render(&out, p.Lang, name, p))
	require.NotContains(t, out.String(), "<script>alert", "input reached the page as markup")
	doc, err := html.Parse(&out)
	require.NoError(t, err)
	return doc
}

// Rules holds a page to what every page keeps. Identifiers are only compared when the view's texts all differ.
func Rules(t *testing.T, doc *html.Node, distinct bool) {
	t.Helper()
	ids, labels := map[string]int{}, map[string]bool{}
	var headings, mains, titles int
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		a := Attributes(n)
		ids[a["id"]]++
		switch n.Data {
		case "html":
			require.NotEmpty(t, a["lang"], "the page does not say its language")
		case "h1":
			headings++
		case "main":
			mains++
		case "title":
			if n.Parent.Data == "head" {
				titles++
			}
		case "label":
			labels[a["for"]] = true
		case "script":
			require.True(t, a["src"] != "" || a["type"] == "application/ld+json", "a script in the page")
		case "img":
			require.Contains(t, a, "alt", "a picture without words")
		}
		for name := range a {
			require.False(t, strings.HasPrefix(name, "on"), "%s has the handler %s", n.Data, name)
			require.NotEqual(t, "style", name, "%s has a style of its own", n.Data)
		}
		for _, name := range []string{"href", "src", "action", "formaction"} {
			require.NotContains(t, strings.ToLower(strings.TrimSpace(a[name]) + " ")[:min(11, len(a[name])+1)], "javascript:", "an address runs a script")
		}
	}
	require.Equal(t, 1, headings, "a page has one h1")
	require.Equal(t, 1, mains, "a page has one main")
	require.Equal(t, 1, titles, "a page has one title")
	for n := range doc.Descendants() {
		if a := Attributes(n); needsLabel(n, a) {
			require.True(t, labels[a["id"]] || a["aria-label"] != "" || a["aria-labelledby"] != "", "the input %q has no label", a["name"])
		}
	}
	if !distinct {
		return
	}
	for id, n := range ids {
		require.True(t, id == "" || n == 1, "the id %q stands %d times", id, n)
	}
}

func needsLabel(n *html.Node, a map[string]string) bool {
	switch n.Data {
	case "select", "textarea":
		return n.Type == html.ElementNode
	case "input":
		return n.Type == html.ElementNode && a["type"] != "hidden" && a["type"] != "submit"
	}
	return false
}

// Attributes are those of an element by name.
func Attributes(n *html.Node) map[string]string {
	m := make(map[string]string, len(n.Attr))
	for _, a := range n.Attr {
		m[a.Key] = a.Val
	}
	return m
}

// Element finds the elements with that data-element.
func Element(doc *html.Node, name string) []*html.Node {
	var out []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && Attributes(n)["data-element"] == name {
			out = append(out, n)
		}
	}
	return out
}

// Text is the text of an element, with the spaces of its layout gone.
func Text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
