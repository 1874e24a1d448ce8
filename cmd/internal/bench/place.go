package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sportello/sportello/modules/platform/devstack"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/provision"
)

// place is a PostgreSQL of the benchmark's own, with one database that is control plane and cell "main". It is
// filled without durability and measured with it.
type place struct {
	pg    *devstack.Postgres
	admin *admin.DB
	dir   string
}

func newPlace(ctx context.Context) (*place, error) {
	dir, err := os.MkdirTemp("", "sportello-bench-")
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.Chmod(dir, 0o755), //nolint:gosec // the server runs as another user and must get in
		devstack.RemoveWhenDead(dir)); err != nil {
		return nil, err
	}
	pg, err := devstack.StartPostgres(ctx, devstack.PostgresConfig{Dir: dir, Settings: []string{
		"fsync=off", "shared_buffers=1GB", "max_wal_size=4GB", "autovacuum_naptime=1min",
	}})
	if err != nil {
		return nil, err
	}
	p := &place{pg: pg, dir: dir}
	url := pg.URL("postgres", "postgres")
	if p.admin, err = admin.New(admin.Config{Control: admin.Place{URL: url}, Cells: map[string]admin.Place{"main": {URL: url}}}); err != nil {
		return nil, err
	}
	return p, provision.Prepare(ctx, p.admin)
}

func (p *place) close() { _ = errors.Join(p.pg.Kill(), os.RemoveAll(p.dir)) }

// durable makes every commit wait for the disk from now on. The setting cannot come from the command line,
// which would win, so the server is started again without it.
func (p *place) durable(ctx context.Context) error {
	if err := p.pg.Stop(); err != nil {
		return err
	}
	pg, err := devstack.StartPostgres(ctx, devstack.PostgresConfig{Dir: p.dir, Port: p.pg.Port, Settings: []string{
		"shared_buffers=1GB", "max_wal_size=4GB", "autovacuum_naptime=1min",
	}})
	if err == nil {
		p.pg = pg
	}
	return err
}

// fill makes entities named from b<from> to b<to-1>.
func (p *place) fill(ctx context.Context, from, to int, lines ...migrate.Line) ([]tenant.Tenant, error) {
	runner, err := migrate.New(p.admin, lines)
	if err != nil {
		return nil, err
	}
	service := provision.New(p.admin, runner)
	made := make([]tenant.Tenant, to-from)
	errs := make([]error, to-from)
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(4, to-from) {
		workers.Go(func() {
			for i := range next {
				key := fmt.Sprintf("b%d", from+i)
				made[i], errs[i] = service.Create(ctx, provision.Input{Key: key, Name: "Comune", Hosts: []string{key + ".localhost"}})
			}
		})
	}
	for i := range made {
		next <- i
	}
	close(next)
	workers.Wait()
	return made, errors.Join(errs...)
}

// open connects as the application does.
func (p *place) open(ctx context.Context, pools, conns int) (*tenant.DB, error) {
	url := p.pg.URL(admin.DefaultLogin, "postgres")
	return tenant.Open(ctx, tenant.Config{
		ControlURL: url, CellURLs: map[string]string{"main": url}, PoolsPerCell: pools, ConnsPerPool: conns,
	})
}

// connect opens a bare connection as superuser.
func (p *place) connect(ctx context.Context) (*pgx.Conn, error) {
	return pgx.Connect(ctx, p.pg.URL("postgres", "postgres"))
}

// timed runs f and gives its duration in milliseconds.
func timed(f func() error) (float64, error) {
	start := time.Now()
	err := f()
	return float64(time.Since(start).Microseconds()) / 1000, err
}
