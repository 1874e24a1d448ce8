package booking

import (
	"context"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// codeTries bounds the search for a code that nobody has: with a million live codes one in ten thousand is taken.
const codeTries = 20

// Confirm books the held time. Confirming again gives the same appointment. A hold that lapsed takes its time again when
// it is still free; else the answer is the conflict booking.slot_taken with Alternatives as Data, and what was typed stays.
// The code is entered into the vendor-wide registry first: a crash between the two leaves a code that opens nothing,
// which CleanCodes removes.
func (s *Service) Confirm(ctx context.Context, t tenant.Tenant, token string) (Appointment, error) {
	a, err := s.Keys.ParseHoldToken(t.Key, token)
	if err != nil {
		return Appointment{}, err
	}
	var before Appointment
	err = s.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		var err error
		before, err = read(ctx, tx, a)
		return err
	})
	if err != nil || before.State == Confirmed || before.State == Used {
		return before, err
	}
	if err := ready(before); err != nil {
		return Appointment{}, err
	}
	attempt, err := s.reserveCode(ctx, t, a, before.CodeAttempt)
	if err != nil {
		return Appointment{}, err
	}
	var after Appointment
	err = s.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		var err error
		after, err = s.confirm(ctx, tx, a, attempt)
		return err
	})
	return after, err
}

// ready refuses to book what lacks a step of the form.
func ready(a Appointment) error {
	if a.State == Cancelled {
		return problem.New(problem.Conflict, "booking.cancelled")
	}
	if err := a.Matter.Validate(); err != nil {
		return err
	}
	return a.Citizen.Validate()
}

func (s *Service) confirm(ctx context.Context, tx *tenant.Tx, id AppointmentID, attempt int) (Appointment, error) {
	a, err := lock(ctx, tx, id)
	if err != nil || a.State == Confirmed || a.State == Used {
		return a, err
	}
	if err := ready(a); err != nil {
		return Appointment{}, err
	}
	if !a.StartsAt.After(tx.Now()) {
		return Appointment{}, s.taken(ctx, tx, a.choice())
	}
	if err := s.fair(ctx, tx, a); err != nil {
		return Appointment{}, err
	}
	if err := s.keep(ctx, tx, &a); err != nil {
		return Appointment{}, err
	}
	if _, err := tenant.Exec(ctx, tx, sqlConfirm, tenant.Args{"id": a.ID, "attempt": attempt,
		"reservation": a.ReservationID, "seat": a.SeatID, "lang": i18n.From(ctx), "now": tx.Now()}); err != nil {
		return Appointment{}, err
	}
	now := tx.Now()
	a.State, a.ConfirmedAt, a.HoldExpiresAt, a.CodeAttempt, a.Lang = Confirmed, &now, nil, attempt, i18n.From(ctx)
	return a, tx.Publish(ctx, ConfirmedEvent{AppointmentID: a.ID, Version: a.Version})
}

// keep makes both capacities of a hold lasting; those that were given away meanwhile are taken again.
func (s *Service) keep(ctx context.Context, tx *tenant.Tx, a *Appointment) error {
	kiosk, err := s.Seats.Confirm(ctx, tx, a.ReservationID)
	if err != nil {
		return err
	}
	seat, err := tenant.Exec(ctx, tx, sqlConfirmSeat, tenant.Args{"id": a.SeatID})
	if err != nil || (kiosk && seat == 1) {
		return err
	}
	if err := s.release(ctx, tx, *a); err != nil {
		return err
	}
	offer, err := s.offer(ctx, tx, a.choice())
	if err != nil {
		return err
	}
	a.HoldExpiresAt = nil
	return s.take(ctx, tx, a, offer.units, false)
}

