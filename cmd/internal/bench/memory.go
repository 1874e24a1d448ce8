package bench

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/sportello/sportello/tenant"
)

// Memory is what one backend holds for itself after it has served every entity of a full cell with six tables
// each, against one that has served a single entity.
func Memory() Workload {
	return Workload{
		Name: "backend-memory", Peer: "a backend that met one entity", Unit: "MB private", Lower: true,
		Gate: 15, Moonshot: 3, Run: runMemory,
	}
}

func runMemory(ctx context.Context, rounds int) (product, peer []float64, err error) {
	p, err := newPlace(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer p.close()
	made, err := p.fill(ctx, 0, cell, line("bench", schemaText()))
	if err != nil {
		return nil, nil, err
	}
	for range rounds {
		all, err := p.memoryAfter(ctx, made)
		if err != nil {
			return nil, nil, err
		}
		one, err := p.memoryAfter(ctx, made[:1])
		if err != nil {
			return nil, nil, err
		}
		product, peer = append(product, all), append(peer, one)
	}
	return product, peer, nil
}

// hot are the statements that a day's work sends most.
var hot = []tenant.SQL{
	`select id from {t}.table00 where state = @state limit 1`, `select id from {t}.table01 where state = @state limit 1`,
	`select id from {t}.table02 where state = @state limit 1`, `select id from {t}.table03 where state = @state limit 1`,
	`select id from {t}.table04 where state = @state limit 1`, `select id from {t}.table05 where state = @state limit 1`,
}

// memoryAfter serves the entities three times over on the connections that production uses, and measures the
// largest backend.
func (p *place) memoryAfter(ctx context.Context, entities []tenant.Tenant) (float64, error) {
	db, err := p.open(ctx, 4, 1)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	backends := map[int]bool{}
	for range 3 {
		for _, t := range entities {
			err := db.InTenant(ctx, t, func(tx *tenant.Tx) error {
				for _, s := range hot {
					if _, err := tenant.Values[[16]byte](ctx, tx, s, tenant.Args{"state": "new"}); err != nil {
						return err
					}
				}
				pid, err := tenant.Value[int](ctx, tx, `select pg_backend_pid()`)
				backends[pid] = true
				return err
			})
			if err != nil {
				return 0, err
			}
		}
	}
	largest := 0.0
	for pid := range backends {
		if mb, err := privateMB(pid); err == nil {
			largest = max(largest, mb)
		}
	}
	if largest == 0 {
		return 0, fmt.Errorf("no backend of %d could be measured", len(backends))
	}
	return largest, nil
}

// privateMB is the anonymous memory of a process: what it does not share with the others.
func privateMB(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for _, l := range strings.Split(string(status), "\n") {
		if rest, ok := strings.CutPrefix(l, "RssAnon:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("no RssAnon for process %d", pid)
}
