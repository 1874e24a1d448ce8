package portal

import (
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/sportello/sportello/modules/platform/i18n"
)

// mark finds what a text of the locale files marks: [words of a link](name of its address) and *important words*.
var mark = regexp.MustCompile(`\[([^\]]+)\]\((\w+)\)|\*([^*]+)\*`)

// rich is T for sentences with links in them: rich "site.more" "help" "/assistenza" and "Ask [the office](help)."
// Values are escaped, and none of them can be an address of a script.
func rich(lang, key string, pairs ...any) (template.HTML, error) {
	args, err := dict(pairs...)
	if err != nil {
		return "", err
	}
	hrefs, safe := map[string]string{}, map[string]any{}
	for name, v := range args {
		hrefs[name] = template.HTMLEscapeString(address(fmt.Sprint(v)))
		safe[name] = v
		if s, ok := v.(string); ok {
			safe[name] = unmarked.Replace(template.HTMLEscapeString(s))
		}
	}
	out := mark.ReplaceAllStringFunc(i18n.T(lang, key, safe), func(s string) string {
		m := mark.FindStringSubmatch(s)
		if m[3] != "" {
			return "<strong>" + m[3] + "</strong>"
		}
		rel := ""
		if strings.HasPrefix(hrefs[m[2]], "https:") {
			rel = ` rel="noopener"`
		}
		return `<a href="` + hrefs[m[2]] + `"` + rel + `>` + m[1] + `</a>`
	})
	return template.HTML(out), nil //nolint:gosec // the text is ours, values are escaped
}

// unmarked keeps a value from being read as a mark.
var unmarked = strings.NewReplacer("[", "&#91;", "]", "&#93;", "*", "&#42;", "(", "&#40;")

// address lets pages of this site, the web, mail and telephone pass.
func address(s string) string {
	for _, prefix := range []string{"/", "https://", "mailto:", "tel:", "#"} {
		if strings.HasPrefix(s, prefix) {
			return s
		}
	}
	return "#"
}
