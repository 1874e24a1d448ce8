package videocall

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// Start begins an encounter with the code that was typed at the kiosk. The same request gives the same session.
// visit is the number of an Approach whose room becomes the session's, or zero. Refusals are those of Codes, and
// "videocall.kiosk_busy" while another encounter goes on at this kiosk.
func (s *Service) Start(ctx context.Context, t tenant.Tenant, a actor.Actor, code string, request, visit uuid.UUID) (Session, error) {
	if a.Kind != actor.Kiosk {
		return Session{}, problem.New(problem.Forbidden, "forbidden")
	}
	return s.once(ctx, t, a, request, func(kiosk uuid.UUID) (Session, error) {
		ticket, err := s.cfg.Codes.Check(ctx, t, kiosk, code)
		if err != nil {
			return Session{}, err
		}
		return s.begin(ctx, t, kiosk, ticket, request, visitRoom(t, kiosk, visit))
	})
}

// StartOwn begins the encounter of an appointment on the citizen's own device: who holds its personal link. The same
// request gives the same session. Refusals are those of a code, and "kiosk.own_device_not_offered".
func (s *Service) StartOwn(ctx context.Context, t tenant.Tenant, a actor.Actor, request, visit uuid.UUID) (Session, error) {
	if a.Kind != actor.Citizen {
		return Session{}, problem.New(problem.Forbidden, "forbidden")
	}
	return s.once(ctx, t, a, request, func(own uuid.UUID) (Session, error) {
		ticket, err := s.cfg.Codes.CheckOwn(ctx, t, own)
		if err != nil {
			return Session{}, err
		}
		return s.begin(ctx, t, own, ticket, request, visitRoom(t, own, visit))
	})
}

// once has open make the kiosk's session, unless the same request made it before, and tells whom it concerns.
func (s *Service) once(ctx context.Context, t tenant.Tenant, a actor.Actor, request uuid.UUID,
	open func(kiosk uuid.UUID) (Session, error),
) (Session, error) {
	kiosk, err := kioskOf(a)
	if err != nil {
		return Session{}, err
	}
	if v, found, err := s.started(ctx, t, kiosk, request); err != nil || found {
		return v, err
	}
	v, err := open(kiosk)
	if errors.Is(err, codeUsed) || errors.Is(err, kioskBusy) || errors.Is(err, kioskBooked) { // by the same request on another connection?
		if v, found, again := s.started(ctx, t, kiosk, request); again != nil || found {
			return v, again
		}
	}
	if err != nil {
		return Session{}, err
	}
	s.watch.add(t)
	s.hint(ctx, t, v)
	if v.Room != "" {
		s.forgetApproach(ctx, t, v.Room)
	}
	return v, nil
}

// visitRoom is the room of an approach, or none.
func visitRoom(t tenant.Tenant, kiosk, visit uuid.UUID) string {
	if visit == uuid.Nil {
		return ""
	}
	return approachRoom(t, kiosk, visit)
}

var (
	codeUsed  = problem.New(problem.Gone, "kiosk.code_used").WithData(map[string]string{"action": "ask_help"})
	kioskBusy = problem.New(problem.Conflict, "videocall.kiosk_busy").WithData(map[string]string{"action": "wait"})
)

// started finds the session that this request began before.
func (s *Service) started(ctx context.Context, t tenant.Tenant, kiosk, request uuid.UUID) (v Session, found bool, err error) {
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		v, err = byRequest(ctx, tx, kiosk, request)
		if errors.Is(err, problem.NotFound) {
			return nil
		}
		found = err == nil
		return err
	})
	return v, found, err
}

// begin redeems the code and makes the session, both or neither.
func (s *Service) begin(ctx context.Context, t tenant.Tenant, kiosk uuid.UUID, ticket Ticket, request uuid.UUID, room string) (v Session, err error) {
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		if err := s.cfg.Codes.Redeem(ctx, tx, kiosk, ticket.AppointmentID); err != nil {
			return err
		}
		v = Session{ID: id.New[Session](tx.IDs()), AppointmentID: ticket.AppointmentID, KioskID: kiosk,
			OfficeID: ticket.OfficeID, ServiceID: ticket.ServiceID, AppointmentAt: ticket.StartsAt, StartRequestID: request}
		return s.seat(ctx, tx, &v, room)
	})
	return v, err
}

// seat writes a new session with its labels, its first line and its check, and reads it back. A room that another session
// had is not taken.
func (s *Service) seat(ctx context.Context, tx *tenant.Tx, v *Session, room string) error {
	if err := s.label(ctx, tx, v); err != nil {
		return err
	}
	return s.sit(ctx, tx, v, room)
}

