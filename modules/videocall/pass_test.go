package videocall

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
)

func (h *house) desk(t *testing.T, a actor.Actor) DeskState {
	t.Helper()
	state, err := h.s.DeskState(t.Context(), h.t, a)
	require.NoError(t, err)
	return state
}

func TestAParkedPersonWaitsForWhoParkedThemAndIsNotBilledMeanwhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	h.Clock.Advance(3 * time.Second)
	h.beats(t, kiosk, operator)
	billed := h.billed(t, v.ID)
	require.NoError(t, h.s.Park(t.Context(), h.t, operator))
	require.Nil(t, h.desk(t, operator).Session)

	screen, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, Waiting, screen.Session.State)
	require.True(t, screen.Session.Parked)
	require.Nil(t, screen.Session.Position)

	entry := h.desk(t, operator).Waiting[0]
	require.True(t, entry.Parked)
	require.True(t, entry.Yours)
	require.Empty(t, h.desk(t, operator).Standby, "nobody is next")
	for _, a := range []actor.Actor{operator, h.operator()} {
		require.Equal(t, "videocall.nobody_waiting", code(h.s.Next(t.Context(), h.t, a, uuid.New())))
	}
	other, second := h.wait(t) // who comes meanwhile is served, and counts nobody ahead
	state, err := h.s.KioskState(t.Context(), h.t, other)
	require.NoError(t, err)
	require.Equal(t, 1, *state.Session.Position)
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
	require.Equal(t, Called, h.session(t, second.ID).State)
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))

	h.Clock.Advance(5 * time.Second)
	require.Equal(t, billed, h.billed(t, v.ID))
	require.NoError(t, h.s.CallChosen(t.Context(), h.t, operator, v.ID, uuid.New(), "serve subito"))
	back := h.session(t, v.ID)
	require.False(t, back.Parked)
	require.Nil(t, back.WantedID)
	require.Contains(t, h.ledger(t, v.ID), EventParked)
}

func TestWhoIsPassedToAColleagueIsNextForThemAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, me, v := h.call(t)
	colleague, third := h.operator(), h.operator()
	targets, err := h.s.PassTargets(t.Context(), h.t, me)
	require.NoError(t, err)
	require.Equal(t, []TargetOffice{{ID: elsewhere, Name: "Tributi", Answers: true}}, targets.Offices)
	require.Len(t, targets.Colleagues, 2, "not oneself")

	require.NoError(t, h.s.Pass(t.Context(), h.t, me, To{Colleague: uuid.MustParse(colleague.ID), Why: "  parla tedesco "}))
	require.Equal(t, "videocall.nobody_waiting", code(h.s.Next(t.Context(), h.t, third, uuid.New())))
	entry := h.desk(t, colleague).Waiting[0]
	require.True(t, entry.Yours)
	require.False(t, h.desk(t, third).Waiting[0].Yours)
	require.NoError(t, h.s.Next(t.Context(), h.t, colleague, uuid.New()))
	session := h.desk(t, colleague).Session
	require.Equal(t, v.ID, session.ID)
	require.Equal(t, "Anna Bianchi", session.PassedBy)
	require.Equal(t, "parla tedesco", session.PassedWhy)
}

func TestWhoIsPassedToAnotherOfficeLeavesThisQueue(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, me, v := h.call(t)
	require.NoError(t, h.s.Pass(t.Context(), h.t, me, To{Office: elsewhere, Why: "riguarda la tassa rifiuti"}))
	require.Empty(t, h.desk(t, me).Waiting)
	state, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, "Tributi", state.Session.Office)
	require.Equal(t, elsewhere, h.session(t, v.ID).OfficeID)
	require.Contains(t, h.ledger(t, v.ID), EventPassed)
}

func TestPassingNeedsAPlaceAndAReason(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, me, v := h.call(t)
	for _, to := range []To{
		{Why: "motivo"}, {Office: h.office, Why: "motivo"}, {Office: uuid.New(), Why: "motivo"},
		{Colleague: uuid.MustParse(me.ID), Why: "motivo"}, {Colleague: uuid.New(), Why: "motivo"},
		{Office: elsewhere, Why: " x "}, {Office: elsewhere, Why: strings.Repeat("x", 201)}, {Office: elsewhere, Why: "a\x00b c"},
	} {
		err := h.s.Pass(t.Context(), h.t, me, to)
		require.Equal(t, "videocall.pass", code(err), "%+v", to)
		require.Len(t, problem.From(err).Fields, 1, "%+v", to)
	}
	require.Equal(t, Called, h.session(t, v.ID).State)
	require.NoError(t, h.s.Close(t.Context(), h.t, me, Resolved, ""))
	require.Error(t, h.s.Pass(t.Context(), h.t, me, To{Office: elsewhere, Why: "motivo"}))
	require.Error(t, h.s.Park(t.Context(), h.t, me))
}
