package identity

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/platform/ephemeral"
	"github.com/sportello/sportello/tenant"
)

// Limiter counts tries. ephemeral.Store is one. When it cannot answer, logins are refused.
type Limiter interface {
	Allow(ctx context.Context, l ephemeral.Limit, key string) (ok bool, retryAfter time.Duration, err error)
}

// Cutter ends what a disabled member of staff is in the middle of: screens that listen, calls. The event
// identity.staff_disabled.v1 says the same again, so a Cutter that fails is only slower.
type Cutter interface {
	Cut(ctx context.Context, t tenant.Tenant, staffID string) error
}

// OfficeLabel names an office on the staff pages.
type OfficeLabel struct {
	ID   uuid.UUID
	Name string
}

// Offices lists the offices that staff can be given. The catalogue is one.
type Offices interface {
	OfficeLabels(ctx context.Context, tx *tenant.Tx) ([]OfficeLabel, error)
}
