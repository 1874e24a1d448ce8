// Command bench compares the product with its peers: `go run ./cmd/bench [workload...]`. It prints a table and
// writes JSON, and fails when a gate is missed.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/sportello/sportello/cmd/internal/bench"
)

func main() {
	rounds := flag.Int("rounds", 5, "interleaved rounds per workload")
	out := flag.String("json", "", "file for the figures as JSON; default: printed after the table")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, max(1, *rounds), *out, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rounds int, out string, names []string) error {
	var results []bench.Result
	var known, missed []string
	for _, w := range bench.All() {
		known = append(known, w.Name)
		if len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(w.Name, n) }) {
			continue
		}
		fmt.Fprintf(os.Stderr, "%s ... ", w.Name)
		r, err := bench.Measure(ctx, w, rounds)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "%.2f (%.2f to %.2f)\n", r.Ratio, r.Min, r.Max)
		results = append(results, r)
		if !r.Reached {
			missed = append(missed, r.Name)
		}
	}
	if len(results) == 0 {
		return fmt.Errorf("no such workload; there are: %s", strings.Join(known, ", "))
	}
	table(results)
	if err := write(results, out); err != nil {
		return err
	}
	if len(missed) > 0 {
		return fmt.Errorf("gates missed: %s", strings.Join(missed, ", "))
	}
	return nil
}

func table(results []bench.Result) {
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "WORKLOAD\tPRODUCT\tPEER\tUNIT\tRATIO\tRANGE\tGATE\tMOONSHOT\t")
	for _, r := range results {
		sign, verdict := "≥", "reached"
		if r.Lower {
			sign = "≤"
		}
		if !r.Reached {
			verdict = "MISSED"
		}
		if r.Gate == 0 {
			verdict = "no gate"
		}
		gate := fmt.Sprintf("%s %.2f", sign, r.Gate)
		if r.Gate == 0 {
			gate = "none"
		}
		_, _ = fmt.Fprintf(w, "%s\t%.1f\t%.1f\t%s\t%.2f\t%.2f to %.2f\t%s\t%s %.2f\t%s\n", r.Name,
			bench.Median(r.Product), bench.Median(r.PeerRuns), r.Unit, r.Ratio, r.Min, r.Max, gate, sign, r.Moonshot, verdict)
	}
	_ = w.Flush()
	for _, r := range results {
		fmt.Printf("%s: against %s\n", r.Name, r.Peer)
	}
}

func write(results []bench.Result, out string) error {
	text, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	if out == "" {
		fmt.Println(string(text))
		return nil
	}
	return os.WriteFile(out, append(text, '\n'), 0o600)
}
