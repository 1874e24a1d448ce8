package videocall

import (
	"context"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

const sqlServedSince = `
SELECT office_id, count(*)::integer AS n
  FROM {t}.sessions
 WHERE started_at >= @from AND connected_at IS NOT NULL AND closed_at IS NOT NULL AND NOT rehearsal
 GROUP BY office_id`

// servedToday counts the talks of the day in Rome that have ended.
func servedToday(ctx context.Context, tx *tenant.Tx) ([]servedCell, error) {
	today := civil.Of(tx.Now().In(clock.Rome))
	return tenant.All[servedCell](ctx, tx, sqlServedSince, tenant.Args{"from": today.Start(clock.Rome)})
}
