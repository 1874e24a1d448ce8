package app

import (
	"testing"

	"github.com/sportello/sportello/frontend/portal/portaltest"
)

func TestEveryPageRendersWhateverIsInIt(t *testing.T) {
	t.Parallel()
	portaltest.Check(t, "console/", map[string]any{
		"console/home": consoleView{},
	})
}
