package identity

import (
	"testing"

	"github.com/sportello/sportello/frontend/portal/portaltest"
	"github.com/sportello/sportello/modules/platform/form"
)

func TestEveryPageRendersWhateverIsInIt(t *testing.T) {
	t.Parallel()
	portaltest.Check(t, "identity/", map[string]any{
		"identity/accedi":      loginView{},
		"identity/password":    []form.Field{},
		"identity/personale":   []staffRow{},
		"identity/persona":     staffView{},
		"identity/conferma":    confirmView{},
		"identity/credenziali": credentialsView{},
	})
}
