package videocall

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/rtc"
	"github.com/sportello/sportello/tenant"
)

// Next takes the first who waits for one of the operator's offices ("avanti il prossimo"). Of all operators who
// ask at once each gets another person. The same request again changes nothing. Refusals: "videocall.nobody_waiting",
// "videocall.already_in_call".
func (s *Service) Next(ctx context.Context, t tenant.Tenant, a actor.Actor, request uuid.UUID) error {
	return s.claimAndOpen(ctx, t, a, nil, request)
}

// CallChosen takes the person that the operator chose from the queue; "videocall.nobody_waiting" when they do not
// wait any more or wait for another office.
func (s *Service) CallChosen(ctx context.Context, t tenant.Tenant, a actor.Actor, session ID, request uuid.UUID) error {
	return s.claimAndOpen(ctx, t, a, &session.UUID, request)
}

func (s *Service) claimAndOpen(ctx context.Context, t tenant.Tenant, a actor.Actor, only *uuid.UUID, request uuid.UUID) error {
	room, err := s.claim(ctx, t, a, only, request)
	if err == nil && room != "" {
		s.openRoom(ctx, room)
	}
	return err
}

// ClaimAndJoin is Next, or CallChosen where a person was chosen, and the operator's Join in one step: the way into the
// room comes with the answer. It is nil when the request had been answered before or LiveKit does not answer; then
// Join is asked for.
func (s *Service) ClaimAndJoin(ctx context.Context, t tenant.Tenant, a actor.Actor, only *uuid.UUID, request uuid.UUID) (*Admission, error) {
	room, err := s.claim(ctx, t, a, only, request)
	if err != nil || room == "" {
		return nil, err
	}
	in, err := s.Join(ctx, t, a)
	if err != nil {
		s.log.WarnContext(ctx, "called, not admitted yet", slog.Any("err", err))
		return nil, nil
	}
	return &in, nil
}

// claim gives the name of the room, or none when the request had been answered before. The room is not made yet.
func (s *Service) claim(ctx context.Context, t tenant.Tenant, a actor.Actor, only *uuid.UUID, request uuid.UUID) (string, error) {
	operator, err := operatorOf(a)
	if err != nil {
		return "", err
	}
	room, err := s.roomName(t)
	if err != nil {
		return "", err
	}
	var v Session
	try := func(tx *tenant.Tx) error {
		v = Session{}
		if err := oneAtATime(ctx, tx, operator); err != nil {
			return err
		}
		if done, err := claimedBefore(ctx, tx, operator, request); err != nil || done {
			return err
		}
		if _, err := liveOfOperator(ctx, tx, operator); !errors.Is(err, problem.NotFound) {
			return either(err, problem.New(problem.Conflict, "videocall.already_in_call"))
		}
		offices, err := s.cfg.Staff.Offices(ctx, tx, a)
		if err != nil {
			return err
		}
		v, err = claimNext(ctx, tx, claim{operator: operator, name: a.Name, room: room, offices: offices, only: only})
		if errors.Is(err, problem.NotFound) {
			return problem.New(problem.Conflict, "videocall.nobody_waiting")
		}
		if err != nil {
			return err
		}
		l := line{kind: EventClaimed, side: DeskSide, staff: &operator, request: &request, at: tx.Now()}
		if err := appendEvent(ctx, tx, v.ID, l); err != nil {
			return err
		}
		return audit.Record(ctx, tx, a, "session.claimed", "session:"+v.ID.String(),
			map[string]any{"appointment": v.AppointmentID.String()})
	}
	err = s.cfg.DB.InTenant(ctx, t, try)
	if tenant.Violates(err, "sessions_operator_id_live_key") || tenant.Violates(err, "session_events_staff_id_request_id_key") {
		err = s.cfg.DB.InTenant(ctx, t, try) // a second click was faster: now its effect is seen
	}
	if err != nil || v.ID.IsZero() {
		return "", err
	}
	s.watch.add(t)
	s.hint(ctx, t, v)
	return v.Room, nil
}

