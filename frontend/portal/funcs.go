package portal

import (
	"errors"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/sportello/sportello/modules/platform/i18n"
)

// funcs is the closed list of what templates may call.
func funcs(a assets, i icons) template.FuncMap {
	return template.FuncMap{
		"T":             text,
		"asset":         a.url,
		"icon":          i.draw,
		"date":          func(t time.Time) string { return i18n.Date(t) },
		"datetime":      func(t time.Time) string { return i18n.DateTime(t) },
		"time":          func(t time.Time) string { return i18n.Time(t) },
		"weekday":       func(t time.Time) string { return i18n.Weekday(t) },
		"monthyear":     func(t time.Time) string { return i18n.MonthYear(t) },
		"shortdate":     func(t time.Time) string { return i18n.ShortDate(t) },
		"shortdatetime": func(t time.Time) string { return i18n.ShortDateTime(t) },
		"isotime":       func(t time.Time) string { return t.Format(time.RFC3339) },
		"dict":          dict,
		"list":          func(v ...any) []any { return v },
		"add":           func(a, b int) int { return a + b },
		"paragraphs":    paragraphs,
		"tel":           tel,
		"groups":        groups,
		"hasprefix":     strings.HasPrefix,
		"lower":         strings.ToLower,
		"join":          func(sep string, v []string) string { return strings.Join(v, sep) },
	}
}

// text is i18n.T for Italian pages with arguments in pairs: T "key" "name" .Value
func text(key string, pairs ...any) (string, error) {
	args, err := dict(pairs...)
	if err != nil {
		return "", err
	}
	return i18n.T(i18n.Italian, key, args), nil
}

// dict makes the one argument of a component: dict "Title" .Name "Href" .Link
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict wants pairs")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict wants texts as keys, got %T", pairs[i])
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

// paragraphs cuts plain text at blank lines, so that texts from the back office keep their shape.
func paragraphs(s string) []string {
	var out []string
	for _, p := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// tel makes the address of a telephone number.
func tel(number string) template.URL {
	keep := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, number)
	return template.URL("tel:" + keep) //nolint:gosec // digits and plus signs only
}

// groups writes a pickup code as people read it aloud: 482 719 3506.
func groups(code string) string {
	if len(code) != 10 {
		return code
	}
	return code[:3] + " " + code[3:6] + " " + code[6:]
}
