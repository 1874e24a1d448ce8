// Package i18n turns the stable keys of the code into the words people read. The words stand in
// frontend/locales as flat JSON, one file per module: it.json, it.booking.json and so on.
package i18n

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync/atomic"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// Italian is the source language: every text exists in it.
const Italian = "it"

// Texts are the words of every language that was loaded. They never change after Parse.
type Texts struct {
	keys       map[string]map[string]bool // language → key
	localizers map[string]*goi18n.Localizer
	languages  []string // Italian first
	matcher    language.Matcher
}

var current atomic.Pointer[Texts]

// Load reads every <language>.json and <language>.<module>.json at the root of files and makes them the texts
// that T uses. A key that stands in two files of one language is an error, so that no module overwrites another's words.
func Load(files fs.FS) error {
	t, err := Parse(files)
	if err != nil {
		return err
	}
	current.Store(t)
	return nil
}

// Parse is Load without making the texts the current ones.
func Parse(files fs.FS) (*Texts, error) {
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	bundle := goi18n.NewBundle(language.Italian)
	t := &Texts{keys: map[string]map[string]bool{}, localizers: map[string]*goi18n.Localizer{}}
	from := map[string]string{}
	for _, name := range names {
		lang, _, _ := strings.Cut(path.Base(name), ".")
		tag, err := language.Parse(lang)
		if err != nil {
			return nil, fmt.Errorf("locale file %s: %w", name, err)
		}
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		file, err := bundle.ParseMessageFileBytes(raw, lang+".json")
		if err != nil {
			return nil, fmt.Errorf("locale file %s: %w", name, err)
		}
		if t.keys[lang] == nil {
			t.keys[lang] = map[string]bool{}
			t.localizers[lang] = goi18n.NewLocalizer(bundle, tag.String(), Italian)
		}
		for _, m := range file.Messages {
			if other, twice := from[lang+" "+m.ID]; twice {
				return nil, fmt.Errorf("locale key %q stands in %s and in %s", m.ID, other, name)
			}
			from[lang+" "+m.ID] = name
			t.keys[lang][m.ID] = true
		}
	}
	if len(t.keys[Italian]) == 0 {
		return nil, errors.New("no Italian texts: want it.json or it.<module>.json")
	}
	t.languages = []string{Italian}
	for lang := range t.keys {
		if lang != Italian {
			t.languages = append(t.languages, lang)
		}
	}
	sort.Strings(t.languages[1:])
	tags := make([]language.Tag, len(t.languages))
	for i, lang := range t.languages {
		tags[i] = language.Make(lang)
	}
	t.matcher = language.NewMatcher(tags)
	return t, nil
}

// T gives the text of the key in the language, with {{.name}} replaced from args. The number under "count" chooses
// the plural form. A language without the key falls back to Italian; an unknown key is returned as it is, so that
// the mistake shows and nothing breaks.
func T(lang, key string, args map[string]any) string {
	t := current.Load()
	if t == nil {
		return key
	}
	return t.T(lang, key, args)
}

// Match is the language, of those there are texts in, that a browser's Accept-Language wants; Italian where none fits.
func Match(accept string) string {
	t := current.Load()
	if t == nil || accept == "" {
		return Italian
	}
	_, i := language.MatchStrings(t.matcher, accept)
	return t.languages[i]
}

// Languages are those there are texts in, Italian first.
func Languages() []string {
	t := current.Load()
	if t == nil {
		return []string{Italian}
	}
	return t.languages
}

// Has says whether the key has an Italian text.
func Has(key string) bool {
	t := current.Load()
	return t != nil && t.Has(key)
}

// T is the function T on these texts.
func (t *Texts) T(lang, key string, args map[string]any) string {
	l := t.localizers[lang]
	if l == nil {
		l = t.localizers[Italian]
	}
	cfg := &goi18n.LocalizeConfig{MessageID: key, TemplateData: args}
	if n, ok := args["count"]; ok {
		cfg.PluralCount = n
	}
	s, err := l.Localize(cfg)
	if s == "" && err != nil {
		return key
	}
	return s
}

// Has is the function Has on these texts.
func (t *Texts) Has(key string) bool { return t.keys[Italian][key] }

// Keys lists the keys of a language, sorted.
func (t *Texts) Keys(lang string) []string {
	keys := make([]string, 0, len(t.keys[lang]))
	for k := range t.keys[lang] {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
