package videocall

import (
	"context"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/tenant"
)

// Talked gives the appointment of a session in which citizen and operator met, or false: nobody came, nobody answered, or
// nobody had booked.
func (s *Service) Talked(ctx context.Context, tx *tenant.Tx, session string) (appointment uuid.UUID, ok bool, err error) {
	parsed, err := id.Parse[Session](session)
	if err != nil {
		return uuid.Nil, false, err
	}
	v, err := byID(ctx, tx, parsed)
	return v.AppointmentID, err == nil && v.ConnectedAt != nil && v.Ticket == nil && !v.Rehearsal && v.State == Closed, err
}
