package tenanttest_test

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

//go:embed testdata
var testdata embed.FS

func notes(t *testing.T) migrate.Line {
	t.Helper()
	sub, err := fs.Sub(testdata, "testdata/notes")
	require.NoError(t, err)
	return migrate.Line{Name: "notes", FS: sub}
}

type noted struct {
	ID string `json:"id"`
}

func (noted) Kind() string { return "notes.noted.v1" }

func TestAStackHasAnEntityThatKeepsRowsAndPublishes(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	ente := s.NewTenant(t, notes(t))
	var got []string
	s.Outbox.Subscribe("notes.noted.v1", "test", func(_ context.Context, of tenant.Tenant, payload json.RawMessage) error {
		require.Equal(t, ente, of)
		got = append(got, string(payload))
		return nil
	})
	s.In(t, ente, func(tx *tenant.Tx) error {
		id := tx.IDs()()
		_, err := tenant.Exec(context.Background(), tx, `insert into {t}.notes (id, text) values (@id, 'ciao')`, tenant.Args{"id": id})
		require.NoError(t, err)
		require.NoError(t, tx.Publish(context.Background(), noted{ID: id.String()}))
		n, err := tenant.Value[int](context.Background(), tx, `select count(*) from {t}.notes`)
		require.NoError(t, err)
		require.Equal(t, 1, n)
		return nil
	})
	s.Work(t)
	require.Len(t, got, 1)
}
