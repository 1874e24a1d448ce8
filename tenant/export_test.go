package tenant

import "context"

// Unscoped runs a statement on the next connection of the entity's pool without taking any role, as code that
// went around InTenant would.
func (db *DB) Unscoped(ctx context.Context, t Tenant, sql string, into ...any) error {
	pool, err := db.pool(t)
	if err != nil {
		return err
	}
	return pool.QueryRow(ctx, sql).Scan(into...)
}
