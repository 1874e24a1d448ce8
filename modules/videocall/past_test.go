package videocall

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

func TestPastEncountersAreFoundByDayNameServiceAndOutcomeAndEachSearchIsRecorded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, _ := h.talk(t)
	require.NoError(t, h.s.Identify(t.Context(), h.t, operator, Passport))
	h.Clock.Advance(3 * time.Second)
	h.beats(t, kiosk, operator)
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, "certificato inviato"))
	left, v := h.wait(t)
	require.NoError(t, h.s.Leave(t.Context(), h.t, left, v.ID))
	h.wait(t) // goes on: not past

	today := civil.Of(h.Clock.Now().In(clock.Rome))
	search := func(f PastFilter) []Past {
		t.Helper()
		if f.First.IsZero() {
			f.First, f.Last = today, today
		}
		found, more, err := h.s.Past(t.Context(), h.t, operator, f)
		require.NoError(t, err)
		require.False(t, more)
		return found
	}
	all := search(PastFilter{})
	require.Len(t, all, 2)
	require.Equal(t, Resolved, all[1].Outcome)
	require.Equal(t, Passport, all[1].ByWhat)
	require.Equal(t, "certificato inviato", all[1].Note)
	require.Equal(t, "Anna Bianchi", all[1].Operator)
	require.NotEmpty(t, all[1].Citizen)
	require.Len(t, search(PastFilter{Outcome: Left}), 1)
	require.Len(t, search(PastFilter{Service: "CARTA"}), 2)
	require.Empty(t, search(PastFilter{Service: "tari"}))
	require.Len(t, search(PastFilter{Name: " rossi"}), 2)
	require.Empty(t, search(PastFilter{Name: "verdi"}))
	require.Empty(t, search(PastFilter{First: today.AddDays(-3), Last: today.AddDays(-1)}))

	admin := actor.Actor{Kind: actor.Staff, ID: operator.ID, Tenant: operator.Tenant, Name: "Capo", Roles: []actor.Role{actor.Administrator}}
	found, _, err := h.s.Past(t.Context(), h.t, admin, PastFilter{First: today, Last: today})
	require.NoError(t, err)
	require.Len(t, found, 2)
	h.In(t, h.t, func(tx *tenant.Tx) error {
		n, err := tenant.Value[int64](t.Context(), tx, sqlTestAudits, tenant.Args{"action": "sessions.searched"})
		require.EqualValues(t, 8, n)
		return err
	})
}
