package identity_test

import (
	"context"
	"encoding/json"
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
	"github.com/sportello/sportello/tenant"
)

type cuts struct{ ids []string }

func (c *cuts) Cut(_ context.Context, _ tenant.Tenant, id string) error {
	c.ids = append(c.ids, id)
	return errors.New("redis is down")
}

func TestDisablingEndsEverythingOfAnAccount(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	var events []string
	w.Outbox.Subscribe("identity.staff_disabled.v1", "test", func(_ context.Context, of tenant.Tenant, payload json.RawMessage) error {
		events = append(events, string(of.Key)+string(payload))
		return nil
	})
	c := &cuts{}
	w.svc.SetCutter(c)
	anna, capo := w.staff(t, "anna@comune.it", "operator"), w.staff(t, "capo@comune.it", "administrator")
	token := w.login(t, "anna@comune.it")
	admin := capo.Actor(string(w.ente.Key))
	require.NoError(t, w.svc.DisableStaff(ctx, w.ente, admin, anna.ID))
	_, err := w.svc.Authenticate(ctx, w.ente, token)
	require.ErrorIs(t, err, problem.Unauthenticated)
	require.NoError(t, w.svc.DisableStaff(ctx, w.ente, admin, anna.ID), "twice")
	w.Work(t)
	require.Equal(t, []string{anna.ID.String(), anna.ID.String()}, c.ids)
	require.Equal(t, []string{string(w.ente.Key) + `{"staff_id": "` + anna.ID.String() + `"}`}, spaced(events))
	w.In(t, w.ente, func(tx *tenant.Tx) error {
		list, err := audit.List(ctx, tx, audit.Filter{Object: "staff:" + anna.ID.String()})
		require.NoError(t, err)
		require.Equal(t, "staff.disable", list[0].Action)
		require.Equal(t, capo.ID.String(), list[0].ActorID)
		return nil
	})
}

func spaced(in []string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = strings.ReplaceAll(strings.ReplaceAll(s, `": "`, `":"`), `":"`, `": "`)
	}
	return out
}

func TestAnEntityKeepsAnAdministrator(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	one, two := w.staff(t, "uno@comune.it", "administrator"), w.staff(t, "due@comune.it", "administrator")
	a := one.Actor(string(w.ente.Key))
	require.Equal(t, "identity.disable_self", problem.From(w.svc.DisableStaff(ctx, w.ente, a, one.ID)).Code)

	// Both at once: one of them stays.
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i, s := range []identity.Staff{one, two} {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs[i] = w.svc.UpdateStaff(ctx, w.ente, system, s.ID, 1, identity.StaffInput{Email: s.Email, Name: s.Name, Roles: []string{"operator"}})
		}()
	}
	wg.Wait()
	failed := 0
	for _, err := range errs {
		if err != nil {
			failed++
			require.Equal(t, "identity.last_administrator", problem.From(err).Code)
		}
	}
	require.Equal(t, 1, failed)
}

func TestALoweredRoleHoldsAtTheNextRequest(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	w.staff(t, "capo@comune.it", "administrator")
	anna := w.staff(t, "anna@comune.it", "operator", "administrator")
	token := w.login(t, "anna@comune.it")
	in := identity.StaffInput{Email: "anna@comune.it", Name: "Anna Bianchi", Roles: []string{"operator"}}
	require.NoError(t, w.svc.UpdateStaff(ctx, w.ente, system, anna.ID, anna.Version, in))
	who, err := w.svc.Authenticate(ctx, w.ente, token)
	require.NoError(t, err)
	require.Equal(t, "Anna Bianchi", who.Name)
	require.False(t, who.Has(actor.Administrator))
	err = w.svc.UpdateStaff(ctx, w.ente, system, anna.ID, anna.Version, in)
	require.Equal(t, "identity.edited_since", problem.From(err).Code)
}

