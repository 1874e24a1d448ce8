package catalog

import (
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

const (
	pageLife  = 2 * time.Second        // how much older than its rows a public page may be
	pageGrace = 500 * time.Millisecond // how long others get the old page while one request makes the new one
	pageBytes = 32 << 20               // what all remembered pages may take; beyond it they are forgotten
	packFrom  = 1024                   // bytes; smaller pages are not worth packing
)

// pages remembers the public pages for a moment. They are the same for everybody, and the page of a service is asked for
// far more often than it changes. A change of the catalogue in this process forgets the entity's pages at once; changes
// elsewhere show after pageLife.
type pages struct {
	mu    sync.Mutex
	known map[tenant.Key]map[string]*sitePage
	bytes int
}

type sitePage struct {
	until               time.Time
	plain, gzip, brotli []byte
}

func (p *sitePage) size() int { return len(p.plain) + len(p.gzip) + len(p.brotli) }

// find gives a page that may still be shown. Of those who find an old one, the first is sent to make it anew.
func (ps *pages) find(k tenant.Key, name string, now time.Time) *sitePage {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.known[k][name]
	if p == nil || now.Before(p.until) {
		return p
	}
	if now.Sub(p.until) < pageGrace {
		fresh := *p
		fresh.until = now.Add(pageGrace)
		ps.known[k][name] = &fresh
	}
	return nil
}

func (ps *pages) keep(k tenant.Key, name string, p *sitePage) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.bytes+p.size() > pageBytes || ps.known == nil {
		ps.known, ps.bytes = map[tenant.Key]map[string]*sitePage{}, 0
	}
	if ps.known[k] == nil {
		ps.known[k] = map[string]*sitePage{}
	}
	if old := ps.known[k][name]; old != nil {
		ps.bytes -= old.size()
	}
	ps.known[k][name] = p
	ps.bytes += p.size()
}

// forget drops what is remembered of an entity.
func (ps *pages) forget(k tenant.Key) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	for _, p := range ps.known[k] {
		ps.bytes -= p.size()
	}
	delete(ps.known, k)
}

// changing forgets the entity's pages once the handler is done, so that who changes something sees it at once.
func (s *Service) changing(h fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		err := h(c)
		if t, ok := tenant.From(c.UserContext()); ok {
			s.pages.forget(t.Key)
		}
		return err
	}
}

// public sends a page packed to whoever takes it, and remembers it when its address asks for nothing but a language.
// It is only for pages that are the same for everybody who reads the language, and hold no secret (BREACH).
func (s *Site) public(page fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		t, ok := tenant.From(c.UserContext())
		if !ok || !web.LanguageOnly(c) {
			if err := page(c); err != nil {
				return err
			}
			accept := c.Get(fiber.HeaderAcceptEncoding)
			brotli := strings.Contains(accept, "br")
			return send(c, packed(c.Response().Body(), brotli, !brotli && strings.Contains(accept, "gzip")))
		}
		name, now := i18n.From(c.UserContext())+" "+c.BaseURL()+c.Path(), s.db.Clock().Now()
		if p := s.catalog.pages.find(t.Key, name, now); p != nil {
			c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
			return send(c, p)
		}
		if err := page(c); err != nil {
			return err
		}
		p := packed(c.Response().Body(), true, true)
		p.until = now.Add(pageLife)
		if c.Response().StatusCode() == fiber.StatusOK {
			s.catalog.pages.keep(t.Key, name, p)
		}
		return send(c, p)
	}
}

// packed is the page as it is and in the encodings asked for.
func packed(body []byte, brotli, gzip bool) *sitePage {
	p := &sitePage{plain: append([]byte(nil), body...)}
	if brotli && len(body) >= packFrom {
		p.brotli = fasthttp.AppendBrotliBytesLevel(nil, body, fasthttp.CompressBrotliDefaultCompression)
	}
	if gzip && len(body) >= packFrom {
		p.gzip = fasthttp.AppendGzipBytesLevel(nil, body, fasthttp.CompressDefaultCompression)
	}
	return p
}

func send(c *fiber.Ctx, p *sitePage) error {
	c.Vary(fiber.HeaderAcceptEncoding)
	web.SayLanguage(c)
	accept := c.Get(fiber.HeaderAcceptEncoding)
	switch {
	case p.brotli != nil && strings.Contains(accept, "br"):
		c.Set(fiber.HeaderContentEncoding, "br")
		return c.Send(p.brotli)
	case p.gzip != nil && strings.Contains(accept, "gzip"):
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(p.gzip)
	}
	return c.Send(p.plain)
}
