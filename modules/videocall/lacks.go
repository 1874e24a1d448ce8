package videocall

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// Whoever waits and finds that they lack something can say so, or choose another time on the spot.

// Changes moves and cancels an appointment from the kiosk. booking satisfies it, by way of cmd/internal/app.
type Changes interface {
	// Times gives the next free times of the appointment's service at its own kiosk and office, in order.
	Times(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID) ([]time.Time, error)
	// Move puts it at another time; one that is taken is the problem "booking.slot_taken".
	Move(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID, start time.Time) error
	// Cancel gives it back.
	Cancel(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID) error
}

// Lack notes what the citizen who waits says they lack: some of what the service asks for. Saying it again replaces it.
func (s *Service) Lack(ctx context.Context, t tenant.Tenant, a actor.Actor, lacks []string) error {
	var v Session
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, err = s.whoWaits(ctx, tx, a); err != nil {
			return err
		}
		for _, one := range lacks {
			if !slices.Contains(v.Needed, one) {
				return problem.New(problem.Invalid, "form.invalid").WithField("lacks", "form.value")
			}
		}
		_, err = tenant.Exec(ctx, tx, sqlLack, tenant.Args{"id": v.ID.UUID, "lacks": append([]string{}, lacks...)})
		return err
	})
	if err == nil {
		s.hint(ctx, t, v)
	}
	return err
}

// OtherTimes lists when the appointment of who waits could be instead, at the same kiosk.
func (s *Service) OtherTimes(ctx context.Context, t tenant.Tenant, a actor.Actor) (times []time.Time, err error) {
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		v, err := s.whoWaits(ctx, tx, a)
		if err != nil || v.Ticket != nil {
			return either(err, problem.New(problem.Conflict, "videocall.no_appointment"))
		}
		times, err = s.cfg.Changes.Times(ctx, tx, v.AppointmentID)
		return err
	})
	return times, err
}

// MoveAway ends the wait and moves the appointment to another time, both or neither.
func (s *Service) MoveAway(ctx context.Context, t tenant.Tenant, a actor.Actor, start time.Time) error {
	return s.goAway(ctx, t, a, func(tx *tenant.Tx, v *Session) error { return s.cfg.Changes.Move(ctx, tx, v.AppointmentID, start) })
}

// CancelAway ends the wait and cancels the appointment, both or neither.
func (s *Service) CancelAway(ctx context.Context, t tenant.Tenant, a actor.Actor) error {
	return s.goAway(ctx, t, a, func(tx *tenant.Tx, v *Session) error { return s.cfg.Changes.Cancel(ctx, tx, v.AppointmentID) })
}

func (s *Service) goAway(ctx context.Context, t tenant.Tenant, a actor.Actor, change func(*tenant.Tx, *Session) error) error {
	var v Session
	var room string
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, err = s.whoWaits(ctx, tx, a); err != nil {
			return err
		}
		if v.Ticket != nil {
			return problem.New(problem.Conflict, "videocall.no_appointment")
		}
		room = v.Room
		if err := s.step(ctx, tx, &v, Leave, line{side: KioskSide}); err != nil { // gives the code back
			return err
		}
		if err := save(ctx, tx, &v); err != nil {
			return err
		}
		return change(tx, &v)
	})
	if err != nil {
		return err
	}
	s.hint(ctx, t, v)
	s.deleteRoom(ctx, room)
	return nil
}

// whoWaits locks the session of a citizen whom nobody has called yet. Once somebody has it is "videocall.illegal_step".
func (s *Service) whoWaits(ctx context.Context, tx *tenant.Tx, a actor.Actor) (Session, error) {
	if _, err := kioskOf(a); err != nil {
		return Session{}, err
	}
	v, _, err := lockMine(ctx, tx, a)
	if err == nil && v.State != Waiting {
		err = problem.New(problem.Conflict, "videocall.illegal_step")
	}
	return v, err
}
