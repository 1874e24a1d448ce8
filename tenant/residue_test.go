package tenant_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

var ctx = context.Background()

func line(name string, files ...string) migrate.Line {
	fs := fstest.MapFS{}
	for i, text := range files {
		fs["migrations/000"+string(rune('1'+i))+"_x.sql"] = &fstest.MapFile{Data: []byte(text)}
	}
	return migrate.Line{Name: name, FS: fs}
}

const secrets = `CREATE TABLE {t}.secrets (id uuid PRIMARY KEY, word text NOT NULL);
	GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.secrets TO {role};`

type told struct{}

func (told) Kind() string { return "test.told.v1" }

const (
	addSecret  tenant.SQL = `insert into {t}.secrets (id, word) values (@id, 'segreto')`
	readSecret tenant.SQL = `select word from {t}.secrets limit 1`
	slow       tenant.SQL = `select word from {t}.secrets, pg_sleep(0.004) limit 1`
)

// TestNothingOfACancelledTransactionSurvivesIt ends transactions at every point, on a pool of one connection,
// and looks after each whether the next borrower of that connection is somebody.
func TestNothingOfACancelledTransactionSurvivesIt(t *testing.T) {
	t.Parallel()
	s := tenanttest.StartUnconnected(t)
	s.Connect(t, tenant.Config{PoolsPerCell: 1, ConnsPerPool: 1})
	ente := s.NewTenant(t, line("secrets", secrets))
	s.Outbox.Subscribe("test.told.v1", "test", func(context.Context, tenant.Tenant, json.RawMessage) error { return nil })
	s.In(t, ente, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(ctx, tx, addSecret, tenant.Args{"id": tx.IDs()()})
		return err
	})
	after := func(cancel func(), longest time.Duration) {
		d := time.Duration(rand.Int64N(int64(longest)))
		go func() { time.Sleep(d); cancel() }()
	}
	read := func(c context.Context, q tenant.Querier) error {
		_, err := tenant.Value[string](c, q, readSecret)
		return err
	}
	points := map[string]func(c context.Context, cancel func()) error{
		"before begin": func(c context.Context, cancel func()) error {
			cancel()
			return s.DB.InTenant(c, ente, func(tx *tenant.Tx) error { return read(c, tx) })
		},
		"while it begins and takes the role": func(c context.Context, cancel func()) error {
			after(cancel, 300*time.Microsecond)
			return s.DB.InTenant(c, ente, func(tx *tenant.Tx) error { return read(c, tx) })
		},
		"before the query": func(c context.Context, cancel func()) error {
			return s.DB.InTenant(c, ente, func(tx *tenant.Tx) error { cancel(); return read(c, tx) })
		},
		"in the query": func(c context.Context, cancel func()) error {
			return s.DB.InTenant(c, ente, func(tx *tenant.Tx) error {
				after(cancel, 3*time.Millisecond)
				_, err := tenant.Value[string](c, tx, slow)
				return err
			})
		},
		"while the event is written": func(c context.Context, cancel func()) error {
			return s.DB.InTenant(c, ente, func(tx *tenant.Tx) error {
				after(cancel, time.Millisecond)
				return tx.Publish(c, told{})
			})
		},
		"before commit": func(c context.Context, cancel func()) error {
			return s.DB.InTenant(c, ente, func(tx *tenant.Tx) error { err := read(c, tx); cancel(); return err })
		},
		"while it commits": func(c context.Context, cancel func()) error {
			return s.DB.InTenant(c, ente, func(tx *tenant.Tx) error {
				err := read(c, tx)
				after(cancel, 200*time.Microsecond)
				return err
			})
		},
		"by an error": func(c context.Context, _ func()) error {
			return s.DB.InTenant(c, ente, func(tx *tenant.Tx) error { return errors.Join(read(c, tx), errors.New("no")) })
		},
		"by a failed statement": func(c context.Context, _ func()) error {
			return s.DB.InTenant(c, ente, func(tx *tenant.Tx) error {
				_, err := tenant.Value[int](c, tx, `select 1 / (count(*) - count(*)) from {t}.secrets`)
				return err
			})
		},
		"by a panic": func(c context.Context, _ func()) (err error) {
			defer func() { err = errors.Join(err, errors.New(recover().(string))) }()
			return s.DB.InTenant(c, ente, func(tx *tenant.Tx) error { _ = read(c, tx); panic("no") })
		},
		"a short read, at any moment": func(c context.Context, cancel func()) error {
			after(cancel, time.Millisecond)
			return read(c, s.DB.Read(ente))
		},
		"a slow short read": func(c context.Context, cancel func()) error {
			after(cancel, 4*time.Millisecond)
			_, err := tenant.Value[string](c, s.DB.Read(ente), slow)
			return err
		},
		"a short read that fails": func(c context.Context, _ func()) error {
			_, err := tenant.Value[int](c, s.DB.Read(ente), `select 1 / (count(*) - count(*)) from {t}.secrets`)
			return err
		},
	}
	cancelled := 0
	for range 125 {
		for point, run := range points {
			c, cancel := context.WithCancel(ctx)
			if run(c, cancel) != nil {
				cancelled++
			}
			cancel()
			var current, session, role string
			require.NoError(t, s.DB.Unscoped(ctx, ente, "select current_user, session_user, current_setting('role')", &current, &session, &role), point)
			require.Equal(t, "sportello_app sportello_app none", current+" "+session+" "+role, point)
			var word string
			err := s.DB.Unscoped(ctx, ente, `select word from "`+ente.Key.Schema()+`".secrets`, &word)
			var pg *pgconn.PgError
			require.ErrorAs(t, err, &pg, point)
			require.Equal(t, "42501", pg.Code, point)
		}
	}
	require.GreaterOrEqual(t, cancelled, 1000, "too few were cut at all")
	word, err := tenant.Value[string](ctx, s.DB.Read(ente), readSecret)
	require.NoError(t, err)
	require.Equal(t, "segreto", word)
}
