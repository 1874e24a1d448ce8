// Package bench holds the workloads of `make bench`. Each runs the product and a peer, or the physical limit,
// in turns in the same minutes on the same machine; only their ratio means anything.
package bench

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Workload is one comparison.
type Workload struct {
	Name     string
	Peer     string  // what the product is compared with
	Unit     string  // of both figures, e.g. "ms" or "requests/s"
	Lower    bool    // lower figures are better
	Gate     float64 // the ratio product/peer that must be reached; 0: none, the figures only inform
	Moonshot float64 // the ratio that would be remarkable
	Run      func(ctx context.Context, rounds int) (product, peer []float64, err error)
}

// All lists the workloads in the order in which they run.
func All() []Workload {
	var all []Workload
	all = append(all, Provision()...)
	all = append(all, Migrate(), Memory())
	all = append(all, Switch()...)
	all = append(all, Book()...)
	all = append(all, Slots()...)
	all = append(all, Face(), Page(), Screens(), Learn())
	return all
}

// Result is what a workload came to.
type Result struct {
	Name     string    `json:"name"`
	Peer     string    `json:"peer"`
	Unit     string    `json:"unit"`
	Lower    bool      `json:"lower_is_better"`
	Product  []float64 `json:"product"`
	PeerRuns []float64 `json:"peer_runs"`
	Ratio    float64   `json:"ratio"` // median of the rounds' ratios
	Min      float64   `json:"min"`
	Max      float64   `json:"max"`
	Gate     float64   `json:"gate"`
	Moonshot float64   `json:"moonshot"`
	Reached  bool      `json:"reached"`
}

// Measure runs a workload and compares round by round.
func Measure(ctx context.Context, w Workload, rounds int) (Result, error) {
	r := Result{Name: w.Name, Peer: w.Peer, Unit: w.Unit, Lower: w.Lower, Gate: w.Gate, Moonshot: w.Moonshot}
	var err error
	if r.Product, r.PeerRuns, err = w.Run(ctx, rounds); err != nil {
		return r, fmt.Errorf("%s: %w", w.Name, err)
	}
	if len(r.Product) == 0 || len(r.Product) != len(r.PeerRuns) {
		return r, fmt.Errorf("%s: %d rounds of the product, %d of the peer", w.Name, len(r.Product), len(r.PeerRuns))
	}
	var ratios []float64
	for i := range r.Product {
		ratios = append(ratios, r.Product[i]/r.PeerRuns[i])
	}
	r.Ratio, r.Min, r.Max = Median(ratios), slices.Min(ratios), slices.Max(ratios)
	r.Reached = r.Ratio >= w.Gate
	if w.Lower {
		r.Reached = w.Gate == 0 || r.Ratio <= w.Gate
	}
	return r, nil
}

// Median of at least one figure.
func Median[T cmp.Ordered](figures []T) T {
	sorted := slices.Sorted(slices.Values(figures))
	return sorted[len(sorted)/2]
}
