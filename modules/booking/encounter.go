package booking

import (
	"context"

	"github.com/google/uuid"

	"github.com/sportello/sportello/tenant"
)

// GiveBack makes a used code work again: the encounter ended before anyone answered. Repeating it changes nothing.
func (s *Service) GiveBack(ctx context.Context, tx *tenant.Tx, a AppointmentID) error {
	_, err := tenant.Exec(ctx, tx, sqlGiveBack, tenant.Args{"id": a, "now": tx.Now()})
	return err
}

// ByIDs reads appointments; an unknown one is left out. The caller leaves the audit row: it reads personal data.
func (s *Service) ByIDs(ctx context.Context, tx *tenant.Tx, ids []uuid.UUID) ([]Appointment, error) {
	rows, err := tenant.All[row](ctx, tx, sqlByIDs, tenant.Args{"ids": ids})
	return appointments(rows), err
}
