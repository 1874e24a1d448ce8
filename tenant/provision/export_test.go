package provision_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/provision"
	"github.com/sportello/sportello/tenant/tenanttest"
)

type files map[string]string

func (f files) Each(_ context.Context, _ string, do func(string, io.Reader) error) error {
	for key, text := range f {
		if err := do(key, strings.NewReader(text)); err != nil {
			return err
		}
	}
	return nil
}

func export(t *testing.T, s *tenanttest.Stack, of tenant.Tenant, f ...provision.Files) (provision.Manifest, map[string][]byte) {
	t.Helper()
	var archive bytes.Buffer
	require.NoError(t, s.Provision(t, lines()...).Export(ctx, of.Key, &archive, f...))
	r, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	require.NoError(t, err)
	contents := map[string][]byte{}
	for _, f := range r.File {
		file, err := f.Open()
		require.NoError(t, err)
		contents[f.Name], err = io.ReadAll(file)
		require.NoError(t, err)
		require.NoError(t, file.Close())
	}
	var m provision.Manifest
	require.NoError(t, json.Unmarshal(contents["manifest.json"], &m))
	return m, contents
}

func fillWithHostileText(t *testing.T, s *tenanttest.Stack, of tenant.Tenant) {
	t.Helper()
	s.In(t, of, func(tx *tenant.Tx) error {
		for _, name := range []string{"Ada", `a "quoted", name`, "two\nlines", `\.`, `\N`, "", "日本 🇮🇹", "'; drop table people; --"} {
			id := tx.IDs()()
			if _, err := tenant.Exec(ctx, tx, `insert into {t}.people (id, name, tags) values (@id, @name, array[@name, null, 'x'])`,
				tenant.Args{"id": id, "name": name}); err != nil {
				return err
			}
			if _, err := tenant.Exec(ctx, tx, `insert into {t}.visits (id, person, during) values (@id, @id, tstzrange(now(), null))`,
				tenant.Args{"id": id}); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestAnExportReadIntoAnEmptyEntityGivesTheSameRows(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	from, into := s.NewTenant(t, lines()...), s.NewTenant(t, lines()...)
	fillWithHostileText(t, s, from)
	m, contents := export(t, s, from, files{"a/b.pdf": "paper"})
	require.Equal(t, 1, m.Format)
	require.Equal(t, from.Key, m.Key)
	require.Equal(t, []string{string(from.Key) + ".localhost"}, m.Hosts)
	require.Equal(t, map[string]int{"people": 1, "visits": 1}, m.Lines)
	require.Equal(t, "paper", string(contents["files/a/b.pdf"]))

	conn, err := s.Admin.Cell(ctx, "main")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(ctx) })
	_, err = conn.Exec(ctx, "set session_replication_role = replica") // any order of tables
	require.NoError(t, err)
	var names []string
	for _, table := range m.Tables {
		names = append(names, table.Name)
		sum := sha256.Sum256(contents[table.File])
		require.Equal(t, table.SHA256, hex.EncodeToString(sum[:]))
		require.EqualValues(t, 8, table.Rows)
		_, err := conn.PgConn().CopyFrom(ctx, bytes.NewReader(contents[table.File]),
			"copy "+into.Key.Schema()+"."+table.Name+" ("+strings.Join(table.Columns, ",")+") from stdin with (format csv, header match)")
		require.NoError(t, err)
		var different int
		require.NoError(t, conn.QueryRow(ctx, "select count(*) from ((table "+from.Key.Schema()+"."+table.Name+
			" except table "+into.Key.Schema()+"."+table.Name+") union all (table "+into.Key.Schema()+"."+table.Name+
			" except table "+from.Key.Schema()+"."+table.Name+")) x").Scan(&different))
		require.Zero(t, different, table.Name)
	}
	require.Equal(t, []string{"people", "visits"}, names)
}

func TestAnExportShowsOneInstantWhileRowsAreWritten(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	of := s.NewTenant(t, lines()...)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			err := s.DB.InTenant(ctx, of, func(tx *tenant.Tx) error {
				id := tx.IDs()()
				if _, err := tenant.Exec(ctx, tx, `insert into {t}.people (id, name) values (@id, 'x')`, tenant.Args{"id": id}); err != nil {
					return err
				}
				_, err := tenant.Exec(ctx, tx, `insert into {t}.visits (id, person, during) values (@id, @id, tstzrange(now(), null))`, tenant.Args{"id": id})
				return err
			})
			if err != nil {
				t.Errorf("writing: %v", err)
				return
			}
		}
	}()
	for range 20 {
		m, _ := export(t, s, of)
		rows := map[string]int64{}
		for _, table := range m.Tables {
			rows[table.Name] = table.Rows
		}
		require.Equal(t, rows["people"], rows["visits"], "each transaction wrote one of both")
	}
	close(stop)
	<-done
}

func TestAnExportThatFailsSaysSo(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	of := s.NewTenant(t, lines()...)
	conn, err := s.Admin.Cell(ctx, "main")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(ctx) })
	require.NoError(t, pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "drop schema "+of.Key.Schema()+" cascade")
		return err
	}))
	require.Error(t, s.Provision(t, lines()...).Export(ctx, of.Key, io.Discard))
	require.ErrorIs(t, s.Provision(t, lines()...).Export(ctx, "nessuno", io.Discard), provision.ErrUnknown)
}
