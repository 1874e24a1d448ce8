package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// source is one parsed Go file.
type source struct {
	pkg     string // folder below the root of the repository
	name    string // file name
	test    bool
	file    *ast.File
	imports map[string]string // name in the file → import path
}

var fset = token.NewFileSet()

// sources parses every Go file of the repository; the packages need not compile.
var sources = sync.OnceValues(func() ([]source, error) {
	root := filepath.Join("..", "..", "..")
	var all []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case "node_modules", "var", "testdata", "infra", ".git", ".bin":
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		pkg, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		s := source{
			pkg: filepath.ToSlash(pkg), name: d.Name(), test: strings.HasSuffix(d.Name(), "_test.go"),
			file: file, imports: map[string]string{},
		}
		for _, i := range file.Imports {
			target, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			name := target[strings.LastIndex(target, "/")+1:]
			if i.Name != nil {
				name = i.Name.Name
			} else if strings.HasPrefix(name, "v") && strings.Trim(name[1:], "0123456789") == "" {
				short := strings.TrimSuffix(target, "/"+name)
				name = short[strings.LastIndex(short, "/")+1:]
			}
			s.imports[name] = target
		}
		all = append(all, s)
		return nil
	})
	return all, err
})

// at is where a node stands, for messages.
func at(n ast.Node) string { return fset.Position(n.Pos()).String() }

// calls finds calls of a function of an imported package, e.g. time.Now, also as a conversion to its type.
func (s source) calls(path, name string, found func(*ast.CallExpr)) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == name {
			if x, ok := sel.X.(*ast.Ident); ok && s.imports[x.Name] == path {
				found(call)
			}
		}
		return true
	})
}

// strings finds the string literals of the file.
func (s source) strings(found func(lit *ast.BasicLit, text string)) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				found(lit, text)
			}
		}
		return true
	})
}
