package videocall

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

func TestWhoHasABreakCallsNobodyAndIsNotCountedOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, _ := h.wait(t)
	operator := h.operator()
	_, err := h.s.DeskState(t.Context(), h.t, operator) // their desk is open
	require.NoError(t, err)
	serves := func() *int {
		state, err := h.s.KioskState(t.Context(), h.t, kiosk)
		require.NoError(t, err)
		return state.Session.Operators
	}
	require.Equal(t, 1, *serves())
	require.NoError(t, h.s.TakeBreak(t.Context(), h.t, operator, true))
	require.NoError(t, h.s.TakeBreak(t.Context(), h.t, operator, true), "twice is one")
	require.Zero(t, *serves(), "nobody serves now, and the citizen is not told otherwise")
	desk, err := h.s.DeskState(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.NotNil(t, desk.BreakSince)
	require.Empty(t, desk.Standby)
	require.Equal(t, "videocall.on_break", problem.From(h.s.Next(t.Context(), h.t, operator, uuid.New())).Code)
	wall, err := h.s.Wall(t.Context(), h.t)
	require.NoError(t, err)
	require.Equal(t, 1, wall.Offices[0].Resting)
	require.Zero(t, wall.Offices[0].Present)

	require.NoError(t, h.s.TakeBreak(t.Context(), h.t, operator, false))
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
	require.ErrorIs(t, h.s.TakeBreak(t.Context(), h.t, kiosk, true), problem.Forbidden)
}

func TestAnEmergencyCallsWhoIsNearAndTheCallGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, v := h.wait(t)
	operator := h.operator()
	_, err := h.s.Emergency(t.Context(), h.t, operator)
	require.Equal(t, "videocall.no_session", problem.From(err).Code)
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
	out, err := h.s.Emergency(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.Equal(t, EmergencyView{Told: true, Kiosk: "Scuola Tagliente", Place: "San Lazzaro", Address: "Via Roma 1"}, out)
	require.Equal(t, []uuid.UUID{v.KioskID}, h.raised)
	state, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, Called, state.Session.State)
	_, err = h.s.Emergency(t.Context(), h.t, kiosk)
	require.ErrorIs(t, err, problem.Forbidden)
}

func TestARehearsalIsASessionThatCountsNowhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	operator, colleague := h.operator(), h.operator()
	other, _ := h.wait(t)
	seat, err := h.s.Rehearse(t.Context(), h.t, operator)
	require.NoError(t, err)
	citizen := actor.Actor{Kind: actor.Citizen, ID: seat.String(), Tenant: string(h.t.Key)}
	state, err := h.s.KioskState(t.Context(), h.t, citizen)
	require.NoError(t, err)
	require.Equal(t, Waiting, state.Session.State)
	require.Equal(t, "Prova", state.Kiosk.Name)

	real, err := h.s.KioskState(t.Context(), h.t, other)
	require.NoError(t, err)
	require.Equal(t, 1, *real.Session.Position, "nobody waits behind a rehearsal")
	desk, err := h.s.DeskState(t.Context(), h.t, colleague)
	require.NoError(t, err)
	for _, one := range desk.Waiting {
		require.Equal(t, one.Rehearsal, one.Citizen == "Persona di prova")
	}
	wall, err := h.s.Wall(t.Context(), h.t)
	require.NoError(t, err)
	require.Equal(t, 1, wall.Offices[0].Waiting)

	// A colleague's "next" is never the rehearsal, its owner's may be.
	require.NoError(t, h.s.Next(t.Context(), h.t, colleague, uuid.New()))
	require.Equal(t, "videocall.nobody_waiting", problem.From(h.s.Next(t.Context(), h.t, h.operator(), uuid.New())).Code)
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
	_, err = h.s.Emergency(t.Context(), h.t, operator)
	require.Equal(t, "videocall.rehearsal", problem.From(err).Code)
	require.Empty(t, h.raised)
	for _, a := range []actor.Actor{citizen, operator} {
		_, err = h.s.Join(t.Context(), h.t, a)
		require.NoError(t, err)
	}
	for _, a := range []actor.Actor{citizen, operator, citizen} {
		_, err = h.s.Beat(t.Context(), h.t, a, true)
		require.NoError(t, err)
	}
	desk, err = h.s.DeskState(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.Equal(t, Connected, desk.Session.State)
	require.True(t, desk.Session.Rehearsal)
	session := desk.Session.ID
	h.Clock.Advance(5 * time.Minute)
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, "andata bene"))

	h.In(t, h.t, func(tx *tenant.Tx) error {
		today := civil.Of(tx.Now().In(clock.Rome))
		rows, err := past(t.Context(), tx, PastFilter{First: today, Last: today}, true, nil)
		require.NoError(t, err)
		require.Empty(t, rows)
		seconds, err := h.s.BilledSeconds(t.Context(), tx, session)
		require.NoError(t, err)
		require.Zero(t, seconds, "no bill")
		_, talked, err := h.s.Talked(t.Context(), tx, session.String())
		require.False(t, talked, "no rating")
		return err
	})
	wall, err = h.s.Wall(t.Context(), h.t)
	require.NoError(t, err)
	require.Zero(t, wall.Offices[0].Served)
}
