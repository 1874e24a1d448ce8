package web

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/platform/i18n"
)

// APIVersion is the version of the public HTTP interface.
const APIVersion = "1.0.0"

// huma writes the text of any error into its answers; these say only what may be told. They are set before anything
// runs, since huma keeps them where everybody reads.
var _ = func() (set struct{}) {
	huma.NewError = func(status int, _ string, errs ...error) huma.StatusError {
		return ofHuma(nil, status, errs)
	}
	huma.NewErrorWithContext = func(hc huma.Context, status int, _ string, errs ...error) huma.StatusError {
		return ofHuma(hc, status, errs)
	}
	return set
}()

// API adds the JSON interface to the application: /api/openapi.yaml and .json describe it (OpenAPI 3.1).
// Operations are added with Register.
func API(app *fiber.App) huma.API {
	cfg := huma.DefaultConfig("Sportello", APIVersion)
	cfg.OpenAPIPath = "/api/openapi"
	cfg.SchemasPath = ""
	cfg.DocsPath = ""
	cfg.CreateHooks = nil // no $schema in bodies
	return humafiber.New(app, cfg)
}

// Register adds an operation. The handler's errors become the same answers as everywhere: see Describe.
func Register[I, O any](api huma.API, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, statusError(ctx, op.Path, err)
		}
		return out, nil
	})
}

func statusError(ctx context.Context, route string, err error) error {
	s := stateOf(ctx)
	p := Describe(err, i18n.From(ctx), RequestID(ctx))
	if s != nil && p.Status >= 500 {
		level := slog.LevelError
		if p.Status == http.StatusServiceUnavailable {
			level = slog.LevelWarn
		}
		s.log.Log(ctx, level, "internal error", slog.String("route", route), slog.Any("err", err))
	}
	if p.retryAfter > 0 {
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {strconv.Itoa(p.retryAfter)}})
	}
	return p
}

// ofHuma is for errors that huma itself finds: a body that is not JSON, a value outside its schema.
func ofHuma(hc huma.Context, status int, errs []error) huma.StatusError {
	lang, ref := "it", ""
	if hc != nil {
		ref = RequestID(hc.Context())
		if s := stateOf(hc.Context()); s != nil {
			lang = i18n.From(hc.Context())
			if status >= 500 {
				s.log.ErrorContext(hc.Context(), "internal error", slog.Any("errs", errs))
			}
		}
	}
	p := ofStatus(status, lang, ref)
	for _, err := range errs {
		d, ok := err.(huma.ErrorDetailer)
		if !ok || status >= 500 {
			continue
		}
		name := d.ErrorDetail().Location
		for _, prefix := range []string{"body.", "query.", "path.", "header.", "cookie."} {
			name = strings.TrimPrefix(name, prefix)
		}
		p.Errors = append(p.Errors, FieldProblem{Name: name, Code: "field.invalid", Detail: text(lang, "field.invalid", "field", nil)})
	}
	return p
}
