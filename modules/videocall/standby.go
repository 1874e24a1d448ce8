package videocall

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/rtc"
	"github.com/sportello/sportello/tenant"
)

// Standing by: the room is made when somebody comes to the kiosk, and both ends are in it before anyone calls, so that
// calling only opens what stands already. Until then nobody is seen or heard: the kiosk may not send, the desk may not
// receive, and the desk's page has announced its picture and voice and sends neither. Whatever of this is missing
// (Redis, LiveKit, an older page) costs a second and nothing else: who is not there is admitted by Join.

// approachTTL is how long the desks hear of somebody at a kiosk who has not given a code yet.
const approachTTL = 2 * time.Minute

func approachKey(t tenant.Tenant) string { return string(t.Key) + ":approach" }

// desksChannel is where every desk of the entity listens.
func desksChannel(t tenant.Tenant) string { return string(t.Key) + ":desks" }

// approachRoom is the room of one citizen's visit to one kiosk; the kiosk draws a number for each visit.
func approachRoom(t tenant.Tenant, kiosk, visit uuid.UUID) string {
	sum := sha256.Sum256(append(kiosk[:], visit[:]...))
	return string(t.Key) + "." + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}

// Identities in a room: who, and the how-manieth time they were admitted. Who stands by has number 0.
func kioskIdentity(kiosk uuid.UUID, n int) string {
	return fmt.Sprintf("%s%s-%d", kioskPrefix, kiosk, n)
}
func deskIdentity(staff uuid.UUID, n int) string { return fmt.Sprintf("%s%s-%d", deskPrefix, staff, n) }

const (
	kioskPrefix = "kiosk-"
	deskPrefix  = "desk-"
)

// Approach is a touch on the kiosk's first screen: somebody is about to give a code. It makes the room of the visit,
// admits the kiosk to it without the right to send, and lets a desk get ready. It writes nothing to PostgreSQL.
// While LiveKit does not answer it is "videocall.video_unavailable".
func (s *Service) Approach(ctx context.Context, t tenant.Tenant, a actor.Actor, visit uuid.UUID) (Admission, error) {
	kiosk, err := kioskOf(a)
	if err != nil {
		return Admission{}, err
	}
	room := approachRoom(t, kiosk, visit)
	if err := s.createRoom(ctx, room); err != nil {
		return Admission{}, err
	}
	if s.cfg.Presence.Announce(ctx, approachKey(t), room, approachTTL) == nil {
		s.hintDesks(ctx, t)
	}
	return s.admission(room, kioskIdentity(kiosk, 0), rtc.Sources{})
}

// TestRoom admits a kiosk that tries its line to a room of its own, where nobody else is or comes. LiveKit drops it when
// the kiosk has left. While LiveKit does not answer it is "videocall.video_unavailable".
func (s *Service) TestRoom(ctx context.Context, t tenant.Tenant, a actor.Actor) (Admission, error) {
	kiosk, err := kioskOf(a)
	if err != nil {
		return Admission{}, err
	}
	room := approachRoom(t, kiosk, uuid.New())
	if err := s.createRoom(ctx, room); err != nil {
		return Admission{}, err
	}
	return s.admission(room, kioskIdentity(kiosk, 0), rtc.Sources{})
}

// Withdraw ends an approach: the citizen went away without a code.
func (s *Service) Withdraw(ctx context.Context, t tenant.Tenant, a actor.Actor, visit uuid.UUID) error {
	kiosk, err := kioskOf(a)
	if err != nil {
		return err
	}
	s.forgetApproach(ctx, t, approachRoom(t, kiosk, visit))
	return nil
}

// forgetApproach: the last one who came near has a session, or is gone.
func (s *Service) forgetApproach(ctx context.Context, t tenant.Tenant, room string) {
	ctx = context.WithoutCancel(ctx)
	if last, err := s.cfg.Presence.Announced(ctx, approachKey(t)); err == nil && last == room && s.cfg.Presence.Forget(ctx, approachKey(t)) == nil {
		s.hintDesks(ctx, t)
	}
}

