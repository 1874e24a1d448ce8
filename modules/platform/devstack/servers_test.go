package devstack_test

import (
	"context"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/devstack"
)

func reachable(addr string) bool {
	c, err := net.DialTimeout("tcp", addr, time.Second)
	if err == nil {
		_ = c.Close()
	}
	return err == nil
}

func TestRedisIsKilledAndStartedAgainOnItsPort(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r, err := devstack.StartRedis(ctx, devstack.RedisConfig{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Stop() })
	require.Less(t, r.Port, 32768)
	require.NoError(t, r.FlushAll(ctx))
	require.NoError(t, r.Kill())
	require.False(t, reachable(r.Addr()))
	require.Error(t, r.FlushAll(ctx))
	require.NoError(t, r.Restart(ctx))
	require.NoError(t, r.FlushAll(ctx))
	require.NoError(t, r.Stop())
	require.NoError(t, r.Stop(), "twice is no error")
	require.False(t, reachable(r.Addr()))
}

func TestAPortThatIsTakenIsAnErrorWithTheServersOwnWords(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	n, err := strconv.Atoi(port)
	require.NoError(t, err)
	_, err = devstack.StartRedis(ctx, devstack.RedisConfig{Port: n})
	require.ErrorContains(t, err, "redis")
}

func TestLiveKitMakesNoRoomsByItselfAndKnowsNoServersOutside(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	l, err := devstack.StartLiveKit(ctx, devstack.LiveKitConfig{
		Binary: "../../../.bin/livekit-server", Secret: strings.Repeat("s", 32), Webhook: "http://127.0.0.1:9/hook",
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Stop() })
	raw, err := os.ReadFile(l.Dir + "/livekit.json")
	require.NoError(t, err)
	require.Contains(t, string(raw), `"auto_create": false`)
	require.Contains(t, string(raw), `"127.0.0.1:9"`)
	info, err := os.Stat(l.Dir + "/livekit.json")
	require.NoError(t, err)
	require.Zero(t, info.Mode().Perm()&0o077, "the secret is for the server alone")
	require.NoError(t, l.Kill())
	require.NoError(t, l.Restart(ctx))
	require.NoError(t, l.Stop())
}

func TestLiveKitWithAShortSecretIsRefused(t *testing.T) {
	t.Parallel()
	_, err := devstack.StartLiveKit(context.Background(), devstack.LiveKitConfig{Binary: "../../../.bin/livekit-server", Secret: "short"})
	require.Error(t, err)
	_, err = devstack.StartLiveKit(context.Background(), devstack.LiveKitConfig{Binary: "/nowhere/livekit", Secret: strings.Repeat("s", 32)})
	require.ErrorContains(t, err, "not built")
}
