package control

import (
	"context"

	"github.com/sportello/sportello/tenant"
)

// ByKey finds an entity whatever its state; problem.NotFound when there is none.
func ByKey(ctx context.Context, q tenant.Querier, k tenant.Key) (tenant.Tenant, error) {
	return tenant.One[tenant.Tenant](ctx, q, sqlByKey, k)
}

// ByHost finds the entity of a host name whatever its state; problem.NotFound when there is none.
func ByHost(ctx context.Context, q tenant.Querier, host string) (tenant.Tenant, error) {
	return tenant.One[tenant.Tenant](ctx, q, sqlByHost, host)
}

// Tenants lists all entities by name.
func Tenants(ctx context.Context, q tenant.Querier) ([]tenant.Tenant, error) {
	return tenant.All[tenant.Tenant](ctx, q, sqlTenants)
}

// Hosts lists the host names of an entity.
func Hosts(ctx context.Context, q tenant.Querier, k tenant.Key) ([]string, error) {
	return tenant.Values[string](ctx, q, sqlHosts, k)
}

// Served is an entity with what decides whether requests for it are answered.
type Served struct {
	Key   tenant.Key
	Name  string
	Cell  string
	State tenant.State
	Ready bool // every line is at the version needed, or beyond
}

// Tenant is the entity.
func (s Served) Tenant() tenant.Tenant {
	return tenant.Tenant{Key: s.Key, Name: s.Name, Cell: s.Cell, State: s.State}
}

// Needs is what versions of which lines a program needs.
type Needs struct {
	lines    []string
	versions []int
}

// NeedsOf makes Needs from the version of each line.
func NeedsOf(want map[string]int) Needs {
	var n Needs
	for line, version := range want {
		n.lines, n.versions = append(n.lines, line), append(n.versions, version)
	}
	return n
}

// ServedByHost finds an entity by host name in one trip; problem.NotFound when there is none.
func ServedByHost(ctx context.Context, q tenant.Querier, host string, n Needs) (Served, error) {
	return tenant.One[Served](ctx, q, sqlServedByHost, tenant.Args{"host": host, "lines": n.lines, "versions": n.versions})
}

// ServedByKey finds an entity by key in one trip; problem.NotFound when there is none.
func ServedByKey(ctx context.Context, q tenant.Querier, k tenant.Key, n Needs) (Served, error) {
	return tenant.One[Served](ctx, q, sqlServedByKey, tenant.Args{"key": k, "lines": n.lines, "versions": n.versions})
}
