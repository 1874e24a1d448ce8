package portal

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
)

// assets finds the hashed file that vite made of a source: portal.css, backoffice.css, portal.js, a font.
type assets struct {
	built bool
	files map[string]string // short name to path under the root of the site
}

func readAssets(dist fs.FS) (assets, error) {
	a := assets{files: map[string]string{}}
	raw, err := fs.ReadFile(dist, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil // nothing was built: pages work without their dress, which is what tests of other modules need
	}
	if err != nil {
		return a, err
	}
	var manifest map[string]struct {
		File string `json:"file"`
	}
	if err := json.Unmarshal(raw, &manifest); err != nil {
		return a, fmt.Errorf("manifest.json: %w", err)
	}
	for source, entry := range manifest {
		name := path.Base(source)
		ext := path.Ext(name)
		switch ext {
		case ".scss":
			name = strings.TrimSuffix(name, ext) + ".css"
		case ".ts":
			name = strings.TrimSuffix(name, ext) + ".js"
		}
		a.files[name] = "/" + entry.File
	}
	a.built = true
	return a, nil
}

// url gives the address of an asset; it is a template function.
func (a assets) url(name string) (string, error) {
	if p, ok := a.files[name]; ok {
		return p, nil
	}
	if a.built {
		return "", fmt.Errorf("asset %q was not built", name)
	}
	return "/assets/" + name, nil
}

// icons are the drawings of icons.svg, written into the page so that they need no request and never flash.
type icons map[string]template.HTML

func readIcons(sprite []byte) (icons, error) {
	var doc struct {
		Symbols []struct {
			ID      string `xml:"id,attr"`
			ViewBox string `xml:"viewBox,attr"`
			Inner   string `xml:",innerxml"`
		} `xml:"symbol"`
	}
	if err := xml.Unmarshal(sprite, &doc); err != nil {
		return nil, fmt.Errorf("icons.svg: %w", err)
	}
	out := icons{}
	for _, s := range doc.Symbols {
		// The drawings come from our own file, never from a person.
		out[s.ID] = template.HTML(`viewBox="` + s.ViewBox + `" aria-hidden="true" focusable="false">` + s.Inner + `</svg>`) //nolint:gosec // see above
	}
	return out, nil
}

// draw writes the icon, hidden from screen readers; classes are added to "icon". It is a template function.
func (i icons) draw(name string, classes ...string) (template.HTML, error) {
	drawing, ok := i[name]
	if !ok {
		return "", fmt.Errorf("icon %q is not in icons.svg; add it to build/icons.mjs", name)
	}
	class := template.HTMLEscapeString(strings.TrimSpace("icon " + strings.Join(classes, " ")))
	return `<svg class="` + template.HTML(class) + `" ` + drawing, nil //nolint:gosec // escaped above
}
