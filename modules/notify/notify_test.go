package notify_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/modules/platform/mail"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

var ctx = context.Background()

// server is a mail server that can be down.
type server struct {
	mu   sync.Mutex
	down bool
	got  []mail.Message
	sent int // tries
}

func (s *server) Send(_ context.Context, m mail.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent++
	if s.down {
		return errors.New("dial tcp: connection refused to maria@example.it")
	}
	s.got = append(s.got, m)
	return nil
}

func (s *server) set(down bool) { s.mu.Lock(); s.down = down; s.mu.Unlock() }

func (s *server) counts() (got, tries int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.got), s.sent
}

type world struct {
	*tenanttest.Stack
	t   tenant.Tenant
	svc *notify.Service
	srv *server
	log *strings.Builder
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s := tenanttest.Start(t)
	w := &world{Stack: s, t: s.NewTenant(t, migrate.Line{Name: "notify", FS: notify.Migrations}), srv: &server{}, log: &strings.Builder{}}
	w.svc = notify.New(s.DB, w.srv, "noreply@sportello.example", slog.New(slog.NewJSONHandler(w.log, nil)))
	w.svc.Register("greeting", func(_ context.Context, _ *tenant.Tx, m notify.Message) (notify.Content, error) {
		return notify.Content{Subject: "Buongiorno", Text: "Codice 482 719 3506 per " + m.Recipient}, nil
	})
	w.svc.Register("stale", func(context.Context, *tenant.Tx, notify.Message) (notify.Content, error) {
		return notify.Content{}, notify.ErrStale
	})
	s.Outbox.Subscribe(notify.KindDue, "notify.send", w.svc.OnDue)
	return w
}

func (w *world) queue(t *testing.T, kind, dedupe string) (bool, uuid.UUID) {
	t.Helper()
	var fresh bool
	subject := uuid.New()
	w.In(t, w.t, func(tx *tenant.Tx) error {
		var err error
		fresh, err = w.svc.Queue(ctx, tx, notify.Request{DedupeKey: dedupe, Kind: kind, SubjectID: subject, Recipient: "maria@example.it"})
		return err
	})
	return fresh, subject
}

func (w *world) failed(t *testing.T) []notify.Message {
	t.Helper()
	var out []notify.Message
	w.In(t, w.t, func(tx *tenant.Tx) error {
		var err error
		out, err = w.svc.List(ctx, tx, notify.Filter{State: notify.Failed})
		return err
	})
	return out
}

func TestAMessageIsSentOnceHoweverOftenItIsQueued(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fresh, _ := w.queue(t, "greeting", "a")
	require.True(t, fresh)
	fresh, _ = w.queue(t, "greeting", "a")
	require.False(t, fresh)
	w.Work(t)
	require.Len(t, w.srv.got, 1)
	m := w.srv.got[0]
	require.Equal(t, "maria@example.it", m.To)
	require.Contains(t, m.From, "<noreply@sportello.example>")
	require.Contains(t, m.From, w.t.Name)
	require.NotEmpty(t, m.ID, "a second copy is recognised by it")
}

func TestAServerThatIsDownIsTriedAgainWithGrowingPauses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.srv.set(true)
	w.queue(t, "greeting", "a")
	w.Work(t)
	w.Clock.Advance(29 * time.Second)
	w.Work(t)
	_, tries := w.srv.counts()
	require.Equal(t, 1, tries, "not before the pause is over")
	w.srv.set(false)
	w.Clock.Advance(2 * time.Second)
	w.Work(t)
	require.Eventually(t, func() bool { got, _ := w.srv.counts(); return got == 1 }, 20*time.Second, 20*time.Millisecond)
	require.NotContains(t, w.log.String(), "maria", "no personal data in the log")
	require.NotContains(t, w.log.String(), "3506")
}

func TestAMessageThatCannotBeSentIsVisibleAndCanBeSentAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.srv.set(true)
	w.queue(t, "greeting", "a")
	require.Eventually(t, func() bool {
		w.Work(t)
		w.Clock.Advance(12 * time.Hour)
		return len(w.failed(t)) == 1
	}, 60*time.Second, 10*time.Millisecond)
	failed := w.failed(t)[0]
	require.Equal(t, 8, failed.Attempts)
	require.Equal(t, "unreachable", failed.Error)
	w.srv.set(false)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		ok, err := w.svc.Retry(ctx, tx, failed.ID)
		require.True(t, ok)
		return err
	})
	w.Work(t)
	require.Eventually(t, func() bool { got, _ := w.srv.counts(); return got == 1 }, 20*time.Second, 20*time.Millisecond)
	require.Empty(t, w.failed(t))
}

func TestAMessageThatIsNoLongerTrueIsDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, subject := w.queue(t, "stale", "a")
	w.Work(t)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		about, err := w.svc.About(ctx, tx, subject)
		require.Len(t, about, 1)
		require.Equal(t, notify.Dropped, about[0].State)
		return err
	})
	_, tries := w.srv.counts()
	require.Zero(t, tries)
}

const sqlEverything = `SELECT coalesce(string_agg(m::text, ' '), '') FROM {t}.messages m`

func TestTheTextOfAMessageIsNotStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.queue(t, "greeting", "a")
	w.Work(t)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		all, err := tenant.Value[string](ctx, tx, sqlEverything)
		require.Contains(t, all, "maria@example.it")
		require.NotContains(t, all, "3506")
		return err
	})
}

func TestTheListGoesPageByPageFromTheNewest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range notify.PageSize + 3 {
		w.queue(t, "greeting", "m"+strconv.Itoa(i))
		w.Clock.Advance(time.Second)
	}
	list := func(f notify.Filter) (out []notify.Message) {
		w.In(t, w.t, func(tx *tenant.Tx) (err error) {
			out, err = w.svc.List(ctx, tx, f)
			return err
		})
		return out
	}
	first := list(notify.Filter{})
	require.Len(t, first, notify.PageSize)
	last := first[len(first)-1]
	rest := list(notify.Filter{Before: last.CreatedAt, BeforeID: last.ID.UUID})
	require.Len(t, rest, 3)
	seen := map[notify.MessageID]bool{}
	for i, m := range append(first, rest...) {
		require.False(t, seen[m.ID])
		seen[m.ID] = true
		require.True(t, i == 0 || m.CreatedAt.Before(first[0].CreatedAt))
	}
	require.Empty(t, list(notify.Filter{State: notify.Failed}))
	w.Work(t)
	require.Len(t, list(notify.Filter{State: notify.Sent}), notify.PageSize)
}
