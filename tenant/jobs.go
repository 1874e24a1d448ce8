package tenant

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
)

// JobPool is a pool with the role of the queue.
type JobPool = pgxpool.Pool

// JobPools opens one pool per cell with the role of the queue, which sees no entity's rows. Only tenant/outbox
// calls it, and closes what it gets.
func (db *DB) JobPools(ctx context.Context, conns int) (map[string]*JobPool, error) {
	pools := map[string]*JobPool{}
	for cell, entities := range db.cells {
		cfg := entities[0].Config()
		cfg.MaxConns = int32(conns)
		params := make(map[string]string, len(cfg.ConnConfig.RuntimeParams))
		for k, v := range cfg.ConnConfig.RuntimeParams {
			params[k] = v
		}
		params["role"] = jobsRole
		params["application_name"] = "sportello jobs"
		cfg.ConnConfig.RuntimeParams = params
		pool, err := pgxpool.NewWithConfig(ctx, cfg)
		if err != nil {
			for _, p := range pools {
				p.Close()
			}
			return nil, fmt.Errorf("jobs of cell %s: %w", cell, err)
		}
		pools[cell] = pool
	}
	return pools, nil
}
