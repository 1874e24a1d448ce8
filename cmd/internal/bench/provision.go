package bench

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/provision"
)

// Provision makes entities of 40 tables and 79 further indexes: against the same statements sent by hand, and
// the late ones against the early ones. BENCH_TENANTS says how many entities "late" is; default 300.
func Provision() []Workload {
	return []Workload{
		{
			Name: "tenant-provision", Peer: "the same statements in one transaction", Unit: "ms", Lower: true,
			Gate: 1.3, Moonshot: 1.05, Run: runProvision,
		},
		{
			Name: "tenant-provision-late", Peer: "the first entities", Unit: "ms", Lower: true,
			Gate: 1.3, Moonshot: 1.0, Run: runLate,
		},
	}
}

func runProvision(ctx context.Context, rounds int) (product, peer []float64, err error) {
	p, err := newPlace(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer p.close()
	if err := p.durable(ctx); err != nil {
		return nil, nil, err
	}
	l := line("bench", schemaText())
	if _, err := p.fill(ctx, 0, 3, l); err != nil { // warm up
		return nil, nil, err
	}
	runner, err := migrate.New(p.admin, []migrate.Line{l})
	if err != nil {
		return nil, nil, err
	}
	service := provision.New(p.admin, runner)
	for i := range rounds * 3 {
		one, err := timed(func() error {
			_, err := service.Create(ctx, provision.Input{Key: fmt.Sprintf("p%d", i), Name: "Comune", Hosts: []string{fmt.Sprintf("p%d.localhost", i)}})
			return err
		})
		if err != nil {
			return nil, nil, err
		}
		other, err := timed(func() error { return p.byHand(ctx, fmt.Sprintf("raw%d", i)) })
		if err != nil {
			return nil, nil, err
		}
		product, peer = append(product, one), append(peer, other)
	}
	return thirds(product), thirds(peer), nil
}

// thirds makes one figure of three, since a single entity is over too soon to be told from noise.
func thirds(figures []float64) (medians []float64) {
	for i := 0; i+3 <= len(figures); i += 3 {
		medians = append(medians, Median(figures[i:i+3]))
	}
	return medians
}

// byHand is the least that makes the same entity: what `psql -1` would send.
func (p *place) byHand(ctx context.Context, key string) error {
	conn, err := p.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	text := strings.NewReplacer("{t}", "t_"+key, "{role}", "t_"+key, "{o}", "o_"+key).Replace(
		`begin; create role {o}; create role {role}; grant {role} to ` + admin.DefaultLogin + `; create schema {t} authorization {o};
		grant usage on schema {t} to {role}, ` + admin.DefaultLogin + `; set local role {o};` + schemaText() + `commit`)
	return admin.Run(ctx, conn, text)
}

func runLate(ctx context.Context, rounds int) (late, early []float64, err error) {
	p, err := newPlace(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer p.close()
	many := 300
	if n, err := strconv.Atoi(os.Getenv("BENCH_TENANTS")); err == nil && n > 3*rounds {
		many = n
	}
	l := line("bench", schemaText())
	next := 0
	measure := func() (figures []float64, err error) {
		for range rounds * 3 {
			took, err := timed(func() error { _, err := p.fill(ctx, next, next+1, l); return err })
			if err != nil {
				return nil, err
			}
			next++
			figures = append(figures, took)
		}
		return thirds(figures), nil
	}
	if _, err := p.fill(ctx, next, next+5, l); err != nil {
		return nil, nil, err
	}
	next += 5
	if early, err = measure(); err != nil {
		return nil, nil, err
	}
	if _, err := p.fill(ctx, next, many, l); err != nil {
		return nil, nil, err
	}
	next = many
	late, err = measure()
	return late, early, err
}
