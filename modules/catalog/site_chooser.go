package catalog

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// Chooser serves the page on the bare host where a citizen chooses the entity.
type Chooser struct {
	db      *tenant.DB
	address func(tenant.Tenant) string
}

// NewChooser makes the page. address gives the address of an entity's site.
func NewChooser(db *tenant.DB, address func(tenant.Tenant) string) *Chooser {
	return &Chooser{db: db, address: address}
}

// Routes adds the page to the routes of the bare host.
func (ch *Chooser) Routes(r fiber.Router) { r.Get("/", ch.list) }

// ChooserView is the list of entities.
type ChooserView struct {
	Query    string
	Entities []ChooserEntity
}

// ChooserEntity is one entity to choose.
type ChooserEntity struct{ Name, Href string }

func (ch *Chooser) list(c *fiber.Ctx) error {
	tenants, err := control.Tenants(c.UserContext(), ch.db.ReadControl())
	if err != nil {
		return err
	}
	v := ChooserView{Query: strings.TrimSpace(c.Query("q"))}
	for _, t := range tenants {
		if t.State == tenant.Active && matches(t.Name, v.Query) {
			v.Entities = append(v.Entities, ChooserEntity{t.Name, ch.address(t)})
		}
	}
	web.SetSite(c, web.Site{Name: say(c, "site.product"), Kind: "chooser"})
	return web.Render(c, fiber.StatusOK, "site/scelta", web.Page{Title: say(c, "site.choose"), Data: v})
}

// matches says whether every word of the query stands in the name.
func matches(name, query string) bool {
	name = strings.ToLower(name)
	for _, word := range strings.Fields(strings.ToLower(query)) {
		if !strings.Contains(name, word) {
			return false
		}
	}
	return true
}
