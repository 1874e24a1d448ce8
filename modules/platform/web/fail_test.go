package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/web"
)

const secretCause = "dial tcp 10.0.0.5:5432: password=hunter2"

func failing(err error) func(*fiber.App) {
	return func(app *fiber.App) {
		app.Get("/api/x", func(*fiber.Ctx) error { return err })
		app.Get("/x", func(*fiber.Ctx) error { return err })
		app.Get("/explicit", func(c *fiber.Ctx) error { return web.Fail(c, err) })
	}
}

func TestEachKindOfProblemHasItsStatus(t *testing.T) {
	t.Parallel()
	for kind, status := range map[problem.Kind]int{
		problem.Invalid: 422, problem.Unauthenticated: 401, problem.Forbidden: 403, problem.NotFound: 404, problem.Conflict: 409,
		problem.Gone: 410, problem.TooMany: 429, problem.Unavailable: 503, problem.Internal: 500, "unheard_of": 500,
	} {
		s := start(t, web.Config{}, failing(fmt.Errorf("book: %w", problem.New(kind, "x.y"))))
		require.Equal(t, status, s.do(t, "GET", "/api/x", "").StatusCode, kind)
		require.Equal(t, status, s.do(t, "GET", "/x", "").StatusCode, kind)
	}
}

func TestAProgramGetsAProblemDocument(t *testing.T) {
	t.Parallel()
	err := problem.New(problem.Invalid, "form.invalid").WithData(map[string]string{"action": "retry"}).With("retry_after", 90*time.Second)
	err.Fields = []problem.Field{{Name: "surname", Code: "form.too_long", Args: map[string]any{"max": 80}}, {Name: "age", Code: "no.such.text"}}
	s := start(t, web.Config{}, failing(err))
	got := s.do(t, "GET", "/api/x", "")
	require.Equal(t, "application/problem+json", got.Header.Get("Content-Type"))
	require.Equal(t, "90", got.Header.Get("Retry-After"))
	var p map[string]any
	require.NoError(t, json.Unmarshal([]byte(got.body), &p))
	require.Equal(t, map[string]any{
		"type": "urn:sportello:form.invalid", "title": "Dati da correggere", "status": 422.0, "code": "form.invalid",
		"detail":   "Alcuni dati non sono corretti. Li controlli e riprovi.",
		"instance": got.Header.Get("X-Request-Id"),
		"args":     map[string]any{"retry_after": 90e9},
		"data":     map[string]any{"action": "retry"},
		"errors": []any{
			map[string]any{"name": "surname", "code": "form.too_long", "detail": "Il testo è troppo lungo: al massimo 80 caratteri."},
			map[string]any{"name": "age", "code": "no.such.text", "detail": "Il valore non è corretto."},
		},
	}, p)
}

func TestWhoAsksForJSONElsewhereGetsJSON(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, nil)
	require.Contains(t, s.do(t, "GET", "/x", "", "Accept", "application/json").Header.Get("Content-Type"), "problem+json")
	require.Contains(t, s.do(t, "GET", "/x", "", "Accept", "text/html,application/json").Header.Get("Content-Type"), "text/html")
	require.Contains(t, s.do(t, "GET", "/x", "").Header.Get("Content-Type"), "text/html")
}

func TestInternalsNeverLeakAndAreLoggedOnceWithTheReference(t *testing.T) {
	t.Parallel()
	causes := map[string]error{
		"plain":    errors.New(secretCause),
		"wrapped":  fmt.Errorf("save: %w", errors.New(secretCause)),
		"internal": problem.New(problem.Internal, "internal").Wrap(errors.New(secretCause)).WithData(secretCause).With("dsn", secretCause),
		"down":     problem.New(problem.Unavailable, "unavailable").Wrap(errors.New(secretCause)),
		"client":   problem.New(problem.Conflict, "conflict").Wrap(errors.New(secretCause)),
		"fiber":    fiber.NewError(500, secretCause),
		"fiber400": fiber.NewError(400, secretCause),
	}
	for name, cause := range causes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, cfg := range []web.Config{{}, {Renderer: pages{}}, {Renderer: pages{fail: true}}} {
				for _, path := range []string{"/api/x", "/x", "/explicit"} {
					s := start(t, cfg, failing(cause))
					got := s.do(t, "GET", path, "")
					require.NotContains(t, got.body, "hunter2")
					require.NotContains(t, got.body, "<half a page")
					require.NotContains(t, fmt.Sprint(got.Header), "hunter2")
					ref := got.Header.Get("X-Request-Id")
					require.Contains(t, got.body, ref, "the person can tell us the reference")
					times := strings.Count(s.logs.String(), "hunter2")
					if got.StatusCode >= 500 {
						require.Equal(t, 1, times, s.logs.String())
						require.Contains(t, s.logs.String(), ref)
					}
				}
			}
		})
	}
}

