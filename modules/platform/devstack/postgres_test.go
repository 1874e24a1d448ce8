package devstack_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/devstack"
)

func TestPostgresKeepsItsDataOverKillAndRestart(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir, err := devstack.TempDir("sportello-test-")
	require.NoError(t, err)
	require.NoError(t, devstack.RemoveWhenDead(dir))
	pg, err := devstack.StartPostgres(ctx, devstack.PostgresConfig{Dir: dir, Fast: true})
	require.NoError(t, err)
	t.Cleanup(func() { _ = pg.Stop() })
	require.Less(t, pg.Port, 32768)

	run := func(sql string) string {
		conn, err := pgx.Connect(ctx, pg.URL("postgres", "postgres"))
		require.NoError(t, err)
		defer func() { _ = conn.Close(ctx) }()
		var s string
		require.NoError(t, conn.QueryRow(ctx, sql).Scan(&s))
		return s
	}
	run("with made as (select pg_catalog.lo_from_bytea(4711, 'resta')) select 'ok' from made")
	require.NotZero(t, pg.PID())
	require.NoError(t, pg.Kill())
	require.Zero(t, pg.PID())
	require.NoError(t, pg.Restart(ctx))
	require.Equal(t, "resta", run("select convert_from(pg_catalog.lo_get(4711), 'UTF8')"))
}
