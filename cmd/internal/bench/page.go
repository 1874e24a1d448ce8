package bench

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

const (
	pagePath    = "/servizi/certificati-anagrafici"
	pageClients = 32
	pageTime    = "3s"
)

// Page reads the page of a service, unpacked, as often as it goes. The peer is a bare Fiber handler in a process of its
// own as well (this one, which does nothing else meanwhile) that sends the same bytes under the same headers.
func Page() Workload {
	return Workload{
		Name: "portal-page", Peer: "a bare Fiber handler that sends the same bytes and headers", Unit: "requests/s",
		Gate: 0.3, Moonshot: 0.8, Run: page,
	}
}

func page(ctx context.Context, rounds int) (product, peer []float64, err error) {
	h, err := newHouse(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer h.close()
	host := h.host("isernia")
	addr, stop, err := bareFiber(ctx, h.address(), host)
	if err != nil {
		return nil, nil, err
	}
	defer stop()
	for round := range rounds + 1 {
		a, err := load(ctx, h.address(), host)
		if err != nil {
			return nil, nil, err
		}
		b, err := load(ctx, addr, host)
		if err != nil {
			return nil, nil, err
		}
		if round > 0 { // the first warms both up
			product, peer = append(product, a), append(peer, b)
		}
	}
	return product, peer, nil
}

// bareFiber serves what the product answers now, byte by byte.
func bareFiber(ctx context.Context, from, host string) (addr string, stop func(), err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+from+pagePath, nil)
	if err != nil {
		return "", nil, err
	}
	req.Host = host
	req.Header.Set("Accept-Encoding", "identity")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || len(body) < 10_000 {
		return "", nil, fmt.Errorf("the page of a service: %s, %d bytes: %w", res.Status, len(body), err)
	}
	header := res.Header.Clone()
	for _, own := range []string{"Date", "Content-Length", "Server"} {
		header.Del(own)
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get(pagePath, func(c *fiber.Ctx) error {
		for name, values := range header {
			c.Set(name, values[0])
		}
		return c.Send(body)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // of our own
	if err != nil {
		return "", nil, err
	}
	go func() { _ = app.Listener(l) }()
	return l.Addr().String(), func() { _ = app.Shutdown() }, nil
}

var (
	perSecond = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)
	refused   = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
)

// load gives the requests per second that an address answers.
func load(ctx context.Context, addr, host string) (float64, error) {
	out, err := exec.CommandContext(ctx, "wrk", "-t1", "-c"+strconv.Itoa(pageClients), "-d"+pageTime, "-H", "Host: "+host, //nolint:gosec // our own addresses
		"http://"+addr+pagePath).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("wrk: %w: %s", err, out)
	}
	if refused.Match(out) || strings.Contains(string(out), "Socket errors") {
		return 0, fmt.Errorf("not every request was answered: %s", out)
	}
	m := perSecond.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("wrk says: %s", out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
