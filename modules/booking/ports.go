package booking

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/tenant"
)

// Seats is the kiosk's side of a booking: whoever owns the kiosk gives and takes its time. counters.Service is one; the
// kiosk of another entity comes through an agreement later.
type Seats interface {
	// Reserve takes a stretch, and says false when somebody has it.
	Reserve(ctx context.Context, tx *tenant.Tx, r counters.Reservation) (bool, error)
	// Confirm keeps a held stretch for good, and says false when the hold was released meanwhile.
	Confirm(ctx context.Context, tx *tenant.Tx, reservation uuid.UUID) (bool, error)
	// Extend moves the end of a hold.
	Extend(ctx context.Context, tx *tenant.Tx, reservation uuid.UUID, until time.Time) (bool, error)
	// Release frees a stretch; twice is no error.
	Release(ctx context.Context, tx *tenant.Tx, reservation uuid.UUID) error
	// ReleaseLater frees a stretch at an instant and keeps it from everybody until then.
	ReleaseLater(ctx context.Context, tx *tenant.Tx, reservation uuid.UUID, at time.Time) error
}
