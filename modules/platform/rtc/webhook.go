package rtc

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/webhook"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// Kinds of events that the product looks at.
const (
	RoomFinished      = "room_finished"
	ParticipantJoined = "participant_joined"
	ParticipantLeft   = "participant_left"
)

// MaxWebhook is the largest body that is looked at, in bytes.
const MaxWebhook = 256 << 10

// maxWebhookAge: a signed report that somebody kept is not believed later.
const maxWebhookAge = 10 * time.Minute

// Event is what the media server reports. It may come late, twice or never: it confirms, it decides nothing.
type Event struct {
	ID       string // the same when it is sent again
	Kind     string
	Room     string
	Identity string // of the participant, "" for events of the room
	At       time.Time
}

// Webhook reads a report of the media server. header is the Authorization header, which carries the signature over the
// body. A forged or altered report is problem.Unauthenticated with the code rtc.signature.
func (r *Rooms) Webhook(body []byte, header string) (Event, error) {
	if len(body) > MaxWebhook {
		return Event{}, problem.New(problem.Invalid, "rtc.webhook")
	}
	req := &http.Request{Header: authorization(header), Body: io.NopCloser(bytes.NewReader(body))}
	e, err := webhook.ReceiveWebhookEvent(req, auth.NewSimpleKeyProvider(r.cfg.Key, r.cfg.Secret))
	if err != nil {
		return Event{}, problem.New(problem.Unauthenticated, "rtc.signature").Wrap(fmt.Errorf("webhook: %w", err))
	}
	at := time.Unix(e.GetCreatedAt(), 0).UTC()
	if r.cfg.Clock.Now().Sub(at) > maxWebhookAge {
		return Event{}, problem.New(problem.Unauthenticated, "rtc.signature").Wrap(fmt.Errorf("webhook of %s", at))
	}
	return Event{
		ID: e.GetId(), Kind: e.GetEvent(), Room: e.GetRoom().GetName(), Identity: e.GetParticipant().GetIdentity(),
		At: at,
	}, nil
}
