// Package tenant is the wall between entities. InTenant is the only road to an entity's rows: it opens
// a transaction, takes the entity's role, and renders the schema token of every statement.
package tenant

import (
	"context"
	"fmt"
	"regexp"
)

// Key names an entity for ever, e.g. "isernia". It is part of its schema's and role's name.
type Key string

var keyShape = regexp.MustCompile(`^[a-z][a-z0-9_]{1,38}$`)

// ParseKey refuses anything that could not be an identifier of PostgreSQL and a label of a host name.
func ParseKey(s string) (Key, error) {
	if !keyShape.MatchString(s) {
		return "", fmt.Errorf("entity key %q: want a small letter, then 1 to 38 small letters, digits or _", s)
	}
	return Key(s), nil
}

// Schema is the schema that holds the entity's rows.
func (k Key) Schema() string { return "t_" + string(k) }

// Role is the role that may use the entity's rows. It owns nothing and cannot log in.
func (k Key) Role() string { return "t_" + string(k) }

// Owner is the role that owns the entity's tables. Only migrations take it.
func (k Key) Owner() string { return "o_" + string(k) }

// State is where an entity stands in its life.
type State string

// The states of an entity.
const (
	Provisioning State = "provisioning" // schema being made; not served
	Active       State = "active"       // served
	Suspended    State = "suspended"    // rows kept, not served
	Removing     State = "removing"     // being erased; not served
)

// Tenant is one entity as the control plane knows it.
type Tenant struct {
	Key   Key
	Name  string // as people call it, e.g. "Comune di Isernia"
	Cell  string // the database its schema lives in
	State State
}

type contextKey struct{}

// With puts the entity of a request into its context. Only tenant/resolve and jobs call it.
func With(ctx context.Context, t Tenant) context.Context {
	return context.WithValue(ctx, contextKey{}, t)
}

// From takes the entity of a request from its context. Without one it returns false: there is no default.
func From(ctx context.Context) (Tenant, bool) {
	t, ok := ctx.Value(contextKey{}).(Tenant)
	return t, ok
}
