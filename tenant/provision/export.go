package provision

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/control"
	"github.com/sportello/sportello/tenant/migrate"
)

// Files is where an entity has what is too large for rows, e.g. *blob.Files.
type Files interface {
	// Each gives every file of the entity to do.
	Each(ctx context.Context, tenant string, do func(key string, r io.Reader) error) error
}

// Manifest is manifest.json in an export: what is in the archive and what it needs to be read back.
type Manifest struct {
	Format  int            `json:"format"` // of this archive; 1
	Key     tenant.Key     `json:"key"`
	Name    string         `json:"name"`
	State   tenant.State   `json:"state"`
	Hosts   []string       `json:"hosts"`
	At      time.Time      `json:"at"`    // the instant that all tables show
	Lines   map[string]int `json:"lines"` // schema version of each line
	Tables  []Table        `json:"tables"`
	Files   int            `json:"files"`  // number of files below files/
	Release string         `json:"server"` // version of PostgreSQL
}

// Table is one table of an export: a CSV file with a header, as COPY writes and reads it.
type Table struct {
	Name    string   `json:"name"`
	File    string   `json:"file"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	SHA256  string   `json:"sha256"`
}

// Export writes everything of an entity as a ZIP archive: one CSV file per table, all of one instant, the entity's
// files below files/, and a manifest. It works in every state in which the schema exists.
func (s *Service) Export(ctx context.Context, k tenant.Key, w io.Writer, files ...Files) error {
	return s.withEntity(ctx, k, func(conn *pgx.Conn, t tenant.Tenant) error {
		archive := zip.NewWriter(w)
		m := Manifest{Format: 1, Key: k, Name: t.Name, State: t.State, Lines: map[string]int{}}
		if err := s.exportTables(ctx, t, archive, &m); err != nil {
			return fmt.Errorf("export of %s: %w", k, err)
		}
		var err error
		if m.Hosts, err = control.HostsOf(ctx, conn, k); err != nil {
			return err
		}
		for _, f := range files {
			if err := f.Each(ctx, string(k), func(key string, r io.Reader) error {
				w, err := archive.Create("files/" + key)
				if err != nil {
					return err
				}
				m.Files++
				_, err = io.Copy(w, r)
				return err
			}); err != nil {
				return fmt.Errorf("files of %s: %w", k, err)
			}
		}
		manifest, err := archive.Create("manifest.json")
		if err != nil {
			return err
		}
		enc := json.NewEncoder(manifest)
		enc.SetIndent("", "  ")
		if err := enc.Encode(m); err != nil {
			return err
		}
		return archive.Close()
	})
}

func (s *Service) exportTables(ctx context.Context, t tenant.Tenant, archive *zip.Writer, m *Manifest) error {
	conn, err := s.admin.Cell(ctx, t.Cell)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	target := migrate.Entity(t.Key)
	begin := pgx.TxOptions{BeginQuery: "begin isolation level repeatable read read only"}
	return pgx.BeginTxFunc(ctx, conn, begin, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, "select now(), current_setting('server_version')").Scan(&m.At, &m.Release); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "select line, version from cell.schema_versions where schema = $1", target.Schema)
		if err != nil {
			return err
		}
		var line string
		var version int
		if _, err := pgx.ForEachRow(rows, []any{&line, &version}, func() error { m.Lines[line] = version; return nil }); err != nil {
			return err
		}
		var known bool
		if err := tx.QueryRow(ctx, "select to_regnamespace($1) is not null", admin.Quote(target.Schema)).Scan(&known); err != nil {
			return err
		}
		if !known || len(m.Lines) == 0 {
			return errors.New("there is no schema")
		}
		if err := admin.Run(ctx, conn, "set local role "+admin.Quote(target.Owner)); err != nil {
			return err
		}
		if m.Tables, err = tables(ctx, tx, target.Schema); err != nil {
			return err
		}
		for i := range m.Tables {
			if err := exportTable(ctx, tx, target.Schema, archive, &m.Tables[i]); err != nil {
				return fmt.Errorf("table %s: %w", m.Tables[i].Name, err)
			}
		}
		return nil
	})
}

// tables lists the tables of a schema with the columns that can be copied back. It scans the catalogue, which
// an export may and a request may not.
func tables(ctx context.Context, tx pgx.Tx, schema string) ([]Table, error) {
	rows, err := tx.Query(ctx, `
		select c.relname as name, 'tables/' || c.relname || '.csv' as file,
		       array_agg(a.attname::text order by a.attnum) as columns, 0::bigint as rows, '' as sha256
		from pg_class c join pg_attribute a on a.attrelid = c.oid
		where c.relnamespace = to_regnamespace($1) and c.relkind = 'r'
		  and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
		group by c.relname order by c.relname`, admin.Quote(schema))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Table])
}

func exportTable(ctx context.Context, tx pgx.Tx, schema string, archive *zip.Writer, t *Table) error {
	w, err := archive.Create(t.File)
	if err != nil {
		return err
	}
	sum := sha256.New()
	columns := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		columns[i] = admin.Quote(c)
	}
	tag, err := tx.Conn().PgConn().CopyTo(ctx, io.MultiWriter(w, sum), "copy "+admin.Quote(schema)+"."+admin.Quote(t.Name)+
		" ("+strings.Join(columns, ", ")+") to stdout with (format csv, header)")
	t.Rows, t.SHA256 = tag.RowsAffected(), hex.EncodeToString(sum.Sum(nil))
	return err
}
