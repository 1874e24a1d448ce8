package archtest

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func all(t *testing.T) []source {
	t.Helper()
	list, err := sources()
	require.NoError(t, err)
	require.NotEmpty(t, list)
	return list
}

func TestImportsFollowTheTable(t *testing.T) {
	t.Parallel()
	for _, s := range all(t) {
		for _, target := range s.imports {
			if pkg, ours := strings.CutPrefix(target, Module+"/"); ours && !may(unit(s.pkg), pkg, s.test) {
				t.Errorf("%s/%s must not import %s: see the table in cmd/internal/archtest/table.go", s.pkg, s.name, pkg)
			}
		}
	}
}

func TestEveryModuleIsInTheTable(t *testing.T) {
	t.Parallel()
	known := []string{"modules/kernel", "modules/platform", "tenant", "cmd", "frontend", "infra"}
	for _, s := range all(t) {
		u := unit(s.pkg)
		if _, _, ok := domain(u); !ok && !slices.Contains(known, u) {
			t.Errorf("%s is a unit that the table does not know", u)
		}
	}
}

func TestADomainModuleIsOneFlatPackage(t *testing.T) {
	t.Parallel()
	for _, s := range all(t) {
		if _, _, ok := domain(unit(s.pkg)); ok && s.pkg != unit(s.pkg) && !strings.Contains(s.pkg, "/internal/") {
			t.Errorf("%s: a module is one flat package", s.pkg)
		}
	}
}

func TestThePartsOfOthersHaveOneHomeEach(t *testing.T) {
	t.Parallel()
	for _, s := range all(t) {
		for _, target := range s.imports {
			for part, at := range homes {
				if strings.HasPrefix(target, part) && !s.test && !slices.Contains(at, s.pkg) {
					t.Errorf("%s/%s imports %s, whose home is %v", s.pkg, s.name, target, at)
				}
			}
		}
	}
}

func TestOnlyThePlatformMakesAFiberApp(t *testing.T) {
	t.Parallel()
	for _, s := range all(t) {
		// A benchmark's peer is a bare application: what the product is measured against.
		if s.pkg == "modules/platform/web" || s.pkg == "cmd/internal/bench" || s.test {
			continue
		}
		s.calls("github.com/gofiber/fiber/v2", "New", func(c *ast.CallExpr) {
			t.Errorf("%s: fiber.New only in modules/platform/web, where Immutable and the proxy check are set", at(c))
		})
	}
}

func TestNoTextBecomesAStatementOutsideTenant(t *testing.T) {
	t.Parallel()
	for _, s := range all(t) {
		if s.pkg == "tenant" {
			continue
		}
		s.calls(Module+"/tenant", "SQL", func(c *ast.CallExpr) {
			t.Errorf("%s: a conversion to tenant.SQL lets text made at run time become a statement", at(c))
		})
	}
}

func TestOnlyTheOutboxOpensThePoolsOfTheQueue(t *testing.T) {
	t.Parallel()
	for _, s := range all(t) {
		if s.pkg == "tenant/outbox" || s.pkg == "tenant" {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "JobPools" {
				t.Errorf("%s: JobPools is for tenant/outbox", at(sel))
			}
			return true
		})
	}
}

func TestModulesLearnTheTimeFromTheClock(t *testing.T) {
	t.Parallel()
	for _, s := range all(t) {
		if s.test || !strings.HasPrefix(s.pkg, "modules/") || strings.HasPrefix(s.pkg, "modules/platform/") ||
			s.pkg == "modules/kernel/clock" {
			continue
		}
		for _, name := range []string{"Now", "Since", "Until"} {
			s.calls("time", name, func(c *ast.CallExpr) {
				t.Errorf("%s: time.%s in a module; use tx.Now() or a clock.Clock", at(c), name)
			})
		}
	}
}

var star = regexp.MustCompile(`(?is)\b(select|returning)\s+([a-z_]+\.)?\*`)

func TestNoStatementSelectsAStar(t *testing.T) {
	t.Parallel()
	for _, s := range all(t) {
		if s.pkg == "cmd/internal/archtest" {
			continue
		}
		s.strings(func(lit *ast.BasicLit, text string) {
			if star.MatchString(text) {
				t.Errorf("%s: list the columns; a star breaks while entities are at different versions", at(lit))
			}
		})
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "modules", "*", "migrations", "*.sql"))
	require.NoError(t, err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		require.NotRegexp(t, star, string(text), f)
	}
}

var (
	statement = regexp.MustCompile(`(?is)^\s*(select\s.+\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|with\s+\w+.*\s+as\s*\(|(create|alter|drop)\s+(table|index|schema|role|function|type)\s|truncate\s)`)
	storeFile = regexp.MustCompile(`^store(_[a-z0-9_]+)?\.go$`)
)

func TestModulesKeepSQLInTheirStoreFiles(t *testing.T) {
	t.Parallel()
	for _, s := range all(t) {
		if s.test || !strings.HasPrefix(s.pkg, "modules/") || storeFile.MatchString(s.name) {
			continue
		}
		s.strings(func(lit *ast.BasicLit, text string) {
			if statement.MatchString(text) {
				t.Errorf("%s: SQL belongs into store.go", at(lit))
			}
		})
	}
}

func TestMigrationsGrantTableByTableAndNothingToEverybody(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "modules", "*", "migrations", "*.sql"))
	require.NoError(t, err)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		require.NotRegexp(t, `(?is)\bon\s+all\s+(tables|sequences|functions|routines)\b`, string(text), "%s: list the tables", f)
		require.NotRegexp(t, `(?is)\bto\s+public\b`, string(text), "%s: nothing is for everybody", f)
		require.NotRegexp(t, `(?is)\bconcurrently\b`, string(text), "%s: a file runs in one transaction", f)
	}
}

func TestTheTableRefusesWhatItShould(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, pkg string
		inTest    bool
		want      bool
	}{
		{"modules/kernel", "modules/platform/web", false, false},
		{"modules/platform", "tenant", false, false},
		{"tenant", "modules/booking", false, false},
		{"modules/booking", "modules/videocall", false, false},
		{"modules/booking", "modules/payments", false, false},
		{"modules/videocall", "modules/booking", false, true},
		{"modules/booking", "modules/counters", false, true},
		{"modules/booking", "tenant", false, true},
		{"modules/booking", "tenant/tenanttest", false, false},
		{"modules/booking", "tenant/tenanttest", true, true},
		{"modules/booking", "frontend/portal", false, false},
		{"modules/booking", "frontend/portal", true, true},
		{"modules/booking", "cmd/internal/app", true, false},
		{"modules/billing", "modules/metering", false, true},
		{"modules/billing", "modules/booking", false, false},
		{"modules/unheard", "modules/audit", false, false},
	} {
		require.Equal(t, c.want, may(c.from, c.pkg, c.inTest), "%s → %s", c.from, c.pkg)
	}
	require.Regexp(t, star, "SELECT  * FROM x")
	require.Regexp(t, star, "insert into x values (1) returning a.*")
	require.NotRegexp(t, star, "select count(*) from x")
	require.Regexp(t, statement, "\nselect a\nfrom b ")
	require.NotRegexp(t, statement, "Seleziona il servizio dall'elenco")
}
