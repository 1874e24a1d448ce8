package web

import (
	_ "embed"
	"encoding/json"
	"errors"
	"html/template"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
)

// Fail answers with the error: the one boundary. Handlers may as well return the error, with the same effect.
func Fail(c *fiber.Ctx, err error) error {
	if s, ok := c.Locals(stateKey{}).(*state); ok {
		return s.fail(c, err)
	}
	return err
}

// Problem is the body of every error answer of the API (RFC 9457).
type Problem struct {
	Type     string         `json:"type" doc:"urn:sportello: and the code" example:"urn:sportello:booking.slot_taken"`
	Title    string         `json:"title" doc:"What sort of problem it is, in Italian"`
	Status   int            `json:"status" doc:"The HTTP status" example:"409"`
	Detail   string         `json:"detail" doc:"What happened and what to do, in Italian, for the person"`
	Code     string         `json:"code" doc:"Stable code for the program" example:"booking.slot_taken"`
	Instance string         `json:"instance" doc:"The reference number of the request"`
	Args     map[string]any `json:"args,omitempty" doc:"The values named in the detail"`
	Errors   []FieldProblem `json:"errors,omitempty" doc:"The inputs that are wrong"`
	Data     any            `json:"data,omitempty" doc:"What helps to go on, for example the next free times"`

	retryAfter int
}

