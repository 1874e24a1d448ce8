package videocall

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

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
	return s.callOnly(ctx, t, a, Claim{Request: request})
}

// CallChosen takes the person that the operator chose from the queue; "videocall.nobody_waiting" when they do not
// wait any more or wait for another office, "videocall.chosen_why" when somebody else's turn it is and no reason is given.
func (s *Service) CallChosen(ctx context.Context, t tenant.Tenant, a actor.Actor, session ID, request uuid.UUID, why string) error {
	return s.callOnly(ctx, t, a, Claim{Request: request, Chosen: &session.UUID, Why: why})
}

func (s *Service) callOnly(ctx context.Context, t tenant.Tenant, a actor.Actor, c Claim) error {
	v, err := s.claim(ctx, t, a, c)
	if err != nil || v.ID.IsZero() {
		return err
	}
	if err := s.createRoom(ctx, v.Room); err != nil {
		s.log.WarnContext(ctx, "room not made yet", slog.Any("err", err)) // Join tries again
	}
	s.open(ctx, v, *v.OperatorID)
	return nil
}

// Claim is what an operator asks for when they call somebody.
type Claim struct {
	Request uuid.UUID  // the same request calls one person
	Chosen  *uuid.UUID // a chosen session instead of the first
	Why     string     // why they were chosen before others, 3 to 200 characters; kept in the register of operations
	Standby string     // the room in which the operator's page stands by, if any
}

// Claimed is the operator's screen after a claim, and how they get into the call.
type Claimed struct {
	State     DeskState
	Standing  bool       // the page is in the room already and may receive from now on
	Admission *Admission // the way in for who is not; nil when it has to be asked for with Join
}

// Claim is Next, or CallChosen where a person was chosen, and the operator's Join in one step. It gives no way in when
// the request had been answered before or LiveKit does not answer; then Join is asked for.
func (s *Service) Claim(ctx context.Context, t tenant.Tenant, a actor.Actor, c Claim) (out Claimed, err error) {
	v, err := s.claim(ctx, t, a, c)
	if err != nil {
		return out, err
	}
	var g errgroup.Group // a face waits for both
	g.Go(func() (err error) {
		out.State, err = s.DeskState(ctx, t, a)
		return err
	})
	if !v.ID.IsZero() {
		if out.Standing = s.open(ctx, v, *v.OperatorID) && c.Standby == v.Room; !out.Standing {
			in, err := s.Join(ctx, t, a)
			if err == nil {
				out.Admission = &in
			} else {
				s.log.WarnContext(ctx, "called, not admitted yet", slog.Any("err", err))
			}
		}
	}
	return out, g.Wait()
}

