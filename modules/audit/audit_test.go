package audit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

var line = migrate.Line{Name: "audit", FS: audit.Migrations}

func TestARowIsWrittenWithTheActionOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	ente := s.NewTenant(t, line)
	ctx := context.Background()
	who := actor.Actor{Kind: actor.Staff, ID: "anna", Name: "Anna"}
	undone := errors.New("undone")
	require.ErrorIs(t, s.DB.InTenant(ctx, ente, func(tx *tenant.Tx) error {
		require.NoError(t, audit.Record(ctx, tx, who, "service.update", "service:1", nil))
		return undone
	}), undone)
	s.In(t, ente, func(tx *tenant.Tx) error {
		return audit.Record(ctx, tx, who, "service.publish", "service:2", map[string]any{"fields": []string{"title"}})
	})
	s.In(t, ente, func(tx *tenant.Tx) error {
		got, err := audit.List(ctx, tx, audit.Filter{})
		require.NoError(t, err)
		require.Len(t, got, 1)
		require.Equal(t, "service.publish", got[0].Action)
		require.Equal(t, "anna", got[0].ActorID)
		require.Equal(t, map[string]any{"fields": []any{"title"}}, got[0].Detail)
		require.Equal(t, s.Clock.Now(), got[0].At.UTC())
		return nil
	})
}

func TestRowsCannotBeChangedOrRemoved(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	ente := s.NewTenant(t, line)
	ctx := context.Background()
	for _, sql := range []tenant.SQL{
		`UPDATE {t}.audit_log SET actor_id = 'nobody'`,
		`DELETE FROM {t}.audit_log`,
		`TRUNCATE {t}.audit_log`,
	} {
		err := s.DB.InTenant(ctx, ente, func(tx *tenant.Tx) error {
			_, err := tenant.Exec(ctx, tx, sql)
			return err
		})
		require.ErrorContains(t, err, "42501", sql)
	}
}

func TestNobodyCannotBeRecordedNorAMisshapenAction(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	ente := s.NewTenant(t, line)
	ctx := context.Background()
	require.Error(t, s.DB.InTenant(ctx, ente, func(tx *tenant.Tx) error {
		return audit.Record(ctx, tx, actor.Actor{}, "service.read", "service:1", nil)
	}))
	require.Error(t, s.DB.InTenant(ctx, ente, func(tx *tenant.Tx) error {
		return audit.Record(ctx, tx, actor.Actor{Kind: actor.System}, "letto il servizio", "service:1", nil)
	}))
}

func TestAListGoesOnWhereItStoppedAndKeepsToItsDates(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	ente := s.NewTenant(t, line)
	ctx := context.Background()
	who := actor.Actor{Kind: actor.System}
	began := s.Clock.Now()
	for i := range 2*audit.PageSize + 5 {
		if i%3 == 0 {
			s.Clock.Advance(time.Hour) // three rows in the same instant
		}
		s.In(t, ente, func(tx *tenant.Tx) error {
			return audit.Record(ctx, tx, who, "service.update", fmt.Sprintf("service:%d", i), nil)
		})
	}
	seen := map[string]bool{}
	s.In(t, ente, func(tx *tenant.Tx) error {
		var f audit.Filter
		for {
			page, err := audit.List(ctx, tx, f)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			for _, e := range page {
				require.False(t, seen[e.Object])
				seen[e.Object] = true
			}
			last := page[len(page)-1]
			f.Before = audit.Cursor{At: last.At, ID: last.ID}
		}
		require.Len(t, seen, 2*audit.PageSize+5)
		some, err := audit.List(ctx, tx, audit.Filter{From: began.Add(2 * time.Hour), To: began.Add(4 * time.Hour)})
		require.NoError(t, err)
		require.Len(t, some, 6)
		one, err := audit.List(ctx, tx, audit.Filter{Object: "service:7"})
		require.NoError(t, err)
		require.Len(t, one, 1)
		return nil
	})
}

func TestOnlyAdministratorsReadTheRegister(t *testing.T) {
	t.Parallel()
	require.True(t, audit.CanRead(actor.Actor{Kind: actor.Staff, Roles: []actor.Role{actor.Administrator}}))
	require.False(t, audit.CanRead(actor.Actor{Kind: actor.Staff, Roles: []actor.Role{actor.Operator}}))
	require.False(t, audit.CanRead(actor.Actor{Kind: actor.Vendor, Roles: []actor.Role{actor.Administrator}}))
	require.False(t, audit.CanRead(actor.Actor{}))
}
