package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/jackc/pgx/v5"

	"github.com/sportello/sportello/cmd/internal/app"
	"github.com/sportello/sportello/cmd/internal/config"
	"github.com/sportello/sportello/tenant/provision"
)

const database = "sportello"

// prepare makes the database on the first start and brings it to this version on every one.
func prepare(ctx context.Context, cfg config.Config, s *stack) error {
	conn, err := pgx.Connect(ctx, s.postgres.URL("postgres", "postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var there bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", database).Scan(&there); err != nil {
		return err
	}
	if !there {
		if _, err := conn.Exec(ctx, "create database "+database); err != nil {
			return err
		}
	}
	db, err := app.Admin(cfg)
	if err != nil {
		return err
	}
	if err := provision.Prepare(ctx, db); err != nil {
		return err
	}
	runner, err := app.Runner(db)
	if err != nil {
		return err
	}
	report, err := runner.Up(ctx)
	return errors.Join(err, report.Err())
}

// lock keeps two demos off the same data.
func lock(file string) (func(), error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("another demo uses this data folder (%s); stop it, or choose another with --data", file)
	}
	return func() { _ = f.Close() }, nil
}

func (s *stack) processes() map[string]int {
	return map[string]int{
		"postgres": s.postgres.PID(), "redis": s.redis.PID(), "livekit": s.livekit.PID(),
		"fakes": s.fakes.Process.Pid, "sportello": os.Getpid(),
	}
}
