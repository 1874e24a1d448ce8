package videocall

import (
	"context"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/platform/devstack"
	"github.com/sportello/sportello/modules/platform/rtc"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/tenanttest"
)

// This test is not parallel: PostgreSQL is shared by the program's tests, and those that are wait until it has ended.
func TestPostgreSQLRestartsInTheMiddleOfACall(t *testing.T) {
	_, store := redis(t)
	h := newHouse(t, withRedis(store))
	d := open(t, h)
	kiosk, operator, v := h.talk(t)
	states := d.listen(t, kiosk, "/api/kiosk/events")
	until(t, states, "connected", 5*time.Second)
	require.NoError(t, h.Postgres.Stop())
	away := d.send(t, kiosk, "POST", "/api/kiosk/session/beat", map[string]any{"peer": true}, 503)
	require.Equal(t, "unavailable", away["code"])
	d.send(t, operator, "GET", "/api/desk/state", nil, 503)
	require.NoError(t, h.Postgres.Restart(t.Context()))
	d.send(t, kiosk, "POST", "/api/kiosk/session/beat", map[string]any{"peer": true}, 200)
	require.Equal(t, Connected, h.session(t, v.ID).State, "the session is as it was")
	d.send(t, operator, "POST", "/api/desk/session/hold", map[string]any{}, 204)
	until(t, states, "held", 5*time.Second)
}

func TestAScreenLearnsOfAChangeByAHint(t *testing.T) {
	t.Parallel()
	_, store := redis(t)
	h := newHouse(t, withRedis(store), func(c *Config) { // no polling within the test: only a hint can bring the news
		c.Times = Times{LivePoll: time.Hour, IdlePoll: time.Hour, DeskPoll: time.Hour}
	})
	d := open(t, h)
	kiosk, operator := h.kiosk(), h.operator()
	atKiosk, atDesk := d.listen(t, kiosk, "/api/kiosk/events"), d.listen(t, operator, "/api/desk/events")
	until(t, atKiosk, "", 5*time.Second)
	first := until(t, atDesk, "", 5*time.Second)
	require.Empty(t, first["waiting"])
	d.send(t, kiosk, "POST", "/api/kiosk/sessions", map[string]any{"code": h.code(t, h.Clock.Now()), "request_id": uuid.New()}, 200)
	session := until(t, atKiosk, "waiting", 5*time.Second)["session"].(map[string]any)
	require.Len(t, until(t, atDesk, "", 5*time.Second)["waiting"], 1, "the desk rings")
	d.send(t, operator, "POST", "/api/desk/next", map[string]any{"request_id": uuid.New()}, 200)
	until(t, atKiosk, "called", 5*time.Second)
	until(t, atDesk, "called", 5*time.Second)
	d.send(t, kiosk, "POST", "/api/kiosk/session/leave", map[string]any{"session_id": session["id"]}, 204)
	until(t, atDesk, "", 5*time.Second)
}

func TestRedisEmptiedKilledAndBackLosesNothing(t *testing.T) {
	t.Parallel()
	server, store := redis(t)
	h := newHouse(t, withRedis(store))
	d := open(t, h)
	kiosk, operator, v := h.talk(t)
	atKiosk, atDesk := d.listen(t, kiosk, "/api/kiosk/events"), d.listen(t, operator, "/api/desk/events")
	until(t, atKiosk, "connected", 5*time.Second)
	until(t, atDesk, "connected", 5*time.Second)

	require.NoError(t, server.FlushAll(t.Context()))
	h.sweep(t)
	require.Equal(t, Connected, h.session(t, v.ID).State, "nobody is thrown out because Redis forgot")

	require.NoError(t, server.Kill())
	require.NoError(t, h.s.Do(t.Context(), h.t, operator, Hold))
	until(t, atKiosk, "held", 6*time.Second)
	until(t, atDesk, "held", 6*time.Second)
	require.NoError(t, h.s.Say(t.Context(), h.t, kiosk, "ci sono", uuid.New()))
	for range 10 { // beats reach the rows now, so that another process sees them too
		h.Clock.Advance(3 * time.Second)
		h.beats(t, kiosk, operator)
		another := New(h.s.cfg)
		_, err := another.Sweep(t.Context(), h.t)
		require.NoError(t, err)
	}
	require.Equal(t, Held, h.session(t, v.ID).State)

	require.NoError(t, server.Restart(t.Context()))
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))
	until(t, atKiosk, "closed", 6*time.Second)
	until(t, atDesk, "", 6*time.Second)
	require.EqualValues(t, 30, h.billed(t, v.ID))
}

func TestScreensOfADisabledOperatorAndARevokedKioskEndWithinFiveSeconds(t *testing.T) {
	t.Parallel()
	h := newHouse(t) // without Redis: nobody hints
	d := open(t, h)
	kiosk, operator, v := h.talk(t)
	for _, side := range []struct { // the desk first: a revoked kiosk ends the session, and then the desk has none
		path string
		a    actor.Actor
	}{{"/api/desk/events", operator}, {"/api/kiosk/events", kiosk}} {
		path, a := side.path, side.a
		states := d.listen(t, a, path)
		until(t, states, "connected", 5*time.Second)
		h.disable(a.ID)
		deadline := time.After(5 * time.Second)
		for open := true; open; {
			select {
			case _, open = <-states:
			case <-deadline:
				require.Fail(t, "the screen is still open", path)
			}
		}
		if a.Kind == actor.Kiosk {
			require.Equal(t, Closed, h.session(t, v.ID).State)
			require.Zero(t, h.rooms.(*noted).count(), "picture and sound are cut")
		}
	}
}