func TestAResetGivesNewSecretsAndEndsSessions(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	anna := w.staff(t, "anna@comune.it", "operator")
	token := w.login(t, "anna@comune.it")
	cred, err := w.svc.ResetStaff(ctx, w.ente, system, anna.ID)
	require.NoError(t, err)
	_, err = w.svc.Authenticate(ctx, w.ente, token)
	require.ErrorIs(t, err, problem.Unauthenticated)
	w.Clock.Advance(time.Hour)
	code, err := identity.TOTPCode(cred.TOTPSecret, w.Clock.Now())
	require.NoError(t, err)
	_, err = w.svc.Login(ctx, w.ente, identity.LoginInput{Email: cred.Email, Password: cred.Password, Code: code})
	require.NoError(t, err)
	_, err = w.svc.Login(ctx, w.ente, identity.LoginInput{Email: "anna@comune.it", Password: password, Code: w.code(t)})
	require.ErrorIs(t, err, problem.Unauthenticated)
}

func TestAChangedPasswordEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	anna := w.staff(t, "anna@comune.it", "operator")
	other, mine := w.login(t, "anna@comune.it"), w.login(t, "anna@comune.it")
	a := anna.Actor(string(w.ente.Key))
	err := w.svc.ChangePassword(ctx, w.ente, a, mine, "sbagliata, molto", "una frase ancora migliore")
	require.Equal(t, "identity.password_wrong", problem.From(err).Code)
	err = w.svc.ChangePassword(ctx, w.ente, a, mine, password, "corta")
	require.Equal(t, "wanted", problem.From(err).Fields[0].Name)
	require.NoError(t, w.svc.ChangePassword(ctx, w.ente, a, mine, password, "una frase ancora migliore"))
	_, err = w.svc.Authenticate(ctx, w.ente, mine)
	require.NoError(t, err)
	_, err = w.svc.Authenticate(ctx, w.ente, other)
	require.ErrorIs(t, err, problem.Unauthenticated)
}

func TestWhoMayNotManageStaffIsRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	anna := w.staff(t, "anna@comune.it", "operator")
	for _, a := range []actor.Actor{{}, {Kind: actor.Anonymous}, {Kind: actor.Kiosk}, {Kind: actor.Vendor}, anna.Actor(string(w.ente.Key))} {
		_, _, err := w.svc.CreateStaff(ctx, w.ente, a, identity.StaffInput{})
		require.ErrorIs(t, err, problem.Forbidden)
		require.ErrorIs(t, w.svc.UpdateStaff(ctx, w.ente, a, anna.ID, 1, identity.StaffInput{}), problem.Forbidden)
		require.ErrorIs(t, w.svc.DisableStaff(ctx, w.ente, a, anna.ID), problem.Forbidden)
		_, err = w.svc.ResetStaff(ctx, w.ente, a, anna.ID)
		require.ErrorIs(t, err, problem.Forbidden)
		w.In(t, w.ente, func(tx *tenant.Tx) error {
			_, err := w.svc.StaffList(ctx, tx, a)
			require.ErrorIs(t, err, problem.Forbidden)
			return nil
		})
	}
}

func TestWrongInputsOfAnAccountAreAllNamed(t *testing.T) {
	t.Parallel()
	w := start(t)
	ctx := context.Background()
	_, _, err := w.svc.CreateStaff(ctx, w.ente, system, identity.StaffInput{Email: "no", Name: "a\x00b", Roles: []string{"sindaco"}})
	require.ErrorIs(t, err, problem.Invalid)
	require.Len(t, problem.From(err).Fields, 3)
	w.staff(t, "anna@comune.it", "operator")
	_, _, err = w.svc.CreateStaff(ctx, w.ente, system, identity.StaffInput{Email: "ANNA@comune.it", Name: "<b>A</b>", Roles: []string{"operator"}})
	require.Equal(t, "identity.email_taken", problem.From(err).Code)
	for _, bad := range []string{"a@b", "a b@c.it", "Anna <a@b.it>", "a@b\n.it", "a@b\x00.it", "\u202ea@b.it", strings.Repeat("a", 300) + "@b.it"} {
		_, _, err = w.svc.CreateStaff(ctx, w.ente, system, identity.StaffInput{Email: bad, Name: "A", Roles: []string{"operator"}})
		require.Equal(t, "identity.email_invalid", problem.From(err).Fields[0].Code, bad)
	}
}
