package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	namedTest = regexp.MustCompile("`(Test[A-Za-z0-9]+)`")
	namedSpec = regexp.MustCompile("`([a-z]+\\.spec\\.ts)`")
	goTest    = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]+)\(`)
)

// docs/faults.md promises tests: each is there.
func TestEveryTestThatThePageOfFaultsNamesExists(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..", "..")
	page, err := os.ReadFile(filepath.Join(root, "docs", "faults.md"))
	require.NoError(t, err)
	there := map[string]bool{}
	for _, dir := range []string{"modules", "tenant", "cmd"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range goTest.FindAllSubmatch(text, -1) {
				there[string(m[1])] = true
			}
			return err
		}))
	}
	named := namedTest.FindAllSubmatch(page, -1)
	require.Greater(t, len(named), 40)
	for _, m := range named {
		require.True(t, there[string(m[1])], "no such test: %s", m[1])
	}
	for _, m := range namedSpec.FindAllSubmatch(page, -1) {
		require.FileExists(t, filepath.Join(root, "frontend", "e2e", "journeys", string(m[1])))
	}
}
