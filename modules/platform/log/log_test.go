package log_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/platform/log"
)

func line(t *testing.T, ctx context.Context, attrs ...any) map[string]any {
	t.Helper()
	var b bytes.Buffer
	l := log.New(&b, slog.LevelInfo, func(context.Context) []slog.Attr { return []slog.Attr{slog.String("tenant", "isernia")} })
	l.DebugContext(ctx, "hidden")
	l.With(slog.String("part", "booking")).InfoContext(ctx, "held", attrs...)
	var out map[string]any
	require.NoError(t, json.Unmarshal(b.Bytes(), &out), b.String())
	delete(out, "time")
	return out
}

func TestALineCarriesItsRequest(t *testing.T) {
	t.Parallel()
	ctx := actor.With(context.Background(), actor.Actor{Kind: actor.Staff, ID: "7", Name: "Anna Bianchi"})
	ctx = log.With(log.With(ctx, slog.String("ref", "r1")), slog.Int("try", 2))
	require.Equal(t, map[string]any{
		"level": "INFO", "msg": "held", "part": "booking", "ref": "r1", "try": 2.0, "actor": "staff", "tenant": "isernia", "slot": "s1",
	}, line(t, ctx, slog.String("slot", "s1")))
}

func TestBranchesOfAContextDoNotMix(t *testing.T) {
	t.Parallel()
	base := log.With(context.Background(), slog.String("a", "1"))
	b, c := log.With(base, slog.String("b", "2")), log.With(base, slog.String("c", "3"))
	require.NotContains(t, line(t, b), "c")
	require.NotContains(t, line(t, c), "b")
}

func TestSecretsUnderTheirUsualNamesAreHidden(t *testing.T) {
	t.Parallel()
	got := line(t, context.Background(), slog.String("password", "hunter2"), slog.Group("citizen", slog.String("email", "ada@example.it")))
	require.Equal(t, "…", got["password"])
	require.Equal(t, "…", got["citizen"].(map[string]any)["email"])
}
