package counters

import (
	"testing"

	"github.com/sportello/sportello/frontend/portal/portaltest"
)

func TestEveryPageRendersWhateverIsInIt(t *testing.T) {
	t.Parallel()
	portaltest.Check(t, "counters/", map[string]any{
		"counters/postazioni":    []row{},
		"counters/postazione":    kioskView{},
		"counters/revoca":        kioskView{},
		"counters/presidio":      helperView{},
		"counters/presidio-link": helperLinkView{},
	})
}
