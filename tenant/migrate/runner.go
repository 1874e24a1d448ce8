package migrate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
)

// Runner migrates many entities at once.
type Runner struct {
	db    *admin.DB
	lines []line

	Workers  int           // connections per cell; default 2
	Batch    int           // entities per transaction; default 50
	Patience time.Duration // how long a blocked entity is waited for, after all others; default 2 s, three times
}

// impatient is how long a transaction of many entities waits for one lock: it delays the others that long at most.
const impatient = 25 * time.Millisecond

// New loads and checks the lines. The order is the order in which a new schema is filled.
func New(db *admin.DB, lines []Line) (*Runner, error) {
	loaded, err := load(lines)
	if err != nil {
		return nil, err
	}
	return &Runner{db: db, lines: loaded, Workers: 2, Batch: 50, Patience: 2 * time.Second}, nil
}

// Report says what Up did.
type Report struct {
	Migrated []tenant.Key
	Current  int // entities that had nothing to do
	Failed   map[tenant.Key]error
}

// Err names the entities that could not be migrated; nil when there is none.
func (r Report) Err() error {
	var errs []error
	for _, k := range slices.Sorted(maps.Keys(r.Failed)) {
		errs = append(errs, fmt.Errorf("%s: %w", k, r.Failed[k]))
	}
	return errors.Join(errs...)
}

// job is one entity with something to do.
type job struct {
	key  tenant.Key
	have map[string]position // as the control plane knows it
}

// Up migrates the entities of these keys, or all of them. An entity that is blocked or broken is reported and
// does not hold up the others; running Up again goes on where it stopped.
func (r *Runner) Up(ctx context.Context, keys ...tenant.Key) (Report, error) {
	report := Report{Failed: map[tenant.Key]error{}}
	byCell, err := r.plan(ctx, keys, &report)
	if err != nil {
		return report, err
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var errs []error
	for cell, jobs := range byCell {
		chunks := make(chan []job)
		wg.Go(func() {
			defer close(chunks)
			for c := range slices.Chunk(jobs, max(1, r.Batch)) {
				select {
				case chunks <- c:
				case <-ctx.Done():
					return
				}
			}
		})
		for range max(1, r.Workers) {
			wg.Go(func() {
				err := r.work(ctx, cell, chunks, func(k tenant.Key, err error) {
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						report.Failed[k] = err
					} else {
						report.Migrated = append(report.Migrated, k)
					}
				})
				if err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
					for range chunks { // the others must not wait for this worker
					}
				}
			})
		}
	}
	wg.Wait()
	slices.Sort(report.Migrated)
	return report, errors.Join(append(errs, ctx.Err())...)
}

// work migrates chunks on one connection: first each chunk as one transaction, then one by one what that
// refused, then with patience what was blocked.
func (r *Runner) work(ctx context.Context, cell string, chunks <-chan []job, done func(tenant.Key, error)) error {
	conn, err := r.db.Cell(ctx, cell)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	control, err := r.db.Control(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = control.Close(context.WithoutCancel(ctx)) }()
	var blocked []job
	for chunk := range chunks {
		if rows, err := r.together(ctx, conn, chunk); err == nil {
			if err := record(ctx, control, rows); err != nil {
				return err
			}
			for _, j := range chunk {
				done(j.key, nil)
			}
			continue
		}
		for _, j := range chunk {
			err := r.alone(ctx, conn, control, j, impatient)
			if isBlocked(err) {
				blocked = append(blocked, j)
				continue
			}
			if isLost(conn, control) {
				return err
			}
			done(j.key, err)
		}
	}
	for _, j := range blocked {
		var err error
		for range 3 {
			if err = r.alone(ctx, conn, control, j, r.Patience); !isBlocked(err) {
				break
			}
		}
		done(j.key, err)
	}
	return nil
}

// together migrates several entities in one transaction and one trip.
func (r *Runner) together(ctx context.Context, conn *pgx.Conn, jobs []job) ([]fleetRow, error) {
	var b strings.Builder
	var rows []fleetRow
	var m moves
	fmt.Fprintf(&b, "begin;set local lock_timeout = '%dms';\n", impatient.Milliseconds())
	schemas := make([]string, len(jobs))
	for i, j := range jobs {
		schemas[i] = "'" + Entity(j.key).Schema + "'"
	}
	// As in one: another migrator that is at one of them is waited for, and then the versions are no longer these.
	fmt.Fprintf(&b, "select pg_advisory_xact_lock(hashtextextended(s, 0)) from unnest(array[%s]) s;\n", strings.Join(schemas, ","))
	for _, j := range jobs {
		if j.have == nil {
			return nil, errors.New("position unknown")
		}
		b.WriteString(script(Entity(j.key), r.lines, j.have))
		m.add(Entity(j.key), r.lines, j.have)
		for _, l := range r.lines {
			if to := (position{l.last().version, l.last().checksum}); to != j.have[l.name] {
				rows = append(rows, fleetRow{tenant: j.key, line: l.name, at: to})
			}
		}
	}
	b.WriteString(m.text() + "commit")
	err := admin.Run(ctx, conn, b.String())
	if err != nil && conn.PgConn().TxStatus() != 'I' {
		_ = admin.Run(context.WithoutCancel(ctx), conn, "rollback")
	}
	return rows, err
}

// alone migrates one entity and records what came of it.
func (r *Runner) alone(ctx context.Context, conn, control *pgx.Conn, j job, patience time.Duration) error {
	have, err := r.one(ctx, conn, Entity(j.key), patience)
	var rows []fleetRow
	for _, l := range r.lines {
		row := fleetRow{tenant: j.key, line: l.name, at: have[l.name]}
		if err != nil {
			row.err = err.Error()
		}
		rows = append(rows, row)
	}
	return errors.Join(err, record(ctx, control, rows))
}

func isBlocked(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "55P03" || pg.Code == "40P01")
}

func isLost(conns ...*pgx.Conn) bool {
	return slices.ContainsFunc(conns, (*pgx.Conn).IsClosed)
}
