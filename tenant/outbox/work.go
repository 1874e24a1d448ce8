package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// Run works the jobs until ctx is done, then lets the running handlers finish for at most 20 seconds.
func (o *Outbox) Run(ctx context.Context) error {
	if err := o.Start(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 25*time.Second)
	defer cancel()
	return o.Stop(stop)
}

// Start begins to work the jobs of every cell and returns. Stop must be called after it.
func (o *Outbox) Start(ctx context.Context) error {
	cells, err := o.open(ctx)
	if err != nil {
		return err
	}
	for name, c := range cells {
		if err := c.client.Start(context.WithoutCancel(ctx)); err != nil {
			return fmt.Errorf("jobs of cell %s: %w", name, err)
		}
	}
	return nil
}

// Stop takes no more jobs, waits for the running handlers and closes the connections.
func (o *Outbox) Stop(ctx context.Context) error {
	o.mu.Lock()
	cells := o.cells
	o.cells = nil
	o.mu.Unlock()
	var errs []error
	for _, c := range cells {
		if err := c.client.Stop(ctx); err != nil && !errors.Is(err, context.Canceled) {
			errs = append(errs, err)
		}
		c.pool.Close()
	}
	return errors.Join(errs...)
}

// open connects to the queue of every cell, once.
func (o *Outbox) open(ctx context.Context) (map[string]cell, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cells != nil {
		return o.cells, nil
	}
	pools, err := o.db.JobPools(ctx, 4)
	if err != nil {
		return nil, err
	}
	cells := map[string]cell{}
	for name, pool := range pools {
		client, err := river.NewClient(riverpgxv5.New(pool), o.settings())
		if err != nil {
			return nil, fmt.Errorf("jobs of cell %s: %w", name, err)
		}
		cells[name] = cell{pool: pool, client: client}
	}
	o.cells = cells
	return cells, nil
}

func (o *Outbox) settings() *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{outbox: o})
	cfg := &river.Config{
		Schema:                      "jobs",
		Logger:                      o.cfg.Log,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: o.cfg.Workers}},
		Workers:                     workers,
		MaxAttempts:                 o.cfg.MaxAttempts,
		JobTimeout:                  o.cfg.Timeout,
		RescueStuckJobsAfter:        o.cfg.Timeout + 2*time.Minute,
		DiscardedJobRetentionPeriod: -1, // a dead job is somebody's message: it stays until someone decides
		FetchCooldown:               fetchPause,
		FetchPollInterval:           pollPause,
		SoftStopTimeout:             20 * time.Second,
	}
	if _, real := o.db.Clock().(clock.System); !real {
		cfg.Test.Time, cfg.TestOnly = stubbed{o.db.Clock()}, true
		// River's rescuer goes by the machine's clock: a job attempted in the past of a test would look stuck at once.
		cfg.RescueStuckJobsAfter = 100 * 365 * 24 * time.Hour
	}
	return cfg
}

// stubbed lets a clock that tests move decide when jobs are due.
type stubbed struct{ clock.Clock }

func (s stubbed) NowOrNil() *time.Time { now := s.Now(); return &now }

type worker struct {
	river.WorkerDefaults[delivery]
	outbox *Outbox
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, job *river.Job[delivery]) error {
	d := job.Args
	handle := w.outbox.handler(d.Event, d.Subscriber)
	if handle == nil {
		return fmt.Errorf("nobody is called %s for %s in this program", d.Subscriber, d.Event)
	}
	var t tenant.Tenant
	err := w.outbox.db.InControl(ctx, actor.Actor{Kind: actor.System}, func(tx *tenant.ControlTx) error {
		var err error
		t, err = control.ByKey(ctx, tx, d.Tenant)
		return err
	})
	switch {
	case errors.Is(err, problem.NotFound) || t.State == tenant.Removing:
		return river.JobCancel(fmt.Errorf("entity %s is gone", d.Tenant))
	case err != nil:
		return err
	case t.State != tenant.Active:
		return river.JobSnooze(15 * time.Minute)
	}
	ctx = actor.With(tenant.With(ctx, t), actor.Actor{Kind: actor.System, Tenant: string(t.Key)})
	return handle(ctx, t, d.Payload)
}
