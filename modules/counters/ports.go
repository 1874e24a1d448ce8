package counters

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/platform/ephemeral"
	"github.com/sportello/sportello/tenant"
)

// Presence says which devices were seen lately. It is a hint: without it every device is shown as not connected.
type Presence interface {
	// Touch notes that the key is there for ttl.
	Touch(ctx context.Context, key string, ttl time.Duration) error
	// Present says which of the keys are there.
	Present(ctx context.Context, keys ...string) (map[string]bool, error)
}

// Limiter limits tries by a key. An error refuses the try.
type Limiter interface {
	Allow(ctx context.Context, limit ephemeral.Limit, key string) (ok bool, retryAfter time.Duration, err error)
}

// Cutter ends what goes on at a kiosk whose device was revoked: picture and sound too.
type Cutter interface {
	CutKiosk(ctx context.Context, t tenant.Tenant, kiosk uuid.UUID) error
}

type absent struct{}

func (absent) Touch(context.Context, string, time.Duration) error { return nil }
func (absent) Present(context.Context, ...string) (map[string]bool, error) {
	return map[string]bool{}, nil
}
