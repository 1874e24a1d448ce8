package booking

import (
	"context"
	"time"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// lastMinute: this long before its time a cancelled time is anybody's at once, so that it does not go to waste.
const lastMinute = 2 * time.Hour

// giveBack frees the time of a cancelled appointment. Where the entity keeps such times back, it becomes a hold that lapses
// by itself: who cancels for a friend, or to sell the place, cannot know who gets it.
func (s *Service) giveBack(ctx context.Context, tx *tenant.Tx, a Appointment) error {
	e, err := s.Catalog.Entity(ctx, tx)
	if err != nil {
		return err
	}
	at := tx.Now().Add(time.Duration(e.ReturnMinutes) * time.Minute)
	if last := a.StartsAt.Add(-lastMinute); at.After(last) {
		at = last
	}
	if !at.After(tx.Now()) {
		return s.release(ctx, tx, a)
	}
	if err := s.Seats.ReleaseLater(ctx, tx, a.ReservationID, at); err != nil {
		return err
	}
	_, err = tenant.Exec(ctx, tx, sqlHoldSeat, tenant.Args{"id": a.SeatID, "expires": at})
	return err
}

// fair refuses one appointment too many of one address: "booking.too_many", beside the address.
func (s *Service) fair(ctx context.Context, tx *tenant.Tx, a Appointment) error {
	e, err := remembered(ctx, s.memo, tx.Tenant().Key, "entity", memoTime, func() (catalog.Entity, error) { return s.Catalog.Entity(ctx, tx) })
	if err != nil || e.OpenLimit == 0 {
		return err
	}
	args := tenant.Args{"id": a.ID, "email": a.Email, "service": a.ServiceID, "now": tx.Now()}
	if _, err := tenant.Exec(ctx, tx, sqlOneAddress, args); err != nil {
		return err
	}
	ahead, err := tenant.Value[int](ctx, tx, sqlAhead, args)
	if err != nil || ahead < e.OpenLimit {
		return err
	}
	p := problem.New(problem.Conflict, "booking.too_many").With("count", e.OpenLimit)
	p.Fields = []problem.Field{{Name: "email", Code: p.Code, Args: p.Args}}
	return p
}
