package metrics_test

import (
	"io"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/metrics"
	"github.com/sportello/sportello/modules/platform/web"
)

func TestRequestsAreCountedByRoutePattern(t *testing.T) {
	t.Parallel()
	reg := metrics.New()
	app := web.New(web.Config{Metrics: reg})
	app.Get("/metrics", reg.Handler())
	app.Get("/servizi/:slug", func(c *fiber.Ctx) error { return c.SendString("") })
	app.Get("/gone/:id", func(*fiber.Ctx) error { return fiber.ErrGone })
	get := func(path string) string {
		res, err := app.Test(httptest.NewRequest("GET", path, nil), -1)
		require.NoError(t, err)
		b, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return string(b)
	}
	get("/servizi/carta-identita")
	get("/servizi/residenza")
	get("/gone/1")
	for _, scan := range []string{"/wp-login.php", "/.git/config"} {
		get(scan)
	}
	text := get("/metrics")
	require.Contains(t, text, `sportello_http_request_duration_seconds_count{method="GET",route="/servizi/:slug",status="200"} 2`)
	require.Contains(t, text, `sportello_http_request_duration_seconds_count{method="GET",route="/gone/:id",status="410"} 1`)
	require.Contains(t, text, `sportello_http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 2`)
	require.NotContains(t, text, "wp-login")
	require.Contains(t, text, "go_goroutines")
}