// reserveCode enters the appointment's code into the registry, the next one when it is somebody else's.
func (s *Service) reserveCode(ctx context.Context, t tenant.Tenant, a AppointmentID, attempt int) (int, error) {
	hash := s.Keys.Hash(s.Keys.Code(t.Key, a, attempt))
	if _, ok, err := s.codes.Ask(ctx, control.NewCode{Hash: string(hash), Tenant: t.Key, Appointment: a.UUID}); err == nil && ok {
		return attempt, nil
	}
	for range codeTries {
		var ok bool
		err := s.DB.InControl(ctx, actor.Actor{Kind: actor.Citizen, Tenant: string(t.Key)}, func(tx *tenant.ControlTx) error {
			var err error
			ok, err = control.ReserveCode(ctx, tx, s.Keys.Hash(s.Keys.Code(t.Key, a, attempt)), t.Key, a.UUID)
			return err
		})
		if err != nil {
			return 0, err
		}
		if ok {
			return attempt, nil
		}
		attempt++
	}
	return 0, problem.New(problem.Unavailable, "booking.no_code")
}

// Code is the pickup code of a booked appointment, for the citizen's own page and message.
func (s *Service) Code(t tenant.Key, a Appointment) PickupCode {
	return s.Keys.Code(t, a.ID, a.CodeAttempt)
}

// Booking is a whole booking at once, as a program makes it.
type Booking struct {
	Choice
	Citizen Citizen
	Matter  Matter // without a reason it is the service's title
	Token   string // from NewToken: the same token twice is one booking; empty makes a new one
}

// Book chooses and confirms in one transaction. The same token twice gives the same appointment.
func (s *Service) Book(ctx context.Context, t tenant.Tenant, b Booking) (Appointment, error) {
	b.Citizen, b.Matter = b.Citizen.trimmed(), b.Matter.trimmed()
	if err := b.Citizen.Validate(); err != nil {
		return Appointment{}, err
	}
	a := id.New[Appointment](id.Random)
	if b.Token != "" {
		var err error
		if a, err = s.Keys.ParseHoldToken(t.Key, b.Token); err != nil {
			return Appointment{}, err
		}
	}
	if err := s.lostLately(ctx, t, a, b.Choice); err != nil {
		return Appointment{}, err
	}
	attempt, err := s.reserveCode(ctx, t, a, 0)
	if err != nil {
		return Appointment{}, err
	}
	var out Appointment
	for try := range 3 { // the first takes it that the booking is not there yet: the constraints tell when it is
		err = s.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
			if try > 0 {
				old, there, err := lockIfThere(ctx, tx, a)
				if err != nil || there {
					out = old
					return err
				}
			}
			var err error
			out, err = s.book(ctx, tx, a, attempt, b)
			return err
		})
		if err == nil || problem.From(err).Code != errRaced.Code {
			break
		}
	}
	if err == nil && out.State != Confirmed && out.State != Used {
		err = problem.New(problem.Conflict, "booking.raced_form")
	}
	return out, err
}

func (s *Service) book(ctx context.Context, tx *tenant.Tx, a AppointmentID, attempt int, b Booking) (Appointment, error) {
	offer, err := s.offer(ctx, tx, b.Choice)
	if err != nil {
		return Appointment{}, err
	}
	if b.Matter.Reason == "" {
		b.Matter.Reason = offer.title
	}
	if err := b.Matter.Validate(); err != nil {
		return Appointment{}, err
	}
	now := tx.Now()
	out := Appointment{
		ID: a, ServiceID: b.Service, OfficeID: b.Office, KioskID: b.Kiosk, StartsAt: b.Start.UTC(),
		EndsAt: b.Start.Add(offer.length).UTC(), State: Confirmed, CodeAttempt: attempt, Version: 1,
		Citizen: b.Citizen, Matter: b.Matter, CreatedAt: now, ConfirmedAt: &now, Lang: i18n.From(ctx),
	}
	if err := s.fair(ctx, tx, out); err != nil {
		return Appointment{}, err
	}
	if err := s.take(ctx, tx, &out, offer.units, true); err != nil {
		if problem.From(err).Code == "booking.slot_taken" {
			if _, raced, e := lockIfThere(ctx, tx, a); e == nil && raced {
				return Appointment{}, errRaced
			}
		}
		return Appointment{}, err
	}
	return out, tx.Publish(ctx, ConfirmedEvent{AppointmentID: a, Version: out.Version})
}
