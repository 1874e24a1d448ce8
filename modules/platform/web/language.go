package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/platform/i18n"
)

// Citizens' pages speak Italian until somebody chooses another language: by ?lang=en in an address, which can be passed
// on, and from then on by a cookie. The browser's own wish is not followed: an Italian page is what the official model, and
// whoever checks it with a browser from anywhere, expects.
const (
	languageQuery  = "lang"
	languageCookie = "sportello_lingua"
	languageKept   = 180 * 24 * time.Hour
)

// chosenKey marks a request whose person chose a language.
type chosenKey struct{}

// languageOf is the language in which a request is answered. The apps ask for theirs at the interface.
func (s *state) languageOf(c *fiber.Ctx) string {
	path := c.Path()
	if strings.HasPrefix(path, "/api/") {
		return i18n.Match(c.Get(fiber.HeaderAcceptLanguage))
	}
	if !s.multilingual(c) {
		return i18n.Italian
	}
	if lang := c.Query(languageQuery); known(lang) {
		if lang != Cookie(c, languageCookie) {
			SetCookie(c, languageCookie, lang, languageKept)
		}
		c.Locals(chosenKey{}, true)
		return lang
	}
	if lang := Cookie(c, languageCookie); known(lang) {
		c.Locals(chosenKey{}, true)
		return lang
	}
	return i18n.Italian
}

// multilingual says whether the request is for a page of citizens. What staff uses is Italian.
func (s *state) multilingual(c *fiber.Ctx) bool {
	return s.cfg.Multilingual == nil || s.cfg.Multilingual(Host(c), c.Path())
}

func known(lang string) bool { return lang != "" && slices.Contains(i18n.Languages(), lang) }

// Prefer has the request answered in a language unless its person chose one: the page of an appointment speaks as its
// messages do.
func Prefer(c *fiber.Ctx, lang string) {
	if s, ok := c.Locals(stateKey{}).(*state); !ok || c.Locals(chosenKey{}) != nil || !s.multilingual(c) || !known(lang) {
		return
	}
	c.SetUserContext(i18n.With(c.UserContext(), lang))
}

// LanguageOnly says whether an address asks for nothing but a language, so that it is the page without a query.
func LanguageOnly(c *fiber.Ctx) bool {
	q := string(c.Context().URI().QueryString())
	return q == "" || q == languageQuery+"="+i18n.From(c.UserContext())
}

// SayLanguage tells caches that an answer depends on the language, and which it is.
func SayLanguage(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentLanguage, i18n.From(c.UserContext()))
	c.Vary(fiber.HeaderCookie)
}

// Language is one that a page can be read in. Href is the same page in it.
type Language struct {
	Code    string
	Href    string
	Current bool
}

// languages are those of the chooser. What was posted cannot be asked for by an address, so there is no chooser then.
func (s *state) languages(c *fiber.Ctx, now string) []Language {
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead || !s.multilingual(c) {
		return nil
	}
	q, _ := url.ParseQuery(string(c.Context().URI().QueryString())) // what could be read of it
	var out []Language
	for _, lang := range i18n.Languages() {
		q.Set(languageQuery, lang)
		out = append(out, Language{Code: lang, Href: "?" + q.Encode(), Current: lang == now})
	}
	return out
}
