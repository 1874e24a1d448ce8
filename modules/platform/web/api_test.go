package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/web"
)

type greetIn struct {
	Body struct {
		Name string `json:"name" maxLength:"10"`
	}
}

type greetOut struct {
	Body struct {
		Text string `json:"text"`
	}
}

func greeter(handle func(context.Context, *greetIn) (*greetOut, error)) func(*fiber.App) {
	return func(app *fiber.App) {
		app.Use(func(c *fiber.Ctx) error {
			c.SetUserContext(actor.With(c.UserContext(), actor.Actor{Kind: actor.Staff, ID: "7"}))
			return c.Next()
		})
		api := web.API(app)
		web.Register(api, huma.Operation{OperationID: "greet", Method: http.MethodPost, Path: "/api/greet"}, handle)
	}
}

func TestAnOperationReadsAndAnswersJSON(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, greeter(func(ctx context.Context, in *greetIn) (*greetOut, error) {
		out := &greetOut{}
		out.Body.Text = "Ciao " + in.Body.Name + " da " + actor.From(ctx).ID + " " + web.RequestID(ctx)
		return out, nil
	}))
	got := s.do(t, "POST", "/api/greet", `{"name":"Ada"}`, "Content-Type", "application/json")
	require.Equal(t, 200, got.StatusCode, got.body)
	require.JSONEq(t, `{"text":"Ciao Ada da 7 `+got.Header.Get("X-Request-Id")+`"}`, got.body)
}

func TestAnOperationsInternalErrorsNeverLeak(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"plain":    errors.New(secretCause),
		"internal": problem.New(problem.Internal, "internal").Wrap(errors.New(secretCause)).WithData(secretCause),
		"huma":     huma.Error500InternalServerError(secretCause, errors.New(secretCause)),
		"huma400":  huma.Error400BadRequest(secretCause, errors.New(secretCause)),
		"panic":    nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := start(t, web.Config{}, greeter(func(context.Context, *greetIn) (*greetOut, error) {
				if err == nil {
					panic(secretCause)
				}
				return nil, fmt.Errorf("greet: %w", err)
			}))
			got := s.do(t, "POST", "/api/greet", `{"name":"Ada"}`, "Content-Type", "application/json")
			require.GreaterOrEqual(t, got.StatusCode, 400)
			require.NotContains(t, got.body, "hunter2")
			require.Equal(t, "application/problem+json", got.Header.Get("Content-Type"))
			var p web.Problem
			require.NoError(t, json.Unmarshal([]byte(got.body), &p))
			if name == "plain" || name == "internal" || name == "panic" {
				require.Equal(t, got.Header.Get("X-Request-Id"), p.Instance)
				require.Contains(t, s.logs.String(), "hunter2")
			}
		})
	}
}

func TestAnOperationsProblemsAreTheSameAsEverywhere(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, greeter(func(context.Context, *greetIn) (*greetOut, error) {
		return nil, problem.New(problem.TooMany, "too_many").With("retry_after", 30).WithData(map[string]int{"left": 0})
	}))
	got := s.do(t, "POST", "/api/greet", `{"name":"Ada"}`, "Content-Type", "application/json")
	require.Equal(t, 429, got.StatusCode)
	require.Equal(t, "30", got.Header.Get("Retry-After"))
	require.Contains(t, got.body, `"data":{"left":0}`)
	require.Contains(t, got.body, "Attenda qualche minuto")
}

func TestInputOutsideItsSchemaIsNamedInItalianWithoutEchoingIt(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, greeter(func(context.Context, *greetIn) (*greetOut, error) { return &greetOut{}, nil }))
	got := s.do(t, "POST", "/api/greet", `{"name":"abcdefghijklmnopqrstuvwxyz"}`, "Content-Type", "application/json")
	require.Equal(t, 422, got.StatusCode)
	var p web.Problem
	require.NoError(t, json.Unmarshal([]byte(got.body), &p))
	require.Equal(t, []web.FieldProblem{{Name: "name", Code: "field.invalid", Detail: "Il valore non è corretto."}}, p.Errors)
	require.NotContains(t, got.body, "abcdefgh")
	require.Equal(t, got.Header.Get("X-Request-Id"), p.Instance)
	got = s.do(t, "POST", "/api/greet", `{"name":`, "Content-Type", "application/json")
	require.Equal(t, 400, got.StatusCode)
	require.NotContains(t, got.body, "unexpected end")
}

func TestDeeplyNestedJSONIsRefusedQuickly(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, greeter(func(context.Context, *greetIn) (*greetOut, error) { return &greetOut{}, nil }))
	from := time.Now()
	got := s.do(t, "POST", "/api/greet", `{"name":`+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+"}", "Content-Type", "application/json")
	require.Contains(t, []int{400, 422}, got.StatusCode)
	require.Less(t, time.Since(from), 3*time.Second)
	require.Less(t, len(got.body), 1000)
}

func TestTheInterfaceDescribesItself(t *testing.T) {
	t.Parallel()
	s := start(t, web.Config{}, greeter(func(context.Context, *greetIn) (*greetOut, error) { return &greetOut{}, nil }))
	got := s.do(t, "GET", "/api/openapi.yaml", "")
	require.Equal(t, 200, got.StatusCode)
	require.Contains(t, got.body, "openapi: 3.1.0")
	require.Contains(t, got.body, "/api/greet:")
	require.Equal(t, 404, s.do(t, "GET", "/docs", "").StatusCode, "no page with foreign scripts")
}
