package booking

import (
	"context"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/tenant"
)

// Rating is what a citizen says of an encounter, once. It is kept without the appointment, so that nobody can tell whose it
// is nor of whom it speaks.
type Rating struct {
	Stars  int // 1 to 5
	Aspect int // 1 to 5: what counted most; 0 for no answer
}

// Ratings are the ratings of a service added up.
type Ratings struct {
	ServiceID catalog.SheetID
	N         int
	Stars     int // of all together
}

// Rate keeps a rating of the appointment whose personal link this is. Refusals: "booking.stars" without stars,
// "booking.not_met" for an encounter that did not take place, "booking.rated" the second time.
func (s *Service) Rate(ctx context.Context, t tenant.Tenant, token string, r Rating) error {
	if r.Stars < 1 || r.Stars > 5 {
		return problem.New(problem.Invalid, "booking.stars").WithField("voto", "form.required")
	}
	if r.Aspect < 0 || r.Aspect > 5 {
		r.Aspect = 0
	}
	return s.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		a, err := s.Managed(ctx, tx, token)
		if err != nil {
			return err
		}
		if a.State != Used {
			return problem.New(problem.Conflict, "booking.not_met")
		}
		if fresh, err := rated(ctx, tx, a.ID); err != nil || !fresh {
			return orRated(err)
		}
		return insertRating(ctx, tx, a.ServiceID, r)
	})
}

func orRated(err error) error {
	if err != nil {
		return err
	}
	return problem.New(problem.Conflict, "booking.rated")
}

// Ratings adds up what was said between two dates, both included, by service.
func (s *Service) Ratings(ctx context.Context, tx *tenant.Tx, first, last civil.Date) ([]Ratings, error) {
	return ratings(ctx, tx, first, last)
}

// AskRating has the citizen asked how it went, once, where the entity wants that.
func (m *Messages) AskRating(ctx context.Context, tx *tenant.Tx, id AppointmentID) error {
	a, err := read(ctx, tx, id)
	if notFound(err) {
		return nil
	}
	if err != nil || a.State != Used {
		return err
	}
	if e, err := m.svc.Catalog.Entity(ctx, tx); err != nil || !e.AskRating {
		return err
	}
	_, err = m.notify.Queue(ctx, tx, notify.Request{
		DedupeKey: messageRating + ":" + a.ID.String(), Kind: messageRating, SubjectID: a.ID.UUID, Recipient: a.Email,
	})
	return err
}
