package migrate_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

var ctx = context.Background()

const (
	table  = `CREATE TABLE {t}.things (id int PRIMARY KEY); GRANT SELECT, INSERT ON {t}.things TO {role};`
	column = `ALTER TABLE {t}.things ADD COLUMN name text;`
)

func line(name string, files ...string) migrate.Line {
	fs := fstest.MapFS{}
	for i, text := range files {
		fs[fmt.Sprintf("migrations/%04d_x.sql", i+1)] = &fstest.MapFile{Data: []byte(text)}
	}
	return migrate.Line{Name: name, FS: fs}
}

func many(t *testing.T, s *tenanttest.Stack, n int, lines ...migrate.Line) []tenant.Key {
	t.Helper()
	var keys []tenant.Key
	for range n {
		keys = append(keys, s.NewTenant(t, lines...).Key)
	}
	return keys
}

// versions reads the truth from the schemas themselves.
func versions(t *testing.T, s *tenanttest.Stack, keys []tenant.Key, line string) map[tenant.Key]int {
	t.Helper()
	conn, err := s.Admin.Cell(ctx, "main")
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	found := map[tenant.Key]int{}
	for _, k := range keys {
		var v int
		require.NoError(t, conn.QueryRow(ctx, "select coalesce(max(version), 0) from cell.schema_versions where schema = $1 and line = $2", k.Schema(), line).Scan(&v))
		found[k] = v
	}
	return found
}

func all(keys []tenant.Key, v int) map[tenant.Key]int {
	want := map[tenant.Key]int{}
	for _, k := range keys {
		want[k] = v
	}
	return want
}

func TestEveryEntityGetsWhatIsNewAndNothingTwice(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	keys := many(t, s, 7, line("things", table))
	runner := s.Runner(t, line("things", table, column), line("more", `CREATE TABLE {t}.more (a int); GRANT SELECT ON {t}.more TO {role};`))
	runner.Batch = 3
	report, err := runner.Up(ctx)
	require.NoError(t, err)
	require.NoError(t, report.Err())
	require.Len(t, report.Migrated, 7)
	require.Equal(t, all(keys, 2), versions(t, s, keys, "things"))
	require.Equal(t, all(keys, 1), versions(t, s, keys, "more"))
	report, err = runner.Up(ctx)
	require.NoError(t, err)
	require.Equal(t, 7, report.Current)
	require.Empty(t, report.Migrated)

	status, err := runner.Status(ctx)
	require.NoError(t, err)
	require.Len(t, status, 14)
	for _, st := range status {
		require.Equal(t, "current", st.State)
		require.Equal(t, st.Want, st.Version)
	}
	behind, err := s.Runner(t, line("things", table, column, column)).Status(ctx)
	require.NoError(t, err)
	require.Equal(t, "newer", behind[0].State, "a line this program does not know")
	require.Equal(t, "behind", behind[1].State)
}

func TestAnEditedFileIsRefusedAndItsEntityStays(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	keys := many(t, s, 3, line("things", table, column))
	for what, edited := range map[string]migrate.Line{
		"the last file": line("things", table, column+" "),
		"an early file": line("things", table+" ", column),
		"and a new one": line("things", table+" ", column, `ALTER TABLE {t}.things ADD COLUMN more text;`),
	} {
		runner := s.Runner(t, edited)
		report, err := runner.Up(ctx)
		require.NoError(t, err)
		require.Len(t, report.Failed, 3, what)
		require.ErrorIs(t, report.Err(), migrate.ErrEdited, what)
		status, err := runner.Status(ctx)
		require.NoError(t, err)
		require.Equal(t, "failed", status[0].State)
		require.Equal(t, 2, status[0].Version)
		require.Contains(t, status[0].Error, "edited")
	}
	require.Equal(t, all(keys, 2), versions(t, s, keys, "things"))
	report, err := s.Runner(t, line("things", table, column)).Up(ctx)
	require.NoError(t, err)
	require.NoError(t, report.Err(), "with the right files all is well again")
}

func TestAnOlderProgramLeavesANewerSchemaAlone(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	keys := many(t, s, 2, line("things", table, column))
	report, err := s.Runner(t, line("things", table)).Up(ctx)
	require.NoError(t, err)
	require.ErrorIs(t, report.Err(), migrate.ErrNewer)
	require.Equal(t, all(keys, 2), versions(t, s, keys, "things"))
}

func TestABlockedEntityDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	keys := many(t, s, 6, line("things", table))
	blocked := keys[2]
	conn, err := s.Admin.Cell(ctx, "main")
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	tx, err := conn.Begin(ctx)
	require.NoError(t, err)
	_, err = tx.Exec(ctx, "select from "+blocked.Schema()+".things")
	require.NoError(t, err)

	runner := s.Runner(t, line("things", table, column))
	runner.Patience = 10 * time.Second
	done := make(chan migrate.Report)
	go func() {
		report, err := runner.Up(ctx)
		if err != nil {
			t.Errorf("up: %v", err)
		}
		done <- report
	}()
	others := append(append([]tenant.Key{}, keys[:2]...), keys[3:]...)
	require.Eventually(t, func() bool {
		for _, v := range versions(t, s, others, "things") {
			if v != 2 {
				return false
			}
		}
		return true
	}, 5*time.Second, 5*time.Millisecond, "the others wait for the blocked one")
	require.Equal(t, 1, versions(t, s, keys, "things")[blocked])
	require.NoError(t, tx.Rollback(ctx))
	report := <-done
	require.NoError(t, report.Err())
	require.Len(t, report.Migrated, 6, "patience is rewarded")
}

