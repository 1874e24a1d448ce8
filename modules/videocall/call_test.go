package videocall

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// force puts a session into a state by hand, as a starting point for a command.
const sqlTestForce = `
UPDATE {t}.sessions
   SET state = @state, version = version + 1, kiosk_peer = @live, desk_peer = @live,
       closed_at = CASE WHEN @ended::boolean THEN @now::timestamptz END, connected_at = CASE WHEN @live::boolean THEN @now::timestamptz END
 WHERE id = @id`

// do gives the command to the service as its callers do.
func (h *house) do(c Command, kiosk, operator actor.Actor, v Session) error {
	ctx := context.Background()
	switch c {
	case Call:
		return h.s.CallChosen(ctx, h.t, operator, v.ID, uuid.New(), "serve subito")
	case Close:
		return h.s.Close(ctx, h.t, operator, Resolved, "fatto")
	case Hold, Resume, Recall, Miss:
		return h.s.Do(ctx, h.t, operator, c)
	case Leave:
		return h.s.Leave(ctx, h.t, kiosk, v.ID)
	case Cut:
		return h.s.CutKiosk(ctx, h.t, uuid.MustParse(kiosk.ID))
	case Requeue:
		return h.s.Cut(ctx, h.t, operator.ID)
	case Park:
		return h.s.Park(ctx, h.t, operator)
	case Pass:
		return h.s.Pass(ctx, h.t, operator, To{Office: elsewhere, Why: "serve un tecnico"})
	case Connect, Drop, Abandon: // come from beats and time
	}
	return h.DB.InTenant(ctx, h.t, func(tx *tenant.Tx) error {
		locked, err := lock(ctx, tx, v.ID)
		if err != nil {
			return err
		}
		if err := h.s.step(ctx, tx, &locked, c, line{}); err != nil {
			return err
		}
		return save(ctx, tx, &locked)
	})
}

func TestEveryCommandInEveryStateOnRealRows(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, s := range States() {
		for _, c := range Commands() {
			if s == Waiting && (c == Close || c == Hold || c == Resume || c == Recall || c == Miss || c == Park || c == Pass) {
				continue // nobody is the operator of a waiting person: there is no way to say it
			}
			name := string(s) + " " + string(c)
			kiosk, operator, v := h.start(t, s)
			before := h.session(t, v.ID)
			ledger := h.ledger(t, v.ID)
			err := h.do(c, kiosk, operator, v)
			after := h.session(t, v.ID)
			if want, ok := legal[name]; ok {
				require.NoError(t, err, name)
				require.Equal(t, want, after.State, name)
				require.Greater(t, after.Version, before.Version, name)
				require.Len(t, h.ledger(t, v.ID), len(ledger)+1, name)
				continue
			}
			if err != nil {
				k := problem.From(err).Kind
				require.Contains(t, []problem.Kind{problem.Conflict, problem.NotFound}, k, "%s: %v", name, err)
			} else {
				require.Contains(t, []Command{Leave, Cut, Requeue}, c, "%s: only what happens to nobody may pass in silence", name)
			}
			before.KioskAckAt, after.KioskAckAt, before.Version, after.Version = nil, nil, 0, 0
			require.Equal(t, before, after, "%s changed the session", name)
			require.Equal(t, ledger, h.ledger(t, v.ID), "%s wrote to the ledger", name)
		}
	}
}

// start brings a fresh session into the state.
func (h *house) start(t *testing.T, s State) (kiosk, operator actor.Actor, v Session) {
	t.Helper()
	if s == Waiting {
		kiosk, v = h.wait(t)
		return kiosk, h.operator(), v
	}
	kiosk, operator, v = h.call(t)
	h.In(t, h.t, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(context.Background(), tx, sqlTestForce, tenant.Args{"id": v.ID.UUID, "state": string(s),
			"live": s == Connected || s == Held, "ended": !s.Live(), "now": tx.Now()})
		return err
	})
	return kiosk, operator, h.session(t, v.ID)
}

func TestACallConnectsWhenBothReceiveEachOtherAndEndsWithItsOutcome(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.call(t)
	require.True(t, strings.HasPrefix(v.Room, string(h.t.Key)+"."))
	_, err := h.s.Join(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	h.beats(t, kiosk)
	require.Equal(t, Called, h.session(t, v.ID).State, "one side alone is no call")
	in, err := h.s.Join(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.Equal(t, "desk-"+operator.ID+"-1", in.Identity)
	h.beats(t, operator)
	require.Equal(t, Connected, h.session(t, v.ID).State)
	h.Clock.Advance(30 * time.Second)
	require.NoError(t, h.s.Do(t.Context(), h.t, operator, Hold))
	h.Clock.Advance(30 * time.Second)
	require.NoError(t, h.s.Do(t.Context(), h.t, operator, Resume))
	h.Clock.Advance(15 * time.Second)
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, ToComplete, "manca una foto"))
	require.EqualValues(t, 75, h.billed(t, v.ID))
	require.Equal(t, []EventKind{EventStarted, EventClaimed, EventJoined, EventJoined, EventConnected, EventHeld, EventUnheld, EventClosed},
		h.ledger(t, v.ID))
	require.Zero(t, h.rooms.(*noted).count(), "the room is gone")

	k, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, ToComplete, k.Session.Ended.Outcome)
	require.Contains(t, k.Session.Ended.Text, "completata")
	require.NoError(t, h.s.Leave(t.Context(), h.t, kiosk, v.ID))
	k, err = h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Nil(t, k.Session, "acknowledged: back to the start")
}

