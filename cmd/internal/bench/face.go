package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// Face is from the last touch of the citizen at the kiosk, the one that sends the code, to the operator's first decoded
// frame on its screen, with an operator who answers at once. The peer is a bare livekit-client page that joins a room of
// the same LiveKit in which the operator's picture already flows, from connect() to its first decoded frame.
func Face() Workload {
	return Workload{
		Name: "code-to-face", Peer: "a bare livekit-client page that joins a room where a picture already flows", Unit: "ms", Lower: true,
		Gate: 1.25, Moonshot: 1.0, Run: face,
	}
}

// faceLine is one measurement of frontend/bench. Marks are milliseconds since the touch, or since connect().
type faceLine struct {
	Who          string             `json:"who"`
	Round        int                `json:"round"`
	Milliseconds float64            `json:"milliseconds"`
	Marks        map[string]float64 `json:"marks"`
}

func face(ctx context.Context, rounds int) (product, peer []float64, err error) {
	rounds = min(rounds, 6) // few appointments are near enough for their codes to be let in
	h, err := newHouse(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer h.close()
	out := filepath.Join(h.dir, "face.jsonl")
	cmd := exec.CommandContext(ctx, "node_modules/.bin/playwright", "test", "-c", "bench/playwright.config.ts")
	cmd.Dir = "frontend"
	cmd.Env = append(os.Environ(), "SPORTELLO_DEMO="+h.file(), "BENCH_OUT="+out, "BENCH_ROUNDS="+strconv.Itoa(rounds))
	if text, err := cmd.CombinedOutput(); err != nil {
		return nil, nil, fmt.Errorf("%w: %s", err, text)
	}
	lines, err := readFace(out)
	if err != nil {
		return nil, nil, err
	}
	marks := map[string]map[string][]float64{"product": {}, "peer": {}}
	for _, l := range lines {
		if l.Round == 0 {
			continue // both warm up
		}
		if l.Who == "product" {
			product = append(product, l.Milliseconds)
		} else {
			peer = append(peer, l.Milliseconds)
		}
		for name, at := range l.Marks {
			marks[l.Who][name] = append(marks[l.Who][name], at)
		}
	}
	if len(product) != rounds || len(peer) != rounds {
		return nil, nil, errors.New("measurements are missing")
	}
	for _, who := range []string{"product", "peer"} {
		tell(who, marks[who])
	}
	return product, peer, nil
}

func readFace(file string) (lines []faceLine, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	for s := bufio.NewScanner(f); s.Scan(); {
		var l faceLine
		if err := json.Unmarshal(s.Bytes(), &l); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// tell prints where the time goes: the median of each mark, in order.
func tell(who string, marks map[string][]float64) {
	type at struct {
		name string
		ms   float64
	}
	var all []at
	for name, ms := range marks {
		all = append(all, at{name, Median(ms)})
	}
	slices.SortFunc(all, func(a, b at) int { return int(a.ms - b.ms) })
	for _, a := range all {
		fmt.Fprintf(os.Stderr, "\n  %-8s %6.0f ms  %s", who, a.ms, a.name)
	}
	fmt.Fprint(os.Stderr, "\n  ")
}