func either(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// openRoom makes the room ahead of the joins. Without LiveKit the person is called all the same; Join tries again.
func (s *Service) openRoom(ctx context.Context, room string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := s.cfg.Rooms.Create(ctx, room, maxInRoom); err != nil {
		s.log.WarnContext(ctx, "room not made yet", slog.Any("err", err))
	}
}

// Admission is the way into the video room of a session.
type Admission struct {
	URL      string
	Token    string
	Identity string
}

// Join admits the actor's side to the video, anew after a reload or when LiveKit lost the room. While LiveKit does
// not answer it is "videocall.video_unavailable" and nothing is lost. A call that went on is dropped until both
// sides receive each other again.
func (s *Service) Join(ctx context.Context, t tenant.Tenant, a actor.Actor) (Admission, error) {
	var v Session
	var side Side
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		v, side, err = mine(ctx, tx, a)
		return err
	})
	if err != nil {
		return Admission{}, err
	}
	if !v.State.Calling() {
		return Admission{}, problem.New(problem.Conflict, "videocall.illegal_step")
	}
	room := v.Room
	if err := s.cfg.Rooms.Create(ctx, room, maxInRoom); err != nil {
		return Admission{}, problem.New(problem.Unavailable, "videocall.video_unavailable").With("retry_after", 2).Wrap(err)
	}
	var previous, identity string
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, side, err = lockMine(ctx, tx, a); err != nil {
			return err
		}
		if !v.State.Calling() || v.Room != room {
			return problem.New(problem.Conflict, "videocall.illegal_step")
		}
		previous, identity = s.admit(&v, side)
		v.setPeer(side, false)
		v.setSeen(side, tx.Now())
		s.life.note(lifeKey{t.Key, side, v.who(side), beat}, tx.Now())
		if v.State == Connected || v.State == Held {
			if err := s.step(ctx, tx, &v, Drop, line{side: side}); err != nil {
				return err
			}
		}
		if err := appendEvent(ctx, tx, v.ID, line{kind: EventJoined, side: side, staff: staffOf(&v, side), at: tx.Now()}); err != nil {
			return err
		}
		return save(ctx, tx, &v)
	})
	if err != nil {
		return Admission{}, err
	}
	s.watch.add(t)
	s.hint(ctx, t, v)
	if previous != "" {
		s.remove(ctx, room, previous)
	}
	token, err := s.cfg.Rooms.Token(room, identity, "", rtc.Sources{Camera: true, Microphone: true, Data: true}, s.times.TokenTTL)
	if err != nil {
		return Admission{}, fmt.Errorf("token: %w", err)
	}
	return Admission{URL: s.cfg.Rooms.ClientURL(), Token: token, Identity: identity}, nil
}

// admit counts the join and names it: a fresh identity each time, so that a reload never collides with itself.
func (s *Service) admit(v *Session, side Side) (previous, identity string) {
	prefix, n := "kiosk-"+v.ID.String(), &v.KioskJoins
	if side == DeskSide {
		prefix, n = "desk-"+v.OperatorID.String(), &v.DeskJoins
	}
	if *n > 0 {
		previous = fmt.Sprintf("%s-%d", prefix, *n)
	}
	*n++
	return previous, fmt.Sprintf("%s-%d", prefix, *n)
}

// remove takes the page that was reloaded out of the room, if it still is in it.
func (s *Service) remove(ctx context.Context, room, identity string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := s.cfg.Rooms.Remove(ctx, room, identity); err != nil {
		s.log.DebugContext(ctx, "participant not removed", slog.Any("err", err))
	}
}

func staffOf(v *Session, side Side) *uuid.UUID {
	if side == DeskSide {
		return v.OperatorID
	}
	return nil
}

