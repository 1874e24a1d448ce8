package web_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/web"
)

// raw writes bytes to a fresh connection and reads all answers until the server closes it or is silent.
func raw(t *testing.T, addr, request string) (statuses []int, all string) {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	require.NoError(t, c.SetDeadline(time.Now().Add(1500*time.Millisecond)))
	_, _ = io.WriteString(c, request) // fails when the answer comes before the end of the request
	var b strings.Builder
	r := bufio.NewReader(io.TeeReader(c, &b))
	for {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return statuses, b.String()
		}
		_, _ = io.Copy(io.Discard, res.Body)
		statuses = append(statuses, res.StatusCode)
	}
}

func echo(app *fiber.App) {
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString("home of " + web.Host(c)) })
	app.Get("/admin", func(c *fiber.Ctx) error { return c.SendString("SMUGGLED") })
	app.Post("/", func(c *fiber.Ctx) error { return c.SendString("got " + string(c.Body())) })
}

func TestRequestsThatTwoParsersReadDifferentlyAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, echo)
	const inner = "GET /admin HTTP/1.1\r\nHost: a.example\r\n\r\n"
	cases := map[string]string{
		"both lengths":                "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
		"both lengths, chunked first": "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" + inner,
		"two lengths that differ":     "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n" + inner,
		"two equal lengths":           "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n" + inner,
		"length list":                 "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0, 44\r\n\r\n" + inner,
		"signed length":               "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: +0\r\n\r\n" + inner,
		"two encodings":               "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + inner,
		"odd encoding":                "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + inner,
		"identity encoding":           "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\nTransfer-Encoding: identity\r\n\r\n" + inner,
		"encoding with a space":       "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + inner,
		"encoding in HTTP/1.0":        "POST / HTTP/1.0\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner,
		"two hosts":                   "GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n",
		"no host":                     "GET / HTTP/1.1\r\n\r\n",
		"empty host":                  "GET / HTTP/1.1\r\nHost:\r\n\r\n",
		"host with a path":            "GET / HTTP/1.1\r\nHost: a.example/b.example\r\n\r\n",
		"host with userinfo":          "GET / HTTP/1.1\r\nHost: a.example@b.example\r\n\r\n",
		"absolute URI of another":     "GET http://b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"absolute URI with userinfo":  "GET http://b.example@a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"asterisk":                    "OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"authority form":              "CONNECT b.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"folded header":               "GET / HTTP/1.1\r\nHost: a.example\r\nX-A: b\r\n c\r\n\r\n",
		"folded encoding":             "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + inner,
		"bare LF":                     "GET / HTTP/1.1\nHost: a.example\nX-A: b\n\n",
		"one bare LF":                 "GET / HTTP/1.1\r\nHost: a.example\nX-A: b\r\n\r\n",
		"NUL in a header":             "GET / HTTP/1.1\r\nHost: a.example\r\nX-A: b\x00c\r\n\r\n",
		"NUL in the path":             "GET /\x00 HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"body of a GET":               "GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 44\r\n\r\n" + inner,
		"chunked GET":                 "GET / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"HTTP/3.0":                    "GET / HTTP/3.0\r\nHost: a.example\r\n\r\n",
	}
	for name, request := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statuses, all := raw(t, s.addr, request)
			require.NotContains(t, all, "SMUGGLED", "the bytes after the refused request were run")
			require.NotContains(t, all, "home of", "the request was served")
			require.NotContains(t, all, "got ", "the request was served")
			require.LessOrEqual(t, len(statuses), 1, "one request, one answer: %s", all)
			for _, status := range statuses {
				require.GreaterOrEqual(t, status, 400)
				require.Contains(t, []int{400, 405, 505}, status)
			}
		})
	}
}

func TestOrdinaryRequestsPass(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, echo)
	for name, request := range map[string]string{
		"plain":                  "GET / HTTP/1.1\r\nHost: A.Example.:8080\r\n\r\n",
		"absolute URI, own host": "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"chunked":                "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
		"address as host":        "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statuses, all := raw(t, s.addr, request)
			require.Equal(t, []int{200}, statuses, all)
		})
	}
	require.Contains(t, s.do(t, "GET", "/", "", "Host", "A.Example:80").body, "home of a.example")
}

func TestTheHostIsNeverTakenFromForwardingHeaders(t *testing.T) {
	t.Parallel()
	for _, proxies := range [][]string{nil, {"127.0.0.1"}} {
		s := start(t, web.Config{TrustedProxies: proxies}, echo)
		for _, header := range []string{"X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host", "X-Forwarded-Server", "X-HTTP-Host-Override"} {
			got := s.do(t, "GET", "/", "", "Host", "isernia.example", header, "caltanissetta.example")
			require.Equal(t, "home of isernia.example", got.body, header)
		}
	}
}

