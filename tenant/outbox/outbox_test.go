package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/outbox"
	"github.com/sportello/sportello/tenant/tenanttest"
)

var ctx = context.Background()

func line() migrate.Line {
	return migrate.Line{Name: "things", FS: fstest.MapFS{"migrations/0001_x.sql": {Data: []byte(
		`CREATE TABLE {t}.things (id uuid PRIMARY KEY); GRANT SELECT, INSERT ON {t}.things TO {role};`)}}}
}

type happened struct {
	What string `json:"what"`
}

func (happened) Kind() string { return "test.happened.v1" }

// notebook is a subscriber that remembers.
type notebook struct {
	mu   sync.Mutex
	seen []string
	fail func(seen int) error
}

func (n *notebook) handle(_ context.Context, t tenant.Tenant, payload json.RawMessage) error {
	var e happened
	if err := json.Unmarshal(payload, &e); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seen = append(n.seen, string(t.Key)+": "+e.What)
	if n.fail != nil {
		return n.fail(len(n.seen))
	}
	return nil
}

func (n *notebook) list() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string{}, n.seen...)
}

func publish(t *testing.T, s *tenanttest.Stack, of tenant.Tenant, what string, at time.Time) {
	t.Helper()
	s.In(t, of, func(tx *tenant.Tx) error { return tx.PublishAt(ctx, happened{What: what}, at) })
}

func TestAnEventLeavesWithTheRowsAndNotWithoutThem(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	of := s.NewTenant(t, line())
	var n notebook
	s.Outbox.Subscribe("test.happened.v1", "notebook", n.handle)
	write := func(what string, end error) error {
		return s.DB.InTenant(ctx, of, func(tx *tenant.Tx) error {
			require.NoError(t, tx.Publish(ctx, happened{What: what}))
			_, err := tenant.Exec(ctx, tx, `insert into {t}.things (id) values (@id)`, tenant.Args{"id": tx.IDs()()})
			require.NoError(t, err, "the entity's role is back after Publish")
			return end
		})
	}
	undo := errors.New("undo")
	require.ErrorIs(t, write("undone", undo), undo)
	require.NoError(t, write("done", nil))
	rows, err := tenant.Value[int](ctx, s.DB.Read(of), `select count(*) from {t}.things`)
	require.NoError(t, err)
	require.Equal(t, 1, rows)
	s.Work(t)
	require.Equal(t, []string{string(of.Key) + ": done"}, n.list())
}

func TestEachSubscriberGetsItsOwnDeliveryAndOneNameIsOneSubscriber(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	a, b := s.NewTenant(t, line()), s.NewTenant(t, line())
	var replaced, first, second notebook
	s.Outbox.Subscribe("test.happened.v1", "first", replaced.handle)
	s.Outbox.Subscribe("test.happened.v1", "first", first.handle)
	s.Outbox.Subscribe("test.happened.v1", "second", second.handle)
	publish(t, s, a, "x", time.Time{})
	publish(t, s, b, "y", time.Time{})
	s.Work(t)
	want := []string{string(a.Key) + ": x", string(b.Key) + ": y"}
	require.Empty(t, replaced.list())
	require.ElementsMatch(t, want, first.list())
	require.ElementsMatch(t, want, second.list())
}

