package bench

import (
	"fmt"
	"strings"
	"testing/fstest"

	"github.com/sportello/sportello/tenant/migrate"
)

// tables of a benchmark entity: as many as a grown product has.
const tables = 40

// schemaText makes 40 tables with 119 indexes and 39 foreign keys, with a grant each.
func schemaText() string {
	var b strings.Builder
	for i := range tables {
		fmt.Fprintf(&b, `CREATE TABLE {t}.table%02d (
	id uuid PRIMARY KEY, name text NOT NULL, state text NOT NULL DEFAULT 'new', starts_at timestamptz NOT NULL DEFAULT now(),
	amount bigint NOT NULL DEFAULT 0, note text, parent uuid%s, detail jsonb NOT NULL DEFAULT '{}', CHECK (amount >= 0));
CREATE INDEX ON {t}.table%02d (state, starts_at);
`, i, references(i), i)
		if i > 0 {
			fmt.Fprintf(&b, "CREATE INDEX ON {t}.table%02d (parent);\n", i)
		}
		fmt.Fprintf(&b, "GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.table%02d TO {role};\n", i)
	}
	b.WriteString("INSERT INTO {t}.table00 (id, name) SELECT gen_random_uuid(), 'modello ' || i FROM generate_series(1, 20) i;\n")
	return b.String()
}

func references(i int) string {
	if i == 0 {
		return ""
	}
	return fmt.Sprintf(" REFERENCES {t}.table%02d", i-1)
}

func line(name string, files ...string) migrate.Line {
	fs := fstest.MapFS{}
	for i, text := range files {
		fs[fmt.Sprintf("migrations/%04d_x.sql", i+1)] = &fstest.MapFile{Data: []byte(text)}
	}
	return migrate.Line{Name: name, FS: fs}
}
