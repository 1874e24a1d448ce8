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
		"asset":      a.url,
		"icon":       i.draw,
		"Tin":        func(lang, key string) string { return i18n.T(lang, key, nil) },
		"isotime":    func(t time.Time) string { return t.Format(time.RFC3339) },
		"dict":       dict,
		"list":       func(v ...any) []any { return v },
		"add":        func(a, b int) int { return a + b },
		"paragraphs": paragraphs,
		"tel":        tel,
		"groups":     groups,
		"hasprefix":  strings.HasPrefix,
		"lower":      strings.ToLower,
		"join":       func(sep string, v []string) string { return strings.Join(v, sep) },
	}
}

// speech are the functions that a language decides. A renderer and the messages bind them for each.
func speech(lang string) template.FuncMap {
	c := i18n.CalendarOf(lang)
	return template.FuncMap{
		"T":             func(key string, pairs ...any) (string, error) { return text(lang, key, pairs...) },
		"rich":          func(key string, pairs ...any) (template.HTML, error) { return rich(lang, key, pairs...) },
		"own":           func() template.HTMLAttr { return own(lang) },
		"date":          c.Date,
		"datetime":      c.DateTime,
		"time":          i18n.Time,
		"weekday":       c.Weekday,
		"monthyear":     c.MonthYear,
		"shortdate":     c.ShortDate,
		"shortdatetime": c.ShortDateTime,
	}
}

// text is i18n.T with arguments in pairs: T "key" "name" .Value
func text(lang, key string, pairs ...any) (string, error) {
	args, err := dict(pairs...)
	if err != nil {
		return "", err
	}
	return i18n.T(lang, key, args), nil
}

// own marks what the entity wrote, which is Italian in every language: <p{{own}}>{{.Description}}</p>
func own(lang string) template.HTMLAttr {
	if lang == i18n.Italian {
		return ""
	}
	return ` lang="it"`
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
