package booking

import (
	"context"
	"log/slog"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// Cancel gives a booked time back. Cancelling again gives the same answer. An appointment that was used, or whose time is
// over, is the conflict booking.over. From then on the code is unknown everywhere.
func (s *Service) Cancel(ctx context.Context, t tenant.Tenant, manage string) (Appointment, error) {
	id, err := s.Keys.ParseManageToken(t.Key, manage)
	if err != nil {
		return Appointment{}, err
	}
	var a Appointment
	err = s.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		a, err = s.CancelIn(ctx, tx, id)
		return err
	})
	if err == nil {
		s.releaseCode(ctx, t, a)
	}
	return a, err
}

// CancelIn is Cancel in the caller's transaction. The code stays in the registry until CleanCodes, and opens nothing.
func (s *Service) CancelIn(ctx context.Context, tx *tenant.Tx, id AppointmentID) (Appointment, error) {
	a, err := changeable(ctx, tx, id)
	if err != nil || a.State == Cancelled {
		return a, err
	}
	if _, err := tenant.Exec(ctx, tx, sqlCancel, tenant.Args{"id": a.ID, "now": tx.Now()}); err != nil {
		return a, err
	}
	if err := s.giveBack(ctx, tx, a); err != nil {
		return a, err
	}
	now := tx.Now()
	a.State, a.CancelledAt = Cancelled, &now
	return a, tx.Publish(ctx, CancelledEvent{AppointmentID: a.ID, Version: a.Version})
}

// changeable locks an appointment that can still be moved or cancelled, or was cancelled already.
func changeable(ctx context.Context, tx *tenant.Tx, id AppointmentID) (Appointment, error) {
	a, err := lock(ctx, tx, id)
	switch {
	case err != nil:
		return a, err
	case a.State == Cancelled:
		return a, nil
	case a.State != Confirmed && a.State != Used:
		return a, problem.New(problem.NotFound, "not_found")
	case a.State == Used || !a.EndsAt.After(tx.Now()):
		return a, problem.New(problem.Conflict, "booking.over")
	}
	return a, nil
}

// releaseCode takes a code out of the registry. When it fails the code opens nothing all the same, because the
// appointment is no longer booked; CleanCodes removes it later.
func (s *Service) releaseCode(ctx context.Context, t tenant.Tenant, a Appointment) {
	err := s.DB.InControl(ctx, actor.Actor{Kind: actor.System}, func(tx *tenant.ControlTx) error {
		return control.ReleaseCode(ctx, tx, t.Key, a.ID.UUID)
	})
	if err != nil {
		s.Logger.WarnContext(ctx, "code left for the clean-up", slog.String("appointment", a.ID.String()), slog.Any("err", err))
	}
}

// Move puts a booked appointment at another time, place or office, in one transaction: the new time is taken and the
// old one is freed, or nothing changes. Code and manage link stay. Moving to where it is already changes nothing. A time
// that is taken is the conflict booking.slot_taken with Alternatives as Data.
func (s *Service) Move(ctx context.Context, t tenant.Tenant, manage string, c Choice) (Appointment, error) {
	id, err := s.Keys.ParseManageToken(t.Key, manage)
	if err != nil {
		return Appointment{}, err
	}
	var a Appointment
	err = s.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		a, err = s.MoveIn(ctx, tx, id, c)
		return err
	})
	return a, err
}

// MoveIn is Move in the caller's transaction. A choice without office or kiosk keeps the appointment's.
func (s *Service) MoveIn(ctx context.Context, tx *tenant.Tx, id AppointmentID, c Choice) (Appointment, error) {
	a, err := changeable(ctx, tx, id)
	if err != nil {
		return a, err
	}
	if a.State == Cancelled {
		return a, problem.New(problem.Conflict, "booking.cancelled")
	}
	c.Service = a.ServiceID
	if c.Office.IsZero() {
		c.Office = a.OfficeID
	}
	if c.Kiosk.IsZero() {
		c.Kiosk = a.KioskID
	}
	if a.at(c) {
		return a, nil
	}
	offer, err := s.offer(ctx, tx, c)
	if err != nil {
		return a, err
	}
	if err := s.release(ctx, tx, a); err != nil {
		return a, err
	}
	a.OfficeID, a.KioskID = c.Office, c.Kiosk
	a.StartsAt, a.EndsAt = c.Start.UTC(), c.Start.Add(offer.length).UTC()
	if err := s.take(ctx, tx, &a, offer.units, false); err != nil {
		return a, err
	}
	if _, err := tenant.Exec(ctx, tx, sqlPlace, placeArgs(a, tx.Now())); err != nil {
		return a, err
	}
	a.Version++
	return a, tx.Publish(ctx, MovedEvent{AppointmentID: a.ID, Version: a.Version})
}
