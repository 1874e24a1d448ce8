package catalog

import (
	"testing"

	"github.com/sportello/sportello/frontend/portal/portaltest"
)

func TestEveryPageRendersWhateverIsInIt(t *testing.T) {
	t.Parallel()
	portaltest.Check(t, "catalog/", map[string]any{
		"catalog/riepilogo": AttentionView{},
		"catalog/servizi":   ServiceListView{},
		"catalog/servizio":  ServiceFormView{},
		"catalog/uffici":    OfficeListView{},
		"catalog/ufficio":   OfficeFormView{},
		"catalog/avvisa":    InformView{},
		"catalog/ente":      EntityFormView{},
	})
}
