package videocall

import (
	"context"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

const sqlNextTicket = `
INSERT INTO {t}.ticket_days AS d (day, last)
VALUES (@day::date, 1)
ON CONFLICT ON CONSTRAINT ticket_days_pkey DO UPDATE SET last = d.last + 1
RETURNING last`

// nextTicket gives the next number of the day in Rome. Two who ask at once get two numbers, one after the other.
func nextTicket(ctx context.Context, tx *tenant.Tx) (int, error) {
	today := civil.Of(tx.Now().In(clock.Rome))
	return tenant.Value[int](ctx, tx, sqlNextTicket, tenant.Args{"day": today.String()})
}
