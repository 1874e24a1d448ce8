package videocall

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/platform/rtc"
	"github.com/sportello/sportello/tenant"
)

const sqlTestRows = `SELECT (SELECT count(*) FROM {t}.sessions) + (SELECT count(*) FROM {t}.session_events)`

// come is a touch on the kiosk's first screen.
func (h *house) come(t *testing.T, kiosk actor.Actor) (visit uuid.UUID, room string) {
	t.Helper()
	visit = uuid.New()
	_, err := h.s.Approach(t.Context(), h.t, kiosk, visit)
	require.NoError(t, err)
	return visit, approachRoom(h.t, uuid.MustParse(kiosk.ID), visit)
}

func (h *house) standby(t *testing.T, operator actor.Actor) string {
	t.Helper()
	state, err := h.s.DeskState(t.Context(), h.t, operator)
	require.NoError(t, err)
	return state.Standby
}

func TestADeskStandsByAtWhoComesNearAndTheirRoomBecomesTheSessions(t *testing.T) {
	t.Parallel()
	_, store := redis(t)
	h := newHouse(t, withRedis(store))
	kiosk, operator := h.kiosk(), h.operator()
	require.Empty(t, h.standby(t, operator))
	_, _, err := h.s.Standby(t.Context(), h.t, operator)
	require.Equal(t, "videocall.nobody_waiting", code(err))

	visit, room := h.come(t, kiosk)
	require.Equal(t, room, h.standby(t, operator))
	h.In(t, h.t, func(tx *tenant.Tx) error {
		n, err := tenant.Value[int64](context.Background(), tx, sqlTestRows)
		require.Zero(t, n, "coming near writes nothing")
		return err
	})
	at, in, err := h.s.Standby(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.Equal(t, room, at)
	require.Equal(t, "desk-"+operator.ID+"-0", in.Identity)

	v, err := h.s.Start(t.Context(), h.t, kiosk, h.code(t, h.Clock.Now()), uuid.New(), visit)
	require.NoError(t, err)
	require.Equal(t, room, v.Room)
	require.Equal(t, room, h.standby(t, operator), "now because they wait")

	rooms, other := h.rooms.(*noted), h.operator()
	rooms.inside = []string{"kiosk-" + kiosk.ID + "-0", "desk-" + operator.ID + "-0", "desk-" + other.ID + "-0"}
	got, err := h.s.Claim(t.Context(), h.t, operator, Claim{Request: uuid.New(), Standby: room})
	require.NoError(t, err)
	require.True(t, got.Standing)
	require.Nil(t, got.Admission)
	all := rtc.Sources{Camera: true, Microphone: true, Data: true}
	screen := rtc.Sources{Camera: true, Microphone: true, Screen: true, Data: true}
	require.Equal(t, map[string]rtc.Sources{"kiosk-" + kiosk.ID + "-0": all, "desk-" + operator.ID + "-0": screen}, rooms.allowed)
	require.Equal(t, []string{"desk-" + other.ID + "-0"}, rooms.removed, "whoever else stood by is sent out")
	require.Equal(t, []EventKind{EventStarted, EventClaimed, EventJoined}, h.ledger(t, v.ID))
	require.Empty(t, h.standby(t, operator), "not in a call")
	require.Empty(t, h.standby(t, other), "nobody waits any more")
	h.beats(t, kiosk, operator)
	require.Equal(t, Connected, h.session(t, v.ID).State)

	in, err = h.s.Join(t.Context(), h.t, operator) // a reload
	require.NoError(t, err)
	require.Equal(t, "desk-"+operator.ID+"-1", in.Identity)
	require.Contains(t, rooms.removed, "desk-"+operator.ID+"-0", "the page that stood by is taken out")
}

func TestWhoStandsBySomewhereElseIsAdmittedToTheRightRoom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, v := h.wait(t)
	got, err := h.s.Claim(t.Context(), h.t, h.operator(), Claim{Request: uuid.New(), Standby: "isernia.elsewhere"})
	require.NoError(t, err)
	require.False(t, got.Standing)
	require.NotNil(t, got.Admission)
	require.Equal(t, []EventKind{EventStarted, EventClaimed, EventJoined}, h.ledger(t, v.ID))
}

func TestWhoOnlySaysThatTheyStandByIsAdmittedAsAnyOther(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk := h.kiosk()
	visit, room := h.come(t, kiosk)
	_, err := h.s.Start(t.Context(), h.t, kiosk, h.code(t, h.Clock.Now()), uuid.New(), visit)
	require.NoError(t, err)
	got, err := h.s.Claim(t.Context(), h.t, h.operator(), Claim{Request: uuid.New(), Standby: room})
	require.NoError(t, err)
	require.False(t, got.Standing, "LiveKit says who is in the room")
	require.NotNil(t, got.Admission)
}

func TestAVisitThatEndsWithoutACodeLeavesNobodyStandingBy(t *testing.T) {
	t.Parallel()
	_, store := redis(t)
	h := newHouse(t, withRedis(store))
	kiosk, operator := h.kiosk(), h.operator()
	first, _ := h.come(t, kiosk)
	_, room := h.come(t, h.kiosk())
	require.NoError(t, h.s.Withdraw(t.Context(), h.t, kiosk, first))
	require.Equal(t, room, h.standby(t, operator), "one visit does not end another")
	second, _ := h.come(t, kiosk)
	require.NoError(t, h.s.Withdraw(t.Context(), h.t, kiosk, second))
	require.Empty(t, h.standby(t, operator))
}

func TestARoomThatHadASessionIsNotTakenAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk := h.kiosk()
	visit, room := h.come(t, kiosk)
	typed := h.code(t, h.Clock.Now())
	v, err := h.s.Start(t.Context(), h.t, kiosk, typed, uuid.New(), visit)
	require.NoError(t, err)
	require.NoError(t, h.s.Leave(t.Context(), h.t, kiosk, v.ID))
	h.Clock.Advance(time.Second)
	again, err := h.s.Start(t.Context(), h.t, kiosk, typed, uuid.New(), visit)
	require.NoError(t, err)
	require.NotEqual(t, room, again.Room)
	require.NoError(t, h.s.Leave(t.Context(), h.t, kiosk, v.ID), "a leave that comes late")
	require.Equal(t, Waiting, h.session(t, again.ID).State)
}

func TestAfterAnOperatorWasCutOffTheCitizenWaitsInARoomNobodyHasAWayInto(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	h.disable(operator.ID)
	require.NoError(t, h.s.Cut(t.Context(), h.t, operator.ID))
	require.Empty(t, h.session(t, v.ID).Room)
	in, err := h.s.Join(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, "kiosk-"+kiosk.ID+"-1", in.Identity)
	now := h.session(t, v.ID)
	require.Equal(t, Waiting, now.State)
	require.NotEmpty(t, now.Room)
	require.NotEqual(t, v.Room, now.Room)
	require.NotContains(t, h.ledger(t, v.ID)[len(h.ledger(t, v.ID))-1:], EventJoined, "waiting is no call")
}

func TestWithoutRedisAnApproachAdmitsAndNobodyHears(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk := h.kiosk()
	_, err := h.s.Approach(t.Context(), h.t, kiosk, uuid.New())
	require.NoError(t, err)
	require.Empty(t, h.standby(t, h.operator()))
	_, err = h.s.Approach(t.Context(), h.t, h.operator(), uuid.New())
	require.Equal(t, "forbidden", code(err))
	_, _, err = h.s.Standby(t.Context(), h.t, kiosk)
	require.Equal(t, "forbidden", code(err))
}
