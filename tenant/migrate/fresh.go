package migrate

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
)

// Fresh is the text that fills an empty schema with all lines, for the transaction that makes the schema.
func (r *Runner) Fresh(t Target) string {
	var m moves
	m.add(t, r.lines, nil)
	return script(t, r.lines, nil) + m.text()
}

// Versions is the version of each line that the program wants.
func (r *Runner) Versions() map[string]int {
	v := make(map[string]int, len(r.lines))
	for _, l := range r.lines {
		v[l.name] = l.last().version
	}
	return v
}

// Record writes into control.fleet that the entity is at the newest version of every line.
func (r *Runner) Record(ctx context.Context, control *pgx.Conn, k tenant.Key) error {
	var rows []fleetRow
	for _, l := range r.lines {
		rows = append(rows, fleetRow{tenant: k, line: l.name, at: position{l.last().version, l.last().checksum}})
	}
	return record(ctx, control, rows)
}

// One brings a single schema to the newest version in a transaction of its own. It reads where the schema is
// from cell.schema_versions. An empty schema is filled.
func (r *Runner) One(ctx context.Context, conn *pgx.Conn, t Target, lockTimeout time.Duration) error {
	_, err := r.one(ctx, conn, t, lockTimeout)
	return err
}

func (r *Runner) one(ctx context.Context, conn *pgx.Conn, t Target, lockTimeout time.Duration) (map[string]position, error) {
	have := map[string]position{}
	err := admin.In(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock(hashtextextended($1, 0))", t.Schema); err != nil {
			return err
		}
		if err := admin.Run(ctx, tx.Conn(), fmt.Sprintf("set local lock_timeout = '%dms'", lockTimeout.Milliseconds())); err != nil {
			return err
		}
		var err error
		if have, err = positions(ctx, tx, t); err != nil {
			return err
		}
		for _, l := range r.lines {
			if err := l.check(have[l.name]); err != nil {
				return err
			}
		}
		var m moves
		m.add(t, r.lines, have)
		return admin.Run(ctx, tx.Conn(), script(t, r.lines, have)+m.text())
	})
	if err != nil {
		return have, err
	}
	for _, l := range r.lines {
		have[l.name] = position{l.last().version, l.last().checksum}
	}
	return have, nil
}

func positions(ctx context.Context, tx pgx.Tx, t Target) (map[string]position, error) {
	rows, err := tx.Query(ctx, "select line, version, checksum from cell.schema_versions where schema = $1", t.Schema)
	if err != nil {
		return nil, err
	}
	have := map[string]position{}
	var name string
	var p position
	_, err = pgx.ForEachRow(rows, []any{&name, &p.version, &p.checksum}, func() error {
		have[name] = p
		return nil
	})
	return have, err
}
