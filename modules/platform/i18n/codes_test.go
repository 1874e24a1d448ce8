package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/i18n"
)

const root = "../../.."

func TestTheProductsLocaleFilesAreOneSetOfTexts(t *testing.T) {
	t.Parallel()
	_, err := i18n.Parse(os.DirFS(filepath.Join(root, "frontend/locales")))
	require.NoError(t, err)
}

// The code of a problem and of a wrong input decides the words a person reads, so each one in the source has words.
func TestEveryProblemCodeHasItalianWords(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Parse(os.DirFS(filepath.Join(root, "frontend/locales")))
	require.NoError(t, err)
	found := codes(t)
	require.Greater(t, len(found), 10)
	var missing []string
	for code, where := range found {
		if !texts.Has("problem." + code) {
			missing = append(missing, "problem."+code+"  ("+where+")")
		}
	}
	sort.Strings(missing)
	require.Empty(t, missing, "codes without a text in frontend/locales:\n%s", strings.Join(missing, "\n"))
}

// codes finds the literal codes given to problem.New, WithField and problem.Field, with a place where each stands.
func codes(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, dir := range []string{"modules", "tenant", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if lit := codeIn(n); lit != nil {
					if code, err := strconv.Unquote(lit.Value); err == nil {
						out[code] = strings.TrimPrefix(set.Position(lit.Pos()).String(), root+"/")
					}
				}
				return true
			})
			return nil
		})
		require.NoError(t, err)
	}
	return out
}

func codeIn(n ast.Node) *ast.BasicLit {
	switch n := n.(type) {
	case *ast.CallExpr:
		sel, ok := n.Fun.(*ast.SelectorExpr)
		if !ok || len(n.Args) != 2 {
			return nil
		}
		pkg, _ := sel.X.(*ast.Ident)
		if sel.Sel.Name == "WithField" || sel.Sel.Name == "New" && pkg != nil && pkg.Name == "problem" {
			return literal(n.Args[1])
		}
	case *ast.CompositeLit:
		sel, ok := n.Type.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Field" {
			return nil
		}
		if pkg, ok := sel.X.(*ast.Ident); !ok || pkg.Name != "problem" {
			return nil
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if k, ok := kv.Key.(*ast.Ident); ok && k.Name == "Code" {
					return literal(kv.Value)
				}
			}
		}
	}
	return nil
}

func literal(e ast.Expr) *ast.BasicLit {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		return lit
	}
	return nil
}
