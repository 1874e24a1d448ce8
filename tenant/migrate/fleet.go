package migrate

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sportello/sportello/tenant"
)

// fleetRow is what control.fleet keeps of one line of one entity.
type fleetRow struct {
	tenant tenant.Key
	line   string
	at     position
	err    string
}

const sqlRecord = `
insert into control.fleet (tenant, line, version, checksum, state, error, at)
select tenant, line, version, checksum, case when error = '' then 'current' else 'failed' end, error, now()
from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[]) as x (tenant, line, version, checksum, error)
on conflict (tenant, line) do update set version = excluded.version, checksum = excluded.checksum,
    state = excluded.state, error = excluded.error, at = excluded.at`

func record(ctx context.Context, control *pgx.Conn, rows []fleetRow) error {
	var tenants, lines, sums, errs []string
	var versions []int
	for _, r := range rows {
		tenants, lines, versions = append(tenants, string(r.tenant)), append(lines, r.line), append(versions, r.at.version)
		sums, errs = append(sums, r.at.checksum), append(errs, r.err)
	}
	return asControl(ctx, control, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, sqlRecord, tenants, lines, versions, sums, errs)
		return err
	})
}

func asControl(ctx context.Context, conn *pgx.Conn, f func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{BeginQuery: "begin;set local role control_rw"}, f)
}

const sqlPlan = `
select t.key, t.cell, coalesce(f.line, ''), coalesce(f.version, 0), coalesce(f.checksum, ''), coalesce(f.state, '')
from control.tenants t left join control.fleet f on f.tenant = t.key
where t.state in ('active', 'suspended') and ($1::text[] is null or t.key = any ($1))
order by t.key`

// plan reads from the control plane who has something to do. It costs one query, however many entities there
// are; where it is out of date, the schema's own record corrects it.
func (r *Runner) plan(ctx context.Context, keys []tenant.Key, report *Report) (map[string][]job, error) {
	conn, err := r.db.Control(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var only []string
	for _, k := range keys {
		only = append(only, string(k))
	}
	cells, have := map[tenant.Key]string{}, map[tenant.Key]map[string]position{}
	failed := map[tenant.Key]bool{}
	var order []tenant.Key
	err = asControl(ctx, conn, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sqlPlan, only)
		if err != nil {
			return err
		}
		var key tenant.Key
		var cell, line, state string
		var p position
		_, err = pgx.ForEachRow(rows, []any{&key, &cell, &line, &p.version, &p.checksum, &state}, func() error {
			if _, ok := cells[key]; !ok {
				cells[key], have[key] = cell, map[string]position{}
				order = append(order, key)
			}
			if line != "" {
				have[key][line] = p
			}
			failed[key] = failed[key] || state == "failed"
			return nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	byCell := map[string][]job{}
	for _, k := range order {
		j := job{key: k, have: have[k]}
		if failed[k] || len(have[k]) == 0 {
			j.have = nil // read it from the schema
		}
		if j.have != nil {
			if err := r.known(j.have); err != nil {
				j.have = nil
			} else if script(Entity(k), r.lines, j.have) == "" {
				report.Current++
				continue
			}
		}
		byCell[cells[k]] = append(byCell[cells[k]], j)
	}
	return byCell, nil
}

func (r *Runner) known(have map[string]position) error {
	for _, l := range r.lines {
		if err := l.check(have[l.name]); err != nil {
			return err
		}
	}
	return nil
}

// Status is how far one line of one entity is.
type Status struct {
	Tenant  tenant.Key
	Line    string
	Version int
	Want    int    // what this program wants
	State   string // current, behind, failed or newer
	Error   string
	At      time.Time
}

const sqlStatus = `
select t.key, coalesce(f.line, ''), coalesce(f.version, 0), coalesce(f.checksum, ''),
       coalesce(f.state, 'behind'), coalesce(f.error, ''), coalesce(f.at, t.created_at)
from control.tenants t left join control.fleet f on f.tenant = t.key
where t.state <> 'removing' order by t.key, f.line`

// Status tells for every entity and line what runs where.
func (r *Runner) Status(ctx context.Context) ([]Status, error) {
	conn, err := r.db.Control(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var list []Status
	err = asControl(ctx, conn, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sqlStatus)
		if err != nil {
			return err
		}
		want := r.Versions()
		var s Status
		var sum string
		_, err = pgx.ForEachRow(rows, []any{&s.Tenant, &s.Line, &s.Version, &sum, &s.State, &s.Error, &s.At}, func() error {
			s.Want = want[s.Line]
			if s.State == "current" && s.Version < s.Want {
				s.State = "behind"
			} else if s.Version > s.Want {
				s.State = "newer"
			}
			list = append(list, s)
			return nil
		})
		return err
	})
	return list, err
}
