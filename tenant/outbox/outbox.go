// Package outbox carries events from the transaction that made them to whoever subscribed. The jobs lie in the
// schema jobs of each cell, so they commit with the rows they tell of; River works them, at least once each.
package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

// Handler acts on one event. It may be called again for the same event, so it must be idempotent. An error
// makes it be called later, with growing pauses, until the attempts are used up.
type Handler func(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error

// Config of an outbox. The zero value is good.
type Config struct {
	Workers     int           // handlers at the same time, per cell; default 8
	MaxAttempts int           // before an event counts as dead; default 12, which takes about a day
	Timeout     time.Duration // of one call of a handler; default 1 minute
	Log         *slog.Logger  // default discards
}

// Outbox implements tenant.Outbox and works the jobs.
type Outbox struct {
	db  *tenant.DB
	cfg Config

	mu          sync.RWMutex
	subscribers map[string]map[string]Handler // event kind → name → handler

	notified sync.Map // cell → *limiter
	cells    map[string]cell
}

// New makes an outbox and gives it to the database. Nothing is worked before Start.
func New(db *tenant.DB, cfg Config) *Outbox {
	if cfg.Workers <= 0 {
		cfg.Workers = 8
	}
	if cfg.MaxAttempts <= 0 {
		cfg.MaxAttempts = 12
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = time.Minute
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	o := &Outbox{db: db, cfg: cfg, subscribers: map[string]map[string]Handler{}}
	db.SetOutbox(o)
	return o
}

// Subscribe has the handler called for every event of the kind that is published from now on. The name
// identifies the subscriber for ever; subscribing the same name again replaces its handler.
func (o *Outbox) Subscribe(kind, name string, h Handler) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.subscribers[kind] == nil {
		o.subscribers[kind] = map[string]Handler{}
	}
	o.subscribers[kind][name] = h
}

func (o *Outbox) handler(kind, name string) Handler {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.subscribers[kind][name]
}

// cell is what works the jobs of one cell.
type cell struct {
	pool   *tenant.JobPool
	client *river.Client[pgx.Tx]
}

// delivery is the job: one event for one subscriber.
type delivery struct {
	Tenant     tenant.Key      `json:"tenant"`
	Event      string          `json:"event"`
	Subscriber string          `json:"subscriber"`
	Payload    json.RawMessage `json:"payload"`
}

// Kind implements river.JobArgs.
func (delivery) Kind() string { return "deliver" }

// The jobs are written as River's own insert writes them, but in the one trip that takes the role.
const sqlInsert = `
insert into jobs.river_job (state, kind, queue, args, max_attempts, created_at, scheduled_at, tags)
values ('available', 'deliver', 'default', $1::text::jsonb, $2::smallint, now(), least(now(), $3::timestamptz), '{}')`

const sqlInsertLater = `
insert into jobs.river_job (state, kind, queue, args, max_attempts, created_at, scheduled_at, tags)
values ('available', 'deliver', 'default', $1::text::jsonb, $2::smallint, now(), $3::timestamptz, '{}')`

const sqlNotify = `select pg_notify('jobs.river_insert', '{"queue": "default"}')`

// Deliver implements tenant.Outbox: one job per subscriber.
func (o *Outbox) Deliver(b *pgx.Batch, t tenant.Tenant, e tenant.Event, now, at time.Time) error {
	o.mu.RLock()
	names := slices.Sorted(maps.Keys(o.subscribers[e.Kind()]))
	o.mu.RUnlock()
	if len(names) == 0 {
		return nil
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("event %s: %w", e.Kind(), err)
	}
	sql := sqlInsert
	if at.After(now) {
		sql, now = sqlInsertLater, at
	}
	for _, name := range names {
		job, err := json.Marshal(delivery{Tenant: t.Key, Event: e.Kind(), Subscriber: name, Payload: payload})
		if err != nil {
			return fmt.Errorf("event %s: %w", e.Kind(), err)
		}
		b.Queue(sql, string(job), o.cfg.MaxAttempts, now)
	}
	if sql == sqlInsert && o.mayNotify(t.Cell) {
		b.Queue(sqlNotify)
	}
	return nil
}

// mayNotify spares the server notifications: all that fall into one pause between two fetches do the work of
// one. A job whose notification was spared is found at the next poll.
func (o *Outbox) mayNotify(cell string) bool {
	v, _ := o.notified.LoadOrStore(cell, &limiter{})
	return v.(*limiter).allow()
}

type limiter struct {
	mu   sync.Mutex
	last time.Time
}

func (l *limiter) allow() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := clock.System{}.Now()
	if now.Sub(l.last) < fetchPause {
		return false
	}
	l.last = now
	return true
}

const (
	fetchPause = 20 * time.Millisecond
	pollPause  = 250 * time.Millisecond
)
