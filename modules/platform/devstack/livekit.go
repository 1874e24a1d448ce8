package devstack

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
)

// LiveKitConfig says what LiveKit to start.
type LiveKitConfig struct {
	Binary  string // path of livekit-server, built from infra/livekit
	Dir     string // folder of its configuration and log; empty: a new temporary one
	Port    int    // signalling and API, on 127.0.0.1; 0: a free one
	TCPPort int    // media over TCP; 0: a free one. The server offers no way to bind it to loopback
	UDPPort int    // media over UDP; 0: a free one
	Key     string // API key; empty: "devkey"
	Secret  string // at least 32 characters; required
	Webhook string // URL that is told of rooms and participants; empty: none
}

// LiveKit is a running media server of our own.
type LiveKit struct {
	LiveKitConfig
	proc *process
}

// StartLiveKit starts the server and waits until it answers. Rooms exist only when they are made through the API, and
// browsers are told of no STUN server outside, so that no citizen's address goes to anyone.
func StartLiveKit(ctx context.Context, cfg LiveKitConfig) (*LiveKit, error) {
	if len(cfg.Secret) < 32 {
		return nil, errors.New("the secret of LiveKit has fewer than 32 characters")
	}
	if cfg.Key == "" {
		cfg.Key = "devkey"
	}
	path, err := filepath.Abs(cfg.Binary)
	if err != nil {
		return nil, err
	}
	if _, err := exec.LookPath(path); err != nil {
		return nil, fmt.Errorf("livekit-server is not built: %w", err)
	}
	as, err := credential()
	if err != nil {
		return nil, err
	}
	if cfg.Dir, err = ownDir(cfg.Dir, "sportello-livekit-", as); err != nil {
		return nil, err
	}
	for _, port := range []*int{&cfg.Port, &cfg.TCPPort, &cfg.UDPPort} {
		if *port == 0 {
			if *port, err = FreePort(); err != nil {
				return nil, err
			}
		}
	}
	l := &LiveKit{LiveKitConfig: cfg}
	file := filepath.Join(cfg.Dir, "livekit.json") // JSON is YAML
	raw, err := json.MarshalIndent(l.settings(), "", "  ")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		return nil, err
	}
	if as != nil {
		if err := os.Chown(file, int(as.Uid), int(as.Gid)); err != nil {
			return nil, err
		}
	}
	l.proc = &process{
		name: "livekit", path: path, dir: cfg.Dir, log: filepath.Join(cfg.Dir, "livekit.log"), stop: syscall.SIGTERM, as: as,
		args: []string{"--config", file},
	}
	return l, l.Restart(ctx)
}

func (l *LiveKit) settings() map[string]any {
	s := map[string]any{
		"port":           l.Port,
		"bind_addresses": []string{"127.0.0.1"},
		"keys":           map[string]string{l.Key: l.Secret},
		"logging":        map[string]any{"level": "warn", "json": true},
		"rtc": map[string]any{
			"tcp_port": l.TCPPort, "udp_port": l.UDPPort, "node_ip": "127.0.0.1", "use_external_ip": false,
			"enable_loopback_candidate": true,
			"ips":                       map[string]any{"includes": []string{"127.0.0.1/32"}},
			"stun_servers":              []string{"127.0.0.1:9"}, // nothing listens there; without it browsers are sent to Google's
		},
		"room": map[string]any{"auto_create": false, "empty_timeout": 60, "departure_timeout": 20, "max_participants": 3},
	}
	if l.Webhook != "" {
		s["webhook"] = map[string]any{"api_key": l.Key, "urls": []string{l.Webhook}}
	}
	return s
}

// URL is the address of the API.
func (l *LiveKit) URL() string { return "http://" + l.addr() }

// ClientURL is the address for browsers.
func (l *LiveKit) ClientURL() string { return "ws://" + l.addr() }

func (l *LiveKit) addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(l.Port)) }

// PID is its process, 0 when it does not run.
func (l *LiveKit) PID() int { return l.proc.pid() }

// Stop asks it to end. It waits for calls, so it is killed after two seconds.
func (l *LiveKit) Stop() error { return l.proc.end(syscall.SIGTERM, 2*time.Second) }

// Kill ends it at once, as a crash does.
func (l *LiveKit) Kill() error { return l.proc.end(syscall.SIGKILL, time.Second) }

// Restart starts it again after Stop or Kill, without rooms, on the same ports.
func (l *LiveKit) Restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := l.proc.start(); err != nil {
		return err
	}
	return l.proc.await(ctx, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.URL(), nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode != http.StatusOK {
			return fmt.Errorf("livekit answers %s", res.Status)
		}
		return nil
	})
}
