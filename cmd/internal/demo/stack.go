package demo

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/sportello/sportello/modules/platform/devstack"
)

// stack is everything around the program: what production has as services of its own.
type stack struct {
	postgres *devstack.Postgres
	redis    *devstack.Redis
	livekit  *devstack.LiveKit
	fakes    *exec.Cmd
	smtp     int // port
	mailbox  int // port
	secrets  secrets
	blobs    string
}

// secrets of this demo, made once and kept beside its data.
type secrets struct{ master, livekit string }

func (s *stack) stop() error {
	var errs []error
	if s.fakes != nil && s.fakes.Process != nil {
		_ = s.fakes.Process.Signal(syscall.SIGTERM)
		_ = s.fakes.Wait()
	}
	if s.livekit != nil {
		errs = append(errs, s.livekit.Stop())
	}
	if s.redis != nil {
		errs = append(errs, s.redis.Stop())
	}
	if s.postgres != nil {
		errs = append(errs, s.postgres.Stop())
	}
	return errors.Join(errs...)
}

// start brings the services up; what is already there in the data folder is used again.
func start(ctx context.Context, o Options, say func(string, ...any)) (_ *stack, err error) {
	s := &stack{blobs: filepath.Join(o.Data, "documents")}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	if err := os.MkdirAll(s.blobs, 0o750); err != nil {
		return nil, err
	}
	if s.secrets.master, err = keptSecret(filepath.Join(o.Data, "master.key")); err != nil {
		return nil, err
	}
	if s.secrets.livekit, err = keptSecret(filepath.Join(o.Data, "livekit.key")); err != nil {
		return nil, err
	}
	say("PostgreSQL")
	if s.postgres, err = devstack.StartPostgres(ctx, devstack.PostgresConfig{Dir: servicesDir(o.Data, "postgres")}); err != nil {
		return nil, err
	}
	say("Redis")
	if s.redis, err = devstack.StartRedis(ctx, devstack.RedisConfig{Dir: servicesDir(o.Data, "redis")}); err != nil {
		return nil, err
	}
	say("LiveKit")
	if s.livekit, err = devstack.StartLiveKit(ctx, devstack.LiveKitConfig{
		Binary: o.LiveKit, Dir: servicesDir(o.Data, "livekit"), Key: "sportello", Secret: s.secrets.livekit,
		Webhook: fmt.Sprintf("http://127.0.0.1:%d/api/livekit/webhook", o.Port),
	}); err != nil {
		return nil, err
	}
	say("posta (the demo's outbox)")
	return s, s.startFakes(o)
}

func (s *stack) startFakes(o Options) error {
	var err error
	if s.smtp, err = devstack.FreePort(); err != nil {
		return err
	}
	if s.mailbox, err = devstack.FreePort(); err != nil {
		return err
	}
	logFile, err := os.Create(filepath.Join(o.Data, "fakes.log"))
	if err != nil {
		return err
	}
	s.fakes = exec.Command(o.Fakes, "--smtp", fmt.Sprintf("127.0.0.1:%d", s.smtp), "--http", fmt.Sprintf("127.0.0.1:%d", s.mailbox))
	s.fakes.Stdout, s.fakes.Stderr = logFile, logFile
	s.fakes.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	return s.fakes.Start()
}

// keptSecret reads 32 random bytes in base64 from the file, or makes them.
func keptSecret(file string) (string, error) {
	raw, err := os.ReadFile(file)
	if err == nil {
		return string(raw), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: crypto/rand stops the program instead
	text := base64.StdEncoding.EncodeToString(key)
	return text, os.WriteFile(file, []byte(text), 0o600)
}

// servicesDir is where a service keeps its files. As root the services run as another user, who must be able to enter
// every folder above; where he may not (a checkout in /root), a folder in /var/tmp named after the data stands in.
func servicesDir(data, service string) string {
	dir := filepath.Join(data, service)
	if os.Geteuid() != 0 || open(data) {
		return dir
	}
	sum := sha256.Sum256([]byte(data))
	base := filepath.Join("/var/tmp", "sportello-"+hex.EncodeToString(sum[:6]))
	if err := os.MkdirAll(base, 0o755); err != nil {
		return dir
	}
	return filepath.Join(base, service)
}

func open(dir string) bool {
	for ; dir != "/" && dir != "."; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
	}
	return true
}

// progress prints each step with the seconds since the start.
func progress(out io.Writer) func(string, ...any) {
	begin := time.Now()
	return func(format string, args ...any) {
		_, _ = fmt.Fprintf(out, "%6.1f s  %s\n", time.Since(begin).Seconds(), fmt.Sprintf(format, args...))
	}
}
