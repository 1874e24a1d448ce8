package videocall

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/problem"
)

func TestTheOperatorReadsWhatTheCitizenLacksBeforeCalling(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, v := h.wait(t)
	require.NotEmpty(t, v.Needed)
	require.ErrorIs(t, h.s.Lack(t.Context(), h.t, kiosk, []string{"la luna"}), problem.Invalid)
	require.NoError(t, h.s.Lack(t.Context(), h.t, kiosk, v.Needed[:1]))
	state, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, v.Needed[:1], state.Session.Lacks)
	operator := h.operator()
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
	desk, err := h.s.DeskState(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.Equal(t, v.Needed[:1], desk.Session.Lacks)
	require.Equal(t, "videocall.illegal_step", problem.From(h.s.Lack(t.Context(), h.t, kiosk, nil)).Code, "somebody has called")
}

func TestWhoWaitsMovesTheirAppointmentOrStays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, v := h.wait(t)
	times, err := h.s.OtherTimes(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Len(t, times, 1)

	err = h.s.MoveAway(t.Context(), h.t, kiosk, h.Clock.Now().Add(-time.Hour))
	require.Equal(t, "booking.slot_taken", problem.From(err).Code)
	state, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, Waiting, state.Session.State, "a time that is taken changes nothing")

	require.NoError(t, h.s.MoveAway(t.Context(), h.t, kiosk, times[0]))
	require.Equal(t, times[0], h.moved[v.AppointmentID], "the code was given back first")
	state, err = h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Nil(t, state.Session, "the kiosk is free")
	require.Equal(t, "videocall.no_session", problem.From(h.s.MoveAway(t.Context(), h.t, kiosk, times[0])).Code)
}

func TestWhoWaitsCancelsAndWhoWasCalledCannot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, v := h.wait(t)
	operator := h.operator()
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
	require.Equal(t, "videocall.illegal_step", problem.From(h.s.CancelAway(t.Context(), h.t, kiosk)).Code)
	require.Empty(t, h.moved)
	require.ErrorIs(t, h.s.CancelAway(t.Context(), h.t, operator), problem.Forbidden)

	other, w := h.wait(t)
	require.NoError(t, h.s.CancelAway(t.Context(), h.t, other))
	require.Contains(t, h.moved, w.AppointmentID)
	require.NotContains(t, h.moved, v.AppointmentID)

	number := h.kiosk()
	_, err := h.s.StartWalkIn(t.Context(), h.t, number, walkInService, uuid.New(), uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, "videocall.no_appointment", problem.From(h.s.CancelAway(t.Context(), h.t, number)).Code)
	_, err = h.s.OtherTimes(t.Context(), h.t, number)
	require.Equal(t, "videocall.no_appointment", problem.From(err).Code)
}
