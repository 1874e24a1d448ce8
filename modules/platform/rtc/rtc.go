// Package rtc is the only importer of LiveKit: rooms, tokens for browsers, and what the media server reports.
package rtc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/twitchtv/twirp"

	"github.com/sportello/sportello/modules/kernel/clock"
)

// Limits of rooms and tokens.
const (
	TokenTTL         = 120 * time.Second // a token only opens the door: it is asked for anew at each reconnection
	emptyTimeout     = 60                // seconds until a room nobody entered is closed
	departureTimeout = 20                // seconds until a room everybody left is closed
	callTimeout      = 5 * time.Second
)

// Config says where the media server is.
type Config struct {
	URL       string // of its API, from here: http://127.0.0.1:7880
	ClientURL string // for browsers: wss://media.example
	Key       string
	Secret    string // at least 32 characters
	Clock     clock.Clock
}

// Rooms speaks to the media server. It is safe for concurrent use.
type Rooms struct {
	cfg    Config
	client *lksdk.RoomServiceClient
}

// New checks the configuration; it does not connect.
func New(cfg Config) (*Rooms, error) {
	if cfg.Key == "" || len(cfg.Secret) < 32 {
		return nil, errors.New("livekit: want an API key and a secret of at least 32 characters")
	}
	for _, s := range []string{cfg.URL, cfg.ClientURL} {
		if u, err := url.Parse(s); err != nil || u.Host == "" {
			return nil, fmt.Errorf("livekit: address %q", s)
		}
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	api := strings.Replace(strings.Replace(cfg.URL, "wss://", "https://", 1), "ws://", "http://", 1)
	client := lksdk.NewRoomServiceClient(api, cfg.Key, cfg.Secret)
	return &Rooms{cfg: cfg, client: client}, nil
}

// ClientURL is where browsers reach the media server.
func (r *Rooms) ClientURL() string { return r.cfg.ClientURL }

// Create opens a room for at most max participants. It is idempotent. Without it nobody can enter: the server makes no
// rooms by itself.
func (r *Rooms) Create(ctx context.Context, name string, max int) error {
	if name == "" || max < 1 {
		return fmt.Errorf("livekit: room %q for %d", name, max)
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := r.client.CreateRoom(ctx, &livekit.CreateRoomRequest{
		Name: name, MaxParticipants: uint32(max), EmptyTimeout: emptyTimeout, DepartureTimeout: departureTimeout,
	})
	return wrap("create room", err)
}

// Delete closes a room and sends everybody out. A room that is gone is no error.
func (r *Rooms) Delete(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := r.client.DeleteRoom(ctx, &livekit.DeleteRoomRequest{Room: name})
	return wrap("delete room", ignoreNotFound(err))
}

// Remove sends one participant out. Its token stays good until it expires; who must not come back is kept out by
// deleting the room. A participant who is gone is no error.
func (r *Rooms) Remove(ctx context.Context, room, identity string) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := r.client.RemoveParticipant(ctx, &livekit.RoomParticipantIdentity{Room: room, Identity: identity})
	return wrap("remove participant", ignoreNotFound(err))
}

// Allow gives someone in the room the rights of a token with these sources, in place of those they came with.
func (r *Rooms) Allow(ctx context.Context, room, identity string, publish Sources) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	sources := publish.list()
	_, err := r.client.UpdateParticipant(ctx, &livekit.UpdateParticipantRequest{
		Room: room, Identity: identity, Permission: &livekit.ParticipantPermission{
			CanSubscribe: !publish.SendOnly, CanPublishData: publish.Data,
			CanPublish: len(sources) > 0, CanPublishSources: sources,
		},
	})
	return wrap("update participant", err)
}

// Participants lists the identities in a room; none for a room that does not exist.
func (r *Rooms) Participants(ctx context.Context, room string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	res, err := r.client.ListParticipants(ctx, &livekit.ListParticipantsRequest{Room: room})
	if ignoreNotFound(err) != nil {
		return nil, wrap("list participants", err)
	}
	var out []string
	for _, p := range res.GetParticipants() {
		out = append(out, p.GetIdentity())
	}
	return out, nil
}

// Ping says whether the media server answers and accepts our key.
func (r *Rooms) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, err := r.client.ListRooms(ctx, &livekit.ListRoomsRequest{Names: []string{"ping"}})
	return wrap("ping", err)
}

func ignoreNotFound(err error) error {
	var te twirp.Error
	if errors.As(err, &te) && te.Code() == twirp.NotFound {
		return nil
	}
	return err
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("livekit %s: %w", what, err)
}

// Sources are what a participant may send.
type Sources struct {
	Camera     bool
	Microphone bool
	Screen     bool
	Data       bool // small messages to the others: the pings by which a side notices that the other fell
	SendOnly   bool // and neither see nor hear the others
}

// Token lets one identity into one room for ttl (at most 10 minutes; 0 means TokenTTL), to see and hear the others,
// unless it is to send only, and to send what publish says. It gives no right over the room and no change of name.
func (r *Rooms) Token(room, identity, name string, publish Sources, ttl time.Duration) (string, error) {
	if room == "" || identity == "" {
		return "", errors.New("livekit: a token without a room or an identity would open any")
	}
	if ttl == 0 {
		ttl = TokenTTL
	}
	if ttl < 0 || ttl > 10*time.Minute {
		return "", fmt.Errorf("livekit: a token for %s", ttl)
	}
	grant := &auth.VideoGrant{RoomJoin: true, Room: room}
	grant.SetCanSubscribe(!publish.SendOnly)
	grant.SetCanPublishData(publish.Data)
	grant.SetCanUpdateOwnMetadata(false)
	sources := publish.list()
	grant.SetCanPublish(len(sources) > 0) // an empty list alone would mean everything
	grant.SetCanPublishSources(sources)
	return auth.NewAccessToken(r.cfg.Key, r.cfg.Secret).
		SetIdentity(identity).SetName(name).SetValidFor(ttl).SetVideoGrant(grant).ToJWT()
}

func (s Sources) list() (out []livekit.TrackSource) {
	if s.Camera {
		out = append(out, livekit.TrackSource_CAMERA)
	}
	if s.Microphone {
		out = append(out, livekit.TrackSource_MICROPHONE)
	}
	if s.Screen {
		out = append(out, livekit.TrackSource_SCREEN_SHARE, livekit.TrackSource_SCREEN_SHARE_AUDIO)
	}
	return out
}

// authorization is the header that carries the signature of a webhook.
func authorization(value string) http.Header { return http.Header{"Authorization": {value}} }
