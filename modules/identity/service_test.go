package identity_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/identity"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/ephemeral"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

const (
	password = "una frase lunga"
	secret   = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
)

var (
	system = actor.Actor{Kind: actor.System}
	lines  = []migrate.Line{{Name: "audit", FS: audit.Migrations}, {Name: "identity", FS: identity.Migrations}}
)

// gate counts tries as Redis would, and can be down.
type gate struct {
	mu   sync.Mutex
	left map[string]int
	down bool
}

func (g *gate) Allow(_ context.Context, l ephemeral.Limit, key string) (bool, time.Duration, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down {
		return false, 0, errors.New("connection refused")
	}
	k := l.Name + key
	if _, ok := g.left[k]; !ok {
		g.left[k] = l.Count
	}
	g.left[k]--
	return g.left[k] >= 0, 90 * time.Second, nil
}

type world struct {
	*tenanttest.Stack
	svc  *identity.Service
	gate *gate
	ente tenant.Tenant
}

func start(t *testing.T) world {
	t.Helper()
	s := tenanttest.Start(t)
	w := world{Stack: s, gate: &gate{left: map[string]int{}}, ente: s.NewTenant(t, lines...)}
	var err error
	w.svc, err = identity.New(identity.Config{
		DB: s.DB, Limiter: w.gate, SecretKey: []byte(strings.Repeat("k", 32)),
		Argon: identity.Argon{MemoryKiB: 64, Passes: 1, Threads: 1},
	})
	require.NoError(t, err)
	return w
}

func (w world) staff(t *testing.T, email string, roles ...string) identity.Staff {
	t.Helper()
	s, err := w.svc.CreateStaffWith(context.Background(), w.ente, system,
		identity.StaffInput{Email: email, Name: "Anna Rossi", Roles: roles}, password, secret)
	require.NoError(t, err)
	return s
}

func (w world) code(t *testing.T) string {
	t.Helper()
	w.Clock.Advance(30 * time.Second) // a code works once
	c, err := identity.TOTPCode(secret, w.Clock.Now())
	require.NoError(t, err)
	return c
}

func (w world) login(t *testing.T, email string) string {
	t.Helper()
	token, err := w.svc.Login(context.Background(), w.ente, identity.LoginInput{Email: email, Password: password, Code: w.code(t), IP: "10.0.0.1"})
	require.NoError(t, err)
	return token
}

func TestALoginMakesASessionThatKnowsWhoItIs(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	anna := w.staff(t, "Anna@Comune.it", "operator", "administrator")
	token := w.login(t, " anna@COMUNE.it ")
	who, err := w.svc.Authenticate(ctx, w.ente, token)
	require.NoError(t, err)
	require.Equal(t, actor.Actor{
		Kind: actor.Staff, ID: anna.ID.String(), Tenant: string(w.ente.Key), Name: "Anna Rossi",
		Roles: []actor.Role{actor.Operator, actor.Administrator},
	}, who)
	require.NoError(t, w.svc.Logout(ctx, w.ente, token))
	require.NoError(t, w.svc.Logout(ctx, w.ente, token))
	_, err = w.svc.Authenticate(ctx, w.ente, token)
	require.ErrorIs(t, err, problem.Unauthenticated)
}

func TestEveryWrongLoginGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	anna := w.staff(t, "anna@comune.it", "operator")
	w.staff(t, "capo@comune.it", "administrator")
	used := w.code(t)
	good := identity.LoginInput{Email: "anna@comune.it", Password: password, Code: used}
	_, err := w.svc.Login(ctx, w.ente, good)
	require.NoError(t, err)
	var answers []string
	try := func(in identity.LoginInput) {
		_, err := w.svc.Login(ctx, w.ente, in)
		require.Error(t, err)
		answers = append(answers, err.Error())
	}
	try(good) // the code again
	try(identity.LoginInput{Email: "anna@comune.it", Password: "sbagliata, molto", Code: w.code(t)})
	try(identity.LoginInput{Email: "anna@comune.it", Password: password, Code: "000000"})
	try(identity.LoginInput{Email: "nessuno@comune.it", Password: password, Code: w.code(t)})
	try(identity.LoginInput{Email: "", Password: "", Code: ""})
	try(identity.LoginInput{Email: "anna@comune.it\x00", Password: "\x00", Code: "\x00"})
	try(identity.LoginInput{Email: "' OR 1=1 --", Password: strings.Repeat("x", 10_000), Code: w.code(t)})
	require.NoError(t, w.svc.DisableStaff(ctx, w.ente, system, anna.ID))
	try(identity.LoginInput{Email: "anna@comune.it", Password: password, Code: w.code(t)})
	for _, a := range answers {
		require.Equal(t, "unauthenticated: identity.login_failed", a)
	}
}

