// Package problem is the one error type of the domain: a kind that decides the HTTP status, a stable
// code that decides the words, and the fields that are wrong. The words stand in the locale files.
package problem

import (
	"errors"
	"fmt"
)

// Kind is the class of a problem; errors.Is(err, problem.NotFound) works.
type Kind string

// The kinds, with the HTTP status each becomes at the boundary.
const (
	Invalid         Kind = "invalid"         // 422
	Unauthenticated Kind = "unauthenticated" // 401
	Forbidden       Kind = "forbidden"       // 403
	NotFound        Kind = "not_found"       // 404
	Conflict        Kind = "conflict"        // 409
	Gone            Kind = "gone"            // 410
	TooMany         Kind = "too_many"        // 429
	Unavailable     Kind = "unavailable"     // 503
	Internal        Kind = "internal"        // 500
)

// Error makes a Kind usable as an error target.
func (k Kind) Error() string { return string(k) }

// Field names one input that is wrong and why. Code is a stable code with a text in the locales.
type Field struct {
	Name string         `json:"name"`
	Code string         `json:"code"`
	Args map[string]any `json:"args,omitempty"`
}

// Error is a problem someone can act on.
type Error struct {
	Kind   Kind
	Code   string         // stable and dotted, e.g. booking.slot_taken
	Fields []Field        // the inputs that are wrong
	Args   map[string]any // values named in the text, e.g. {"time": "10:30"}
	Data   any            // what the client may use to go on, e.g. the next free slots; never internals
	cause  error
}

// New makes a problem. Its words are looked up by code.
func New(kind Kind, code string) *Error { return &Error{Kind: kind, Code: code} }

// With returns a copy that carries a value named in the text.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.Args = make(map[string]any, len(e.Args)+1)
	for k, v := range e.Args {
		c.Args[k] = v
	}
	c.Args[name] = value
	return &c
}

// WithData returns a copy that carries what the client needs to go on.
func (e *Error) WithData(data any) *Error { c := *e; c.Data = data; return &c }

// WithField returns a copy that blames one more input.
func (e *Error) WithField(name, code string) *Error {
	c := *e
	c.Fields = append(append([]Field(nil), e.Fields...), Field{Name: name, Code: code})
	return &c
}

// Wrap returns a copy that keeps a technical cause for the log.
func (e *Error) Wrap(cause error) *Error { c := *e; c.cause = cause; return &c }

// Error implements error. It is for logs; people read the locale text.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s: %s", e.Kind, e.Code)
	for _, f := range e.Fields {
		s += fmt.Sprintf(" [%s: %s]", f.Name, f.Code)
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap lets errors.Is find the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.cause}
}

// Is says whether the target is a problem with the same code.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Code == e.Code
}

// From finds the problem in an error chain; anything else is Internal with the code "internal".
func From(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return New(Internal, "internal").Wrap(err)
}
