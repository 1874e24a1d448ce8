package videocall

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

func TestTheMapOfTheWeekIsDeeperWhereMoreComeAndTellsNoSmallNumber(t *testing.T) {
	t.Parallel()
	m := demandMap([]Demand{{Weekday: 1, Hour: 9, N: 40}, {Weekday: 1, Hour: 11, N: 20}, {Weekday: 3, Hour: 9, N: 4}, {Weekday: 7, Hour: 10, N: 5}})
	require.Len(t, m.Rows, 3, "the hours between are there")
	require.Equal(t, "lunedì", m.Days[0])
	require.Equal(t, "Ore 9", m.Rows[0].Hour)
	require.Equal(t, DemandCell{"40", 4}, m.Rows[0].Cells[0])
	require.Equal(t, DemandCell{word("videocall.few"), 1}, m.Rows[0].Cells[2])
	require.Equal(t, DemandCell{"–", 0}, m.Rows[1].Cells[0])
	require.Equal(t, DemandCell{"5", 2}, m.Rows[1].Cells[6])
	require.Equal(t, DemandCell{"20", 3}, m.Rows[2].Cells[0])
	require.Nil(t, demandMap(nil))
}

func TestWhoCameWithoutAnAppointmentIsWantedToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.s.StartWalkIn(t.Context(), h.t, h.kiosk(), walkInService, uuid.New(), uuid.Nil)
	require.NoError(t, err)
	h.In(t, h.t, func(tx *tenant.Tx) error {
		now := tx.Now().In(clock.Rome)
		f, err := h.s.Statistics(t.Context(), tx, civil.Of(now), civil.Of(now))
		require.NoError(t, err)
		require.Contains(t, f.Demand, Demand{Weekday: 2, Hour: now.Hour(), N: map[bool]int{true: 13, false: 1}[now.Hour() == 9]})
		return err
	})
}
