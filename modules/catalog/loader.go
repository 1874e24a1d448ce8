package catalog

import (
	"context"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

var rome = clock.Rome

// siteLife is how long what every page says about the entity may be old on another process; a kept page adds its own
// life to it.
const siteLife = 2 * time.Second

// sites remembers what pages say about entities, so that a page needs no read for its header and footer.
type sites struct {
	mu    sync.Mutex
	known map[tenant.Key]knownSite
}

type knownSite struct {
	site web.Site
	at   time.Time
}

// SiteLoader is the middleware that tells every page of an entity's host whose it is. It stands behind tenant/resolve;
// without an entity in the context it does nothing.
func (s *Service) SiteLoader() fiber.Handler {
	return func(c *fiber.Ctx) error {
		t, ok := tenant.From(c.UserContext())
		if !ok {
			return c.Next()
		}
		site, err := s.Site(c.UserContext(), t)
		if err != nil {
			return err
		}
		web.SetSite(c, site)
		return c.Next()
	}
}

// Site is what pages say about the entity; up to two seconds old.
func (s *Service) Site(ctx context.Context, t tenant.Tenant) (web.Site, error) {
	now := s.db.Clock().Now()
	s.sites.mu.Lock()
	k, ok := s.sites.known[t.Key]
	s.sites.mu.Unlock()
	if ok && now.Sub(k.at) < siteLife && !now.Before(k.at) {
		return k.site, nil
	}
	e, err := s.Entity(ctx, s.db.Read(t))
	if err != nil {
		return web.Site{}, err
	}
	site := web.Site{
		Key: string(t.Key), Name: e.Name, Kind: "entity", Region: e.Region, Address: e.Address(), Phone: e.Phone,
		Email: e.Email, PEC: e.PEC, FiscalCode: e.FiscalCode, IPACode: e.IPACode,
		AccessibilityURL: e.AccessibilityURL,
	}
	if site.Name == "" {
		site.Name = t.Name
	}
	s.sites.mu.Lock()
	defer s.sites.mu.Unlock()
	if s.sites.known == nil {
		s.sites.known = map[tenant.Key]knownSite{}
	}
	s.sites.known[t.Key] = knownSite{site, now}
	return site, nil
}

// forget makes the next page of this process read again. The change itself may still be open; the life of what is known
// bounds what a page in between remembers.
func (s *Service) forget(k tenant.Key) {
	s.sites.mu.Lock()
	delete(s.sites.known, k)
	s.pages.forget(k)
	s.sites.mu.Unlock()
}
