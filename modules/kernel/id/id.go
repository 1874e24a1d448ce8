// Package id gives typed identifiers: a UUIDv7 (RFC 9562, section 5.7) that the compiler
// keeps from being mistaken for the identifier of something else.
package id

import (
	"github.com/google/uuid"
)

// ID identifies a T. Its text form is the canonical UUID. The zero ID identifies nothing.
// It reads from and writes to PostgreSQL uuid columns and JSON strings.
type ID[T any] struct{ uuid.UUID }

// Source makes fresh UUIDs. It is injected so that tests and simulations are repeatable.
type Source func() uuid.UUID

// Random is the Source of production: time-ordered UUIDv7 from the system's randomness.
func Random() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// New takes a fresh identifier from the source.
func New[T any](src Source) ID[T] { return ID[T]{src()} }

// Parse reads the canonical text form.
func Parse[T any](s string) (ID[T], error) {
	u, err := uuid.Parse(s)
	if err != nil || len(s) != 36 {
		return ID[T]{}, errInvalid
	}
	return ID[T]{u}, nil
}

// IsZero says whether the identifier identifies nothing.
func (i ID[T]) IsZero() bool { return i.UUID == uuid.Nil }

type invalidError struct{}

func (invalidError) Error() string { return "not a UUID" }

var errInvalid = invalidError{}