func TestAnEntityThatStaysBlockedOrBrokenIsReportedAndLaterDone(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	keys := many(t, s, 4, line("things", table))
	conn, err := s.Admin.Cell(ctx, "main")
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, "insert into "+keys[0].Schema()+".things values (1)")
	require.NoError(t, err)
	tx, err := conn.Begin(ctx)
	require.NoError(t, err)
	_, err = tx.Exec(ctx, "select from "+keys[1].Schema()+".things")
	require.NoError(t, err)

	runner := s.Runner(t, line("things", table, column, `ALTER TABLE {t}.things ADD CHECK (id > 1);`))
	runner.Patience = 50 * time.Millisecond
	report, err := runner.Up(ctx)
	require.NoError(t, err)
	require.Len(t, report.Failed, 2)
	require.ErrorContains(t, report.Failed[keys[0]], "violated")
	require.ErrorContains(t, report.Failed[keys[1]], "lock timeout")
	require.Equal(t, map[tenant.Key]int{keys[0]: 1, keys[1]: 1, keys[2]: 3, keys[3]: 3}, versions(t, s, keys, "things"))
	status, err := runner.Status(ctx)
	require.NoError(t, err)
	states := map[tenant.Key]string{}
	for _, of := range status {
		states[of.Tenant] = of.State
	}
	require.Equal(t, map[tenant.Key]string{keys[0]: "failed", keys[1]: "failed", keys[2]: "current", keys[3]: "current"}, states)

	require.NoError(t, tx.Rollback(ctx))
	_, err = conn.Exec(ctx, "delete from "+keys[0].Schema()+".things")
	require.NoError(t, err)
	report, err = runner.Up(ctx)
	require.NoError(t, err)
	require.NoError(t, report.Err())
	require.Len(t, report.Migrated, 2)
	require.Equal(t, 2, report.Current)
}

func TestTwoMigratorsAtOnceRunEachFileOnce(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	keys := many(t, s, 8, line("things", table))
	once := line("things", table, `CREATE TABLE {t}.once (a int);`)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			runner := s.Runner(t, once)
			runner.Batch = 3
			report, err := runner.Up(ctx)
			if err != nil || report.Err() != nil {
				t.Errorf("up: %v, %v", err, report.Err())
			}
		})
	}
	wg.Wait()
	require.Equal(t, all(keys, 2), versions(t, s, keys, "things"))
}

func TestTheSchemaKnowsBetterThanTheFleetTable(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	keys := many(t, s, 3, line("things", table))
	runner := s.Runner(t, line("things", table, column))
	_, err := runner.Up(ctx)
	require.NoError(t, err)
	conn, err := s.Admin.Control(ctx)
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	require.NoError(t, pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		// A migrator that died after the commit in the cell, and a fleet table that was lost.
		if _, err := tx.Exec(ctx, "update control.fleet set version = 1, checksum = "+
			"(select checksum from cell.schema_versions where schema = 't_' || $1) where tenant = $1", keys[0]); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "delete from control.fleet where tenant = $1", keys[1])
		return err
	}))
	report, err := runner.Up(ctx)
	require.NoError(t, err)
	require.NoError(t, report.Err())
	require.Equal(t, all(keys, 2), versions(t, s, keys, "things"))
	status, err := runner.Status(ctx)
	require.NoError(t, err)
	for _, st := range status {
		require.Equal(t, "current", st.State, st.Tenant)
	}
}

func TestWhatIsCutShortGoesOn(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	keys := many(t, s, 10, line("things", table))
	runner := s.Runner(t, line("things", table, column, `SELECT pg_sleep(0.02);`))
	runner.Batch, runner.Workers = 2, 1
	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	_, err := runner.Up(short)
	require.Error(t, err)
	report, err := runner.Up(ctx)
	require.NoError(t, err)
	require.NoError(t, report.Err())
	require.Equal(t, all(keys, 3), versions(t, s, keys, "things"))
}

func TestLinesThatAreWrongAreRefusedBeforeAnythingRuns(t *testing.T) {
	t.Parallel()
	for what, lines := range map[string][]migrate.Line{
		"a gap":        {{Name: "a", FS: fstest.MapFS{"migrations/0002_x.sql": {}}}},
		"a bad name":   {{Name: "a", FS: fstest.MapFS{"migrations/1_x.sql": {}}}},
		"no file":      {{Name: "a", FS: fstest.MapFS{}}},
		"a bad line":   {{Name: "a'; drop", FS: line("a", table).FS}},
		"a line twice": {line("a", table), line("a", table)},
	} {
		_, err := migrate.New(nil, lines)
		require.Error(t, err, what)
	}
}
