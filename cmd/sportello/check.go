package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/sportello/sportello/cmd/internal/app"
	"github.com/sportello/sportello/cmd/internal/config"
	"github.com/sportello/sportello/modules/platform/log"
)

type checkCommand struct {
	config.Config
}

func (c *checkCommand) Run(ctx context.Context) error {
	a, err := app.New(ctx, c.Config, log.New(io.Discard, slog.LevelError))
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Check(ctx); err != nil {
		return errors.Join(errors.New("not ready"), err)
	}
	fmt.Println("Settings are complete; PostgreSQL, Redis, LiveKit and the folder of documents answer.")
	return nil
}
