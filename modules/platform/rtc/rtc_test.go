package rtc_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/livekit/protocol/auth"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/devstack"
	"github.com/sportello/sportello/modules/platform/rtc"
)

const (
	key    = "testkey"
	secret = "0123456789abcdef0123456789abcdef"
)

type report struct{ body, header string }

var (
	server  *devstack.LiveKit
	rooms   *rtc.Rooms
	reports = make(chan report, 1000)
)

func TestMain(m *testing.M) {
	code, err := withServer(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withServer(m *testing.M) (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 1, err
	}
	hook := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		reports <- report{string(body), r.Header.Get("Authorization")}
	})}}
	hook.Start()
	defer hook.Close()
	server, err = devstack.StartLiveKit(context.Background(), devstack.LiveKitConfig{
		Binary: "../../../.bin/livekit-server", Key: key, Secret: secret, Webhook: hook.URL,
	})
	if err != nil {
		return 1, err
	}
	defer func() { _ = server.Stop() }()
	rooms, err = rtc.New(rtc.Config{URL: server.URL(), ClientURL: server.ClientURL(), Key: key, Secret: secret})
	if err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// enter joins as a browser would, with nothing but the token.
func enter(t *testing.T, token string) (*lksdk.Room, error) {
	t.Helper()
	room, err := lksdk.ConnectToRoomWithToken(rooms.ClientURL(), token, &lksdk.RoomCallback{}, lksdk.WithAutoSubscribe(false))
	if err == nil {
		t.Cleanup(room.Disconnect)
	}
	return room, err
}

func token(t *testing.T, room, identity string, s rtc.Sources) string {
	t.Helper()
	jwt, err := rooms.Token(room, identity, "Nome", s, 0)
	require.NoError(t, err)
	return jwt
}

var both = rtc.Sources{Camera: true, Microphone: true}

func TestARoomIsMadeOnceEnteredAndListed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	require.NoError(t, rooms.Ping(ctx))
	require.NoError(t, rooms.Create(ctx, "room-a", 2))
	require.NoError(t, rooms.Create(ctx, "room-a", 2), "idempotent")
	_, err := enter(t, token(t, "room-a", "kiosk", both))
	require.NoError(t, err)
	_, err = enter(t, token(t, "room-a", "desk", both))
	require.NoError(t, err)
	got, err := rooms.Participants(ctx, "room-a")
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"kiosk", "desk"}, got)
	require.NoError(t, rooms.Create(ctx, "room-a", 2), "people inside stay")
	_, err = enter(t, token(t, "room-a", "third", both))
	require.Error(t, err, "the room is full")
	require.NoError(t, rooms.Remove(ctx, "room-a", "desk"))
	require.NoError(t, rooms.Remove(ctx, "room-a", "desk"), "already gone")
	require.Eventually(t, func() bool {
		got, err := rooms.Participants(ctx, "room-a")
		return err == nil && len(got) == 1
	}, 5*time.Second, 50*time.Millisecond)
}

func TestATokenOpensItsRoomOnly(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	require.NoError(t, rooms.Create(ctx, "room-b", 2))
	require.NoError(t, rooms.Create(ctx, "room-c", 2))
	jwt := token(t, "room-b", "kiosk", both)
	_, err := enter(t, jwt)
	require.NoError(t, err)
	in, err := rooms.Participants(ctx, "room-c")
	require.NoError(t, err)
	require.Empty(t, in)
	knock := func() int { // the address names another room than the token
		res, err := http.Get(server.URL() + "/rtc/validate?room=room-c&access_token=" + jwt)
		require.NoError(t, err)
		_ = res.Body.Close()
		return res.StatusCode
	}
	require.Equal(t, 200, knock(), "the token's room is there")

	// What the token's holder could try against the API of the server.
	for _, call := range []string{
		"CreateRoom {\"name\":\"mine\"}", "ListRooms {}", "DeleteRoom {\"room\":\"room-b\"}", "ListParticipants {\"room\":\"room-b\"}",
		"RemoveParticipant {\"room\":\"room-b\",\"identity\":\"kiosk\"}", "UpdateRoomMetadata {\"room\":\"room-b\",\"metadata\":\"x\"}",
		"SendData {\"room\":\"room-b\",\"data\":\"eA==\"}",
	} {
		method, body, _ := strings.Cut(call, " ")
		req, err := http.NewRequest(http.MethodPost, server.URL()+"/twirp/livekit.RoomService/"+method, strings.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+jwt)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		_ = res.Body.Close()
		require.Contains(t, []int{401, 403}, res.StatusCode, method)
	}

	require.NoError(t, rooms.Delete(ctx, "room-b"))
	require.NotEqual(t, 200, knock(), "its room is gone, and the other does not take its place")
}

func TestADeletedRoomStaysDeleted(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	require.NoError(t, rooms.Create(ctx, "room-d", 2))
	jwt := token(t, "room-d", "kiosk", both)
	_, err := enter(t, jwt)
	require.NoError(t, err)
	require.NoError(t, rooms.Delete(ctx, "room-d"))
	require.NoError(t, rooms.Delete(ctx, "room-d"), "already gone")
	_, err = enter(t, jwt)
	require.Error(t, err, "a token that somebody kept opens no room again")
	in, err := rooms.Participants(ctx, "room-d")
	require.NoError(t, err)
	require.Empty(t, in)
}

