package videocall

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/problem"
)

var walkInService = uuid.MustParse("01980000-0000-7000-8000-00000000a001")

func TestWhoHasNoAppointmentTakesTheNextNumberAndWaits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, booked := h.wait(t)
	h.Clock.Advance(time.Second)

	kiosk := h.kiosk()
	list, err := h.s.WalkInServices(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, []WalkInView{{ServiceID: walkInService, Title: "Certificati", Office: "Anagrafe", Answers: true, Ahead: 1}}, list)

	request := uuid.New()
	v, err := h.s.StartWalkIn(t.Context(), h.t, kiosk, walkInService, request, uuid.Nil)
	require.NoError(t, err)
	again, err := h.s.StartWalkIn(t.Context(), h.t, kiosk, walkInService, request, uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, v.ID, again.ID)
	require.Equal(t, 1, *v.Ticket)
	require.Equal(t, h.Clock.Now().Add(40*time.Minute), h.seats[v.ID.UUID], "twenty minutes of who waits, twenty of their own")
	state, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, 1, *state.Session.Ticket)
	require.Equal(t, 2, *state.Session.Position)

	operator := h.operator()
	desk, err := h.s.DeskState(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.Equal(t, booked.ID, desk.Waiting[0].ID, "who had an appointment comes first")
	require.Equal(t, "Numero 1", desk.Waiting[1].Citizen)
	require.NoError(t, h.s.CallChosen(t.Context(), h.t, operator, v.ID, uuid.New(), "serve subito"))
	desk, err = h.s.DeskState(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.Equal(t, CitizenView{Name: "Numero 1"}, desk.Session.Citizen)

	require.NoError(t, h.s.Leave(t.Context(), h.t, kiosk, v.ID))
	require.Empty(t, h.seats, "the kiosk can be booked again")
}

func TestNumbersBeginAtOneEveryDayAndAreNeverGivenTwice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	numbers := make([]int, 12)
	var g sync.WaitGroup
	for i := range numbers {
		g.Go(func() {
			v, err := h.s.StartWalkIn(context.WithoutCancel(t.Context()), h.t, h.kiosk(), walkInService, uuid.New(), uuid.Nil)
			if err == nil {
				numbers[i] = *v.Ticket
			}
		})
	}
	g.Wait()
	require.ElementsMatch(t, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, numbers)
	h.Clock.Advance(24 * time.Hour)
	v, err := h.s.StartWalkIn(t.Context(), h.t, h.kiosk(), walkInService, uuid.New(), uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, 1, *v.Ticket)
}

func TestANumberIsRefusedWithAWayOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk := h.kiosk()
	refused := func(want string) {
		t.Helper()
		_, err := h.s.StartWalkIn(t.Context(), h.t, kiosk, walkInService, uuid.New(), uuid.Nil)
		require.Equal(t, want, code(err))
		var p *problem.Error
		require.True(t, errors.As(err, &p))
		require.Equal(t, map[string]string{"action": "rebook", "url": "https://isernia.example/prenota"}, p.Data)
	}
	h.shut = true
	refused("videocall.walk_in_closed")
	list, err := h.s.WalkInServices(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.False(t, list[0].Answers)
	h.shut, h.booked = false, true
	refused("videocall.walk_in_booked")
	h.booked = false
	_, err = h.s.StartWalkIn(t.Context(), h.t, kiosk, uuid.New(), uuid.New(), uuid.Nil)
	require.ErrorIs(t, err, problem.NotFound)
	_, err = h.s.StartWalkIn(t.Context(), h.t, kiosk, walkInService, uuid.New(), uuid.Nil)
	require.NoError(t, err)
	_, err = h.s.StartWalkIn(t.Context(), h.t, kiosk, walkInService, uuid.New(), uuid.Nil)
	require.Equal(t, "videocall.kiosk_busy", code(err))
}

func TestOneRequestForANumberSentManyTimesAtOnceIsOneSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, request := h.kiosk(), uuid.New()
	sessions, errs := make([]Session, 8), make([]error, 8)
	var g sync.WaitGroup
	for i := range sessions {
		g.Go(func() {
			sessions[i], errs[i] = h.s.StartWalkIn(context.WithoutCancel(t.Context()), h.t, kiosk, walkInService, request, uuid.Nil)
		})
	}
	g.Wait()
	for i := range sessions {
		require.NoError(t, errs[i])
		require.Equal(t, sessions[0].ID, sessions[i].ID)
	}
}
