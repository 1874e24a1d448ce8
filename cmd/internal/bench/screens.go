package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"time"
)

// openScreens are the event streams held open while the memory is looked at.
const openScreens = 200

// Screens prints the resident memory of the product's process, which serves and works jobs, at rest and with 200 open
// screens of kiosks. It has no gate: the ratio only says how much the screens add.
func Screens() Workload {
	return Workload{
		Name: "screens-memory", Peer: "the same process before the screens opened", Unit: "MB", Lower: true,
		Moonshot: 1.2, Run: screens,
	}
}

func screens(ctx context.Context, rounds int) (open, rest []float64, err error) {
	for range min(rounds, 1) {
		a, b, err := screensOnce(ctx)
		if err != nil {
			return nil, nil, err
		}
		open, rest = append(open, a), append(rest, b)
		fmt.Fprintf(os.Stderr, "%.0f MB at rest, %.0f MB with %d screens ... ", b, a, openScreens)
	}
	return open, rest, nil
}

func screensOnce(ctx context.Context) (open, rest float64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h, err := newHouse(ctx, "GOMEMLIMIT=64MiB") // what the story's passwords took (64 MB each) is given back, and hides nothing
	if err != nil {
		return 0, 0, err
	}
	defer h.close()
	var cookies []string
	for _, e := range h.Entities {
		for _, k := range e.Kiosks {
			cookie, err := h.enrol(ctx, k.EnrolmentCode)
			if err != nil {
				return 0, 0, err
			}
			cookies = append(cookies, cookie)
		}
	}
	time.Sleep(5 * time.Second)
	if rest, err = resident(h.Processes["sportello"]); err != nil {
		return 0, 0, err
	}
	for i := range openScreens {
		body, err := h.stream(ctx, cookies[i%len(cookies)])
		if err != nil {
			return 0, 0, err
		}
		defer func() { _ = body.Close() }()
	}
	time.Sleep(5 * time.Second)
	open, err = resident(h.Processes["sportello"])
	return open, rest, err
}

// enrol makes this program a kiosk and gives its cookie.
func (h *house) enrol(ctx context.Context, code string) (string, error) {
	body, err := json.Marshal(map[string]string{"code": code})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+h.address()+"/api/kiosk/enrolment", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Host = h.host("kiosk")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	if len(res.Cookies()) == 0 {
		return "", fmt.Errorf("enrolment: %s", res.Status)
	}
	return res.Cookies()[0].Name + "=" + res.Cookies()[0].Value, nil
}

// stream opens one screen's events and waits for the first.
func (h *house) stream(ctx context.Context, cookie string) (io.Closer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.address()+"/api/kiosk/events", nil)
	if err != nil {
		return nil, err
	}
	req.Host = h.host("kiosk")
	req.Header.Set("Cookie", cookie)
	req.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	first := make([]byte, 1)
	if _, err := io.ReadFull(res.Body, first); err != nil || res.StatusCode != http.StatusOK {
		return nil, errors.Join(err, fmt.Errorf("events: %s", res.Status), res.Body.Close())
	}
	return res.Body, nil
}

var residentSize = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

// resident is the memory that a process holds, in MB.
func resident(pid int) (float64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	m := residentSize.FindSubmatch(raw)
	if m == nil {
		return 0, fmt.Errorf("process %d says nothing of its memory", pid)
	}
	kb, err := strconv.ParseFloat(string(m[1]), 64)
	return kb / 1024, err
}
