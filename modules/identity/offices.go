package identity

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// OfficesOf gives the offices a member of staff answers for. An account that is disabled or unknown may not work.
func (s *Service) OfficesOf(ctx context.Context, tx *tenant.Tx, a actor.Actor) ([]uuid.UUID, error) {
	offices, err := tenant.Value[[]uuid.UUID](ctx, tx, sqlOfficesOf, tenant.Args{"id": a.ID})
	if errors.Is(err, problem.NotFound) {
		err = problem.New(problem.Unauthenticated, "unauthenticated")
	}
	return offices, err
}

// Name is an operator with their name.
type Name struct {
	ID   uuid.UUID
	Name string
}

// NamesOf gives the operators who answer for an office, by name.
func (s *Service) NamesOf(ctx context.Context, tx *tenant.Tx, office uuid.UUID) ([]Name, error) {
	return tenant.All[Name](ctx, tx, sqlNamesOf, tenant.Args{"office": office})
}

// OperatorsOf gives the operators who answer for an office.
func (s *Service) OperatorsOf(ctx context.Context, tx *tenant.Tx, office uuid.UUID) ([]uuid.UUID, error) {
	return tenant.Values[uuid.UUID](ctx, tx, sqlOperatorsOf, tenant.Args{"office": office})
}