// liveKit starts a media server of the test's own.
func liveKit(t *testing.T, webhook string) (*devstack.LiveKit, *rtc.Rooms) {
	t.Helper()
	const secret = "0123456789abcdef0123456789abcdef"
	server, err := devstack.StartLiveKit(context.Background(), devstack.LiveKitConfig{
		Binary: filepath.Join("..", "..", ".bin", "livekit-server"), Secret: secret, Webhook: webhook,
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Kill() })
	rooms, err := rtc.New(rtc.Config{URL: server.URL(), ClientURL: server.ClientURL(), Key: server.Key, Secret: secret})
	require.NoError(t, err)
	return server, rooms
}

// admitted says whether LiveKit would let the token's bearer in.
func admitted(t *testing.T, server *devstack.LiveKit, token string) bool {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL()+"/rtc/validate?access_token="+token, nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func TestLiveKitIsKilledAndRestartedInACall(t *testing.T) {
	t.Parallel()
	server, rooms := liveKit(t, "")
	h := newHouse(t, func(c *Config) { c.Rooms = rooms })
	kiosk, operator, v := h.talk(t)
	in, err := h.s.Join(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.True(t, admitted(t, server, in.Token))
	h.beats(t, kiosk, operator)
	require.Equal(t, Connected, h.session(t, v.ID).State)

	h.Clock.Advance(10 * time.Second)
	require.NoError(t, server.Kill())
	for _, a := range []actor.Actor{kiosk, operator} { // both lose the other and say so
		_, err := h.s.Beat(t.Context(), h.t, a, false)
		require.NoError(t, err)
	}
	require.Equal(t, Dropped, h.session(t, v.ID).State)
	_, err = h.s.Join(t.Context(), h.t, kiosk)
	require.Equal(t, "videocall.video_unavailable", code(err))

	h.Clock.Advance(20 * time.Second)
	require.NoError(t, server.Restart(t.Context()))
	require.False(t, admitted(t, server, in.Token), "a token alone opens no room")
	for _, a := range []actor.Actor{kiosk, operator} {
		in, err = h.s.Join(t.Context(), h.t, a)
		require.NoError(t, err, "the room is made anew")
		require.True(t, admitted(t, server, in.Token))
	}
	h.beats(t, kiosk, operator)
	h.Clock.Advance(5 * time.Second)
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))
	require.EqualValues(t, 15, h.billed(t, v.ID))
	require.Eventually(t, func() bool { return !admitted(t, server, in.Token) }, 5*time.Second, 50*time.Millisecond,
		"after the end the token is worthless and the room stays deleted")
}

const sqlTestConfirmations = `SELECT kind FROM {t}.livekit_events WHERE session_id = @id ORDER BY received_at`

func TestLiveKitsReportsAreCheckedAndOnlyConfirm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stack := h.Stack
	d := open(t, h)
	server, rooms := liveKit(t, "http://"+d.addr+"/api/livekit/webhook")
	h.s.cfg.Rooms = rooms
	_, operator, v := h.call(t)
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))
	kinds := func() (kinds []string) {
		stack.In(t, h.t, func(tx *tenant.Tx) (err error) {
			kinds, err = tenant.Values[string](t.Context(), tx, sqlTestConfirmations, tenant.Args{"id": v.ID.UUID})
			return err
		})
		return kinds
	}
	require.Eventually(t, func() bool { return len(kinds()) == 2 }, 10*time.Second, 50*time.Millisecond)
	require.ElementsMatch(t, []string{"room_started", "room_finished"}, kinds())
	forged := d.request(t, actor.Actor{Kind: actor.Anonymous}, "POST", "/api/livekit/webhook", "application/webhook+json", nil)
	require.Equal(t, 401, forged.StatusCode)
	require.NoError(t, server.Kill())
}

func TestReportsInAnyOrderTwiceOrNeverChangeNoSecond(t *testing.T) {
	t.Parallel()
	orders := [][]string{{}, {"participant_joined", "participant_left", "room_finished"}, {"room_finished", "participant_left", "participant_joined"},
		{"room_finished", "room_finished", "participant_joined", "participant_joined"}}
	for _, order := range orders {
		h := newHouse(t)
		_, operator, v := h.talk(t)
		for i, kind := range order {
			h.Clock.Advance(time.Second)
			e := rtc.Event{ID: kind, Kind: kind, Room: v.Room, Identity: "kiosk", At: tenanttest.Epoch.Add(time.Duration(i) * time.Hour)}
			require.NoError(t, h.s.Confirm(t.Context(), h.t, e))
		}
		h.Clock.Advance(time.Minute - time.Duration(len(order))*time.Second)
		require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))
		require.EqualValues(t, 60, h.billed(t, v.ID))
	}
}

// On the machine's own clock, with Redis between two processes: one hears the beats, the other judges.
func TestAnotherProcessSeesASilentSideThroughRedis(t *testing.T) {
	t.Parallel()
	_, store := redis(t)
	stack := tenanttest.StartUnconnected(t)
	stack.Connect(t, tenant.Config{PoolsPerCell: 1, ConnsPerPool: 8, Clock: clock.System{}})
	h := houseOn(t, stack, withRedis(store), func(c *Config) {
		c.Times = Times{Silence: 2 * time.Second, BeatTTL: time.Second, Flush: time.Hour}
	})
	kiosk, operator, v := h.talk(t)
	judge := New(h.s.cfg)
	judge.watch.add(h.t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	judge.times.Sweep = 100 * time.Millisecond
	go judge.Run(ctx)
	for range 8 {
		time.Sleep(500 * time.Millisecond)
		h.beats(t, kiosk, operator)
	}
	require.Equal(t, Connected, h.session(t, v.ID).State, "four seconds of beats that only Redis carries")
	require.Eventually(t, func() bool { return h.session(t, v.ID).State == Dropped }, 6*time.Second, 100*time.Millisecond)
}
