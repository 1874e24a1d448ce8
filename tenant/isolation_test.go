package tenant_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

func TestNobodyReachesATableOfAnother(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	lines := []migrate.Line{line("secrets", secrets), line("more", `CREATE TABLE {t}.log (id bigint GENERATED ALWAYS AS IDENTITY);
		GRANT SELECT, INSERT ON {t}.log TO {role};`)}
	tenanttest.CheckWall(t, s, s.NewTenant(t, lines...), s.NewTenant(t, lines...))
}

func TestAnEntitySeesItsOwnRowsOnly(t *testing.T) {
	t.Parallel()
	s := tenanttest.StartUnconnected(t)
	s.Connect(t, tenant.Config{PoolsPerCell: 1, ConnsPerPool: 1})
	a, b := s.NewTenant(t, line("secrets", secrets)), s.NewTenant(t, line("secrets", secrets))
	s.In(t, a, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(ctx, tx, addSecret, tenant.Args{"id": tx.IDs()()})
		return err
	})
	for range 3 {
		_, err := tenant.Value[string](ctx, s.DB.Read(a), readSecret)
		require.NoError(t, err)
		_, err = tenant.Value[string](ctx, s.DB.Read(b), readSecret)
		require.ErrorIs(t, err, problem.NotFound)
		s.In(t, b, func(tx *tenant.Tx) error {
			_, err := tenant.Value[string](ctx, tx, readSecret)
			require.ErrorIs(t, err, problem.NotFound)
			return nil
		})
	}
}

func TestAStatementThatNamesAnotherSchemaIsRefused(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	a, b := s.NewTenant(t, line("secrets", secrets)), s.NewTenant(t, line("secrets", secrets))
	for name, of := range map[string]string{"an entity's": b.Key.Schema() + ".secrets", "the control plane's": "control.tenants", "the queue's": "jobs.river_job"} {
		err := s.DB.InTenant(ctx, a, func(tx *tenant.Tx) error {
			_, err := tenant.Value[int](ctx, tx, tenant.SQL("select count(*) from "+of))
			return err
		})
		require.True(t, refused(err), "%s: %v", name, err)
	}
	for _, way := range []tenant.SQL{
		tenant.SQL("select set_config('role', '" + b.Key.Role() + "', true)"),
		"do $$ begin end $$", "create temporary table x (a int)", "create table public.x (a int)", "create schema x",
		"alter role sportello_app inherit",
	} {
		err := s.DB.InTenant(ctx, a, func(tx *tenant.Tx) error { _, err := tenant.Exec(ctx, tx, way); return err })
		require.True(t, refused(err), "%s: %v", way, err)
	}
	err := s.DB.InTenant(ctx, a, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(ctx, tx, tenant.SQL("select 1; set local role "+b.Key.Role()))
		return err
	})
	require.ErrorContains(t, err, "multiple commands", "one statement at a time")
}

func refused(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "42501"
}

const readWord tenant.SQL = `select id::text as id, word from {t}.secrets order by id`

type secretRow struct{ ID, Word string }

func TestEntitiesAtDifferentVersionsAreServedSideBySide(t *testing.T) {
	t.Parallel()
	s := tenanttest.StartUnconnected(t)
	s.Connect(t, tenant.Config{PoolsPerCell: 1, ConnsPerPool: 1})
	v1 := line("secrets", secrets)
	v2 := line("secrets", secrets, `ALTER TABLE {t}.secrets ADD COLUMN hint text NOT NULL DEFAULT ''; CREATE INDEX ON {t}.secrets (hint);`)
	old, fresh := s.NewTenant(t, v1), s.NewTenant(t, v2)
	use := func() {
		for _, of := range []tenant.Tenant{old, fresh, old} {
			s.In(t, of, func(tx *tenant.Tx) error {
				if _, err := tenant.Exec(ctx, tx, addSecret, tenant.Args{"id": tx.IDs()()}); err != nil {
					return err
				}
				_, err := tenant.All[secretRow](ctx, tx, readWord)
				return err
			})
			_, err := tenant.All[secretRow](ctx, s.DB.Read(of), readWord)
			require.NoError(t, err)
		}
	}
	for range 10 {
		use() // the statements are prepared and their plans are generic by now
	}
	report, err := s.Runner(t, v2).Up(ctx, old.Key)
	require.NoError(t, err)
	require.Equal(t, []tenant.Key{old.Key}, report.Migrated)
	for range 10 {
		use()
	}
}