// Beat is the sign of life of a side in a call, every 3 seconds. peer says whether it receives the other side;
// only when both do is the session connected, and when one does not, it is dropped. It writes only what changed.
// It gives the session's state.
func (s *Service) Beat(ctx context.Context, t tenant.Tenant, a actor.Actor, peer bool) (State, error) {
	side, who, err := sideOf(a)
	if err != nil {
		return "", err
	}
	here := s.touch(ctx, t, side, who, beat)
	var v Session
	changed := false
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		changed = false
		if v, side, err = mine(ctx, tx, a); err != nil {
			return err
		}
		if err := s.keep(ctx, tx, &v, side, here); err != nil {
			return err
		}
		if !v.State.Calling() || (v.peer(side) == peer && commandOf(&v) == "") {
			return nil
		}
		if v, side, err = lockMine(ctx, tx, a); err != nil {
			return err
		}
		v.setPeer(side, peer)
		v.setSeen(side, tx.Now())
		if c := commandOf(&v); c != "" {
			l := line{}
			if c == Drop {
				l.side = side.other() // it is the other that is not received
				if peer {
					l.side = side
				}
			}
			if err := s.step(ctx, tx, &v, c, l); err != nil {
				return err
			}
		}
		changed = true
		return save(ctx, tx, &v)
	})
	if err != nil {
		return "", err
	}
	s.watch.add(t)
	if changed {
		s.hint(ctx, t, v)
	}
	return v.State, nil
}

// commandOf is what the reports of both sides ask for.
func commandOf(v *Session) Command {
	both := v.KioskPeer && v.DeskPeer
	switch {
	case both && (v.State == Called || v.State == Dropped):
		return Connect
	case !both && (v.State == Connected || v.State == Held):
		return Drop
	}
	return ""
}

// Do is a step of the operator on their session: Hold, Resume, Recall or Miss.
func (s *Service) Do(ctx context.Context, t tenant.Tenant, a actor.Actor, c Command) error {
	if c != Hold && c != Resume && c != Recall && c != Miss {
		return problem.New(problem.Conflict, "videocall.illegal_step")
	}
	return s.act(ctx, t, a, c, func(*Session) {})
}

// Close ends the operator's session with an outcome and a note of at most 2,000 characters for the office.
func (s *Service) Close(ctx context.Context, t tenant.Tenant, a actor.Actor, outcome Outcome, note string) error {
	if !outcome.Choosable() {
		return problem.New(problem.Invalid, "videocall.outcome").WithField("outcome", "videocall.outcome")
	}
	note = strings.TrimSpace(note)
	if utf8.RuneCountInString(note) > maxChat || !printable(note) {
		return problem.New(problem.Invalid, "videocall.note").WithField("note", "videocall.note")
	}
	return s.act(ctx, t, a, Close, func(v *Session) { v.Outcome, v.Note = outcome, note })
}

func (s *Service) act(ctx context.Context, t tenant.Tenant, a actor.Actor, c Command, fill func(*Session)) error {
	operator, err := operatorOf(a)
	if err != nil {
		return err
	}
	var v Session
	var room string
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, _, err = lockMine(ctx, tx, a); err != nil {
			return err
		}
		room = v.Room
		fill(&v)
		if err := s.step(ctx, tx, &v, c, line{side: DeskSide, staff: &operator}); err != nil {
			return err
		}
		return save(ctx, tx, &v)
	})
	if err != nil {
		return err
	}
	s.hint(ctx, t, v)
	if !v.State.Live() {
		s.deleteRoom(ctx, room)
	}
	return nil
}

// Say writes a line of the chat, at most 2,000 characters. The same request again writes nothing.
func (s *Service) Say(ctx context.Context, t tenant.Tenant, a actor.Actor, text string, request uuid.UUID) error {
	text = strings.TrimSpace(text)
	if text == "" || utf8.RuneCountInString(text) > maxChat || !printable(text) {
		return problem.New(problem.Invalid, "videocall.text").WithField("text", "videocall.text")
	}
	var v Session
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		var side Side
		if v, side, err = lockMine(ctx, tx, a); err != nil {
			return err
		}
		if !v.State.Calling() {
			return problem.New(problem.Conflict, "videocall.illegal_step")
		}
		if _, err := insertChat(ctx, tx, v.ID, side, text, request); err != nil {
			return err
		}
		return save(ctx, tx, &v)
	})
	if err == nil {
		s.hint(ctx, t, v)
	}
	return err
}

// printable refuses what PostgreSQL cannot keep or a screen cannot show.
func printable(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for _, r := range text {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f {
			return false
		}
	}
	return true
}
