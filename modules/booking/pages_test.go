package booking

import (
	"testing"

	"github.com/sportello/sportello/frontend/portal/portaltest"
)

func TestEveryPageRendersWhateverIsInIt(t *testing.T) {
	t.Parallel()
	portaltest.Check(t, "booking/", map[string]any{
		"booking/servizi":      startView{},
		"booking/luogo":        placeView{},
		"booking/orario":       timeView{},
		"booking/dettagli":     formView{},
		"booking/richiedente":  formView{},
		"booking/riepilogo":    formView{},
		"booking/appuntamento": appointmentView{},
		"booking/annulla":      appointmentView{},
		"booking/sposta":       appointmentView{},
		"booking/valutazione":  ratingView{},
	})
}
