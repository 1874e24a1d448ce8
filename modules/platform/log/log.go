// Package log writes one JSON object per line. Every line of a request carries its reference number and the kind of
// party that acted. Personal data has no place in it.
package log

import (
	"context"
	"io"
	"log/slog"

	"github.com/sportello/sportello/modules/kernel/actor"
)

// Extract takes attributes of a line from the context of the request, e.g. the entity's key.
type Extract func(ctx context.Context) []slog.Attr

// New makes the logger of the product. Secrets under the usual names are replaced even when someone logs them.
func New(w io.Writer, level slog.Leveler, extract ...Extract) *slog.Logger {
	h := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: hide})
	return slog.New(&handler{Handler: h, extract: extract})
}

type contextKey struct{}

// With returns a context whose lines carry the attributes.
func With(ctx context.Context, attrs ...slog.Attr) context.Context {
	have, _ := ctx.Value(contextKey{}).([]slog.Attr)
	return context.WithValue(ctx, contextKey{}, append(have[:len(have):len(have)], attrs...))
}

type handler struct {
	slog.Handler
	extract []Extract
}

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	if attrs, ok := ctx.Value(contextKey{}).([]slog.Attr); ok {
		r.AddAttrs(attrs...)
	}
	if a := actor.From(ctx); a.Kind != actor.Anonymous && a.Kind != "" {
		r.AddAttrs(slog.String("actor", string(a.Kind)))
	}
	for _, f := range h.extract {
		r.AddAttrs(f(ctx)...)
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &handler{Handler: h.Handler.WithAttrs(attrs), extract: h.extract}
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{Handler: h.Handler.WithGroup(name), extract: h.extract}
}

var secret = map[string]bool{
	"password": true, "token": true, "secret": true, "authorization": true, "cookie": true,
	"totp": true, "email": true, "phone": true, "surname": true, "fiscal_code": true,
}

func hide(_ []string, a slog.Attr) slog.Attr {
	if secret[a.Key] {
		return slog.String(a.Key, "…")
	}
	return a
}
