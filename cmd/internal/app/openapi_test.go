package app_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/cmd/internal/app"
)

func TestTheOpenAPIFileIsWhatTheProgramServes(t *testing.T) {
	t.Parallel()
	kept, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "api", "openapi.yaml"))
	require.NoError(t, err)
	served, err := app.OpenAPI()
	require.NoError(t, err)
	require.Equal(t, string(kept), string(served), "the JSON interface has changed: run `make openapi`, look at the difference and commit it")
}
