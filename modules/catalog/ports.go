package catalog

import (
	"context"
	"slices"
	"time"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// Booked is one appointment on a day that was closed afterwards: whom to tell.
type Booked struct {
	At                 time.Time
	Name, Phone, Email string
	Informed           bool // a message about this closing was sent or is on its way
}

// Bookings knows the appointments. The module booking satisfies it.
type Bookings interface {
	// BookedOn tells who has booked with offices on a date, in order of time.
	BookedOn(ctx context.Context, tx *tenant.Tx, date civil.Date, offices []OfficeID, closing ExceptionID) ([]Booked, error)
	// InformBooked has a message sent to each of them who got none about this closing, and says to how many.
	InformBooked(ctx context.Context, tx *tenant.Tx, date civil.Date, offices []OfficeID, closing ExceptionID) (int, error)
}

// SetBookings gives what knows the appointments. The composition root calls it once, before requests are served;
// without it closing days show nobody.
func (s *Service) SetBookings(b Bookings) { s.bookings = b }

// touched finds the people booked on the days that exceptions close. Reading them leaves an audit row for each day that has some.
func (s *Service) touched(ctx context.Context, tx *tenant.Tx, a actor.Actor, exceptions []Exception, offices []OfficeID) (map[ExceptionID][]Booked, error) {
	out := map[ExceptionID][]Booked{}
	if s.bookings == nil || len(offices) == 0 {
		return out, nil
	}
	for _, e := range exceptions {
		if !e.Closed {
			continue
		}
		found, err := s.bookings.BookedOn(ctx, tx, e.Date, offices, e.ID)
		if err != nil || len(found) == 0 {
			if err != nil {
				return nil, err
			}
			continue
		}
		detail := map[string]any{"because": "closing", "appointments": len(found)}
		if err := audit.Record(ctx, tx, a, "appointments.day_read", "day:"+e.Date.String(), detail); err != nil {
			return nil, err
		}
		out[e.ID] = found
	}
	return out, nil
}

// InformBooked has everybody told who is booked on a day that was closed afterwards, with a way to another day. Who was
// told is not told again. It says how many messages leave.
func (s *Service) InformBooked(ctx context.Context, tx *tenant.Tx, a actor.Actor, closing ExceptionID) (int, error) {
	if !CanEdit(a) {
		return 0, errForbidden
	}
	e, offices, err := s.closing(ctx, tx, closing)
	if err != nil || s.bookings == nil {
		return 0, err
	}
	n, err := s.bookings.InformBooked(ctx, tx, e.Date, offices, e.ID)
	if err != nil {
		return 0, err
	}
	return n, audit.Record(ctx, tx, a, "calendar.inform", exceptionObject(e), map[string]any{"date": e.Date.String(), "appointments": n})
}

// closing finds a closed day and the offices it closes.
func (s *Service) closing(ctx context.Context, tx *tenant.Tx, id ExceptionID) (Exception, []OfficeID, error) {
	e, err := tenant.One[Exception](ctx, tx, sqlException, tenant.Args{"id": id})
	if err == nil && !e.Closed {
		err = problem.New(problem.NotFound, "not_found")
	}
	if err != nil || e.OfficeID != nil {
		return e, officesOf(e.OfficeID), err
	}
	all, err := s.Offices(ctx, tx)
	var offices []OfficeID
	for _, o := range all {
		own, err := s.Exceptions(ctx, tx, o.ID, e.Date, e.Date)
		if err != nil {
			return e, nil, err
		}
		if !slices.ContainsFunc(own, func(x Exception) bool { return x.OfficeID != nil }) {
			offices = append(offices, o.ID)
		}
	}
	return e, offices, err
}

func officesOf(one *OfficeID) []OfficeID {
	if one == nil {
		return nil
	}
	return []OfficeID{*one}
}
