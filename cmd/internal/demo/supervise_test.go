package demo

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/devstack"
)

func TestAServiceThatIsKilledIsBackOnTheSamePortAndOneThatIsStoppedStaysDown(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	redis, err := devstack.StartRedis(ctx, devstack.RedisConfig{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = redis.Stop() })
	back := make(chan string, 8)
	stop := supervise(ctx, map[string]service{"redis": redis}, func(name string) { back <- name })

	for range 2 {
		before := redis.PID()
		require.NoError(t, syscall.Kill(before, syscall.SIGKILL))
		select {
		case name := <-back:
			require.Equal(t, "redis", name)
		case <-ctx.Done():
			t.Fatal("nobody started Redis again")
		}
		require.NotEqual(t, before, redis.PID())
		require.NoError(t, redis.FlushAll(ctx), "it answers")
	}

	stop()
	require.NoError(t, redis.Stop())
	require.Zero(t, redis.PID())
	require.Empty(t, back)
}