func (s *Service) hintDesks(ctx context.Context, t tenant.Tenant) {
	if err := s.cfg.Hints.Publish(context.WithoutCancel(ctx), desksChannel(t)); err != nil {
		s.log.DebugContext(ctx, "no hint", slog.Any("err", err))
	}
}

// Standby admits an operator who is free to the room of whoever they would call next, to send but not to receive.
// Where there is nobody it is "videocall.nobody_waiting".
func (s *Service) Standby(ctx context.Context, t tenant.Tenant, a actor.Actor) (room string, in Admission, err error) {
	operator, err := operatorOf(a)
	if err != nil {
		return "", Admission{}, err
	}
	state, err := s.DeskState(ctx, t, a)
	if err != nil {
		return "", Admission{}, err
	}
	if state.Standby == "" {
		return "", Admission{}, problem.New(problem.Conflict, "videocall.nobody_waiting")
	}
	in, err = s.admission(state.Standby, deskIdentity(operator, 0), rtc.Sources{Camera: true, Microphone: true, SendOnly: true})
	return state.Standby, in, err
}

// standbyRoom is where a free operator waits: at the first in the queue, else at who came near a kiosk last.
func (s *Service) standbyRoom(ctx context.Context, t tenant.Tenant, me uuid.UUID, queue []Session) string {
	for _, v := range queue {
		if !v.Parked && (v.WantedID == nil || *v.WantedID == me) {
			return v.Room
		}
	}
	room, err := s.cfg.Presence.Announced(ctx, approachKey(t))
	if err != nil {
		return ""
	}
	return room
}

// open turns a room in which people stand by into the room of a call: the kiosk may send, the operator, if they stand
// by in it, may receive, and other operators leave it. It says whether the operator is in it.
func (s *Service) open(ctx context.Context, v Session, operator uuid.UUID) (standing bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	me := deskIdentity(operator, 0)
	var g errgroup.Group // all at once: a face waits for it
	g.Go(func() error {
		err := s.cfg.Rooms.Allow(ctx, v.Room, kioskIdentity(v.KioskID, v.KioskJoins), inCall)
		s.notOpened(ctx, "kiosk", err)
		return nil // it asks for its way in when it hears that it is called
	})
	g.Go(func() error { return s.cfg.Rooms.Allow(ctx, v.Room, me, deskInCall) })
	g.Go(func() error {
		inside, err := s.cfg.Rooms.Participants(ctx, v.Room)
		for _, who := range inside {
			if who != me && strings.HasPrefix(who, deskPrefix) {
				err = errors.Join(err, s.cfg.Rooms.Remove(ctx, v.Room, who))
			}
		}
		return err
	})
	err := g.Wait()
	s.notOpened(ctx, "desk", err)
	return err == nil
}

func (s *Service) notOpened(ctx context.Context, side string, err error) {
	if err != nil {
		s.log.InfoContext(ctx, "nobody stands by", slog.String("side", side), slog.Any("err", err))
	}
}

// inCall is what both sides may send once the operator has called.
var inCall = rtc.Sources{Camera: true, Microphone: true, Data: true}

// deskInCall is inCall for the operator, who may show their screen too.
var deskInCall = rtc.Sources{Camera: true, Microphone: true, Screen: true, Data: true}

func (s *Service) createRoom(ctx context.Context, room string) error {
	if err := s.cfg.Rooms.Create(ctx, room, maxInRoom); err != nil {
		return problem.New(problem.Unavailable, "videocall.video_unavailable").With("retry_after", 2).Wrap(err)
	}
	return nil
}

func (s *Service) admission(room, identity string, may rtc.Sources) (Admission, error) {
	token, err := s.cfg.Rooms.Token(room, identity, "", may, s.times.TokenTTL)
	if err != nil {
		return Admission{}, fmt.Errorf("token: %w", err)
	}
	return Admission{URL: s.cfg.Rooms.ClientURL(), Token: token, Identity: identity}, nil
}