func TestTheEndIsShownForAMinuteWhenNobodyAcknowledgesIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, _ := h.talk(t)
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))
	h.Clock.Advance(59 * time.Second)
	k, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.NotNil(t, k.Session)
	h.Clock.Advance(2 * time.Second)
	k, err = h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Nil(t, k.Session)
}

func TestAReloadOfEitherBrowserDropsAndConnectsAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	for _, who := range []actor.Actor{kiosk, operator} {
		h.Clock.Advance(10 * time.Second)
		in, err := h.s.Join(t.Context(), h.t, who)
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(in.Identity, "-2"), "a fresh identity for each join")
		require.Equal(t, Dropped, h.session(t, v.ID).State)
		h.Clock.Advance(4 * time.Second)
		h.beats(t, who)
		require.Equal(t, Connected, h.session(t, v.ID).State)
		require.Contains(t, h.rooms.(*noted).removed, strings.TrimSuffix(in.Identity, "2")+"1", "the old page was taken out of the room")
	}
	require.EqualValues(t, 20, h.billed(t, v.ID))
}

func TestASideThatDoesNotReceiveTheOtherDropsTheCallAndTheSeatIsKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	h.Clock.Advance(20 * time.Second)
	state, err := h.s.Beat(t.Context(), h.t, operator, false) // the kiosk's browser was closed
	require.NoError(t, err)
	require.Equal(t, Dropped, state)
	h.Clock.Advance(5 * time.Minute)
	require.EqualValues(t, 20, h.billed(t, v.ID), "billing stopped")
	k, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, Dropped, k.Session.State, "the kiosk finds its session again")
	_, err = h.s.Join(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	h.beats(t, kiosk, operator)
	require.Equal(t, Connected, h.session(t, v.ID).State)
	require.NotEqual(t, "", h.session(t, v.ID).Room)
}

func TestRecallRingsAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	require.Equal(t, "videocall.illegal_step", code(h.s.Do(t.Context(), h.t, operator, Recall)), "not while both are there")
	_, err := h.s.Beat(t.Context(), h.t, operator, false)
	require.NoError(t, err)
	require.NoError(t, h.s.Do(t.Context(), h.t, operator, Recall))
	require.Equal(t, Called, h.session(t, v.ID).State)
	k, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, 2, k.Session.Rings)
	h.beats(t, kiosk, operator)
	require.Equal(t, Connected, h.session(t, v.ID).State)
}

func TestWithoutLiveKitThePersonIsCalledAllTheSameAndJoinSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	rooms := h.rooms.(*noted)
	rooms.setDown(true)
	kiosk, operator, v := h.call(t)
	_, err := h.s.Join(t.Context(), h.t, kiosk)
	require.Equal(t, "videocall.video_unavailable", code(err))
	require.Equal(t, problem.Unavailable, problem.From(err).Kind)
	require.Equal(t, 0, h.session(t, v.ID).KioskJoins, "a join that failed did not happen")
	rooms.setDown(false)
	for _, who := range []actor.Actor{kiosk, operator} {
		_, err = h.s.Join(t.Context(), h.t, who)
		require.NoError(t, err)
	}
	h.beats(t, kiosk, operator)
	rooms.setDown(true)
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""), "closing does not wait for LiveKit")
	require.Equal(t, 1, rooms.count())
	rooms.setDown(false)
	h.Work(t)
	require.Zero(t, rooms.count(), "the room was deleted when LiveKit was back")
}

func TestADisabledOperatorLosesTheCallAndTheCitizenWaitsForAnother(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	h.Clock.Advance(10 * time.Second)
	room := v.Room
	h.disable(operator.ID)
	require.NoError(t, h.s.Cut(t.Context(), h.t, operator.ID))
	require.NoError(t, h.s.Cut(t.Context(), h.t, operator.ID), "the event says it again")
	after := h.session(t, v.ID)
	require.Equal(t, Waiting, after.State)
	require.Empty(t, after.Room)
	require.False(t, h.rooms.(*noted).open[room], "media are cut with the room")
	_, err := h.s.Join(t.Context(), h.t, operator)
	require.Equal(t, "videocall.no_session", code(err))
	_, err = h.s.DeskState(t.Context(), h.t, operator)
	require.ErrorIs(t, err, problem.Unauthenticated)

	other := h.operator()
	require.NoError(t, h.s.Next(t.Context(), h.t, other, uuid.New()))
	for _, who := range []actor.Actor{kiosk, other} {
		_, err = h.s.Join(t.Context(), h.t, who)
		require.NoError(t, err)
	}
	h.beats(t, kiosk, other)
	h.Clock.Advance(10 * time.Second)
	require.NoError(t, h.s.Close(t.Context(), h.t, other, Resolved, ""))
	require.EqualValues(t, 20, h.billed(t, v.ID))
	require.NotEqual(t, room, h.session(t, v.ID).Room)
}

func TestARevokedKioskLosesItsCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	require.NoError(t, h.s.CutKiosk(t.Context(), h.t, uuid.MustParse(kiosk.ID)))
	require.Equal(t, Closed, h.session(t, v.ID).State)
	require.Zero(t, h.rooms.(*noted).count())
	d, err := h.s.DeskState(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.Nil(t, d.Session, "the operator is free for the next")
}

func TestTheChatKeepsEachLineOnceAndOnlyWhileTheCallGoesOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, v := h.wait(t)
	require.Equal(t, "videocall.illegal_step", code(h.s.Say(t.Context(), h.t, kiosk, "c'è qualcuno?", uuid.New())))
	operator := h.operator()
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
	request := uuid.New()
	for range 3 {
		require.NoError(t, h.s.Say(t.Context(), h.t, kiosk, "  <script>alert('è')</script>  ", request))
	}
	require.NoError(t, h.s.Say(t.Context(), h.t, operator, strings.Repeat("è", 2000), request), "the other side's requests are its own")
	for _, bad := range []string{"", " \n ", strings.Repeat("è", 2001), "a\x00b", "\xff"} {
		require.Equal(t, "videocall.text", code(h.s.Say(t.Context(), h.t, kiosk, bad, uuid.New())))
	}
	k, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Len(t, k.Session.Chat, 2)
	require.Equal(t, "<script>alert('è')</script>", k.Session.Chat[0].Text)
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, NotResolved, ""))
	k, err = h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Empty(t, k.Session.Chat, "the kiosk is wiped")
	require.Equal(t, "videocall.no_session", code(h.s.Say(t.Context(), h.t, kiosk, "ancora", uuid.New())))
	require.Equal(t, Closed, h.session(t, v.ID).State)
}

func TestPapersGoBothWaysAndEndWithTheCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	shot, err := h.handIn(t, kiosk, "Foto", pngOf(t), uuid.New())
	require.NoError(t, err)
	require.Equal(t, documents.KioskCapture, shot.Source)
	_, err = h.handIn(t, kiosk, "x", "%PDF-1.4", uuid.New())
	require.Equal(t, "documents.unknown_type", code(err))
	_, body, err := h.s.Document(t.Context(), h.t, operator, shot.ID, 1)
	require.NoError(t, err)
	require.NotEmpty(t, body)
	_, _, err = h.s.Document(t.Context(), h.t, kiosk, shot.ID, documents.Original)
	require.ErrorIs(t, err, problem.NotFound)
	_, otherOperator, _ := h.talk(t)
	_, _, err = h.s.Document(t.Context(), h.t, otherOperator, shot.ID, 1)
	require.ErrorIs(t, err, problem.NotFound, "another session's paper does not exist")

	d, err := h.s.DeskState(t.Context(), h.t, operator)
	require.NoError(t, err)
	require.Len(t, d.Session.Documents, 1)
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))
	_, _, err = h.s.Document(t.Context(), h.t, kiosk, shot.ID, 1)
	require.ErrorIs(t, err, problem.NotFound)
	_, err = h.handIn(t, kiosk, "Foto", pngOf(t), uuid.New())
	require.Equal(t, "videocall.no_session", code(err))
	require.Equal(t, Closed, h.session(t, v.ID).State)
}

func TestNobodyActsForAnother(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, _, _ := h.talk(t)
	admin := actor.Actor{Kind: actor.Staff, ID: uuid.NewString(), Roles: []actor.Role{actor.Administrator}}
	require.Equal(t, "forbidden", code(h.s.Next(t.Context(), h.t, admin, uuid.New())))
	require.Equal(t, "forbidden", code(h.s.Next(t.Context(), h.t, kiosk, uuid.New())))
	require.Equal(t, "forbidden", code(h.s.Do(t.Context(), h.t, kiosk, Hold)))
	_, err := h.s.Start(t.Context(), h.t, h.operator(), "1", uuid.New(), uuid.Nil)
	require.Equal(t, "forbidden", code(err))
	_, err = h.s.Beat(t.Context(), h.t, actor.Actor{}, true)
	require.Equal(t, "forbidden", code(err))
	_, err = h.s.Join(t.Context(), h.t, h.operator())
	require.Equal(t, "videocall.no_session", code(err))
	require.Equal(t, "videocall.outcome", code(h.s.Close(t.Context(), h.t, h.operator(), Left, "")))
	require.Equal(t, "videocall.note", code(h.s.Close(t.Context(), h.t, h.operator(), Resolved, strings.Repeat("x", 2001))))
}
