package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/web"
)

func TestEveryAnswerCarriesTheBrowsersRules(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{KioskHost: "kiosk.localhost:8080", RTCURL: "ws://localhost:7880"}, func(app *fiber.App) {
		app.Get("/", func(c *fiber.Ctx) error { return c.SendString("ok") })
		app.Get("/operatore", func(c *fiber.Ctx) error { return c.SendString("ok") })
		app.Get("/boom", func(*fiber.Ctx) error { panic("boom") })
	})
	for _, path := range []string{"/", "/nowhere", "/boom", "/api/nowhere"} {
		got := s.do(t, "GET", path, "", "Host", "isernia.localhost")
		require.Equal(t, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "+
			"media-src 'self' blob: mediastream:; font-src 'self'; connect-src 'self' ws://localhost:7880 http://localhost:7880; "+
			"form-action 'self'; frame-ancestors 'none'; base-uri 'none'", got.Header.Get("Content-Security-Policy"), path)
		require.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"), path)
		require.Equal(t, "same-origin", got.Header.Get("Referrer-Policy"), path)
		require.Equal(t, "same-origin", got.Header.Get("Cross-Origin-Opener-Policy"), path)
		require.Equal(t, "same-origin", got.Header.Get("Cross-Origin-Resource-Policy"), path)
		require.Equal(t, "no-store", got.Header.Get("Cache-Control"), path)
		require.Contains(t, got.Header.Get("Permissions-Policy"), "camera=()", path)
		require.Empty(t, got.Header.Get("Strict-Transport-Security"), path)
		require.Empty(t, got.Header.Get("Server"), path)
		require.Len(t, got.Header.Get("X-Request-Id"), 36, path)
		require.Equal(t, byte('7'), got.Header.Get("X-Request-Id")[14], "a UUIDv7")
	}
	camera := func(host, path string) string {
		return s.do(t, "GET", path, "", "Host", host).Header.Get("Permissions-Policy")
	}
	require.Contains(t, camera("isernia.localhost", "/operatore"), "camera=(self), microphone=(self)")
	require.Contains(t, camera("kiosk.localhost", "/"), "camera=(self), microphone=(self)")
	require.NotContains(t, camera("isernia.localhost", "/operatorex"), "(self)")
}

func TestRequestsRefusedBeforeAnyHandlerCarryTheHeadersToo(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, nil)
	_, all := raw(t, s.addr, "GET / HTTP/1.1\r\nHost: a.example\r\nX-A: "+strings.Repeat("a", 20<<10)+"\r\n\r\n")
	require.Contains(t, all, "Content-Security-Policy: default-src 'none'")
	require.Contains(t, all, "X-Request-Id: ")
}

func TestHttpsIsRememberedByTheBrowser(t *testing.T) {
	t.Parallel()
	routes := func(app *fiber.App) { app.Get("/", func(c *fiber.Ctx) error { return c.SendString("ok") }) }
	hsts := func(cfg web.Config, headers ...string) string {
		return start(t, cfg, routes).do(t, "GET", "/", "", headers...).Header.Get("Strict-Transport-Security")
	}
	require.NotEmpty(t, hsts(web.Config{HTTPS: true}))
	require.NotEmpty(t, hsts(web.Config{TrustedProxies: []string{"127.0.0.1"}}, "X-Forwarded-Proto", "https"))
	require.Empty(t, hsts(web.Config{}, "X-Forwarded-Proto", "https"), "only listed proxies are believed")
}

func TestSecureServersOfMediaAreReachedSecurely(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{RTCURL: "wss://media.example/rtc"}, nil)
	require.Contains(t, s.do(t, "GET", "/", "").Header.Get("Content-Security-Policy"),
		"connect-src 'self' wss://media.example https://media.example;")
}

func TestCookiesAreBoundToTheHost(t *testing.T) {
	t.Parallel()
	routes := func(app *fiber.App) {
		app.Get("/set", func(c *fiber.Ctx) error { web.SetCookie(c, "sportello", "v", time.Hour); return c.SendString("") })
		app.Get("/get", func(c *fiber.Ctx) error { return c.SendString(web.Cookie(c, "sportello")) })
		app.Get("/clear", func(c *fiber.Ctx) error { web.ClearCookie(c, "sportello"); return c.SendString("") })
	}
	plain := start(t, web.Config{}, routes)
	require.Equal(t, "sportello=v; max-age=3600; path=/; HttpOnly; SameSite=Lax", plain.do(t, "GET", "/set", "").Header.Get("Set-Cookie"))
	require.Equal(t, "v", plain.do(t, "GET", "/get", "", "Cookie", "sportello=v").body)
	require.Contains(t, plain.do(t, "GET", "/clear", "").Header.Get("Set-Cookie"), "max-age=0;")
	secure := start(t, web.Config{HTTPS: true}, routes)
	require.Equal(t, "__Host-sportello=v; max-age=3600; path=/; HttpOnly; secure; SameSite=Lax", secure.do(t, "GET", "/set", "").Header.Get("Set-Cookie"))
	require.Empty(t, secure.do(t, "GET", "/get", "", "Cookie", "sportello=planted").body)
	require.Equal(t, "v", secure.do(t, "GET", "/get", "", "Cookie", "__Host-sportello=v").body)
}

func TestRequestsOfOtherSitesChangeNothing(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, func(app *fiber.App) {
		app.All("/x", func(c *fiber.Ctx) error { return c.SendString("done") })
		app.Post("/api/livekit/webhook", func(c *fiber.Ctx) error { return c.SendString("done") })
	})
	try := func(method, path string, headers ...string) int {
		return s.do(t, method, path, "", append([]string{"Host", "isernia.example"}, headers...)...).StatusCode
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		require.Equal(t, 403, try(method, "/x", "Sec-Fetch-Site", "cross-site"), method)
		require.Equal(t, 403, try(method, "/x", "Sec-Fetch-Site", "same-site"), "another entity's host is another site")
		require.Equal(t, 403, try(method, "/x", "Origin", "https://evil.example"))
		require.Equal(t, 403, try(method, "/x", "Origin", "null"))
		require.Equal(t, 403, try(method, "/x", "Sec-Fetch-Site", "cross-site", "Origin", "http://isernia.example"))
		require.Equal(t, 200, try(method, "/x", "Origin", "https://isernia.example"))
		require.Equal(t, 200, try(method, "/x", "Sec-Fetch-Site", "same-origin"))
		require.Equal(t, 200, try(method, "/x", "Sec-Fetch-Site", "none"))
		require.Equal(t, 200, try(method, "/x"), "no browser")
	}
	require.Equal(t, 200, try("GET", "/x", "Sec-Fetch-Site", "cross-site"), "a link from elsewhere")
	require.Equal(t, 200, try("POST", "/api/livekit/webhook", "Sec-Fetch-Site", "cross-site"), "signed by its sender")
}