// FieldProblem is one input that is wrong.
type FieldProblem struct {
	Name   string `json:"name"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// Status is the HTTP status that a kind becomes.
func Status(k problem.Kind) int {
	switch k {
	case problem.Invalid:
		return fiber.StatusUnprocessableEntity
	case problem.Unauthenticated:
		return fiber.StatusUnauthorized
	case problem.Forbidden:
		return fiber.StatusForbidden
	case problem.NotFound:
		return fiber.StatusNotFound
	case problem.Conflict:
		return fiber.StatusConflict
	case problem.Gone:
		return fiber.StatusGone
	case problem.TooMany:
		return fiber.StatusTooManyRequests
	case problem.Unavailable:
		return fiber.StatusServiceUnavailable
	case problem.Internal:
	}
	return fiber.StatusInternalServerError
}

// Describe turns any error into what may be told about it. Nothing of an unknown error is in it.
func Describe(err error, lang, reference string) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var fe *fiber.Error
	if errors.As(err, &fe) {
		return ofStatus(fe.Code, lang, reference)
	}
	e := problem.From(err)
	status := Status(e.Kind)
	if status == fiber.StatusInternalServerError {
		return ofStatus(status, lang, reference)
	}
	out := &Problem{Status: status, Code: e.Code, Args: e.Args, Data: e.Data}
	out.Detail = text(lang, e.Code, string(e.Kind), e.Args)
	for _, f := range e.Fields {
		out.Errors = append(out.Errors, FieldProblem{Name: f.Name, Code: f.Code, Detail: text(lang, f.Code, "field", f.Args)})
	}
	out.retryAfter = retryAfter(e)
	return out.finish(lang, reference)
}

func ofStatus(status int, lang, reference string) *Problem {
	if status < 400 || status > 599 {
		status = fiber.StatusInternalServerError
	}
	p := &Problem{Status: status, Code: "http." + strconv.Itoa(status)}
	if status == fiber.StatusInternalServerError {
		p.Code = string(problem.Internal)
	}
	p.Detail = text(lang, p.Code, fallback(status), nil)
	return p.finish(lang, reference)
}

func fallback(status int) string {
	if status >= 500 {
		return string(problem.Internal)
	}
	return "http.400"
}

func (p *Problem) finish(lang, reference string) *Problem {
	p.Type, p.Instance = "urn:sportello:"+p.Code, reference
	p.Title = i18n.T(lang, "problem.title."+strconv.Itoa(p.Status), nil)
	if !i18n.Has("problem.title." + strconv.Itoa(p.Status)) {
		p.Title = i18n.T(lang, "problem.title.400", nil)
	}
	return p
}

// text finds the words of a code: problem.<code>, else the words of its kind.
func text(lang, code, kind string, args map[string]any) string {
	if i18n.Has("problem." + code) {
		return i18n.T(lang, "problem."+code, args)
	}
	return i18n.T(lang, "problem."+kind, args)
}

// FieldText is the Italian sentence beside an input that is wrong.
func FieldText(lang string, f problem.Field) string { return text(lang, f.Code, "field", f.Args) }

// retryAfter reads the argument retry_after, a time.Duration or seconds.
func retryAfter(e *problem.Error) int {
	switch v := e.Args["retry_after"].(type) {
	case time.Duration:
		return int((v + time.Second - 1) / time.Second)
	case int:
		return v
	}
	if e.Kind == problem.Unavailable {
		return 10
	}
	return 0
}

// fail is the boundary itself and fiber's error handler.
func (s *state) fail(c *fiber.Ctx, err error) error {
	s.prepare(c)
	ctx := c.UserContext()
	p := Describe(err, i18n.From(ctx), RequestID(ctx))
	s.logFailure(c, p.Status, err)
	c.Locals(codeKey{}, p.Code)
	if p.retryAfter > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(p.retryAfter))
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Response().Header.Del(fiber.HeaderContentEncoding)
	c.Response().Header.Del(fiber.HeaderETag)
	c.Status(p.Status)
	if WantsJSON(c) {
		body, err := json.Marshal(p)
		if err != nil { // data of a module that cannot be written
			s.log.ErrorContext(ctx, "problem not writable", slog.String("code", p.Code), slog.Any("err", err))
			p.Data, p.Args = nil, nil
			body, _ = json.Marshal(p)
		}
		c.Set(fiber.HeaderContentType, "application/problem+json")
		return c.Send(body)
	}
	return s.errorPage(c, p)
}

// logFailure writes internal errors once, with the reference number the person sees.
func (s *state) logFailure(c *fiber.Ctx, status int, err error) {
	ctx := c.UserContext()
	attrs := []any{slog.String("method", c.Method()), slog.String("route", c.Route().Path)}
	var p *panicError
	if errors.As(err, &p) {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	switch {
	case status == fiber.StatusServiceUnavailable:
		s.log.WarnContext(ctx, "unavailable", append(attrs, slog.Any("err", err))...)
	case status >= 500:
		s.log.ErrorContext(ctx, "internal error", append(attrs, slog.Any("err", err))...)
	}
}

// WantsJSON says whether the caller is a program: anything under /api, or an Accept header without text/html.
func WantsJSON(c *fiber.Ctx) bool {
	if p := c.Path(); p == "/api" || strings.HasPrefix(p, "/api/") {
		return true
	}
	accept := c.Get(fiber.HeaderAccept)
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// ErrorView is the Data of the page error/problem.
type ErrorView struct {
	Status    int
	Title     string
	Detail    string
	Code      string
	Reference string
	Errors    []FieldProblem
	Data      any
}

// plainView is what the page without a renderer shows.
type plainView struct {
	Lang, Title, Detail, ReferenceLabel, Reference, Home string
}

//go:embed plain.html
var plainHTML string

var plainPage = template.Must(template.New("plain").Parse(plainHTML))

// errorPage answers a person. When the portal's page fails too, a page of this package is sent.
func (s *state) errorPage(c *fiber.Ctx, p *Problem) error {
	if s.cfg.Renderer != nil {
		err := s.render(c, p.Status, "error/problem", Page{Title: p.Title, Data: ErrorView{
			Status: p.Status, Title: p.Title, Detail: p.Detail, Code: p.Code, Reference: p.Instance, Errors: p.Errors, Data: p.Data,
		}})
		if err == nil {
			return nil
		}
		s.log.ErrorContext(c.UserContext(), "error page", slog.Any("err", err))
	}
	lang := i18n.From(c.UserContext())
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return plainPage.Execute(c.Response().BodyWriter(), plainView{
		Lang: lang, Title: p.Title, Detail: p.Detail, Reference: p.Instance,
		ReferenceLabel: i18n.T(lang, "problem.reference", nil), Home: i18n.T(lang, "problem.home", nil),
	})
}
