// Package tenanttest gives tests real databases: one throwaway PostgreSQL per test program, one fresh database
// per Start, one fresh entity per NewTenant. Everything is safe for parallel tests and gone afterwards.
package tenanttest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/platform/devstack"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/outbox"
	"github.com/sportello/sportello/tenant/provision"
)

// Stack is one installation with one cell, called "main".
type Stack struct {
	DB       *tenant.DB
	Admin    *admin.DB
	Clock    *clock.Manual // stands still at Epoch until a test moves it
	Outbox   *outbox.Outbox
	Postgres *devstack.Postgres // the cluster, shared by all stacks of the program
	Database string             // the name of this stack's database in it

	working sync.Once
}

// Epoch is where every stack's clock stands at first: Tuesday 5 May 2026, nine in the morning in Rome.
var Epoch = time.Date(2026, time.May, 5, 7, 0, 0, 0, time.UTC)

// Start makes a fresh database and connects to it.
func Start(t testing.TB) *Stack {
	t.Helper()
	s := StartUnconnected(t)
	s.Connect(t, tenant.Config{PoolsPerCell: 1, ConnsPerPool: 8})
	return s
}

// StartUnconnected makes a fresh database; DB and Outbox are nil until Connect.
func StartUnconnected(t testing.TB) *Stack {
	t.Helper()
	ctx := context.Background()
	pg, err := cluster()
	require.NoError(t, err, "throwaway PostgreSQL")
	s := &Stack{Clock: clock.NewManual(Epoch), Postgres: pg, Database: fmt.Sprintf("test%d", number.Add(1))}
	require.NoError(t, onServer(ctx, pg, "create database "+s.Database+" template "+template+" strategy file_copy",
		"revoke all on database "+s.Database+" from public",
		"grant connect on database "+s.Database+" to "+admin.DefaultLogin))
	t.Cleanup(func() { _ = onServer(context.Background(), pg, "drop database "+s.Database+" with (force)") })
	s.Admin, err = admin.New(config(pg, s.Database))
	require.NoError(t, err)
	return s
}

// Connect opens DB with the pools given, and an outbox. URLs, clock and cell are the stack's.
func (s *Stack) Connect(t testing.TB, cfg tenant.Config) {
	t.Helper()
	url := s.Postgres.URL(admin.DefaultLogin, s.Database)
	cfg.ControlURL, cfg.CellURLs = url, map[string]string{"main": url}
	if cfg.Clock == nil {
		cfg.Clock = s.Clock
	}
	var err error
	s.DB, err = tenant.Open(context.Background(), cfg)
	require.NoError(t, err)
	s.Outbox = outbox.New(s.DB, outbox.Config{})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = s.Outbox.Stop(ctx)
		s.DB.Close()
	})
}

// NewTenant makes an active entity with these lines. Its host is its key followed by ".localhost".
func (s *Stack) NewTenant(t testing.TB, lines ...migrate.Line) tenant.Tenant {
	t.Helper()
	key := fmt.Sprintf("ente%d", number.Add(1))
	made, err := s.Provision(t, lines...).Create(context.Background(), provision.Input{
		Key: key, Name: "Comune di Prova " + key[len("ente"):], Cell: "main", Hosts: []string{key + ".localhost"},
	})
	require.NoError(t, err, "making an entity")
	return made
}

// Provision is the service that makes entities with these lines.
func (s *Stack) Provision(t testing.TB, lines ...migrate.Line) *provision.Service {
	t.Helper()
	return provision.New(s.Admin, s.Runner(t, lines...))
}

// Runner migrates entities of this stack to these lines.
func (s *Stack) Runner(t testing.TB, lines ...migrate.Line) *migrate.Runner {
	t.Helper()
	runner, err := migrate.New(s.Admin, lines)
	require.NoError(t, err)
	return runner
}

// In runs f in a transaction of the entity and fails the test on an error.
func (s *Stack) In(t testing.TB, of tenant.Tenant, f func(*tenant.Tx) error) {
	t.Helper()
	require.NoError(t, s.DB.InTenant(context.Background(), of, f))
}

// InControl runs f in a transaction of the control plane and fails the test on an error.
func (s *Stack) InControl(t testing.TB, f func(*tenant.ControlTx) error) {
	t.Helper()
	require.NoError(t, s.DB.InControl(context.Background(), actor.Actor{Kind: actor.System}, f))
}

// Work handles events until none is due any more by the stack's clock. A handler that keeps failing is due
// again only when the clock is moved.
func (s *Stack) Work(t testing.TB) {
	t.Helper()
	ctx := context.Background()
	s.working.Do(func() { require.NoError(t, s.Outbox.Start(ctx)) })
	require.Eventually(t, func() bool {
		n, err := s.Outbox.Pending(ctx)
		return err == nil && n == 0
	}, 30*time.Second, 10*time.Millisecond, "events are still waiting")
}
