package web_test

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/web"
)

func TestAssetsAreServedCompressedAndRemembered(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("body{color:red}\n", 200)
	files := fstest.MapFS{
		"portal-B3x_9aQd.css":    {Data: []byte(text)},
		"portal-B3x_9aQd.css.br": {Data: []byte("brotli bytes")},
		"logo.svg":               {Data: []byte("<svg/>")},
		"kiosk/long.js":          {Data: []byte(text)},
		".keep":                  {Data: nil},
	}
	s := start(t, web.Config{}, func(app *fiber.App) { require.NoError(t, web.Static(app, files)) })
	got := s.do(t, "GET", "/assets/portal-B3x_9aQd.css", "")
	require.Equal(t, text, got.body)
	require.Equal(t, "text/css; charset=utf-8", got.Header.Get("Content-Type"))
	require.Equal(t, "public, max-age=31536000, immutable", got.Header.Get("Cache-Control"))
	require.Equal(t, "Accept-Encoding", got.Header.Get("Vary"))
	etag := got.Header.Get("ETag")
	require.Equal(t, 304, s.do(t, "GET", "/assets/portal-B3x_9aQd.css", "", "If-None-Match", etag).StatusCode)
	require.Equal(t, "brotli bytes", s.do(t, "GET", "/assets/portal-B3x_9aQd.css", "", "Accept-Encoding", "gzip, br").body)

	got = s.do(t, "GET", "/assets/kiosk/long.js", "", "Accept-Encoding", "gzip")
	require.Equal(t, "gzip", got.Header.Get("Content-Encoding"))
	z, err := gzip.NewReader(strings.NewReader(got.body))
	require.NoError(t, err)
	plain, err := io.ReadAll(z)
	require.NoError(t, err)
	require.Equal(t, text, string(plain))

	require.Equal(t, "no-cache", s.do(t, "GET", "/assets/logo.svg", "").Header.Get("Cache-Control"))
	for _, path := range []string{"/assets/nope.css", "/assets/.keep", "/assets/portal-B3x_9aQd.css.br", "/assets/../go.mod", "/assets/"} {
		got := s.do(t, "GET", path, "")
		require.Equal(t, 404, got.StatusCode, path)
		require.Equal(t, "no-store", got.Header.Get("Cache-Control"), path)
	}
}
