package app_test

import (
	"testing"

	"github.com/sportello/sportello/cmd/internal/app"
	"github.com/sportello/sportello/tenant/tenanttest"
)

// The tables come from the migrations of all modules, so a new one is covered without a word here.
func TestNoEntityReachesATableOfAnother(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	tenanttest.CheckWall(t, s, s.NewTenant(t, app.Lines()...), s.NewTenant(t, app.Lines()...))
}
