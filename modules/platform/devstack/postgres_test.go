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

	run := func(sql string) (words []string) {
		conn, err := pgx.Connect(ctx, pg.URL("postgres", "postgres"))
		require.NoError(t, err)
		defer func() { _ = conn.Close(ctx) }()
		results, err := conn.PgConn().Exec(ctx, sql).ReadAll()
		require.NoError(t, err)
		for _, row := range results[len(results)-1].Rows {
			words = append(words, string(row[0]))
		}
		return words
	}
	run("create table kept(word text); insert into kept values ('resta')")
	require.NotZero(t, pg.PID())
	require.NoError(t, pg.Kill())
	require.Zero(t, pg.PID())
	require.NoError(t, pg.Restart(ctx))
	require.Equal(t, []string{"resta"}, run("select word from kept"))
}
