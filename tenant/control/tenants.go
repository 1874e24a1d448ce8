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