func TestAnEventThatNobodyWaitsForLeavesNothing(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	of := s.NewTenant(t, line())
	publish(t, s, of, "x", time.Time{})
	n, err := s.Outbox.Pending(ctx)
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestAHandlerThatFailsIsCalledAgainLater(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	of := s.NewTenant(t, line())
	n := notebook{fail: func(seen int) error {
		if seen < 3 {
			return errors.New("the mail server is down")
		}
		return nil
	}}
	s.Outbox.Subscribe("test.happened.v1", "notebook", n.handle)
	publish(t, s, of, "x", time.Time{})
	for range 6 {
		s.Work(t)
		s.Clock.Advance(time.Hour)
	}
	require.Eventually(t, func() bool { s.Work(t); return len(n.list()) >= 3 }, 20*time.Second, 50*time.Millisecond)
	s.Clock.Advance(24 * time.Hour)
	s.Work(t)
	require.Len(t, n.list(), 3, "what succeeded is not repeated")
}

func TestAnEventForLaterWaitsUntilItsTime(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	of := s.NewTenant(t, line())
	var n notebook
	s.Outbox.Subscribe("test.happened.v1", "notebook", n.handle)
	publish(t, s, of, "later", s.Clock.Now().Add(10*time.Minute))
	publish(t, s, of, "past", s.Clock.Now().Add(-time.Minute))
	s.Work(t)
	require.Equal(t, []string{string(of.Key) + ": past"}, n.list())
	s.Clock.Advance(10 * time.Minute)
	s.Work(t)
	require.Len(t, n.list(), 2)
}

func TestADeadDeliveryIsListedAndCanBeRetried(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	of := s.NewTenant(t, line())
	broken := true
	var mu sync.Mutex
	box := outbox.New(s.DB, outbox.Config{MaxAttempts: 1})
	n := notebook{fail: func(int) error {
		mu.Lock()
		defer mu.Unlock()
		if broken {
			return errors.New("no such mailbox")
		}
		return nil
	}}
	box.Subscribe("test.happened.v1", "notebook", n.handle)
	s.Outbox = box
	publish(t, s, of, "x", time.Time{})
	s.Work(t)
	dead, err := box.Dead(ctx)
	require.NoError(t, err)
	require.Len(t, dead, 1)
	require.Equal(t, outbox.Dead{
		Cell: "main", ID: dead[0].ID, Tenant: of.Key, Event: "test.happened.v1", Subscriber: "notebook",
		Attempts: 1, Error: "no such mailbox", At: dead[0].At,
	}, dead[0])
	mu.Lock()
	broken = false
	mu.Unlock()
	require.NoError(t, box.Retry(ctx, "main", dead[0].ID))
	s.Work(t)
	require.Len(t, n.list(), 2)
	dead, err = box.Dead(ctx)
	require.NoError(t, err)
	require.Empty(t, dead)
	require.Error(t, box.Retry(ctx, "nowhere", 1))
}

func TestAWorkerThatDiesInTheMiddleLeavesTheEventToTheNext(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	of := s.NewTenant(t, line())
	entered, release := make(chan struct{}), make(chan struct{})
	s.Outbox.Subscribe("test.happened.v1", "notebook", func(ctx context.Context, _ tenant.Tenant, _ json.RawMessage) error {
		close(entered)
		<-release
		return ctx.Err()
	})
	require.NoError(t, s.Outbox.Start(ctx))
	publish(t, s, of, "x", time.Time{})
	<-entered
	go func() { time.Sleep(50 * time.Millisecond); close(release) }()
	stop, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	require.NoError(t, s.Outbox.Stop(stop), "stopping waits for the handler")

	var n notebook
	next := outbox.New(s.DB, outbox.Config{})
	next.Subscribe("test.happened.v1", "notebook", n.handle)
	s.Outbox = next
	publish(t, s, of, "y", time.Time{})
	s.Work(t)
	require.Equal(t, []string{string(of.Key) + ": y"}, n.list())
}

func TestEventsOfASuspendedEntityWaitAndOfARemovedOneAreDropped(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	suspended, removed := s.NewTenant(t, line()), s.NewTenant(t, line())
	var n notebook
	s.Outbox.Subscribe("test.happened.v1", "notebook", n.handle)
	publish(t, s, suspended, "x", time.Time{})
	publish(t, s, removed, "y", time.Time{})
	service := s.Provision(t, line())
	require.NoError(t, service.Suspend(ctx, suspended.Key))
	require.NoError(t, service.Suspend(ctx, removed.Key))
	require.NoError(t, service.Remove(ctx, removed.Key))
	s.Work(t)
	require.Empty(t, n.list())
	require.NoError(t, service.Resume(ctx, suspended.Key))
	require.Eventually(t, func() bool { s.Clock.Advance(time.Hour); s.Work(t); return len(n.list()) > 0 },
		20*time.Second, 100*time.Millisecond)
	require.Equal(t, []string{string(suspended.Key) + ": x"}, n.list())
}
