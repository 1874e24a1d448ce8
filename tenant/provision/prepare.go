// Package provision makes and unmakes: the roles and schemas that every database needs, and the entities.
package provision

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/control"
	"github.com/sportello/sportello/tenant/migrate"
)

// Prepare brings every database to where entities can live in it: roles, revoked defaults, extensions, the
// control plane's tables and the queue's. It may be run again at any time, by every deployment.
func Prepare(ctx context.Context, db *admin.DB) error {
	conn, err := db.Control(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := prepareDatabase(ctx, conn, db.ControlLogin()); err != nil {
		return fmt.Errorf("control plane: %w", err)
	}
	if err := prepareControl(ctx, db, conn); err != nil {
		return fmt.Errorf("control plane: %w", err)
	}
	for _, name := range db.Cells() {
		if err := prepareCell(ctx, db, name); err != nil {
			return fmt.Errorf("cell %s: %w", name, err)
		}
	}
	return nil
}

// once keeps two deployments from preparing one database at the same time.
const once = "select pg_advisory_xact_lock(7305094201)"

// makeRole makes a role that the administrator may take, on PostgreSQL 15 as on 16 and later, where the one who
// made a role must give himself that right.
func makeRole(name, options string) string {
	return "create role " + admin.Quote(name) + " " + options +
		"; grant " + admin.Quote(name) + " to current_user"
}

func makeRoles(ctx context.Context, tx pgx.Tx, roles map[string]string) error {
	for name, options := range roles {
		missing, err := admin.Missing(ctx, tx, name)
		if err != nil {
			return err
		}
		if len(missing) > 0 {
			if err := admin.Run(ctx, tx.Conn(), makeRole(name, options)); err != nil {
				return fmt.Errorf("role %s: %w", name, err)
			}
		}
	}
	return nil
}

// prepareDatabase makes what all databases have, and takes from everybody what PostgreSQL gives by default.
func prepareDatabase(ctx context.Context, conn *pgx.Conn, login string) error {
	err := admin.In(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, once); err != nil {
			return err
		}
		var database string
		if err := tx.QueryRow(ctx, "select current_database()").Scan(&database); err != nil {
			return err
		}
		if err := makeRoles(ctx, tx, map[string]string{
			login:           "login noinherit",
			admin.Owners:    "nologin",
			admin.CellOwner: "nologin",
		}); err != nil {
			return err
		}
		db, app := admin.Quote(database), admin.Quote(login)
		return admin.Run(ctx, conn, admin.Lines(
			"revoke all on database "+db+" from public",
			"grant connect on database "+db+" to "+app,
			"revoke all on schema public from public",
			"create schema if not exists "+admin.Extensions,
			"grant usage on schema "+admin.Extensions+" to public",
			"create extension if not exists btree_gist with schema "+admin.Extensions,
			"create schema if not exists cell authorization "+admin.CellOwner,
			"set local role "+admin.CellOwner,
			`create table if not exists cell.schema_versions (
				schema text not null, line text not null, version integer not null, checksum text not null,
				at timestamptz not null default now(), primary key (schema, line))`,
		))
	})
	if err != nil {
		return err
	}
	return harden(ctx, conn, login)
}

// NotHardened tells what only a superuser can do, once per database, where the administrator is none.
type NotHardened struct{ SQL string }

// Error implements error.
func (e NotHardened) Error() string {
	return "a superuser must run this once in this database: " + e.SQL
}

// harden takes from everybody the two ways by which one statement could take another role or run code.
func harden(ctx context.Context, conn *pgx.Conn, login string) error {
	const check = `select has_function_privilege($1, 'pg_catalog.set_config(text,text,boolean)', 'execute')
		or has_language_privilege($1, 'plpgsql', 'usage'), current_user`
	var open bool
	var me string
	if err := conn.QueryRow(ctx, check, login).Scan(&open, &me); err != nil || !open {
		return err
	}
	revoke := admin.Lines(
		"revoke execute on function pg_catalog.set_config(text, text, boolean) from public",
		"revoke usage on language plpgsql from public",
		"grant usage on language plpgsql to "+admin.Owners+", "+admin.Quote(me),
	)
	err := admin.Run(ctx, conn, revoke)
	if again := conn.QueryRow(ctx, check, login).Scan(&open, &me); again != nil {
		return again
	}
	if err != nil || open {
		return NotHardened{SQL: revoke}
	}
	return nil
}

