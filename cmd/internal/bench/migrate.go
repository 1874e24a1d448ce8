package bench

import (
	"context"
	"fmt"
	"strings"

	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/migrate"
)

// cell is how many entities a full cell has.
const cell = 500

// Migrate adds a column to one table of every entity of a full cell.
func Migrate() Workload {
	return Workload{
		Name: "tenant-migrate", Peer: "the same ALTER in a bare loop, 50 to a transaction", Unit: "ms for 500 entities", Lower: true,
		Gate: 1.5, Moonshot: 1.1, Run: runMigrate,
	}
}

func runMigrate(ctx context.Context, rounds int) (product, peer []float64, err error) {
	p, err := newPlace(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer p.close()
	files := []string{schemaText()}
	made, err := p.fill(ctx, 0, cell, line("bench", files...))
	if err != nil {
		return nil, nil, err
	}
	if err := p.durable(ctx); err != nil {
		return nil, nil, err
	}
	conn, err := p.connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	for round := range rounds + 1 { // the first round warms up and is not counted
		files = append(files, fmt.Sprintf("ALTER TABLE {t}.table07 ADD COLUMN product%d text;", round))
		runner, err := migrate.New(p.admin, []migrate.Line{line("bench", files...)})
		if err != nil {
			return nil, nil, err
		}
		one, err := timed(func() error {
			report, err := runner.Up(ctx)
			if err == nil && len(report.Migrated) != cell {
				err = fmt.Errorf("migrated %d: %w", len(report.Migrated), report.Err())
			}
			return err
		})
		if err != nil {
			return nil, nil, err
		}
		other, err := timed(func() error {
			for i := 0; i < cell; i += 50 {
				var b strings.Builder
				b.WriteString("begin;")
				for _, t := range made[i : i+50] {
					fmt.Fprintf(&b, "ALTER TABLE %s.table07 ADD COLUMN peer%d text;", t.Key.Schema(), round)
				}
				b.WriteString("commit")
				if err := admin.Run(ctx, conn, b.String()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
		if round > 0 {
			product, peer = append(product, one), append(peer, other)
		}
	}
	return product, peer, nil
}
