package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sportello/sportello/tenant"
)

const (
	clients  = 16
	turns    = 8 // turns in a round
	turnTime = 250 * time.Millisecond
)

// Switch reads one row of a random entity among 1, 100 and 500, by the short road and, for 500, by a whole
// transaction, against the same statement prepared for one fixed schema, without role and transaction.
func Switch() []Workload {
	const peer = "one fixed schema, prepared, no role, no transaction, as many connections"
	var all []Workload
	for _, k := range []int{1, 100, 500} {
		all = append(all, Workload{
			Name: fmt.Sprintf("tenant-switch-%d", k), Peer: peer, Unit: "requests/s", Gate: 0.30, Moonshot: 0.70,
			Run: func(ctx context.Context, rounds int) ([]float64, []float64, error) {
				return runSwitch(ctx, rounds, k, short)
			},
		})
	}
	return append(all, Workload{
		Name: "tenant-switch-500-intenant", Peer: peer, Unit: "requests/s", Gate: 0.12, Moonshot: 0.30,
		Run: func(ctx context.Context, rounds int) ([]float64, []float64, error) {
			return runSwitch(ctx, rounds, 500, whole)
		},
	})
}

const readOne = `select id, name, state from {t}.table00 where name = @name`

type oneRow struct {
	ID    [16]byte
	Name  string
	State string
}

func short(ctx context.Context, db *tenant.DB, t tenant.Tenant) error {
	_, err := tenant.One[oneRow](ctx, db.Read(t), readOne, tenant.Args{"name": "modello 7"})
	return err
}

func whole(ctx context.Context, db *tenant.DB, t tenant.Tenant) error {
	return db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		_, err := tenant.One[oneRow](ctx, tx, readOne, tenant.Args{"name": "modello 7"})
		return err
	})
}

func runSwitch(ctx context.Context, rounds, k int, request func(context.Context, *tenant.DB, tenant.Tenant) error) (product, peer []float64, err error) {
	p, err := newPlace(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer p.close()
	made, err := p.fill(ctx, 0, k, line("bench", schemaText()))
	if err != nil {
		return nil, nil, err
	}
	db, err := p.open(ctx, 4, clients/4)
	if err != nil {
		return nil, nil, err
	}
	defer db.Close()
	// One entity has one of the four pools, so its requests share four connections; so do the peer's then.
	count := clients
	if k == 1 {
		count = clients / 4
	}
	fixed := make(chan *pgx.Conn, count)
	for range count {
		conn, err := p.connect(ctx)
		if err != nil {
			return nil, nil, err
		}
		defer func() { _ = conn.Close(ctx) }()
		fixed <- conn
	}
	bare := `select id, name, state from t_b0.table00 where name = $1`
	ours := func() error { return request(ctx, db, made[rand.IntN(len(made))]) } //nolint:gosec // any spread will do
	theirs := func() error {
		conn := <-fixed
		defer func() { fixed <- conn }()
		rows, err := conn.Query(ctx, bare, "modello 7")
		if err != nil {
			return err
		}
		_, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[oneRow])
		return err
	}
	for _, t := range made { // every backend has met its entities, as after an hour of work
		for range 8 {
			if err := request(ctx, db, t); err != nil {
				return nil, nil, err
			}
		}
	}
	for round := range rounds + 1 {
		var one, other float64
		for range turns { // in short turns, so that a neighbour's noise meets both
			a, err := hammer(ours)
			if err != nil {
				return nil, nil, err
			}
			b, err := hammer(theirs)
			if err != nil {
				return nil, nil, err
			}
			one, other = one+a/turns, other+b/turns
		}
		if round > 0 {
			product, peer = append(product, one), append(peer, other)
		}
	}
	return product, peer, nil
}

// hammer has all clients send requests for one turn and gives requests per second.
func hammer(request func() error) (float64, error) {
	var count atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	start := time.Now()
	for range clients {
		wg.Go(func() {
			for time.Since(start) < turnTime && failed.Load() == nil {
				if err := request(); err != nil {
					failed.Store(&err)
					return
				}
				count.Add(1)
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return 0, *err
	}
	return float64(count.Load()) / time.Since(start).Seconds(), nil
}
