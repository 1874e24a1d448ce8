package booking

import (
	"context"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

const sqlRated = `
UPDATE {t}.appointments SET rated_at = @now
 WHERE id = @id AND state = 'used' AND rated_at IS NULL`

const sqlIsRated = `SELECT rated_at IS NOT NULL FROM {t}.appointments WHERE id = @id`

const sqlInsertRating = `
INSERT INTO {t}.ratings (id, service_id, day, stars, aspect)
VALUES (@id, @service, @day::date, @stars, @aspect)`

const sqlRatings = `
SELECT service_id, count(*)::integer AS n, sum(stars)::integer AS stars
  FROM {t}.ratings
 WHERE day BETWEEN @first::date AND @last::date
 GROUP BY service_id`

func rated(ctx context.Context, tx *tenant.Tx, a AppointmentID) (fresh bool, err error) {
	n, err := tenant.Exec(ctx, tx, sqlRated, tenant.Args{"id": a, "now": tx.Now()})
	return n == 1, err
}

func isRated(ctx context.Context, tx *tenant.Tx, a AppointmentID) (bool, error) {
	return tenant.Value[bool](ctx, tx, sqlIsRated, tenant.Args{"id": a})
}

func insertRating(ctx context.Context, tx *tenant.Tx, service catalog.SheetID, r Rating) error {
	_, err := tenant.Exec(ctx, tx, sqlInsertRating, tenant.Args{
		"id": tx.IDs()(), "service": service, "day": civil.Of(tx.Now().In(clock.Rome)).String(), "stars": r.Stars, "aspect": r.Aspect,
	})
	return err
}

func ratings(ctx context.Context, tx *tenant.Tx, first, last civil.Date) ([]Ratings, error) {
	return tenant.All[Ratings](ctx, tx, sqlRatings, tenant.Args{"first": first.String(), "last": last.String()})
}