func TestATokenCarriesTheLeastRights(t *testing.T) {
	t.Parallel()
	claims := func(s rtc.Sources) map[string]any {
		parts := strings.Split(token(t, "room-e", "kiosk", s), ".")
		raw, err := base64.RawURLEncoding.DecodeString(parts[1])
		require.NoError(t, err)
		var c map[string]any
		require.NoError(t, json.Unmarshal(raw, &c))
		require.InDelta(t, float64(time.Now().Add(120*time.Second).Unix()), c["exp"], 3)
		return c["video"].(map[string]any)
	}
	require.Equal(t, map[string]any{
		"roomJoin": true, "room": "room-e", "canSubscribe": true, "canPublish": true, "canPublishData": false, "canUpdateOwnMetadata": false,
		"canPublishSources": []any{"camera", "microphone"},
	}, claims(both))
	require.Equal(t, map[string]any{
		"roomJoin": true, "room": "room-e", "canSubscribe": true, "canPublish": false, "canPublishData": false, "canUpdateOwnMetadata": false,
	}, claims(rtc.Sources{}))
	for _, bad := range [][2]string{{"", "kiosk"}, {"room-e", ""}} {
		_, err := rooms.Token(bad[0], bad[1], "", both, 0)
		require.Error(t, err)
	}
	_, err := rooms.Token("room-e", "kiosk", "", both, time.Hour)
	require.Error(t, err)
}

func TestATokenSignedWithAnotherSecretOpensNothing(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	require.NoError(t, rooms.Create(ctx, "room-f", 2))
	forger, err := rtc.New(rtc.Config{URL: server.URL(), ClientURL: server.ClientURL(), Key: key, Secret: strings.Repeat("x", 32)})
	require.NoError(t, err)
	jwt, err := forger.Token("room-f", "kiosk", "", both, 0)
	require.NoError(t, err)
	_, err = enter(t, jwt)
	require.Error(t, err)
	require.Error(t, forger.Ping(ctx))
	_, err = forger.Participants(ctx, "room-f")
	require.Error(t, err, "an error is not an empty room")
}

func TestReportsOfTheServerAreVerified(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	require.NoError(t, rooms.Create(ctx, "room-g", 2))
	_, err := enter(t, token(t, "room-g", "kiosk", both))
	require.NoError(t, err)
	var got rtc.Event
	var from report
	for deadline := time.After(15 * time.Second); got.Kind != rtc.ParticipantJoined || got.Room != "room-g"; {
		select {
		case from = <-reports:
			got, err = rooms.Webhook([]byte(from.body), from.header)
			require.NoError(t, err)
		case <-deadline:
			t.Fatal("no report of the participant")
		}
	}
	require.Equal(t, "kiosk", got.Identity)
	require.NotEmpty(t, got.ID)
	require.WithinDuration(t, time.Now(), got.At, time.Minute)

	altered := strings.Replace(from.body, "room-g", "room-h", 1)
	for name, forged := range map[string]report{
		"altered":           {altered, from.header},
		"unsigned":          {from.body, ""},
		"nonsense":          {from.body, "Bearer x.y.z"},
		"other secret":      {from.body, signed(t, strings.Repeat("x", 32), from.body)},
		"a browser's token": {from.body, token(t, "room-g", "kiosk", both)},
	} {
		_, err := rooms.Webhook([]byte(forged.body), forged.header)
		require.ErrorIs(t, err, problem.Unauthenticated, name)
	}
	_, err = rooms.Webhook(make([]byte, rtc.MaxWebhook+1), from.header)
	require.ErrorIs(t, err, problem.Invalid)

	later, err := rtc.New(rtc.Config{URL: server.URL(), ClientURL: server.ClientURL(), Key: key, Secret: secret, Clock: clock.NewManual(time.Now().Add(11 * time.Minute))})
	require.NoError(t, err)
	_, err = later.Webhook([]byte(from.body), from.header)
	require.ErrorIs(t, err, problem.Unauthenticated, "an old report that somebody kept")
}

func signed(t *testing.T, secret, body string) string {
	t.Helper()
	sum := sha256.Sum256([]byte(body))
	jwt, err := auth.NewAccessToken(key, secret).SetValidFor(time.Minute).SetSha256(base64.StdEncoding.EncodeToString(sum[:])).ToJWT()
	require.NoError(t, err)
	return jwt
}

func TestAServerThatIsAwayIsAnError(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	own, err := devstack.StartLiveKit(ctx, devstack.LiveKitConfig{Binary: "../../../.bin/livekit-server", Key: key, Secret: secret})
	require.NoError(t, err)
	t.Cleanup(func() { _ = own.Stop() })
	r, err := rtc.New(rtc.Config{URL: own.URL(), ClientURL: own.ClientURL(), Key: key, Secret: secret})
	require.NoError(t, err)
	require.NoError(t, r.Create(ctx, "room", 2))
	require.NoError(t, own.Kill())
	require.Error(t, r.Ping(ctx))
	require.Error(t, r.Create(ctx, "room", 2))
	require.NoError(t, own.Restart(ctx))
	require.NoError(t, r.Ping(ctx))
	in, err := r.Participants(ctx, "room")
	require.NoError(t, err)
	require.Empty(t, in, "a restart forgets rooms")
	require.NoError(t, r.Create(ctx, "room", 2), "so they are made again")
}

func TestAConfigurationThatCannotWorkIsRefused(t *testing.T) {
	t.Parallel()
	for _, cfg := range []rtc.Config{
		{URL: "http://a", ClientURL: "ws://a", Key: "k", Secret: "short"},
		{URL: "http://a", ClientURL: "ws://a", Secret: secret},
		{URL: "a", ClientURL: "ws://a", Key: "k", Secret: secret},
	} {
		_, err := rtc.New(cfg)
		require.Error(t, err)
	}
}
