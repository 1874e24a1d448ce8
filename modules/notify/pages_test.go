package notify

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/frontend/portal/portaltest"
)

func TestEveryPageRendersWhateverIsInIt(t *testing.T) {
	t.Parallel()
	portaltest.Check(t, "notify/", map[string]any{"notify/messaggi": View{}})
}

func TestAnAddressIsMasked(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"maria.rossi@example.it": "m•••@example.it", "è@example.it": "è•••@example.it", "x": "•••", "@example.it": "•••",
	} {
		require.Equal(t, want, masked(address))
	}
}
