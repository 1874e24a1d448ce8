package catalog

import (
	"net/mail"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// checker tidies the texts of a form and collects all that is wrong with them, so that a person corrects once.
type checker struct{ p *problem.Error }

func newChecker(code string) *checker { return &checker{problem.New(problem.Invalid, code)} }

// err is the problem, or nil when nothing was wrong.
func (k *checker) err() error {
	if len(k.p.Fields) == 0 {
		return nil
	}
	return k.p
}

// blame says what is wrong with an input; only the first word about each counts.
func (k *checker) blame(name, code string, args map[string]any) {
	for _, f := range k.p.Fields {
		if f.Name == name {
			return
		}
	}
	k.p.Fields = append(k.p.Fields, problem.Field{Name: name, Code: code, Args: args})
}

// line tidies a text of one line of at most limit characters.
func (k *checker) line(name string, s *string, limit int) {
	k.valid(name, *s)
	*s = strings.Join(strings.Fields(tidy(*s)), " ")
	k.limits(name, *s, limit)
}

// block tidies a text of several paragraphs of at most limit characters.
func (k *checker) block(name string, s *string, limit int) {
	k.valid(name, *s)
	*s = strings.TrimSpace(tidy(*s))
	k.limits(name, *s, limit)
}

// list tidies a list with one entry on each line, and drops empty ones.
func (k *checker) list(name string, s *[]string, entries, limit int) {
	out := []string{}
	for _, e := range *s {
		k.line(name, &e, limit)
		if e != "" {
			out = append(out, e)
		}
	}
	if len(out) > entries {
		k.blame(name, "catalog.too_many_entries", map[string]any{"max": entries})
	}
	*s = out
}

// valid comes before tidying, which would replace what is not UTF-8.
func (k *checker) valid(name, s string) {
	if !utf8.ValidString(s) {
		k.blame(name, "catalog.characters", nil)
	}
}

func (k *checker) limits(name, s string, limit int) {
	if strings.ContainsFunc(s, forbidden) {
		k.blame(name, "catalog.characters", nil)
		return
	}
	if n := utf8.RuneCountInString(s); n > limit {
		k.blame(name, "catalog.too_long", map[string]any{"max": limit, "now": n})
	}
}

func (k *checker) required(name, s string) {
	if s == "" {
		k.blame(name, "catalog.required", nil)
	}
}

func (k *checker) between(name string, n, low, high int) {
	if n < low || n > high {
		k.blame(name, "catalog.out_of_range", map[string]any{"min": low, "max": high})
	}
}

// email tidies an address, which may be empty.
func (k *checker) email(name string, s *string) {
	k.line(name, s, 254)
	if *s == "" {
		return
	}
	a, err := mail.ParseAddress(*s)
	if err != nil || a.Address != *s || !strings.Contains((*s)[strings.LastIndex(*s, "@"):], ".") {
		k.blame(name, "catalog.email", nil)
	}
}

// address tidies an address of the web, which may be empty; only https, so that nobody is sent to a script or in the clear.
func (k *checker) address(name string, s *string) {
	k.line(name, s, 500)
	if *s == "" {
		return
	}
	u, err := url.Parse(*s)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || !strings.Contains(u.Host, ".") || strings.ContainsAny(*s, " \"<>\\") {
		k.blame(name, "catalog.url", nil)
	}
}

// phone tidies a telephone number, which may be empty.
func (k *checker) phone(name string, s *string) {
	k.line(name, s, 40)
	digits := 0
	for _, r := range *s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-./() ", r):
			k.blame(name, "catalog.phone", nil)
		}
	}
	if *s != "" && digits < 3 {
		k.blame(name, "catalog.phone", nil)
	}
}

// tidy unifies line ends and takes out the invisible characters that turn the direction of writing, which come along
// when people paste and can make a text look like another one.
func tidy(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0xFEFF:
			return -1
		case r == 0x2028, r == 0x2029, r == 0x0085:
			return '\n'
		}
		return r
	}, s)
}

// forbidden: control characters are nothing a person types; NUL is also nothing PostgreSQL keeps.
func forbidden(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