func TestACodeUsedByTwoAtOnceLetsOneIn(t *testing.T) {
	t.Parallel()
	w := start(t)
	w.staff(t, "anna@comune.it", "operator")
	code := w.code(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	in := 0
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			_, err := w.svc.Login(context.Background(), w.ente, identity.LoginInput{Email: "anna@comune.it", Password: password, Code: code})
			if err == nil {
				mu.Lock()
				in++
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	require.Equal(t, 1, in)
}

func TestTooManyTriesAreRefusedAndWithoutTheLimiterNobodyComesIn(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	w.staff(t, "anna@comune.it", "operator")
	token := w.login(t, "anna@comune.it")
	var err error
	for range 11 {
		_, err = w.svc.Login(ctx, w.ente, identity.LoginInput{Email: "anna@comune.it", Password: "sbagliata!!!", Code: "1"})
	}
	require.ErrorIs(t, err, problem.TooMany)
	require.Equal(t, 2, problem.From(err).Args["minutes"])
	w.gate.down = true
	_, err = w.svc.Login(ctx, w.ente, identity.LoginInput{Email: "x@comune.it", Password: password, Code: w.code(t)})
	require.ErrorIs(t, err, problem.New(problem.Unavailable, "identity.login_unavailable"))
	_, err = w.svc.Authenticate(ctx, w.ente, token)
	require.NoError(t, err, "who is in stays in")
}

func TestALoginEndsTheSessionTheBrowserHad(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	w.staff(t, "anna@comune.it", "operator")
	first := w.login(t, "anna@comune.it")
	second, err := w.svc.Login(ctx, w.ente, identity.LoginInput{Email: "anna@comune.it", Password: password, Code: w.code(t), OldToken: first})
	require.NoError(t, err)
	require.NotEqual(t, first, second)
	_, err = w.svc.Authenticate(ctx, w.ente, first)
	require.ErrorIs(t, err, problem.Unauthenticated)
	_, err = w.svc.Authenticate(ctx, w.ente, second)
	require.NoError(t, err)
}

func TestASessionEndsWhenIdleAndAfterTenHours(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	w.staff(t, "anna@comune.it", "operator")
	idle, busy := w.login(t, "anna@comune.it"), w.login(t, "anna@comune.it")
	began := w.Clock.Now()
	for w.Clock.Now().Before(began.Add(identity.SessionLife - 30*time.Minute)) {
		_, err := w.svc.Authenticate(ctx, w.ente, busy)
		require.NoError(t, err)
		w.Clock.Advance(25 * time.Minute)
	}
	_, err := w.svc.Authenticate(ctx, w.ente, idle)
	require.ErrorIs(t, err, problem.Unauthenticated, "idle")
	w.Clock.Set(began.Add(identity.SessionLife))
	_, err = w.svc.Authenticate(ctx, w.ente, busy)
	require.ErrorIs(t, err, problem.Unauthenticated, "old")
}

func TestTheLastRequestIsWrittenAtMostOnceAMinute(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	w.staff(t, "anna@comune.it", "operator")
	token := w.login(t, "anna@comune.it")
	seen := func() (at time.Time) {
		w.In(t, w.ente, func(tx *tenant.Tx) (err error) {
			at, err = tenant.Value[time.Time](ctx, tx, `SELECT last_seen_at FROM {t}.staff_sessions`)
			return err
		})
		return at.UTC()
	}
	start := w.Clock.Now()
	w.Clock.Advance(59 * time.Second)
	_, err := w.svc.Authenticate(ctx, w.ente, token)
	require.NoError(t, err)
	require.Equal(t, start, seen())
	w.Clock.Advance(2 * time.Second)
	_, err = w.svc.Authenticate(ctx, w.ente, token)
	require.NoError(t, err)
	require.Equal(t, w.Clock.Now(), seen())
}

func TestASessionOfOneEntityIsNothingInAnother(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	w.staff(t, "anna@comune.it", "operator")
	token := w.login(t, "anna@comune.it")
	other := w.NewTenant(t, lines...)
	_, err := w.svc.Authenticate(ctx, other, token)
	require.ErrorIs(t, err, problem.Unauthenticated)
	_, err = w.svc.Login(ctx, other, identity.LoginInput{Email: "anna@comune.it", Password: password, Code: w.code(t)})
	require.ErrorIs(t, err, problem.Unauthenticated)
}

func TestTheVendorsPeopleComeInTheSameWay(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	one, err := w.svc.CreateVendorWith(ctx, system, "Uno@vendor.it", "Uno", password, secret)
	require.NoError(t, err)
	require.Equal(t, "identity.last_administrator", problem.From(w.svc.DisableVendor(ctx, system, one.ID)).Code)
	two, cred, err := w.svc.CreateVendor(ctx, system, "due@vendor.it", "Due")
	require.NoError(t, err)
	require.NotEmpty(t, cred.Password)
	in := identity.LoginInput{Email: "uno@vendor.it", Password: password, Code: w.code(t)}
	token, err := w.svc.VendorLogin(ctx, in)
	require.NoError(t, err)
	_, err = w.svc.VendorLogin(ctx, in)
	require.ErrorIs(t, err, problem.Unauthenticated, "the code again")
	w.Clock.Advance(2 * time.Minute)
	who, err := w.svc.VendorAuthenticate(ctx, token)
	require.NoError(t, err)
	require.Equal(t, actor.Actor{Kind: actor.Vendor, ID: one.ID.String(), Name: "Uno"}, who)
	require.Equal(t, "identity.disable_self", problem.From(w.svc.DisableVendor(ctx, who, one.ID)).Code)
	require.NoError(t, w.svc.DisableVendor(ctx, system, one.ID))
	_, err = w.svc.VendorAuthenticate(ctx, token)
	require.ErrorIs(t, err, problem.Unauthenticated)
	_, err = w.svc.VendorLogin(ctx, identity.LoginInput{Email: "uno@vendor.it", Password: password, Code: w.code(t)})
	require.ErrorIs(t, err, problem.Unauthenticated)
	_, _, err = w.svc.CreateVendor(ctx, actor.Actor{Kind: actor.Staff, Roles: []actor.Role{actor.Administrator}}, "x@y.it", "X")
	require.ErrorIs(t, err, problem.Forbidden)
	require.NotEqual(t, one.ID, two.ID)
	require.NoError(t, w.svc.VendorLogout(ctx, who, token))
}
