package web_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/log"
	"github.com/sportello/sportello/modules/platform/web"
)

func TestMain(m *testing.M) {
	raw, err := os.ReadFile("../../../frontend/locales/it.platform.json")
	if err != nil {
		panic(err)
	}
	if err := i18n.Load(fstest.MapFS{"it.platform.json": {Data: raw}}); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// service is an application that listens for real.
type service struct {
	app  *fiber.App
	addr string
	logs *logs
}

// logs is a writer that tests may read meanwhile.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *logs) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

func start(t *testing.T, cfg web.Config, routes func(*fiber.App)) *service {
	t.Helper()
	s := &service{logs: &logs{}}
	cfg.Logger = log.New(s.logs, slog.LevelDebug)
	s.app = web.New(cfg)
	if routes != nil {
		routes(s.app)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.addr = l.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = s.app.Listener(l) }()
	t.Cleanup(func() { _ = s.app.ShutdownWithTimeout(10 * time.Second); <-done })
	require.Eventually(t, func() bool {
		c, err := net.Dial("tcp", s.addr)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, 5*time.Second, 5*time.Millisecond)
	return s
}

type answer struct {
	*http.Response
	body string
}

// do sends a request; headers are name, value, name, value.
func (s *service) do(t *testing.T, method, path, body string, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequest(method, "http://"+s.addr+path, bytes.NewBufferString(body))
	require.NoError(t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       20 * time.Second,
	}
	res, err := client.Do(req)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return answer{res, string(raw)}
}

// pages is a renderer that writes what it gets, or fails.
type pages struct{ fail bool }

func (p pages) Render(w io.Writer, _, name string, data any) error {
	if p.fail {
		_, _ = io.WriteString(w, "<half a page")
		return errors.New("template broke")
	}
	page := data.(web.Page)
	_, err := fmt.Fprintf(w, "<h1>%s</h1> page=%s site=%s ref=%s path=%s data=%+v", page.Title, name, page.Site.Name, page.RequestID, page.Path, page.Data)
	return err
}
