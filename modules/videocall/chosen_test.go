package videocall

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/tenant"
)

const sqlTestReason tenant.SQL = `SELECT coalesce(max(detail->>'why'), '') FROM {t}.audit_log WHERE action = 'session.claimed'`

func TestWhoCallsSomebodyBeforeTheirTurnSaysWhyAndItIsKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, first := h.wait(t)
	h.Clock.Advance(time.Second)
	_, second := h.wait(t)
	operator := h.operator()
	for _, why := range []string{"", " x ", "a\x00bc"} {
		require.Equal(t, "videocall.chosen_why", code(h.s.CallChosen(t.Context(), h.t, operator, second.ID, uuid.New(), why)))
	}
	require.Equal(t, Waiting, h.session(t, second.ID).State)
	require.NoError(t, h.s.CallChosen(t.Context(), h.t, operator, second.ID, uuid.New(), " si sente male "))
	h.In(t, h.t, func(tx *tenant.Tx) error {
		why, err := tenant.Value[string](t.Context(), tx, sqlTestReason)
		require.Equal(t, "si sente male", why)
		return err
	})
	require.NoError(t, h.s.CallChosen(t.Context(), h.t, h.operator(), first.ID, uuid.New(), ""), "it is their turn")
}
