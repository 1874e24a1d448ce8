package videocall

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

func TestAPersonIsRecognisedInTheCallOnlyAndTheRegisterKeepsEachTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, ringing, _ := h.call(t)
	require.Equal(t, "videocall.illegal_step", code(h.s.Identify(t.Context(), h.t, ringing, Passport)), "nobody is seen yet")

	_, operator, _ := h.talk(t)
	require.Nil(t, h.desk(t, operator).Session.Identified)
	require.Equal(t, "videocall.by_what", code(h.s.Identify(t.Context(), h.t, operator, "tessera del tram")))
	require.NoError(t, h.s.Identify(t.Context(), h.t, operator, IdentityCard))
	require.NoError(t, h.s.Identify(t.Context(), h.t, operator, Passport))
	seen := h.desk(t, operator).Session.Identified
	require.Equal(t, &Identified{ByWhat: Passport, StaffName: "Anna Bianchi", At: h.Clock.Now()}, seen)
	var rows int64
	h.In(t, h.t, func(tx *tenant.Tx) (err error) {
		rows, err = tenant.Value[int64](t.Context(), tx, sqlTestAudits, tenant.Args{"action": "session.identified"})
		return err
	})
	require.EqualValues(t, 2, rows)

	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))
	require.ErrorIs(t, h.s.Identify(t.Context(), h.t, operator, Passport), problem.NotFound)
}
