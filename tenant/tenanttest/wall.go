package tenanttest

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/provision"
)

// CheckWall looks at everything in the stack's database: who owns it and who may use it, and that no entity's
// role and not the bare login can touch one table of another entity, of the control plane or of the queue. The
// tables come from the database, so a new one is covered as soon as a line makes it.
func CheckWall(t testing.TB, s *Stack, a, b tenant.Tenant) {
	t.Helper()
	ctx := context.Background()
	found, err := provision.CheckCatalogue(ctx, s.Admin)
	require.NoError(t, err)
	require.Empty(t, found, "the catalogue check found holes")

	login, err := pgx.Connect(ctx, s.Postgres.URL(admin.DefaultLogin, s.Database))
	require.NoError(t, err)
	defer func() { _ = login.Close(ctx) }()
	tables := allTables(t, s)
	require.NotEmpty(t, tables[a.Key.Schema()])
	for _, role := range []string{"none", a.Key.Role(), b.Key.Role(), admin.ControlRole, admin.JobsRole} {
		for schema, names := range tables {
			if own := map[string]string{"control": admin.ControlRole, "jobs": admin.JobsRole}[schema]; own == role || schema == role {
				continue
			}
			for _, name := range names {
				table := admin.Quote(schema) + "." + admin.Quote(name)
				for _, statement := range []string{
					"select 1 from " + table, "insert into " + table + " default values", "delete from " + table,
					"truncate " + table, "lock " + table, "copy " + table + " to stdout", "alter table " + table + " add x int",
					"create trigger x before insert on " + table + " execute function suppress_redundant_updates_trigger()",
				} {
					err := tryAs(ctx, login, role, statement)
					var pg *pgconn.PgError
					require.ErrorAs(t, err, &pg, "%s as %s", statement, role)
					require.Equal(t, "42501", pg.Code, "%s as %s: %v", statement, role, err)
				}
			}
		}
	}
	for _, role := range []string{a.Key.Owner(), b.Key.Owner(), admin.ControlOwner, admin.JobsOwner, "postgres"} {
		require.Error(t, tryAs(ctx, login, role, "select 1"), "the login took the role %s", role)
	}
}

func tryAs(ctx context.Context, conn *pgx.Conn, role, statement string) error {
	if role != "none" {
		role = admin.Quote(role)
	}
	_, err := conn.PgConn().Exec(ctx, "begin; set local role "+role+";"+statement).ReadAll()
	_, end := conn.PgConn().Exec(ctx, "rollback").ReadAll()
	return errors.Join(err, end)
}

func allTables(t testing.TB, s *Stack) map[string][]string {
	t.Helper()
	ctx := context.Background()
	conn, err := s.Admin.Cell(ctx, "main")
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, `select nspname, relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where relkind in ('r', 'p') and nspname not in ('pg_catalog', 'information_schema') and nspname not like 'pg\_%'`)
	require.NoError(t, err)
	tables := map[string][]string{}
	var schema, name string
	_, err = pgx.ForEachRow(rows, []any{&schema, &name}, func() error {
		tables[schema] = append(tables[schema], name)
		return nil
	})
	require.NoError(t, err)
	return tables
}