func prepareControl(ctx context.Context, db *admin.DB, conn *pgx.Conn) error {
	err := admin.In(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, once); err != nil {
			return err
		}
		if err := makeRoles(ctx, tx, map[string]string{
			admin.ControlOwner: "nologin", admin.ControlRole: "nologin",
		}); err != nil {
			return err
		}
		return admin.Run(ctx, conn, admin.Lines(
			"grant "+admin.Owners+" to "+admin.ControlOwner,
			"grant "+admin.ControlRole+" to "+admin.Quote(db.ControlLogin()),
			"create schema if not exists control authorization "+admin.ControlOwner,
			"grant usage on schema control to "+admin.ControlRole+", "+admin.Quote(db.ControlLogin()),
		))
	})
	if err != nil {
		return err
	}
	runner, err := migrate.New(db, []migrate.Line{{Name: "control", FS: control.Migrations}})
	if err != nil {
		return err
	}
	return runner.One(ctx, conn, ControlTarget, runner.Patience)
}

// ControlTarget is the control plane's schema.
var ControlTarget = migrate.Target{Schema: control.Schema, Owner: admin.ControlOwner, Role: admin.ControlRole}

func prepareCell(ctx context.Context, db *admin.DB, cell string) error {
	conn, err := db.Cell(ctx, cell)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := prepareDatabase(ctx, conn, db.Login(cell)); err != nil {
		return err
	}
	login := admin.Quote(db.Login(cell))
	err = admin.In(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, once); err != nil {
			return err
		}
		if err := makeRoles(ctx, tx, map[string]string{
			admin.JobsOwner: "nologin", admin.JobsRole: "nologin",
		}); err != nil {
			return err
		}
		return admin.Run(ctx, conn, admin.Lines(
			"grant "+admin.Owners+" to "+admin.JobsOwner,
			"grant "+admin.JobsRole+" to "+login,
			"create schema if not exists jobs authorization "+admin.JobsOwner,
			// Everybody may name the queue's tables, so that a batch is prepared before it takes the role; only
			// the queue's role may use them.
			"grant usage on schema jobs to public",
		))
	})
	if err != nil {
		return err
	}
	if err := migrateQueue(ctx, conn); err != nil {
		return fmt.Errorf("queue: %w", err)
	}
	return nil
}

// migrateQueue runs the queue's own migrations, each in a transaction as its authors mean it.
func migrateQueue(ctx context.Context, conn *pgx.Conn) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(nil), &rivermigrate.Config{Schema: "jobs", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	for {
		var done int
		err := admin.In(ctx, conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, once); err != nil {
				return err
			}
			if err := admin.Run(ctx, conn, "set local role "+admin.JobsOwner); err != nil {
				return err
			}
			// Each version has a transaction of its own, so what the deprecation warns of cannot happen; Migrate
			// would need a pool, and the role could not be taken.
			result, err := migrator.MigrateTx(ctx, tx, rivermigrate.DirectionUp, &rivermigrate.MigrateOpts{MaxSteps: 1}) //nolint:staticcheck // see above
			if err != nil {
				return err
			}
			done = len(result.Versions)
			return nil
		})
		if err != nil {
			return err
		}
		if done == 0 {
			break
		}
	}
	return admin.In(ctx, conn, func(tx pgx.Tx) error {
		return admin.Run(ctx, conn, admin.Lines(
			"set local role "+admin.JobsOwner,
			"grant select, insert, update, delete on jobs.river_job, jobs.river_leader, jobs.river_queue,"+
				" jobs.river_notification to "+admin.JobsRole,
			"grant select on jobs.river_migration to "+admin.JobsRole,
			// Nobody looks for jobs by their content, and these make each one several times as dear to write.
			"drop index if exists jobs.river_job_args_index",
			"drop index if exists jobs.river_job_metadata_index",
			"grant usage on sequence jobs.river_job_id_seq, jobs.river_notification_id_seq to "+admin.JobsRole,
		))
	})
}
