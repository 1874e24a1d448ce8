// Package admin is the administrator's road to the databases: it makes roles and schemas and never serves a
// request. Only migrate, provision and the command line use it.
package admin

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// DefaultLogin is the login of the application where none is named.
const DefaultLogin = "sportello_app"

// The roles of a database that are not an entity's.
const (
	ControlOwner = "control_owner"    // owns the control plane's tables
	ControlRole  = "control_rw"       // uses them
	JobsOwner    = "jobs_owner"       // owns the queue's tables
	JobsRole     = "jobs_rw"          // uses them
	CellOwner    = "cell_owner"       // owns the record of what ran in which schema
	Owners       = "sportello_owners" // every entity's owner role belongs to it; it may use plpgsql
	Extensions   = "ext"              // the schema of the extensions
)

// Place is one database as its administrator sees it.
type Place struct {
	URL   string // of a superuser, or of a role with CREATEROLE that owns the database
	Login string // the application's login there; default DefaultLogin
}

// Config says where the planes live.
type Config struct {
	Control Place
	Cells   map[string]Place
}

// DB opens connections as administrator. It keeps none.
type DB struct{ cfg Config }

// New checks the configuration; it does not connect.
func New(cfg Config) (*DB, error) {
	cells := make(map[string]Place, len(cfg.Cells))
	all := append([]Place{cfg.Control}, slices.Collect(maps.Values(cfg.Cells))...)
	for _, p := range all {
		if _, err := pgx.ParseConfig(p.URL); err != nil || p.URL == "" {
			return nil, fmt.Errorf("administrator's database address: %w", err)
		}
	}
	for name, p := range cfg.Cells {
		if p.Login == "" {
			p.Login = DefaultLogin
		}
		cells[name] = p
	}
	if cfg.Control.Login == "" {
		cfg.Control.Login = DefaultLogin
	}
	cfg.Cells = cells
	return &DB{cfg: cfg}, nil
}

// Cells names the cells in order.
func (d *DB) Cells() []string { return slices.Sorted(maps.Keys(d.cfg.Cells)) }

// ControlLogin is the application's login on the control plane.
func (d *DB) ControlLogin() string { return d.cfg.Control.Login }

// Login is the application's login on a cell.
func (d *DB) Login(cell string) string { return d.cfg.Cells[cell].Login }

// Control opens a connection to the control plane's database. The caller closes it.
func (d *DB) Control(ctx context.Context) (*pgx.Conn, error) {
	conn, err := connect(ctx, d.cfg.Control.URL)
	if err != nil {
		return nil, fmt.Errorf("control plane: %w", err)
	}
	return conn, nil
}

// Cell opens a connection to a cell's database. The caller closes it.
func (d *DB) Cell(ctx context.Context, cell string) (*pgx.Conn, error) {
	p, ok := d.cfg.Cells[cell]
	if !ok {
		return nil, fmt.Errorf("no cell %q", cell)
	}
	conn, err := connect(ctx, p.URL)
	if err != nil {
		return nil, fmt.Errorf("cell %s: %w", cell, err)
	}
	return conn, nil
}

func connect(ctx context.Context, url string) (*pgx.Conn, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.RuntimeParams["search_path"] = "pg_catalog"
	cfg.RuntimeParams["timezone"] = "UTC"
	cfg.RuntimeParams["application_name"] = "sportello admin"
	return pgx.ConnectConfig(ctx, cfg)
}

// Quote makes an identifier of PostgreSQL.
func Quote(name string) string { return pgx.Identifier{name}.Sanitize() } //nolint:misspell // the driver spells it so

// Run sends several statements in one trip. It takes no parameters: identifiers are quoted by the caller.
func Run(ctx context.Context, conn *pgx.Conn, sql string) error {
	return conn.PgConn().Exec(ctx, sql).Close()
}

// In runs f inside one transaction of the connection.
func In(ctx context.Context, conn *pgx.Conn, f func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, conn, f)
}

// Missing says which of the roles do not exist yet.
func Missing(ctx context.Context, q interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}, roles ...string) ([]string, error) {
	rows, err := q.Query(ctx, `select r from unnest($1::text[]) r
		where not exists (select from pg_catalog.pg_roles where rolname = r)`, roles)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Lines joins statements.
func Lines(statements ...string) string { return strings.Join(statements, ";\n") + ";\n" }
