package videocall

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

func (h *house) figures(t *testing.T) (f Figures) {
	t.Helper()
	today := civil.Of(h.Clock.Now().In(clock.Rome))
	h.In(t, h.t, func(tx *tenant.Tx) (err error) {
		f, err = h.s.Statistics(t.Context(), tx, today, today)
		return err
	})
	return f
}

func TestStatisticsCountWhatHappenedAndNameNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	require.Zero(t, h.figures(t).Encounters.N)
	for range few { // talks of four minutes after a minute of waiting
		kiosk, _ := h.wait(t)
		h.Clock.Advance(time.Minute)
		operator := h.operator()
		require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
		for _, a := range []actor.Actor{kiosk, operator} {
			_, err := h.s.Join(t.Context(), h.t, a)
			require.NoError(t, err)
		}
		h.beats(t, kiosk, operator)
		for range 80 { // four minutes, both there
			h.Clock.Advance(3 * time.Second)
			h.beats(t, kiosk, operator)
		}
		require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))
	}
	kiosk, v := h.wait(t)
	require.NoError(t, h.s.Leave(t.Context(), h.t, kiosk, v.ID))
	h.wait(t) // still waits: not told yet

	f := h.figures(t)
	require.Equal(t, Count{N: few + 1, Served: few}, f.Encounters)
	require.Equal(t, []Count{{"resolved", few, few}, {"left", 1, 0}}, f.ByOutcome)
	require.Equal(t, []Count{{"Carta d'identità", few + 1, few}}, f.ByService)
	require.True(t, f.ByOutcome[1].Hidden())
	require.Equal(t, 4*few, f.ServedMinutes)
	require.Equal(t, time.Minute, *f.MedianWait)
	require.Equal(t, 4*time.Minute, *f.MedianTalk)
	require.Equal(t, 480, f.PlannedMinutes)
}

func TestSmallNumbersAreNotToldNorTheirOrder(t *testing.T) {
	t.Parallel()
	var f Figures
	fold(&f, []cell{
		{Service: "b", Kiosk: "x", Outcome: "left", Hour: 10, N: 4}, {Service: "a", Kiosk: "x", Outcome: "left", Hour: 9, N: 1},
		{Service: "c", Kiosk: "x", Outcome: "resolved", Hour: 10, N: 7, Served: 7, TalkSeconds: 600},
	})
	require.Equal(t, []string{"c", "a", "b"}, []string{f.ByService[0].Name, f.ByService[1].Name, f.ByService[2].Name})
	require.Equal(t, "meno di 5", told(f.ByService[1]))
	require.Equal(t, []string{"9", "10"}, []string{f.ByHour[0].Name, f.ByHour[1].Name})
	require.Nil(t, f.MedianWait)
	require.Equal(t, "'=1+1", plain("=1+1"))
}
