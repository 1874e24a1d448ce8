package devstack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// PostgresConfig says what cluster to start.
type PostgresConfig struct {
	Dir      string   // folder of the data; made when missing, kept at Stop; empty: a new folder in memory or /tmp
	Port     int      // on 127.0.0.1; 0: a free one
	Fast     bool     // survives Kill, not a crash of the machine; for data that may be lost
	Settings []string // more server settings, "name=value"
}

// Postgres is a running PostgreSQL cluster of our own. Its superuser is "postgres", trusted on loopback.
type Postgres struct {
	Dir  string
	Port int
	proc *process
}

// StartPostgres makes the cluster when its folder is empty, starts it and waits until it answers.
func StartPostgres(ctx context.Context, cfg PostgresConfig) (*Postgres, error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, err
	}
	as, err := credential()
	if err != nil {
		return nil, err
	}
	if cfg.Dir == "" {
		if cfg.Dir, err = TempDir("sportello-pg-"); err != nil {
			return nil, err
		}
	}
	if cfg.Dir, err = filepath.Abs(cfg.Dir); err != nil {
		return nil, err
	}
	if cfg.Port == 0 {
		if cfg.Port, err = FreePort(); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(cfg.Dir, "data")
	if err := makeCluster(ctx, bin, cfg, data, as); err != nil {
		return nil, err
	}
	// The socket's path may have at most 107 bytes; a deep checkout has more, so then only TCP is offered.
	socket := cfg.Dir
	if len(socket) > 80 {
		socket = ""
	}
	args := []string{
		"-D", data, "-p", strconv.Itoa(cfg.Port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=" + socket,
		"-c", "max_connections=300", "-c", "max_locks_per_transaction=1024", "-c", "timezone=UTC",
		"-c", "log_statement=none", "-c", "log_min_error_statement=panic",
		"-c", "recovery_init_sync_method=syncfs",
	}
	if cfg.Fast {
		args = append(args, "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_wal_size=4GB", "-c", "wal_level=minimal", "-c", "max_wal_senders=0")
	}
	for _, s := range cfg.Settings {
		args = append(args, "-c", s)
	}
	p := &Postgres{Dir: cfg.Dir, Port: cfg.Port, proc: &process{
		name: "postgres", path: filepath.Join(bin, "postgres"), args: args, dir: cfg.Dir,
		log: filepath.Join(cfg.Dir, "postgres.log"), stop: syscall.SIGINT, as: as,
		env: []string{"LC_ALL=C.UTF-8", "PGTZ=UTC"},
	}}
	return p, p.start(ctx)
}

func (p *Postgres) start(ctx context.Context) error {
	if err := p.proc.start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	err := p.proc.await(ctx, func(ctx context.Context) error {
		conn, err := pgx.Connect(ctx, p.URL("postgres", "postgres"))
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
	if err != nil {
		_ = p.Kill()
	}
	return err
}

// URL is the address of a database for a login. Loopback is trusted, so there is no password.
func (p *Postgres) URL(login, database string) string {
	return "postgres://" + login + "@" + net.JoinHostPort("127.0.0.1", strconv.Itoa(p.Port)) + "/" + database + "?sslmode=disable"
}

// PID is the postmaster's process, 0 when it does not run.
func (p *Postgres) PID() int { return p.proc.pid() }

// Stop ends the cluster in order: sessions are ended, what was committed is on disk.
func (p *Postgres) Stop() error { return p.proc.end(syscall.SIGINT, 20*time.Second) }

// Kill ends the cluster at once: sessions are cut and the next start recovers from the log.
func (p *Postgres) Kill() error { return p.proc.end(syscall.SIGQUIT, 5*time.Second) }

// Restart starts the cluster again on the same port and data.
func (p *Postgres) Restart(ctx context.Context) error {
	if err := p.Stop(); err != nil {
		return err
	}
	return p.start(ctx)
}

func makeCluster(ctx context.Context, bin string, cfg PostgresConfig, data string, as *syscall.Credential) error {
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err == nil {
		return nil
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	if as != nil {
		for _, dir := range []string{cfg.Dir, data} {
			if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
				return err
			}
		}
	}
	args := []string{"-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"}
	if cfg.Fast {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), args...)
	cmd.Dir = cfg.Dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb in %s (the folders above must be open to the user postgres): %w: %s", data, err, out)
	}
	return nil
}

// postgresBin finds the newest installed server. POSTGRES_BIN names the folder of another one, to try a version.
func postgresBin() (string, error) {
	if dir := os.Getenv("POSTGRES_BIN"); dir != "" {
		return dir, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	sort.Slice(found, func(i, j int) bool { return version(found[i]) > version(found[j]) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if initdb, err = filepath.EvalSymlinks(initdb); err == nil {
			return filepath.Dir(initdb), nil
		}
	}
	return "", errors.New("PostgreSQL is not installed: apt-get install postgresql")
}

func version(path string) int {
	n, _ := strconv.Atoi(strings.Split(path, "/")[4])
	return n
}

// TempDir makes a folder in memory where the machine has that, else in the system's folder for temporary files.
// Every user may enter it, so that servers that run as another user can.
func TempDir(prefix string) (string, error) {
	base := ""
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		base = "/dev/shm"
	}
	dir, err := os.MkdirTemp(base, prefix)
	if err != nil && base != "" {
		dir, err = os.MkdirTemp("", prefix)
	}
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}
