package ephemeral_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/devstack"
	"github.com/sportello/sportello/modules/platform/ephemeral"
)

var shared *devstack.Redis

func TestMain(m *testing.M) {
	var err error
	if shared, err = devstack.StartRedis(context.Background(), devstack.RedisConfig{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = shared.Stop()
	os.Exit(code)
}

func open(t *testing.T, r *devstack.Redis) *ephemeral.Store {
	t.Helper()
	s, err := ephemeral.Open(r.URL())
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// own is a Redis of this test alone, to be killed.
func own(t *testing.T) *devstack.Redis {
	t.Helper()
	r, err := devstack.StartRedis(context.Background(), devstack.RedisConfig{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Stop() })
	return r
}

func hinted(t *testing.T, hints <-chan string, channel string) {
	t.Helper()
	select {
	case got := <-hints:
		require.Equal(t, channel, got)
	case <-time.After(10 * time.Second):
		t.Fatalf("no hint on %s", channel)
	}
}

// settle reads hints until there are none for a while: a new subscription begins with one.
func settle(hints <-chan string) {
	for {
		select {
		case <-hints:
		case <-time.After(300 * time.Millisecond):
			return
		}
	}
}

func TestAHintReachesWhoSubscribedAndNobodyElse(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	publisher, listener := open(t, shared), open(t, shared)
	a, cancelA := listener.Subscribe(ctx, "isernia:desk:1", "isernia:desk:2")
	b, cancelB := listener.Subscribe(ctx, "caltanissetta:desk:1")
	defer cancelB()
	settle(a)
	settle(b)
	require.NoError(t, publisher.Publish(ctx, "isernia:desk:2"))
	hinted(t, a, "isernia:desk:2")
	require.Empty(t, b)
	cancelA()
	cancelA()
	require.NoError(t, publisher.Publish(ctx, "isernia:desk:2"))
	require.NoError(t, publisher.Publish(ctx, "caltanissetta:desk:1"))
	hinted(t, b, "caltanissetta:desk:1")
	select {
	case <-a:
		t.Fatal("a hint after the end of the subscription")
	case <-time.After(100 * time.Millisecond):
	}
}

func TestManyHintsThatNobodyReadBecomeOne(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := open(t, shared)
	slow, cancelSlow := s.Subscribe(ctx, "isernia:kiosk:slow")
	defer cancelSlow()
	quick, cancel := s.Subscribe(ctx, "isernia:kiosk:quick")
	defer cancel()
	settle(slow)
	settle(quick)
	for range 500 {
		require.NoError(t, s.Publish(ctx, "isernia:kiosk:slow"))
	}
	require.NoError(t, s.Publish(ctx, "isernia:kiosk:quick"))
	hinted(t, quick, "isernia:kiosk:quick")
	n := 0
	for {
		select {
		case <-slow:
			n++
			continue
		case <-time.After(300 * time.Millisecond):
		}
		break
	}
	require.GreaterOrEqual(t, n, 1)
	require.LessOrEqual(t, n, 3)
}

func TestTheFirstHintFollowsTheSubscriptionSoThatNothingFallsBetween(t *testing.T) {
	t.Parallel()
	hints, cancel := open(t, shared).Subscribe(context.Background(), "isernia:desk:first")
	defer cancel()
	hinted(t, hints, "isernia:desk:first")
}

func TestSubscriptionsSurviveRedisKilledAndStartedAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := own(t)
	s, publisher := open(t, r), open(t, r)
	hints, cancel := s.Subscribe(ctx, "isernia:desk:1")
	defer cancel()
	settle(hints)
	require.False(t, s.Down())
	for range 3 {
		require.NoError(t, r.Kill())
		require.Eventually(t, s.Down, 10*time.Second, 10*time.Millisecond, "the outage is noticed")
		require.Error(t, publisher.Publish(ctx, "isernia:desk:1"))
		during, stop := s.Subscribe(ctx, "isernia:desk:2") // a screen that opens during the outage
		require.NoError(t, r.Restart(ctx))
		hinted(t, hints, "isernia:desk:1") // hints were lost meanwhile: look again
		hinted(t, during, "isernia:desk:2")
		require.Eventually(t, func() bool { return !s.Down() }, 10*time.Second, 10*time.Millisecond)
		settle(hints)
		settle(during)
		require.NoError(t, publisher.Publish(ctx, "isernia:desk:2"))
		hinted(t, during, "isernia:desk:2")
		require.NoError(t, publisher.Publish(ctx, "isernia:desk:1"))
		hinted(t, hints, "isernia:desk:1")
		stop()
	}
}

func TestAStoreOpenedWhileRedisIsAwayWorksWhenItComes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := own(t)
	require.NoError(t, r.Stop())
	s := open(t, r)
	hints, cancel := s.Subscribe(ctx, "isernia:desk:1")
	defer cancel()
	require.True(t, s.Down())
	require.NoError(t, r.Restart(ctx))
	hinted(t, hints, "isernia:desk:1")
}

func TestFlushAllLosesOnlyPresenceAndLimits(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := own(t)
	s := open(t, r)
	hints, cancel := s.Subscribe(ctx, "isernia:desk:1")
	defer cancel()
	settle(hints)
	require.NoError(t, s.Touch(ctx, "isernia:kiosk:1", time.Minute))
	require.NoError(t, r.FlushAll(ctx))
	present, err := s.Present(ctx, "isernia:kiosk:1")
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"isernia:kiosk:1": false}, present)
	require.NoError(t, s.Publish(ctx, "isernia:desk:1"))
	hinted(t, hints, "isernia:desk:1")
	ok, _, err := s.Allow(ctx, ephemeral.Limit{Name: "login", Count: 1, Per: time.Minute}, "k")
	require.NoError(t, err)
	require.True(t, ok)
}