// claim gives the session, or an empty one when the request had been answered before.
func (s *Service) claim(ctx context.Context, t tenant.Tenant, a actor.Actor, c Claim) (v Session, err error) {
	operator, err := operatorOf(a)
	if err != nil {
		return v, err
	}
	room, err := s.roomName(t)
	if err != nil {
		return v, err
	}
	try := func(tx *tenant.Tx) error {
		v = Session{}
		if err := oneAtATime(ctx, tx, operator); err != nil {
			return err
		}
		if done, err := claimedBefore(ctx, tx, operator, c.Request); err != nil || done {
			return err
		}
		if since, err := breakOf(ctx, tx, operator); err != nil || since != nil {
			return either(err, onBreak)
		}
		if _, err := liveOfOperator(ctx, tx, operator); !errors.Is(err, problem.NotFound) {
			return either(err, problem.New(problem.Conflict, "videocall.already_in_call"))
		}
		offices, err := s.cfg.Staff.Offices(ctx, tx, a)
		if err != nil {
			return err
		}
		why, err := s.reasonFor(ctx, tx, operator, offices, c)
		if err != nil {
			return err
		}
		v, err = claimNext(ctx, tx, claim{operator: operator, name: a.Name, room: room, offices: offices, only: c.Chosen})
		if errors.Is(err, problem.NotFound) {
			return problem.New(problem.Conflict, "videocall.nobody_waiting")
		}
		if err != nil {
			return err
		}
		l := line{kind: EventClaimed, side: DeskSide, staff: &operator, request: &c.Request, at: tx.Now()}
		if err := appendEvent(ctx, tx, v.ID, l); err != nil {
			return err
		}
		if c.Standby == v.Room {
			if err := appendEvent(ctx, tx, v.ID, line{kind: EventJoined, side: DeskSide, staff: &operator, at: tx.Now()}); err != nil {
				return err
			}
		}
		detail := map[string]any{"appointment": v.AppointmentID.String()}
		if why != "" {
			detail["why"] = why
		}
		return audit.Record(ctx, tx, a, "session.claimed", "session:"+v.ID.String(), detail)
	}
	err = s.cfg.DB.InTenant(ctx, t, try)
	if tenant.Violates(err, "sessions_operator_id_live_key") || tenant.Violates(err, "session_events_staff_id_request_id_key") {
		err = s.cfg.DB.InTenant(ctx, t, try) // a second click was faster: now its effect is seen
	}
	if err != nil || v.ID.IsZero() {
		return Session{}, err
	}
	s.watch.add(t)
	s.hint(ctx, t, v)
	return v, nil
}

func either(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// Admission is the way into the video room of a session.
type Admission struct {
	URL      string
	Token    string
	Identity string
}

// Join admits the actor's side to the video, anew after a reload or when LiveKit lost the room. While LiveKit does
// not answer it is "videocall.video_unavailable" and nothing is lost. A call that went on is dropped until both
// sides receive each other again. A kiosk is admitted while its citizen waits, too, without the right to send.
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
	room := v.Room
	if room == "" { // waiting again: nobody who had a way into the former room has one into this
		if room, err = s.roomName(t); err != nil {
			return Admission{}, err
		}
	}
	if err := s.createRoom(ctx, room); err != nil {
		return Admission{}, err
	}
	var previous, identity string
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, side, err = lockMine(ctx, tx, a); err != nil {
			return err
		}
		if v.Room == "" {
			v.Room = room
		}
		if v.Room != room {
			return problem.New(problem.Conflict, "videocall.illegal_step")
		}
		previous, identity = s.admit(&v, side)
		v.setSeen(side, tx.Now())
		if v.State == Waiting {
			return save(ctx, tx, &v)
		}
		v.setPeer(side, false)
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
	s.remove(ctx, room, previous)
	may := inCall
	if side == DeskSide {
		may = deskInCall
	}
	if v.State == Waiting {
		may = rtc.Sources{}
	}
	return s.admission(room, identity, may)
}

// admit counts the join and names it: a fresh identity each time, so that a reload never collides with itself.
func (s *Service) admit(v *Session, side Side) (previous, identity string) {
	if side == DeskSide {
		v.DeskJoins++
		return deskIdentity(*v.OperatorID, v.DeskJoins-1), deskIdentity(*v.OperatorID, v.DeskJoins)
	}
	v.KioskJoins++
	return kioskIdentity(v.KioskID, v.KioskJoins-1), kioskIdentity(v.KioskID, v.KioskJoins)
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
	return s.actWith(ctx, t, a, c, func(_ *tenant.Tx, v *Session) error {
		fill(v)
		return nil
	})
}

func (s *Service) actWith(ctx context.Context, t tenant.Tenant, a actor.Actor, c Command, fill func(*tenant.Tx, *Session) error) error {
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
		if err := fill(tx, &v); err != nil {
			return err
		}
		if err := s.step(ctx, tx, &v, c, line{side: DeskSide, staff: &operator}); err != nil {
			return err
		}
		return save(ctx, tx, &v)
	})
	if err != nil {
		return err
	}
	s.hint(ctx, t, v)
	if v.Room != room || !v.State.Live() {
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
