package devstack

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// RedisConfig says what Redis to start.
type RedisConfig struct {
	Dir  string // folder of its log; made when missing; empty: a new temporary one
	Port int    // on 127.0.0.1; 0: a free one
}

// Redis is a running Redis of our own. It keeps nothing on disk: a restart is a Redis that forgot everything.
type Redis struct {
	Dir  string
	Port int
	proc *process
}

// StartRedis starts Redis and waits until it answers.
func StartRedis(ctx context.Context, cfg RedisConfig) (*Redis, error) {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, fmt.Errorf("redis-server is not installed: %w", err)
	}
	as, err := credential()
	if err != nil {
		return nil, err
	}
	if cfg.Dir, err = ownDir(cfg.Dir, "sportello-redis-", as); err != nil {
		return nil, err
	}
	if cfg.Port == 0 {
		if cfg.Port, err = FreePort(); err != nil {
			return nil, err
		}
	}
	r := &Redis{Dir: cfg.Dir, Port: cfg.Port, proc: &process{
		name: "redis", path: path, dir: cfg.Dir, log: filepath.Join(cfg.Dir, "redis.log"), stop: syscall.SIGTERM, as: as,
		args: []string{"--port", strconv.Itoa(cfg.Port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", cfg.Dir},
	}}
	return r, r.Restart(ctx)
}

// Addr is host:port.
func (r *Redis) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(r.Port)) }

// URL is the address for REDIS_URL.
func (r *Redis) URL() string { return "redis://" + r.Addr() + "/0" }

// PID is its process, 0 when it does not run.
func (r *Redis) PID() int { return r.proc.pid() }

// Stop asks it to end.
func (r *Redis) Stop() error { return r.proc.end(syscall.SIGTERM, 5*time.Second) }

// Kill ends it at once, as a crash does.
func (r *Redis) Kill() error { return r.proc.end(syscall.SIGKILL, time.Second) }

// Restart starts it again after Stop or Kill, empty, on the same port.
func (r *Redis) Restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if err := r.proc.start(); err != nil {
		return err
	}
	return r.proc.await(ctx, r.ping)
}

func (r *Redis) ping(ctx context.Context) error {
	answer, err := r.command(ctx, "PING")
	if err == nil && answer != "+PONG" {
		return fmt.Errorf("redis answers %q", answer)
	}
	return err
}

// FlushAll empties it while it runs.
func (r *Redis) FlushAll(ctx context.Context) error {
	_, err := r.command(ctx, "FLUSHALL")
	return err
}

// command speaks the inline form of the protocol, so that only platform/ephemeral needs a client.
func (r *Redis) command(ctx context.Context, line string) (string, error) {
	d := net.Dialer{Timeout: time.Second}
	conn, err := d.DialContext(ctx, "tcp", r.Addr())
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return "", err
	}
	if _, err := conn.Write([]byte(line + "\r\n")); err != nil {
		return "", err
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(answer), err
}

// ownDir makes the folder, or a temporary one, and gives it to the user the server runs as.
func ownDir(dir, prefix string, as *syscall.Credential) (string, error) {
	var err error
	if dir == "" {
		if dir, err = os.MkdirTemp("", prefix); err != nil {
			return "", err
		}
		if err := RemoveWhenDead(dir); err != nil {
			return "", err
		}
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			return "", err
		}
	}
	return dir, nil
}
