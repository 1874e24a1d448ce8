package app

import (
	"io/fs"

	"github.com/sportello/sportello/cmd/internal/config"
	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/identity"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/modules/videocall"
	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/migrate"
)

// Lines are the histories of an entity's schema, one per module, in the order in which they are made.
func Lines() []migrate.Line {
	line := func(name string, files fs.FS) migrate.Line { return migrate.Line{Name: name, FS: files} }
	return []migrate.Line{
		line("audit", audit.Migrations),
		line("identity", identity.Migrations),
		line("catalog", catalog.Migrations),
		line("notify", notify.Migrations),
		line("counters", counters.Migrations),
		line("documents", documents.Migrations),
		line("booking", booking.Migrations),
		line("videocall", videocall.Migrations),
	}
}

// Admin is the administrator's road to the databases that the settings name.
func Admin(cfg config.Config) (*admin.DB, error) {
	cells := map[string]admin.Place{}
	for name, url := range cfg.AdminCellURLs {
		cells[name] = admin.Place{URL: url}
	}
	return admin.New(admin.Config{Control: admin.Place{URL: cfg.AdminDatabaseURL}, Cells: cells})
}

// Runner brings entities to this version.
func Runner(db *admin.DB) (*migrate.Runner, error) { return migrate.New(db, Lines()) }
