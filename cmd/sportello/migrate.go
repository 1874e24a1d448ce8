package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/sportello/sportello/cmd/internal/app"
	"github.com/sportello/sportello/cmd/internal/config"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/provision"
)

// places are the settings of the commands that need the databases' owner and nothing else.
type places struct {
	AdminDatabaseURL string            `env:"ADMIN_DATABASE_URL" required:"" help:"Control plane's database with the login that owns it."`
	AdminCellURLs    map[string]string `env:"ADMIN_CELL_URLS" help:"Cells' databases with the login that owns them: name=url;name=url. Default: one cell, main, in ADMIN_DATABASE_URL."`
}

func (p places) open() (*admin.DB, error) {
	if len(p.AdminCellURLs) == 0 {
		p.AdminCellURLs = map[string]string{config.MainCell: p.AdminDatabaseURL}
	}
	return app.Admin(config.Config{AdminDatabaseURL: p.AdminDatabaseURL, AdminCellURLs: p.AdminCellURLs})
}

type migrateCommand struct {
	places
	Tenant []string `help:"Only these entities."`
	Status bool     `help:"Change nothing; say where each entity stands."`
}

func (m *migrateCommand) Run(ctx context.Context) error {
	db, err := m.open()
	if err != nil {
		return err
	}
	runner, err := app.Runner(db)
	if err != nil {
		return err
	}
	var failed error
	if !m.Status {
		if err := provision.Prepare(ctx, db); err != nil {
			return err
		}
		var keys []tenant.Key
		for _, t := range m.Tenant {
			key, err := tenant.ParseKey(t)
			if err != nil {
				return err
			}
			keys = append(keys, key)
		}
		report, err := runner.Up(ctx, keys...)
		if err != nil {
			return err
		}
		failed = report.Err()
	}
	fleet, err := runner.Status(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ENTITY\tLINE\tVERSION\tWANTED\tERROR")
	for _, s := range fleet {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\n", s.Tenant, s.Line, s.Version, s.Want, s.Error)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return failed
}