// sit is seat for a session that has its labels.
func (s *Service) sit(ctx context.Context, tx *tenant.Tx, v *Session, room string) error {
	if _, err := byRoom(ctx, tx, room); errors.Is(err, problem.NotFound) {
		v.Room = room
	} else if err != nil {
		return err
	}
	ok, err := insertSession(ctx, tx, v)
	if err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	if !ok {
		if _, err := liveOfKiosk(ctx, tx, v.KioskID); err == nil {
			return kioskBusy
		}
		return codeUsed
	}
	if err := appendEvent(ctx, tx, v.ID, line{kind: EventStarted, side: KioskSide, at: tx.Now()}); err != nil {
		return err
	}
	if err := tx.PublishAt(ctx, SessionCheck{SessionID: v.ID.String()}, tx.Now().Add(s.times.CheckLoop)); err != nil {
		return err
	}
	*v, err = byID(ctx, tx, v.ID)
	return err
}

func (s *Service) label(ctx context.Context, tx *tenant.Tx, v *Session) error {
	service, err := s.cfg.Labels.Service(ctx, tx, v.ServiceID)
	if err != nil {
		return err
	}
	v.ServiceTitle, v.Needed, v.ServiceMinutes = service.Title, service.Needed, max(service.Minutes, 1)
	if v.Needed == nil {
		v.Needed = []string{}
	}
	if v.OfficeName, err = s.cfg.Labels.Office(ctx, tx, v.OfficeID); err != nil {
		return err
	}
	kiosk, err := s.cfg.Kiosks.Kiosk(ctx, tx, v.KioskID)
	v.KioskName = kiosk.Name
	return err
}

// Leave ends the encounter at the citizen's wish; after the end it takes the kiosk back to its start. It names the
// session, so that one that comes late does nothing to the next citizen's.
func (s *Service) Leave(ctx context.Context, t tenant.Tenant, a actor.Actor, session ID) error {
	kiosk, err := kioskOf(a)
	if err != nil {
		return err
	}
	var v Session
	var room string
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		v, room = Session{}, ""
		latest, err := latestOfKiosk(ctx, tx, kiosk)
		if errors.Is(err, problem.NotFound) {
			return nil
		}
		if err != nil || latest.ID != session {
			return err
		}
		if v, err = lock(ctx, tx, latest.ID); err != nil {
			return err
		}
		if !v.State.Live() {
			if v.KioskAckAt == nil {
				at := tx.Now()
				v.KioskAckAt = &at
				return save(ctx, tx, &v)
			}
			return nil
		}
		room = v.Room
		if err := s.step(ctx, tx, &v, Leave, line{side: KioskSide}); err != nil {
			return err
		}
		return save(ctx, tx, &v)
	})
	if err != nil || v.ID.IsZero() {
		return err
	}
	s.hint(ctx, t, v)
	s.deleteRoom(ctx, room)
	return nil
}

// CutKiosk ends what goes on at a kiosk that was revoked: media stop with the room.
func (s *Service) CutKiosk(ctx context.Context, t tenant.Tenant, kiosk uuid.UUID) error {
	return s.cut(ctx, t, Cut, func(tx *tenant.Tx) (Session, error) { return liveOfKiosk(ctx, tx, kiosk) })
}

// Cut takes a disabled operator out of their call: media stop with the room, the citizen waits for somebody else.
// It satisfies identity.Cutter.
func (s *Service) Cut(ctx context.Context, t tenant.Tenant, staffID string) error {
	staff, err := uuid.Parse(staffID)
	if err != nil {
		return err
	}
	if err := s.cut(ctx, t, Requeue, func(tx *tenant.Tx) (Session, error) { return liveOfOperator(ctx, tx, staff) }); err != nil {
		return err
	}
	_ = s.cfg.Hints.Publish(ctx, StaffChannel(t, staff)) // their open screens look at their rights again
	return nil
}

func (s *Service) cut(ctx context.Context, t tenant.Tenant, c Command, find func(*tenant.Tx) (Session, error)) error {
	var v Session
	var room string
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		v = Session{}
		found, err := find(tx)
		if errors.Is(err, problem.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if v, err = lock(ctx, tx, found.ID); err != nil {
			return err
		}
		room = v.Room
		if _, possible := transitions[v.State][c]; !possible {
			return nil // ended meanwhile
		}
		if err := s.step(ctx, tx, &v, c, line{}); err != nil {
			return err
		}
		return save(ctx, tx, &v)
	})
	if err != nil || v.ID.IsZero() {
		return err
	}
	s.deleteRoom(ctx, room)
	s.hint(ctx, t, v)
	return nil
}

// minutesUp rounds up to full five minutes.
func minutesUp(minutes, operators int) int {
	if operators <= 0 || minutes <= 0 {
		return 0
	}
	d := time.Duration(minutes) * time.Minute / time.Duration(operators)
	const step = 5 * time.Minute
	return int((d + step - 1) / step * step / time.Minute)
}