func TestAPanicIsAnInternalErrorWithItsStackInTheLog(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{Renderer: pages{}}, func(app *fiber.App) {
		app.Get("/x", func(*fiber.Ctx) error { panic(secretCause) })
		app.Get("/ok", func(c *fiber.Ctx) error { return c.SendString("ok") })
	})
	got := s.do(t, "GET", "/x", "")
	require.Equal(t, 500, got.StatusCode)
	require.NotContains(t, got.body, "hunter2")
	require.Contains(t, s.logs.String(), "fail_test.go")
	require.Equal(t, "ok", s.do(t, "GET", "/ok", "").body, "the service goes on")
}

func TestAPersonGetsThePortalsPage(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{Renderer: pages{}}, func(app *fiber.App) {
		app.Get("/x", func(c *fiber.Ctx) error {
			web.SetSite(c, web.Site{Key: "isernia", Name: "Comune di Isernia"})
			return problem.New(problem.NotFound, "not_found")
		})
		app.Get("/page", func(c *fiber.Ctx) error { return web.Render(c, 201, "home/home", web.Page{Title: "Ciao", Data: 7}) })
	})
	got := s.do(t, "GET", "/x", "")
	require.Equal(t, 404, got.StatusCode)
	require.Contains(t, got.body, "page=error/problem site=Comune di Isernia")
	require.Contains(t, got.body, "Quello che cerca non esiste")
	got = s.do(t, "GET", "/page?q=1", "")
	require.Equal(t, 201, got.StatusCode)
	require.Equal(t, "text/html; charset=utf-8", got.Header.Get("Content-Type"))
	require.Contains(t, got.body, "<h1>Ciao</h1> page=home/home")
	require.Contains(t, got.body, "path=/page data=7")
}

func TestABrokenTemplateSendsNoHalfPage(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{Renderer: pages{fail: true}}, func(app *fiber.App) {
		app.Get("/page", func(c *fiber.Ctx) error { return web.Render(c, 200, "home/home", web.Page{}) })
	})
	got := s.do(t, "GET", "/page", "")
	require.Equal(t, 500, got.StatusCode)
	require.Contains(t, got.body, "Numero di riferimento: <code>"+got.Header.Get("X-Request-Id"))
	require.NotContains(t, got.body, "half a page")
}

func TestUnknownPathsAndMethodsAreAnswered(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, failing(nil))
	require.Equal(t, 404, s.do(t, "GET", "/nowhere", "").StatusCode)
	require.Equal(t, 405, s.do(t, "POST", "/x", "").StatusCode)
}

func TestTheAccessLineNamesTheRouteNotThePath(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, func(app *fiber.App) {
		app.Get("/appuntamento/:token", func(c *fiber.Ctx) error { return c.SendString("") })
	})
	s.do(t, "GET", "/appuntamento/s3cr3t?code=4827193506", "")
	require.Contains(t, s.logs.String(), `"route":"/appuntamento/:token"`)
	require.NotContains(t, s.logs.String(), "s3cr3t")
	require.NotContains(t, s.logs.String(), "4827193506")
}

func TestStringsOutliveTheRequest(t *testing.T) {
	t.Parallel()
	kept := make(chan string, 1)
	s := start(t, web.Config{}, func(app *fiber.App) {
		app.Get("/t/:tenant", func(c *fiber.Ctx) error {
			tenant := c.Params("tenant")
			go func() { time.Sleep(50 * time.Millisecond); kept <- tenant }()
			return c.SendString("")
		})
		app.Get("/other/:tenant", func(c *fiber.Ctx) error { return c.SendString(c.Params("tenant")) })
	})
	_, _ = raw(t, s.addr, "GET /t/isernia HTTP/1.1\r\nHost: a\r\n\r\n"+strings.Repeat("GET /other/caltani HTTP/1.1\r\nHost: a\r\n\r\n", 20))
	require.Equal(t, "isernia", <-kept)
}
