package videocall

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/tenant"
)

func (h *house) sweep(t *testing.T) int {
	t.Helper()
	n, err := h.s.Sweep(t.Context(), h.t)
	require.NoError(t, err)
	return n
}

// pass lets time go by in which these sides keep beating and everybody is swept.
func (h *house) pass(t *testing.T, d time.Duration, who ...actor.Actor) {
	t.Helper()
	for ; d > 0; d -= 3 * time.Second {
		h.Clock.Advance(min(d, 3*time.Second))
		for _, a := range who {
			_, err := h.s.Beat(t.Context(), h.t, a, true)
			require.NoError(t, err)
		}
		h.sweep(t)
	}
}

func TestASideThatFallsSilentIsDroppedFromItsLastSignOfLife(t *testing.T) {
	t.Parallel()
	for _, silent := range []Side{KioskSide, DeskSide} {
		h := newHouse(t)
		kiosk, operator, v := h.talk(t)
		h.pass(t, 30*time.Second, kiosk, operator)
		require.Equal(t, Connected, h.session(t, v.ID).State, "who beats is not dropped")
		alive := operator
		if silent == DeskSide {
			alive = kiosk
		}
		h.pass(t, 6*time.Second, alive)
		require.Equal(t, Connected, h.session(t, v.ID).State, "not before eight seconds")
		h.pass(t, 3*time.Second, alive)
		require.Equal(t, Dropped, h.session(t, v.ID).State)
		require.EqualValues(t, 30, h.billed(t, v.ID), "what came after the last sign of life is not billed")
		h.pass(t, 20*time.Second, alive)
		require.Equal(t, Dropped, h.session(t, v.ID).State, "the survivor's beats alone do not connect")
		h.beats(t, kiosk, operator)
		require.Equal(t, Connected, h.session(t, v.ID).State)
	}
}

func TestBothSidesSilentIsOneDropAtTheEarlierOfBoth(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	h.pass(t, 9*time.Second, kiosk, operator)
	h.pass(t, 3*time.Second, operator)
	h.pass(t, 12*time.Second)
	require.Equal(t, Dropped, h.session(t, v.ID).State)
	require.EqualValues(t, 9, h.billed(t, v.ID))
}

func TestADropThatNobodyMendsEndsAfterTenMinutes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	_, err := h.s.Beat(t.Context(), h.t, operator, false)
	require.NoError(t, err)
	for range 10 {
		h.Clock.Advance(59 * time.Second)
		for _, a := range []actor.Actor{kiosk, operator} { // both screens are open, the video never comes
			_, err = h.s.Beat(t.Context(), h.t, a, false)
			require.NoError(t, err)
		}
		h.sweep(t)
	}
	require.Equal(t, Dropped, h.session(t, v.ID).State)
	h.Clock.Advance(15 * time.Second)
	h.sweep(t)
	after := h.session(t, v.ID)
	require.Equal(t, Abandoned, after.State)
	require.Equal(t, Gone, after.Outcome)
	require.Zero(t, h.sweep(t))
}

func TestAKioskThatGoesSilentInTheQueueIsNotWaitedForAndItsCodeWorksAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	typed := h.code(t, h.Clock.Now())
	kiosk := h.kiosk()
	v, err := h.s.Start(t.Context(), h.t, kiosk, typed, uuid.New(), uuid.Nil)
	require.NoError(t, err)
	for range 5 {
		h.Clock.Advance(50 * time.Second)
		_, err := h.s.KioskState(t.Context(), h.t, kiosk)
		require.NoError(t, err)
		h.sweep(t)
		require.Equal(t, Waiting, h.session(t, v.ID).State)
	}
	h.Clock.Advance(61 * time.Second)
	h.sweep(t)
	require.Equal(t, Abandoned, h.session(t, v.ID).State)
	_, err = h.s.Start(t.Context(), h.t, kiosk, typed, uuid.New(), uuid.Nil)
	require.NoError(t, err, "the power was back after two minutes")
}

