package audit_test

import (
	"testing"

	"github.com/sportello/sportello/frontend/portal/portaltest"
	"github.com/sportello/sportello/modules/audit"
)

func TestEveryPageRendersWhateverIsInIt(t *testing.T) {
	t.Parallel()
	portaltest.Check(t, "audit/", map[string]any{"audit/registro": audit.View{}})
}
