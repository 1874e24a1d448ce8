package provision

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/control"
	"github.com/sportello/sportello/tenant/migrate"
)

// Service makes, suspends, exports and removes entities. It works as administrator, step by step; each step may
// be done again, so that whoever died in the middle is helped by running the same command once more.
type Service struct {
	admin  *admin.DB
	runner *migrate.Runner

	// AtRemoval erases what an entity has outside the database, e.g. its files; each may be called again.
	AtRemoval []func(ctx context.Context, k tenant.Key) error
	// AfterStep is called after each step with its name; an error stops there. Tests use it to crash.
	AfterStep func(step string) error
}

// New makes the service. The runner's lines fill new schemas.
func New(db *admin.DB, runner *migrate.Runner) *Service {
	return &Service{admin: db, runner: runner, AfterStep: func(string) error { return nil }}
}

// Input describes a new entity.
type Input struct {
	Key   string
	Name  string
	Cell  string   // empty: the only cell
	Hosts []string // host names by which it is reached, e.g. "isernia.localhost"
}

// The problems of the administrator's commands.
var (
	ErrKeyTaken  = problem.New(problem.Conflict, "tenant.key_taken")
	ErrHostTaken = problem.New(problem.Conflict, "tenant.host_taken")
	ErrState     = problem.New(problem.Conflict, "tenant.wrong_state")
	ErrUnknown   = problem.New(problem.NotFound, "tenant.unknown")
)

// Create makes an entity: its row in state provisioning, then roles, schema and tables in one transaction, then
// its host names and the state active. When an earlier attempt was cut short it goes on from there.
func (s *Service) Create(ctx context.Context, in Input) (tenant.Tenant, error) {
	var none tenant.Tenant
	key, err := tenant.ParseKey(in.Key)
	if err != nil {
		return none, problem.New(problem.Invalid, "tenant.key_malformed").Wrap(err)
	}
	if in.Cell == "" && len(s.admin.Cells()) == 1 {
		in.Cell = s.admin.Cells()[0]
	}
	if strings.TrimSpace(in.Name) == "" {
		return none, problem.New(problem.Invalid, "tenant.name_missing")
	}
	if s.admin.Login(in.Cell) == "" {
		return none, problem.New(problem.Invalid, "tenant.cell_unknown").With("cell", in.Cell)
	}
	conn, err := s.admin.Control(ctx)
	if err != nil {
		return none, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()

	t, err := control.Enter(ctx, conn, tenant.Tenant{Key: key, Name: in.Name, Cell: in.Cell})
	if err != nil {
		return none, err
	}
	if t.State != tenant.Provisioning {
		return none, ErrKeyTaken.With("key", in.Key)
	}
	if err := s.AfterStep("entered"); err != nil {
		return none, err
	}
	if err := s.makeSchema(ctx, t); err != nil {
		return none, fmt.Errorf("schema of %s: %w", key, err)
	}
	if err := s.AfterStep("schema"); err != nil {
		return none, err
	}
	if err := s.runner.Record(ctx, conn, key); err != nil {
		return none, err
	}
	if err := s.AfterStep("recorded"); err != nil {
		return none, err
	}
	for i, h := range in.Hosts {
		in.Hosts[i] = strings.ToLower(h)
	}
	if taken, err := control.Activate(ctx, conn, key, in.Hosts); err != nil {
		return none, err
	} else if taken != "" {
		return none, ErrHostTaken.With("host", taken)
	}
	t.State = tenant.Active
	return t, s.AfterStep("active")
}

// makeSchema makes roles, schema and tables in one transaction and one trip. When they exist already, from an
// attempt that was cut short after it, only what is missing of the tables is made.
func (s *Service) makeSchema(ctx context.Context, t tenant.Tenant) error {
	conn, err := s.admin.Cell(ctx, t.Cell)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for attempt := 1; ; attempt++ {
		// Roles belong to the server: somebody may be making the same ones for another database of it.
		err := s.fill(ctx, conn, t)
		var pg *pgconn.PgError
		if attempt == 3 || !errors.As(err, &pg) || (pg.Code != "23505" && pg.Code != "42710" && pg.Code != "XX000") {
			return err
		}
	}
}

func (s *Service) fill(ctx context.Context, conn *pgx.Conn, t tenant.Tenant) error {
	target := migrate.Entity(t.Key)
	missing, err := admin.Missing(ctx, conn, target.Owner, target.Role)
	if err != nil {
		return err
	}
	if len(missing) < 2 {
		// A schema without its roles cannot be, since one transaction makes both; roles without schema can,
		// where another database of the same server had the entity before.
		var known bool
		if err := conn.QueryRow(ctx, "select to_regnamespace($1) is not null", admin.Quote(target.Schema)).Scan(&known); err != nil {
			return err
		}
		if known {
			return s.runner.One(ctx, conn, target, s.runner.Patience)
		}
	}
	var b strings.Builder
	b.WriteString("begin;\n")
	for _, role := range missing {
		b.WriteString(makeRole(role, "nologin") + ";\n")
	}
	b.WriteString(schemaText(target, s.admin.Login(t.Cell)))
	b.WriteString(s.runner.Fresh(target))
	b.WriteString("commit")
	err = admin.Run(ctx, conn, b.String())
	if err != nil && conn.PgConn().TxStatus() != 'I' {
		_ = admin.Run(context.WithoutCancel(ctx), conn, "rollback")
	}
	return err
}

// schemaText makes the schema: the owner owns it, the runtime role and the login may name things in it, the
// login may take the runtime role and nothing else.
func schemaText(t migrate.Target, login string) string {
	schema, owner, role, app := admin.Quote(t.Schema), admin.Quote(t.Owner), admin.Quote(t.Role), admin.Quote(login)
	return admin.Lines(
		"grant "+admin.Owners+" to "+owner,
		"grant "+role+" to "+app,
		"alter default privileges for role "+owner+" revoke execute on functions from public",
		"alter default privileges for role "+owner+" revoke usage on types from public",
		"create schema "+schema+" authorization "+owner,
		"grant usage on schema "+schema+" to "+role+", "+app,
	)
}
