package videocall

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
)

func (h *house) wall(t *testing.T) Wall {
	t.Helper()
	w, err := h.s.Wall(t.Context(), h.t)
	require.NoError(t, err)
	return w
}

func TestTheWallShowsWhoWaitsWhoServesAndWhichKiosksAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	seat := func(connected, paused bool) actor.Actor {
		k := h.kiosk()
		h.floor = append(h.floor, FloorKiosk{ID: uuid.MustParse(k.ID), Name: "Postazione", Connected: connected, Paused: paused})
		return k
	}
	first, second := seat(true, false), seat(true, false)
	seat(true, false)
	seat(false, false)
	seat(false, true)
	before := h.wall(t)
	require.Equal(t, []WallOffice{{Name: "Anagrafe", Answers: true}, {Name: "Tributi", Answers: true}}, before.Offices)

	for _, k := range []actor.Actor{first, second} {
		_, err := h.s.Start(t.Context(), h.t, k, h.code(t, h.Clock.Now()), uuid.New(), uuid.Nil)
		require.NoError(t, err)
	}
	h.Clock.Advance(7 * time.Minute)
	waits := h.wall(t)
	require.Equal(t, 2, waits.Offices[0].Waiting)
	require.Equal(t, 7, waits.Offices[0].LongestMinutes)
	require.Zero(t, waits.Offices[0].Long)
	require.True(t, waits.Offices[0].Alone(), "two wait and no desk is open")
	require.NotEqual(t, before.Version, waits.Version)

	h.Clock.Advance(8 * time.Minute)
	require.Equal(t, 2, h.wall(t).Offices[0].Long, "a quarter of an hour is too long")

	free, busy := h.operator(), h.operator()
	for _, a := range []actor.Actor{free, busy} {
		_, err := h.s.DeskState(t.Context(), h.t, a)
		require.NoError(t, err)
	}
	require.True(t, h.desk(t, free).Waiting[0].Long)
	require.NoError(t, h.s.Next(t.Context(), h.t, busy, uuid.New()))
	for _, a := range []actor.Actor{first, busy} {
		_, err := h.s.Join(t.Context(), h.t, a)
		require.NoError(t, err)
	}
	h.beats(t, first, busy)
	calls := h.wall(t)
	require.Equal(t, WallOffice{Name: "Anagrafe", Answers: true, Waiting: 1, Long: 1, LongestMinutes: 15, Present: 2, Talking: 1}, calls.Offices[0])
	var stand []Standing
	for _, k := range calls.Kiosks {
		stand = append(stand, k.Standing)
	}
	require.Equal(t, []Standing{KioskTalks, KioskWaits, KioskFree, KioskMissing, KioskPaused}, stand)

	require.NoError(t, h.s.Close(t.Context(), h.t, busy, Resolved, ""))
	require.Equal(t, 1, h.wall(t).Offices[0].Served)
	h.Clock.Advance(contactTTL + time.Second)
	require.Zero(t, h.wall(t).Offices[0].Present, "desks that say nothing are not open")

	raw, err := json.Marshal(calls)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "Bianchi", "the wall names nobody")
}
