// Package migrate brings schemas to the version the program wants. Each module is one line of numbered files;
// lines run in the order given. What ran is recorded in cell.schema_versions of the same database, in the transaction
// that ran it.
package migrate

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
)

// Line is the migrations of one module: FS holds migrations/0001_name.sql, 0002_name.sql and so on. The token
// {t} stands for the schema and {role} for the role that uses it at run time. Files only go forward and never
// change once they ran anywhere.
type Line struct {
	Name string
	FS   fs.FS
}

// Target is a schema to migrate.
type Target struct {
	Schema string
	Owner  string // owns everything the files make
	Role   string // what the files grant to
}

// Entity is the target of an entity's schema.
func Entity(k tenant.Key) Target {
	return Target{Schema: k.Schema(), Owner: k.Owner(), Role: k.Role()}
}

// file is one migration. checksum covers it and all files before it, so that one comparison finds any edit.
type file struct {
	version  int
	name     string
	text     string
	checksum string
}

type line struct {
	name  string
	files []file
}

// position is how far a line is in one schema.
type position struct {
	version  int
	checksum string
}

var (
	lineName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	fileName = regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)
)

// Errors of a schema that cannot be migrated.
var (
	ErrEdited = errors.New("a migration was edited after it ran here")
	ErrNewer  = errors.New("the schema is newer than this program")
)

func load(lines []Line) ([]line, error) {
	var loaded []line
	for _, l := range lines {
		if !lineName.MatchString(l.Name) {
			return nil, fmt.Errorf("line %q: want small letters, digits and _", l.Name)
		}
		if slices.ContainsFunc(loaded, func(o line) bool { return o.name == l.Name }) {
			return nil, fmt.Errorf("line %s is given twice", l.Name)
		}
		files, err := loadFiles(l.FS)
		if err != nil {
			return nil, fmt.Errorf("line %s: %w", l.Name, err)
		}
		loaded = append(loaded, line{name: l.Name, files: files})
	}
	return loaded, nil
}

func loadFiles(fsys fs.FS) ([]file, error) {
	names, err := fs.Glob(fsys, "migrations/*")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("no file in migrations/")
	}
	slices.Sort(names)
	var files []file
	chain := ""
	for i, name := range names {
		m := fileName.FindStringSubmatch(path.Base(name))
		if m == nil {
			return nil, fmt.Errorf("%s: want 0001_name.sql", name)
		}
		if version, _ := strconv.Atoi(m[1]); version != i+1 {
			return nil, fmt.Errorf("%s: want number %04d", name, i+1)
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256([]byte(chain + "\x00" + string(text)))
		chain = hex.EncodeToString(sum[:])
		files = append(files, file{version: i + 1, name: path.Base(name), text: string(text), checksum: chain})
	}
	return files, nil
}

// check says whether the position is one this program knows.
func (l line) check(p position) error {
	switch {
	case p.version > len(l.files):
		return fmt.Errorf("line %s is at %d, this program knows %d: %w", l.name, p.version, len(l.files), ErrNewer)
	case p.version > 0 && l.files[p.version-1].checksum != p.checksum:
		return fmt.Errorf("line %s, up to %s: %w", l.name, l.files[p.version-1].name, ErrEdited)
	}
	return nil
}

func (l line) last() file { return l.files[len(l.files)-1] }

// script is everything that the lines still have to do in the schema, as one text without parameters: names
// are quoted here. It does not record what it did; see move.
func script(t Target, lines []line, have map[string]position) string {
	var b strings.Builder
	render := strings.NewReplacer("{t}", admin.Quote(t.Schema), "{role}", admin.Quote(t.Role))
	for _, l := range lines {
		if from := have[l.name]; from.version < len(l.files) {
			for _, f := range l.files[from.version:] {
				_, _ = render.WriteString(&b, f.text)
				b.WriteString("\n;\n")
			}
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "set local role " + admin.Quote(t.Owner) + ";\n" + b.String() + "set local role none;\n"
}

// moves is what the lines of one or more schemas change in cell.schema_versions, as one statement. Schema and
// line names and checksums have no quote in them.
type moves struct{ fresh, later []string }

func (m *moves) add(t Target, lines []line, have map[string]position) {
	for _, l := range lines {
		from, to := have[l.name], l.last()
		if from.version >= len(l.files) {
			continue
		}
		if from.version == 0 {
			m.fresh = append(m.fresh, fmt.Sprintf("('%s', '%s', %d, '%s')", t.Schema, l.name, to.version, to.checksum))
			continue
		}
		m.later = append(m.later, fmt.Sprintf("('%s', '%s', %d, '%s', %d, '%s')",
			t.Schema, l.name, to.version, to.checksum, from.version, from.checksum))
	}
}

// text ends with an error when a schema is not where it was thought to be, so that two migrators never run one
// file twice.
func (m *moves) text() string {
	var b strings.Builder
	if len(m.fresh) > 0 {
		b.WriteString("insert into cell.schema_versions (schema, line, version, checksum) values\n" +
			strings.Join(m.fresh, ",\n") + ";\n")
	}
	if len(m.later) > 0 {
		fmt.Fprintf(&b, "with moved as (update cell.schema_versions v set version = m.version, checksum = m.checksum, at = now()\n"+
			"from (values %s) m (schema, line, version, checksum, was, sum)\n"+
			"where v.schema = m.schema and v.line = m.line and v.version = m.was and v.checksum = m.sum returning 1)\n"+
			"select 1 / (count(*) = %d)::int from moved;\n", strings.Join(m.later, ",\n"), len(m.later))
	}
	return b.String()
}
