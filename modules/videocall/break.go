package videocall

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

var onBreak = problem.New(problem.Conflict, "videocall.on_break")

// TakeBreak begins an operator's break, or ends it. From then on nobody is called by them, citizens are not told that they
// serve, and the live wall counts their desk as closed. Who is in a call has the break after it. Repeating changes nothing.
func (s *Service) TakeBreak(ctx context.Context, t tenant.Tenant, a actor.Actor, on bool) error {
	operator, err := operatorOf(a)
	if err != nil {
		return err
	}
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		args := tenant.Args{"id": tx.IDs()(), "staff": operator, "now": tx.Now()}
		if on {
			_, err := tenant.Exec(ctx, tx, sqlBeginBreak, args)
			return err
		}
		_, err := tenant.Exec(ctx, tx, sqlEndBreak, args)
		return err
	})
	if err == nil {
		_ = s.cfg.Hints.Publish(ctx, StaffChannel(t, operator))
		s.hintDesks(ctx, t)
	}
	return err
}

// breakOf is since when the operator has a break, or nil.
func breakOf(ctx context.Context, tx *tenant.Tx, operator uuid.UUID) (*time.Time, error) {
	since, err := tenant.Value[time.Time](ctx, tx, sqlBreakOf, tenant.Args{"staff": operator})
	if errors.Is(err, problem.NotFound) {
		return nil, nil //nolint:nilnil // they work
	}
	return &since, err
}

// resting are the operators who have a break.
func resting(ctx context.Context, tx *tenant.Tx) (map[uuid.UUID]bool, error) {
	ids, err := tenant.Values[uuid.UUID](ctx, tx, sqlResting)
	out := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// awake leaves out who has a break.
func awake(operators []uuid.UUID, rest map[uuid.UUID]bool) []uuid.UUID {
	out := make([]uuid.UUID, 0, len(operators))
	for _, id := range operators {
		if !rest[id] {
			out = append(out, id)
		}
	}
	return out
}
