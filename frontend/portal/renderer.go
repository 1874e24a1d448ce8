package portal

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"regexp"
	"sort"
	"strings"

	"github.com/sportello/sportello/modules/platform/i18n"
)

// languages are those in which pages are written; a test holds them to the locale files.
var languages = []string{i18n.Italian, "de", "en", "fr"}

// Renderer writes pages. It never changes after New and is safe for concurrent use. It satisfies web.Renderer.
type Renderer struct {
	pages map[string]map[string]*template.Template // by language and name
}

// New parses every page with its layout, the components and the partial templates beside it (files that begin with _).
// A page that cannot be parsed, or that names an icon or asset that does not exist, is an error here and not in
// front of a citizen. dist is frontend.Dist(); without a build in it pages refer to assets that are not there.
func New(dist fs.FS) (*Renderer, error) { return NewFrom(templates, dist) }

// NewFrom is New with templates from elsewhere, for tests.
func NewFrom(files, dist fs.FS) (*Renderer, error) {
	a, err := readAssets(dist)
	if err != nil {
		return nil, err
	}
	i, err := readIcons(iconSprite)
	if err != nil {
		return nil, err
	}
	base := template.New("").Funcs(funcs(a, i)).Funcs(speech(i18n.Italian))
	for _, dir := range []string{"layouts", "components"} {
		if err := parseAll(base, files, dir, func(string) bool { return true }); err != nil {
			return nil, err
		}
	}
	r := &Renderer{pages: map[string]map[string]*template.Template{}}
	for _, lang := range languages {
		r.pages[lang] = map[string]*template.Template{}
	}
	err = fs.WalkDir(files, "pages", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".html" || strings.HasPrefix(path.Base(name), "_") {
			return err
		}
		page, err := parsePage(base, files, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, lang := range languages {
			spoken, err := page.Clone()
			if err != nil {
				return err
			}
			r.pages[lang][strings.TrimSuffix(strings.TrimPrefix(name, "pages/"), ".html")] = spoken.Funcs(speech(lang))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, checkNames(files, a, i)
}

func parsePage(base *template.Template, files fs.FS, name string) (*template.Template, error) {
	page, err := base.Clone()
	if err != nil {
		return nil, err
	}
	err = parseAll(page, files, path.Dir(name), func(base string) bool { return strings.HasPrefix(base, "_") })
	if err != nil {
		return nil, err
	}
	if err := parse(page, files, name); err != nil {
		return nil, err
	}
	for _, part := range []string{"layout", "content"} {
		if page.Lookup(part) == nil {
			return nil, fmt.Errorf("defines no %q", part)
		}
	}
	return page, nil
}

func parseAll(t *template.Template, files fs.FS, dir string, want func(base string) bool) error {
	names, err := fs.Glob(files, dir+"/*.html")
	if err != nil {
		return err
	}
	for _, name := range names {
		if !want(path.Base(name)) {
			continue
		}
		if err := parse(t, files, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func parse(t *template.Template, files fs.FS, name string) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	_, err = t.New(name).Parse(string(raw))
	return err
}

var (
	namedIcon  = regexp.MustCompile(`\bicon "([^"]+)"`)
	namedAsset = regexp.MustCompile(`\basset "([^"]+)"`)
)

// checkNames finds the icons and assets that templates name and that do not exist.
func checkNames(files fs.FS, a assets, i icons) error {
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".html" {
			return err
		}
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		for _, m := range namedIcon.FindAllSubmatch(raw, -1) {
			if _, err := i.draw(string(m[1])); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		for _, m := range namedAsset.FindAllSubmatch(raw, -1) {
			if _, err := a.url(string(m[1])); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	})
}

// Render writes the page of that name, e.g. "booking/luogo", in the layout that it chooses. Nothing is written when
// the template fails. The language decides the words of T, the dates and what own marks.
func (r *Renderer) Render(w io.Writer, lang, name string, data any) error {
	page, ok := r.pages[lang][name]
	if !ok {
		return fmt.Errorf("no page %q", name)
	}
	var layout, out bytes.Buffer
	if err := page.ExecuteTemplate(&layout, "layout", data); err != nil {
		return err
	}
	chosen := "layout-" + strings.TrimSpace(layout.String())
	if page.Lookup(chosen) == nil {
		return errors.New("no " + chosen)
	}
	if err := page.ExecuteTemplate(&out, chosen, data); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

// Pages lists the names of all pages, sorted.
func (r *Renderer) Pages() []string {
	names := make([]string, 0, len(r.pages[i18n.Italian]))
	for name := range r.pages[i18n.Italian] {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
