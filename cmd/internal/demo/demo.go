// Package demo runs the whole product on one bare machine: its own PostgreSQL, Redis, LiveKit and mail sink, migrated
// and seeded with the story of Isernia. It touches no port and no data that it did not make.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/sportello/sportello/cmd/internal/app"
	"github.com/sportello/sportello/cmd/internal/config"
	"github.com/sportello/sportello/modules/platform/log"
	"github.com/sportello/sportello/tenant/admin"
)

// Options of a demo.
type Options struct {
	Port    int    // of all addresses
	Data    string // folder of everything that is kept
	LiveKit string // path of livekit-server
	Fakes   string // path of the stand-ins
}

// Run starts everything and serves until ctx ends; then it stops everything it started.
func Run(ctx context.Context, o Options, out io.Writer) (err error) {
	if o.Data, err = filepath.Abs(o.Data); err != nil {
		return err
	}
	if err := os.MkdirAll(o.Data, 0o755); err != nil {
		return err
	}
	unlock, err := onlyOne(o)
	if err != nil {
		return err
	}
	defer unlock()
	say := progress(out)
	s, err := start(ctx, o, say)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()

	cfg := settings(o, s)
	if err := cfg.Validate(); err != nil {
		return err
	}
	logFile, err := os.OpenFile(filepath.Join(o.Data, "sportello.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = logFile.Close() }()
	logger := log.New(logFile, slog.LevelInfo)
	slog.SetDefault(logger)

	say("tables")
	if err := prepare(ctx, cfg, s); err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer a.Close()
	say("story")
	facts, err := Seed(ctx, a, cfg)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	facts.Processes = s.processes()
	file := filepath.Join(o.Data, "demo.json")
	if err := write(file, facts); err != nil {
		return err
	}
	defer s.keepUp(ctx, file, facts)()
	say("ready")
	print(out, facts, o)
	return a.Run(ctx, 10*time.Second)
}

// onlyOne refuses a second demo on the same data or port with a sentence that helps.
func onlyOne(o Options) (func(), error) {
	l, err := net.Listen("tcp", net.JoinHostPort("", strconv.Itoa(o.Port)))
	if err != nil {
		return nil, fmt.Errorf("port %d is taken: stop what uses it, or choose another: make demo DEMO_ARGS='--port %d --data var/second'", o.Port, o.Port+1)
	}
	if err := l.Close(); err != nil {
		return nil, err
	}
	return lock(filepath.Join(o.Data, "lock"))
}

func settings(o Options, s *stack) config.Config {
	url := s.postgres.URL(admin.DefaultLogin, database)
	own := s.postgres.URL("postgres", database)
	return config.Config{
		BaseURL: fmt.Sprintf("http://localhost:%d", o.Port), Listen: fmt.Sprintf(":%d", o.Port),
		DatabaseURL: url, AdminDatabaseURL: own, RedisURL: s.redis.URL(),
		LiveKitURL: s.livekit.URL(), LiveKitPublicURL: s.livekit.ClientURL(), LiveKitKey: "sportello", LiveKitSecret: s.secrets.livekit,
		SMTPURL: fmt.Sprintf("smtp://127.0.0.1:%d", s.smtp), MailFrom: "noreply@sportello.example",
		BlobDir: s.blobs, MasterKey: s.secrets.master, Worker: true,
		MailboxURL: fmt.Sprintf("http://127.0.0.1:%d", s.mailbox),
	}
}

func write(file string, facts *Facts) error {
	raw, err := json.MarshalIndent(facts, "", "  ")
	if err != nil {
		return err
	}
	tmp := file + ".new"
	if err := os.WriteFile(tmp, append(raw, '\n'), 0o644); err != nil { // sample accounts, meant to be read
		return err
	}
	return os.Rename(tmp, file)
}
