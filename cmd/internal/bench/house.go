package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/sportello/sportello/cmd/internal/demo"
	"github.com/sportello/sportello/modules/platform/devstack"
)

const (
	houseStart = 3 * time.Minute
	houseStop  = 30 * time.Second
)

// house is the whole product in a process of its own: a demo on fresh data and a port of its own, with real PostgreSQL,
// Redis and LiveKit. It wants .bin/sportello, which `make bench` builds.
type house struct {
	demo.Facts
	dir  string
	port int
	cmd  *exec.Cmd
	done chan struct{} // closed when the demo has ended
	end  error         // how it ended, once done is closed
}

func newHouse(ctx context.Context, env ...string) (_ *house, err error) {
	h := &house{done: make(chan struct{})}
	if h.port, err = devstack.FreePort(); err != nil {
		return nil, err
	}
	if h.dir, err = os.MkdirTemp("", "sportello-bench-"); err != nil {
		return nil, err
	}
	if err := os.Chmod(h.dir, 0o755); err != nil { //nolint:gosec // the database runs as another user and must get in
		return nil, err
	}
	output, err := os.Create(filepath.Join(h.dir, "demo.log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = output.Close() }()
	h.cmd = exec.Command(".bin/sportello", "demo", "--port", strconv.Itoa(h.port), "--data", h.dir) //nolint:noctx,gosec // our own program; stopped by close, which lets it end its services
	h.cmd.Stdout, h.cmd.Stderr = output, output
	h.cmd.Env = append(os.Environ(), env...)
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
	if err := h.cmd.Start(); err != nil {
		return nil, fmt.Errorf("no demo: %w (make build)", err)
	}
	go func() {
		defer close(h.done)
		h.end = h.cmd.Wait()
	}()
	if err := h.ready(ctx); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

func (h *house) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, houseStart)
	defer cancel()
	for {
		select {
		case <-h.done:
			text, _ := os.ReadFile(filepath.Join(h.dir, "demo.log"))
			return fmt.Errorf("the demo ended: %w: %s", h.end, text)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
		raw, err := os.ReadFile(h.file())
		if err != nil || h.answers(ctx) != nil {
			continue
		}
		return json.Unmarshal(raw, &h.Facts)
	}
}

func (h *house) file() string    { return filepath.Join(h.dir, "demo.json") }
func (h *house) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(h.port)) }

// host is the name of a site as its requests carry it.
func (h *house) host(site string) string { return site + ".localhost:" + strconv.Itoa(h.port) }

func (h *house) answers(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.address()+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return errors.New(res.Status)
	}
	return nil
}

func (h *house) close() {
	_ = h.cmd.Process.Signal(syscall.SIGINT)
	select {
	case <-h.done:
	case <-time.After(houseStop):
		_ = h.cmd.Process.Kill()
		<-h.done
	}
	_ = os.RemoveAll(h.dir)
}