func TestAPlanMadeStaleByAMigrationIsMadeAgain(t *testing.T) {
	t.Parallel()
	s := tenanttest.StartUnconnected(t)
	s.Connect(t, tenant.Config{PoolsPerCell: 1, ConnsPerPool: 1})
	first := `CREATE TABLE {t}.sizes (n integer NOT NULL); INSERT INTO {t}.sizes VALUES (7); GRANT SELECT ON {t}.sizes TO {role};`
	ente := s.NewTenant(t, line("sizes", first))
	const readSize tenant.SQL = `select n from {t}.sizes`
	inTx := func() (n int64, err error) {
		err = s.DB.InTenant(ctx, ente, func(tx *tenant.Tx) error { n, err = tenant.Value[int64](ctx, tx, readSize); return err })
		return n, err
	}
	short := func() (int64, error) { return tenant.Value[int64](ctx, s.DB.Read(ente), readSize) }
	for i, read := range []func() (int64, error){inTx, short} {
		for range 8 {
			_, err := read()
			require.NoError(t, err)
		}
		next := []string{`ALTER TABLE {t}.sizes ALTER COLUMN n TYPE bigint;`, `ALTER TABLE {t}.sizes ALTER COLUMN n TYPE integer;`}
		_, err := s.Runner(t, line("sizes", append([]string{first}, next[:i+1]...)...)).Up(ctx)
		require.NoError(t, err)
		n, err := read()
		require.NoError(t, err)
		require.EqualValues(t, 7, n)
	}
}

func TestAShortReadCostsNoConnectionWhenItFails(t *testing.T) {
	t.Parallel()
	s := tenanttest.StartUnconnected(t)
	s.Connect(t, tenant.Config{PoolsPerCell: 1, ConnsPerPool: 1})
	ente := s.NewTenant(t, line("secrets", secrets))
	backend := func() (pid int) {
		require.NoError(t, s.DB.Unscoped(ctx, ente, "select pg_backend_pid()", &pid))
		return pid
	}
	before := backend()
	for range 20 {
		_, err := tenant.Value[int](ctx, s.DB.Read(ente), `select 1 / (count(*) - count(*)) from {t}.secrets`)
		require.ErrorContains(t, err, "division by zero")
		_, err = tenant.Value[int](ctx, s.DB.Read(ente), `select nothing from {t}.nowhere`)
		require.ErrorContains(t, err, "does not exist")
		_, err = tenant.One[secretRow](ctx, s.DB.Read(ente), readWord)
		require.ErrorIs(t, err, problem.NotFound)
		_, err = tenant.Exec(ctx, s.DB.Read(ente), `delete from {t}.secrets`)
		require.ErrorContains(t, err, "only reads")
		_, err = tenant.Values[string](ctx, s.DB.Read(ente), `delete from {t}.secrets returning word`)
		require.ErrorContains(t, err, "read-only transaction")
	}
	require.Equal(t, before, backend())
	_, err := tenant.Values[string](ctx, s.DB.Read(tenant.Tenant{Key: "x", Cell: "nowhere"}), readSecret)
	require.ErrorContains(t, err, "no cell")
}

func TestATransactionSeesOneInstantAndInstantsComeBackInUTC(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	ente := s.NewTenant(t, line("secrets", secrets))
	s.In(t, ente, func(tx *tenant.Tx) error {
		s.Clock.Advance(time.Hour)
		require.Equal(t, tenanttest.Epoch, tx.Now())
		at, err := tenant.Value[time.Time](ctx, tx, `select @at::timestamptz`, tenant.Args{"at": tx.Now()})
		require.Equal(t, tenanttest.Epoch, at)
		return err
	})
}

func TestAConnectionThatMetTooManyEntitiesIsReplaced(t *testing.T) {
	t.Parallel()
	s := tenanttest.StartUnconnected(t)
	s.Connect(t, tenant.Config{PoolsPerCell: 1, ConnsPerPool: 1, MetPerConn: 2})
	var backends []int
	for range 3 {
		ente := s.NewTenant(t, line("secrets", secrets))
		for range 2 {
			s.In(t, ente, func(tx *tenant.Tx) error { return nil })
			_, err := tenant.Values[string](ctx, s.DB.Read(ente), readSecret)
			require.NoError(t, err)
		}
		pid, err := tenant.Value[int](ctx, s.DB.Read(ente), `select pg_backend_pid()`)
		require.NoError(t, err)
		backends = append(backends, pid)
	}
	require.Equal(t, backends[0], backends[1])
	require.NotEqual(t, backends[1], backends[2])
}

func TestConnectionsThatBrokeAreReplacedWithoutAnybodyNoticing(t *testing.T) {
	t.Parallel()
	s := tenanttest.StartUnconnected(t)
	s.Connect(t, tenant.Config{PoolsPerCell: 1, ConnsPerPool: 4})
	ente := s.NewTenant(t, line("secrets", secrets))
	conn, err := s.Admin.Cell(ctx, "main")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(ctx) })
	inTenant := func() error { return s.DB.InTenant(ctx, ente, func(*tenant.Tx) error { return nil }) }
	for _, road := range []func() error{inTenant, func() error {
		_, err := tenant.Values[string](ctx, s.DB.Read(ente), readSecret)
		return err
	}} {
		var open sync.WaitGroup
		for range 4 { // all connections of the pool are in use at once, so all are there
			open.Go(func() {
				err := s.DB.InTenant(ctx, ente, func(tx *tenant.Tx) error {
					_, err := tenant.Value[int](ctx, tx, `select 1 from pg_sleep(0.05)`)
					return err
				})
				if err != nil {
					t.Errorf("warming up: %v", err)
				}
			})
		}
		open.Wait()
		_, err := conn.Exec(ctx, "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'sportello_app' and datname = current_database()")
		require.NoError(t, err)
		require.NoError(t, road())
	}
}
