// Package actor says who acts. Every use case takes an Actor; rights are functions beside the domain.
package actor

import (
	"context"
	"slices"
)

// Kind is what sort of party acts.
type Kind string

// The parties.
const (
	Anonymous Kind = "anonymous" // nobody signed in: a citizen on the portal
	Citizen   Kind = "citizen"   // a citizen who holds the personal link or the code of an appointment
	Kiosk     Kind = "kiosk"     // an enrolled device
	Helper    Kind = "helper"    // the helper of a kiosk's host site, who holds that kiosk's link
	Staff     Kind = "staff"     // operator or administrator of an entity
	Vendor    Kind = "vendor"    // the vendor's people
	System    Kind = "system"    // jobs
)

// Role is what a member of staff may do in the entity.
type Role string

// The roles.
const (
	Operator      Role = "operator"      // answers at the video desk
	Administrator Role = "administrator" // runs catalogue, calendar, kiosks and staff
)

// Actor is one party in one request. The zero Actor is nobody and may do nothing.
type Actor struct {
	Kind   Kind
	ID     string // staff, kiosk (for Helper too) or vendor account identifier; empty for Anonymous and System
	Tenant string // key of the entity the actor belongs to; empty for Vendor and System
	Name   string // shown to colleagues; never logged
	Roles  []Role // for Staff
}

// Has says whether a member of staff has the role.
func (a Actor) Has(r Role) bool { return a.Kind == Staff && slices.Contains(a.Roles, r) }

type contextKey struct{}

// With puts the actor of a request into its context.
func With(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, contextKey{}, a)
}

// From takes the actor of a request from its context; Anonymous where none was set.
func From(ctx context.Context) Actor {
	if a, ok := ctx.Value(contextKey{}).(Actor); ok {
		return a
	}
	return Actor{Kind: Anonymous}
}

type checkKey struct{}

// WithCheck puts into a context how to ask again whether the actor may still be here. What stays open for long, a
// screen that listens, asks from time to time; middleware that found the actor says how.
func WithCheck(ctx context.Context, check func(context.Context) error) context.Context {
	return context.WithValue(ctx, checkKey{}, check)
}

// Check asks it; nil where nobody said how. An error of the kind problem.Unauthenticated or Forbidden means no.
func Check(ctx context.Context) error {
	if check, ok := ctx.Value(checkKey{}).(func(context.Context) error); ok {
		return check(ctx)
	}
	return nil
}