func TestTheClientsAddressIsBelievedFromListedProxiesOnly(t *testing.T) {
	t.Parallel()
	ip := func(app *fiber.App) { app.Get("/", func(c *fiber.Ctx) error { return c.SendString(web.IP(c)) }) }
	alone := start(t, web.Config{}, ip)
	require.Equal(t, "127.0.0.1", alone.do(t, "GET", "/", "", "X-Forwarded-For", "198.51.100.7").body)
	behind := start(t, web.Config{TrustedProxies: []string{"127.0.0.0/8", "10.0.0.1"}}, ip)
	require.Equal(t, "198.51.100.7", behind.do(t, "GET", "/", "", "X-Forwarded-For", "203.0.113.9, 198.51.100.7, 10.0.0.1").body,
		"what the client wrote before the proxies is not believed")
	require.Equal(t, "127.0.0.1", behind.do(t, "GET", "/", "", "X-Forwarded-For", "nonsense").body)
}

func TestLinksAreMadeFromTheHostTheBrowserAskedFor(t *testing.T) {
	t.Parallel()
	origin := func(app *fiber.App) { app.Get("/", func(c *fiber.Ctx) error { return c.SendString(web.Origin(c)) }) }
	s := start(t, web.Config{TrustedProxies: []string{"127.0.0.1"}}, origin)
	require.Equal(t, "http://isernia.example:8080", s.do(t, "GET", "/", "", "Host", "Isernia.example:8080").body)
	require.Equal(t, "https://isernia.example", s.do(t, "GET", "/", "", "Host", "isernia.example",
		"X-Forwarded-Proto", "https", "X-Forwarded-Host", "evil.example").body)
	https := start(t, web.Config{HTTPS: true}, origin)
	require.Equal(t, "https://isernia.example", https.do(t, "GET", "/", "", "Host", "isernia.example").body)
}

func TestBodiesWithAnEncodingAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, echo)
	got := s.do(t, "POST", "/", "\x1f\x8b", "Content-Encoding", "gzip")
	require.Equal(t, 415, got.StatusCode)
}

func TestBodiesAreLimitedAndUploadsLess(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{UploadPaths: []string{"/upload"}}, func(app *fiber.App) {
		app.Post("/", func(c *fiber.Ctx) error { return c.SendString("served") })
		app.Post("/upload", func(c *fiber.Ctx) error { return c.SendString("served") })
	})
	big := strings.Repeat("x", web.BodyLimit+1)
	require.Equal(t, 413, status(t, s, "/", big))
	require.Equal(t, 200, status(t, s, "/upload", big))
	require.Equal(t, 413, status(t, s, "/upload", strings.Repeat("x", web.UploadLimit+1)))
	chunked := "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n" + strings.Repeat("x", 0x200000)
	_, all := raw(t, s.addr, chunked)
	require.NotContains(t, all, "served")
}

// status tolerates a connection that the server closes while the body is still on its way.
func status(t *testing.T, s *service, path, body string) int {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	require.NoError(t, c.SetDeadline(time.Now().Add(10*time.Second)))
	head := "POST " + path + " HTTP/1.1\r\nHost: a.example\r\nContent-Type: text/plain\r\nContent-Length: " + itoa(len(body)) + "\r\n\r\n"
	answer := make(chan int, 1)
	go func() {
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			answer <- 0
			return
		}
		answer <- res.StatusCode
	}()
	if _, err := io.WriteString(c, head); err == nil {
		if strings.Contains(path, "upload") && len(body) <= web.UploadLimit {
			_, _ = io.WriteString(c, body)
		}
	}
	return <-answer
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func TestASlowClientIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, func(app *fiber.App) {
		app.Server().ReadTimeout = 300 * time.Millisecond
		app.Post("/", func(c *fiber.Ctx) error { return c.SendString("served") })
	})
	c, err := net.Dial("tcp", s.addr)
	require.NoError(t, err)
	defer func() { _ = c.Close() }()
	_, err = io.WriteString(c, "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100\r\n\r\n")
	require.NoError(t, err)
	go func() {
		for range 100 {
			if _, err := io.WriteString(c, "x"); err != nil {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
	}()
	require.NoError(t, c.SetReadDeadline(time.Now().Add(3*time.Second)))
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	require.Equal(t, 408, res.StatusCode)
	require.True(t, res.Close)
}

func TestAFormOfTenThousandPartsIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, func(app *fiber.App) {
		app.Post("/", func(c *fiber.Ctx) error { return c.SendString("served") })
	})
	part := "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n"
	got := s.do(t, "POST", "/", strings.Repeat(part, 10_000)+"--b--\r\n", "Content-Type", "multipart/form-data; boundary=b")
	require.Equal(t, 400, got.StatusCode)
	require.NotContains(t, got.body, "served")
}

func TestAMethodNobodyKnowsIsAnsweredLikeAnyMistake(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, echo)
	statuses, all := raw(t, s.addr, "BREW / HTTP/1.1\r\nHost: a.example\r\n\r\n")
	require.Equal(t, []int{400}, statuses)
	require.Contains(t, all, "Content-Security-Policy: ")
	require.Contains(t, all, "X-Request-Id: ")
}

func TestHugeHeadersAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, echo)
	statuses, _ := raw(t, s.addr, "GET / HTTP/1.1\r\nHost: a.example\r\nX-A: "+strings.Repeat("a", 20<<10)+"\r\n\r\n")
	require.Equal(t, []int{431}, statuses)
}