func TestPresenceEndsByItselfAndByForget(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := open(t, shared)
	require.NoError(t, s.Touch(ctx, "isernia:kiosk:a", 200*time.Millisecond))
	require.NoError(t, s.Touch(ctx, "isernia:kiosk:b", time.Minute))
	require.NoError(t, s.Touch(ctx, "isernia:kiosk:c", time.Minute))
	require.NoError(t, s.Forget(ctx, "isernia:kiosk:c"))
	present, err := s.Present(ctx, "isernia:kiosk:a", "isernia:kiosk:b", "isernia:kiosk:c")
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"isernia:kiosk:a": true, "isernia:kiosk:b": true, "isernia:kiosk:c": false}, present)
	require.Eventually(t, func() bool {
		p, err := s.Present(ctx, "isernia:kiosk:a")
		return err == nil && !p["isernia:kiosk:a"]
	}, 5*time.Second, 20*time.Millisecond)
	none, err := s.Present(ctx)
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestALimitGivesExactlyItsCountToManyAtOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	stores := []*ephemeral.Store{open(t, shared), open(t, shared)}
	limit := ephemeral.Limit{Name: "race" + rand.Text(), Count: 10, Per: time.Hour}
	var allowed atomic.Int32
	var wg sync.WaitGroup
	for i := range 120 {
		wg.Go(func() {
			ok, retry, err := stores[i%2].Allow(ctx, limit, "device")
			if err == nil && ok {
				allowed.Add(1)
			}
			if err == nil && !ok && (retry <= 0 || retry > 6*time.Minute) {
				t.Errorf("retry after %s", retry)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 10, allowed.Load())
	ok, _, err := stores[0].Allow(ctx, limit, "another")
	require.NoError(t, err)
	require.True(t, ok, "each key has its own limit")
	require.NoError(t, stores[0].Reset(ctx, limit, "device"))
	ok, _, err = stores[0].Allow(ctx, limit, "device")
	require.NoError(t, err)
	require.True(t, ok)
}

func TestALimitGivesBackOneEventAtATime(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := open(t, shared)
	limit := ephemeral.Limit{Name: "refill" + rand.Text(), Count: 2, Per: 2 * time.Second}
	try := func() (bool, time.Duration) {
		ok, retry, err := s.Allow(ctx, limit, "k")
		require.NoError(t, err)
		return ok, retry
	}
	for range 2 {
		ok, _ := try()
		require.True(t, ok)
	}
	ok, retry := try()
	require.False(t, ok)
	require.LessOrEqual(t, retry, time.Second)
	time.Sleep(retry + 20*time.Millisecond)
	ok, _ = try()
	require.True(t, ok, "retryAfter is the truth")
	ok, _ = try()
	require.False(t, ok, "only one came back")
}

func TestALimitFailsClosedWhenRedisIsAway(t *testing.T) {
	t.Parallel()
	r := own(t)
	s := open(t, r)
	require.NoError(t, r.Kill())
	from := time.Now()
	ok, _, err := s.Allow(context.Background(), ephemeral.Limit{Name: "login", Count: 5, Per: time.Minute}, "k")
	require.Error(t, err)
	require.False(t, ok)
	require.Less(t, time.Since(from), 4*time.Second)
}

func TestALimitThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t, shared)
	for _, l := range []ephemeral.Limit{{}, {Name: "x", Per: time.Second}, {Name: "x", Count: 5000, Per: time.Second}} {
		_, _, err := s.Allow(context.Background(), l, "k")
		require.Error(t, err)
	}
}

func TestAnAddressThatCannotBeReadDoesNotShowItsPassword(t *testing.T) {
	t.Parallel()
	_, err := ephemeral.Open("redis://user:hunter2@host:port-that-is-none/x/y")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "hunter2")
}
