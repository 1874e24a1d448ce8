package videocall

import (
	"testing"

	"github.com/sportello/sportello/frontend/portal/portaltest"
)

func TestEveryPageRendersWhateverIsInIt(t *testing.T) {
	t.Parallel()
	portaltest.Check(t, "videocall/", map[string]any{"videocall/statistiche": StatisticsView{}, "videocall/sala": WallView{}, "videocall/colloqui": PastView{}, "videocall/ricevuta": ReceiptPage{}})
}
