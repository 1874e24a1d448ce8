package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/sportello/sportello/tenant"
)

// Dead is a delivery that used up its attempts.
type Dead struct {
	Cell       string
	ID         int64 // within the cell
	Tenant     tenant.Key
	Event      string
	Subscriber string
	Attempts   int
	Error      string // of the last attempt
	At         time.Time
}

// Dead lists up to 1,000 dead deliveries per cell, the newest first.
func (o *Outbox) Dead(ctx context.Context) ([]Dead, error) {
	cells, err := o.open(ctx)
	if err != nil {
		return nil, err
	}
	var dead []Dead
	for cell, c := range cells {
		page, err := c.client.JobList(ctx, river.NewJobListParams().
			States(rivertype.JobStateDiscarded).First(1000).OrderBy(river.JobListOrderByFinalizedAt, river.SortOrderDesc))
		if err != nil {
			return nil, fmt.Errorf("jobs of cell %s: %w", cell, err)
		}
		for _, job := range page.Jobs {
			var args delivery
			if err := json.Unmarshal(job.EncodedArgs, &args); err != nil {
				return nil, fmt.Errorf("job %d of cell %s: %w", job.ID, cell, err)
			}
			d := Dead{Cell: cell, ID: job.ID, Tenant: args.Tenant, Event: args.Event, Subscriber: args.Subscriber, Attempts: job.Attempt}
			if n := len(job.Errors); n > 0 {
				d.Error = job.Errors[n-1].Error
			}
			if job.FinalizedAt != nil {
				d.At = *job.FinalizedAt
			}
			dead = append(dead, d)
		}
	}
	return dead, nil
}

// Retry has a dead delivery handled again, from now.
func (o *Outbox) Retry(ctx context.Context, cell string, id int64) error {
	cells, err := o.open(ctx)
	if err != nil {
		return err
	}
	c, ok := cells[cell]
	if !ok {
		return fmt.Errorf("no cell %q", cell)
	}
	_, err = c.client.JobRetry(ctx, id)
	return err
}

const sqlPending = `
select count(*) from jobs.river_job
where state in ('available', 'running', 'retryable', 'scheduled') and (state = 'running' or scheduled_at <= $1)`

// Pending counts the deliveries that are due or being handled, over all cells.
func (o *Outbox) Pending(ctx context.Context) (int, error) {
	cells, err := o.open(ctx)
	if err != nil {
		return 0, err
	}
	sum := 0
	for cell, c := range cells {
		var n int
		if err := c.pool.QueryRow(ctx, sqlPending, o.db.Clock().Now()).Scan(&n); err != nil {
			return 0, fmt.Errorf("jobs of cell %s: %w", cell, err)
		}
		sum += n
	}
	return sum, nil
}
