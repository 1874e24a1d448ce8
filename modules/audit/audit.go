// Package audit keeps the register of what was done to an entity's data and by whom. Record writes in the caller's
// transaction: no audit row, no action. Rows are never changed or removed; the runtime role has no right to.
package audit

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/tenant"
)

// Migrations is the module's line of schema changes.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// Entry is one row of the register. Object is kind:id, e.g. "appointment:0193…".
type Entry struct {
	ID        uuid.UUID
	At        time.Time
	ActorKind actor.Kind
	ActorID   string
	Action    string // e.g. "appointment.read"
	Object    string
	Detail    map[string]any
}

// PageSize is how many rows List returns at most.
const PageSize = 50

// Filter narrows List. From belongs to the range, To does not; zero values do not narrow.
type Filter struct {
	From, To time.Time
	Object   string
	Before   Cursor // rows older than this one; zero for the newest
}

// Cursor is the place after which a list goes on.
type Cursor struct {
	At time.Time
	ID uuid.UUID
}

// CanRead says whether the actor may read the register: administrators of the entity.
func CanRead(a actor.Actor) bool { return a.Has(actor.Administrator) }

// Record writes one row in the transaction. Action is dotted, object is kind:id; detail holds no personal data.
func Record(ctx context.Context, tx *tenant.Tx, a actor.Actor, action, object string, detail map[string]any) error {
	if a.Kind == "" {
		return fmt.Errorf("audit %s: nobody acts", action)
	}
	if detail == nil {
		detail = map[string]any{}
	}
	body, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	n, err := tenant.Exec(ctx, tx, sqlRecord, tenant.Args{
		"id": tx.IDs()(), "at": tx.Now(), "kind": string(a.Kind), "actor": a.ID,
		"action": action, "object": object, "detail": string(body),
	})
	if err == nil && n != 1 {
		err = fmt.Errorf("%d rows written", n)
	}
	if err != nil {
		return fmt.Errorf("audit %s: %w", action, err)
	}
	return nil
}

// List reads the newest rows that the filter allows, at most PageSize, newest first.
func List(ctx context.Context, tx *tenant.Tx, f Filter) ([]Entry, error) {
	return tenant.All[Entry](ctx, tx, sqlList, tenant.Args{
		"from": orNil(f.From), "to": orNil(f.To), "object": f.Object,
		"before_at": orNil(f.Before.At), "before_id": f.Before.ID, "limit": PageSize,
	})
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
