package catalog

import (
	"context"
	"time"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/tenant"
)

// Booked is one appointment on a day that was closed afterwards: whom to tell.
type Booked struct {
	At                 time.Time
	Name, Phone, Email string
}

// Bookings tells who has booked with offices on a date, in order of time. The module booking satisfies it.
type Bookings interface {
	BookedOn(ctx context.Context, tx *tenant.Tx, date civil.Date, offices []OfficeID) ([]Booked, error)
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
		found, err := s.bookings.BookedOn(ctx, tx, e.Date, offices)
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
