package videocall

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// invite invites somebody to the operator's call and gives their number.
func (h *house) invite(t *testing.T, link string, err error) uuid.UUID {
	t.Helper()
	require.NoError(t, err)
	guest, err := uuid.Parse(link[strings.LastIndexByte(link, '/')+1:])
	require.NoError(t, err)
	return guest
}

func TestAnInterpreterTakesPartWhileTheOperatorIsThereAndNoLonger(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, _ := h.wait(t)
	operator := h.operator()
	_, err := h.s.Invite(t.Context(), h.t, operator, "Anna", uuid.Nil)
	require.Equal(t, "videocall.no_session", problem.From(err).Code)
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
	for _, bad := range []string{"", "  ", strings.Repeat("a", 61), "a\x00b"} {
		_, err = h.s.Invite(t.Context(), h.t, operator, bad, uuid.Nil)
		require.Equal(t, "videocall.guest_name", problem.From(err).Code, bad)
	}
	link, err := h.s.Invite(t.Context(), h.t, operator, " Anna,  la figlia ", uuid.Nil)
	anna := h.invite(t, link, err)

	out, err := h.s.GuestState(t.Context(), h.t, anna)
	require.NoError(t, err)
	require.True(t, out.Open)
	require.Equal(t, "Anna, la figlia", out.Name)
	in, err := h.s.GuestJoin(t.Context(), h.t, anna)
	require.NoError(t, err)
	require.Equal(t, "guest-"+anna.String()+"-1", in.Identity)
	again, err := h.s.GuestJoin(t.Context(), h.t, anna)
	require.NoError(t, err)
	require.Equal(t, "guest-"+anna.String()+"-2", again.Identity, "a reload never collides with itself")

	screen, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, []GuestEntry{{ID: anna, Name: "Anna, la figlia"}}, screen.Session.Guests, "the citizen reads who is there, not how to get in")
	desk, err := h.s.DeskState(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.Equal(t, link, desk.Session.Guests[0].Link)

	require.NoError(t, h.s.Do(t.Context(), h.t, operator, Recall))
	link, err = h.s.Invite(t.Context(), h.t, operator, "Interprete", uuid.Nil)
	second := h.invite(t, link, err)
	_, err = h.s.Invite(t.Context(), h.t, operator, "Un altro", uuid.Nil)
	require.Equal(t, "videocall.too_many_guests", problem.From(err).Code)
	require.NoError(t, h.s.SendAway(t.Context(), h.t, operator, second))
	_, err = h.s.GuestJoin(t.Context(), h.t, second)
	require.Equal(t, "videocall.no_session", problem.From(err).Code)

	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))
	_, err = h.s.GuestJoin(t.Context(), h.t, anna)
	require.Equal(t, "videocall.no_session", problem.From(err).Code)
	out, err = h.s.GuestState(t.Context(), h.t, anna)
	require.NoError(t, err)
	require.False(t, out.Open)
	_, err = h.s.GuestJoin(t.Context(), h.t, uuid.New())
	require.ErrorIs(t, err, problem.NotFound)
}

func TestAColleagueIsInvitedByNameAndReadsItAtTheirDesk(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, _ = h.wait(t)
	operator, colleague := h.operator(), h.operator()
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
	_, err := h.s.Invite(t.Context(), h.t, operator, "", uuid.New())
	require.ErrorIs(t, err, problem.Invalid, "nobody of this office")
	_, err = h.s.Invite(t.Context(), h.t, operator, "", uuid.MustParse(operator.ID))
	require.ErrorIs(t, err, problem.Invalid, "not oneself")
	link, err := h.s.Invite(t.Context(), h.t, operator, "", uuid.MustParse(colleague.ID))
	guest := h.invite(t, link, err)
	desk, err := h.s.DeskState(t.Context(), h.t, colleague)
	require.NoError(t, err)
	require.Equal(t, &Invitation{From: operator.Name, Link: link}, desk.Invitation)
	require.ErrorIs(t, h.s.SendAway(t.Context(), h.t, colleague, guest), problem.NotFound, "it is not their call")
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))
	desk, err = h.s.DeskState(t.Context(), h.t, colleague)
	require.NoError(t, err)
	require.Nil(t, desk.Invitation)
}
