package main

import (
	"context"
	"log/slog"
	"os"
	"time"

	"github.com/sportello/sportello/cmd/internal/app"
	"github.com/sportello/sportello/cmd/internal/config"
	"github.com/sportello/sportello/modules/platform/log"
)

type serveCommand struct {
	config.Config
}

// drain is how long a stop waits for requests under way. Calls go on meanwhile and after: their media does not pass here.
const drain = 20 * time.Second

func (s *serveCommand) Run(ctx context.Context) error {
	logger := log.New(os.Stdout, slog.LevelInfo)
	slog.SetDefault(logger)
	a, err := app.New(ctx, s.Config, logger)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Run(ctx, drain)
}

type workerCommand struct {
	config.Config
}

func (w *workerCommand) Run(ctx context.Context) error {
	logger := log.New(os.Stdout, slog.LevelInfo)
	slog.SetDefault(logger)
	a, err := app.New(ctx, w.Config, logger)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Work(ctx, drain)
}
