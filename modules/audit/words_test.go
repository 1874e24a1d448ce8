package audit_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/frontend"
	"github.com/sportello/sportello/modules/platform/i18n"
)

// recorded finds what modules write into the register, directly or by a helper of theirs.
var recorded = regexp.MustCompile(`(?:audit\.Record|allowed|recorded)\([^"\n]*"([a-z_]+(?:\.[a-z_]+)+)"(?:, "([a-z_]+):)?`)

func TestEveryActionAndObjectHasItalianWords(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Parse(frontend.Locales())
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join("..", "*", "*.go"))
	require.NoError(t, err)
	found := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		source, err := os.ReadFile(f)
		require.NoError(t, err)
		for _, m := range recorded.FindAllStringSubmatch(string(source), -1) {
			found++
			require.True(t, texts.Has("audit.action."+m[1]), "%s: audit.action.%s has no words", f, m[1])
			if m[2] != "" {
				require.True(t, texts.Has("audit.object."+m[2]), "%s: audit.object.%s has no words", f, m[2])
			}
		}
	}
	require.Greater(t, found, 20)
}
