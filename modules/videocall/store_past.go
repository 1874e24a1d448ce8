package videocall

import (
	"context"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

// Names are not in these rows: a search by name looks through so many.
const lookThrough = 2000

const sqlPast = `
SELECT ` + sessionColumns + `,
       coalesce((SELECT i.by_what FROM {t}.session_identified AS i WHERE i.session_id = sessions.id), '') AS by_what
  FROM {t}.sessions
 WHERE closed_at IS NOT NULL AND NOT rehearsal AND started_at >= @from AND started_at < @to
   AND (@everywhere OR office_id = ANY(@offices::uuid[]))
   AND strpos(lower(service_title), lower(@service)) > 0
   AND (@outcome = '' OR outcome = @outcome)
 ORDER BY started_at DESC, id DESC
 LIMIT @limit`

func past(ctx context.Context, tx *tenant.Tx, f PastFilter, everywhere bool, offices []uuid.UUID) ([]pastRow, error) {
	return tenant.All[pastRow](ctx, tx, sqlPast, tenant.Args{
		"from": f.First.Start(clock.Rome), "to": f.Last.AddDays(1).Start(clock.Rome), "everywhere": everywhere, "offices": offices,
		"service": f.Service, "outcome": string(f.Outcome), "limit": lookThrough,
	})
}