func TestACalledPersonWhoseOperatorVanishesWaitsForAnother(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.call(t)
	for range 4 {
		h.Clock.Advance(20 * time.Second)
		_, err := h.s.KioskState(t.Context(), h.t, kiosk)
		require.NoError(t, err)
		h.sweep(t)
	}
	require.Equal(t, Waiting, h.session(t, v.ID).State)
	require.Equal(t, "videocall.no_session", code(h.s.Do(t.Context(), h.t, operator, Recall)))
	require.NoError(t, h.s.Next(t.Context(), h.t, h.operator(), uuid.New()))
	require.Equal(t, []EventKind{EventStarted, EventClaimed, EventRequeued, EventClaimed}, h.ledger(t, v.ID))
}

func TestACallThatNeverConnectsIsGivenUpAfterTenMinutes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.call(t)
	for range 31 {
		require.Equal(t, Called, h.session(t, v.ID).State)
		h.Clock.Advance(20 * time.Second)
		for _, read := range []func() error{
			func() error { _, err := h.s.KioskState(t.Context(), h.t, kiosk); return err },
			func() error { _, err := h.s.DeskState(t.Context(), h.t, operator); return err },
		} {
			require.NoError(t, read())
		}
		h.sweep(t)
	}
	require.Equal(t, Abandoned, h.session(t, v.ID).State)
}

func TestManySweepersDoOneThing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, _, v := h.talk(t)
	h.Clock.Advance(30 * time.Second)
	done := make(chan error, 8)
	for range cap(done) {
		go func() { _, err := h.s.Sweep(context.Background(), h.t); done <- err }()
	}
	for range cap(done) {
		require.NoError(t, <-done)
	}
	kinds := h.ledger(t, v.ID)
	require.Equal(t, EventDropped, kinds[len(kinds)-1])
	require.Equal(t, EventConnected, kinds[len(kinds)-2], "one drop, not eight")
}

func TestASessionWhoseProcessDiedIsFoundByTheDurableCheck(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, _, v := h.talk(t)
	another := New(h.s.cfg) // a process that knows of nothing
	require.Empty(t, another.watch.all())
	payload, err := json.Marshal(SessionCheck{SessionID: v.ID.String()})
	require.NoError(t, err)
	require.NoError(t, another.OnSessionCheck(t.Context(), h.t, payload))
	require.Len(t, another.watch.all(), 1)
	h.Clock.Advance(time.Minute)
	_, err = another.Sweep(t.Context(), h.t)
	require.NoError(t, err)
	require.Equal(t, Dropped, h.session(t, v.ID).State)
}

func TestAnIdleKioskWritesNothingAndABeatReachesItsRowEveryFifteenSecondsAtMost(t *testing.T) {
	t.Parallel()
	_, store := redis(t)
	h := newHouse(t, withRedis(store))
	idle := h.kiosk()
	for range 3 {
		_, err := h.s.KioskState(t.Context(), h.t, idle)
		require.NoError(t, err)
	}
	h.In(t, h.t, func(tx *tenant.Tx) error {
		all, err := live(context.Background(), tx)
		require.Empty(t, all)
		return err
	})
	kiosk, operator, v := h.talk(t)
	seen := func() time.Time { return h.session(t, v.ID).KioskSeenAt }
	first, version := seen(), h.session(t, v.ID).Version
	for range 4 {
		h.Clock.Advance(3 * time.Second)
		h.beats(t, kiosk, operator)
	}
	require.Equal(t, first, seen(), "twelve seconds: still in memory and in Redis only")
	h.Clock.Advance(3 * time.Second)
	h.beats(t, kiosk, operator)
	require.Equal(t, h.Clock.Now(), seen())
	require.Equal(t, version, h.session(t, v.ID).Version, "a beat that changes nothing is no new version")
}
