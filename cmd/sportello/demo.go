package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sportello/sportello/cmd/internal/demo"
	"github.com/sportello/sportello/modules/identity"
)

type demoCommand struct {
	Port    int    `default:"8080" help:"Port of all addresses."`
	Data    string `default:"var" help:"Folder of everything the demo keeps."`
	LiveKit string `default:"" help:"Path of livekit-server; default: beside this program."`
	Fakes   string `default:"" help:"Path of the stand-ins; default: beside this program."`
	Code    string `placeholder:"SECRET" help:"Print the six digits of an account's second factor now, and do nothing else."`
}

func (d *demoCommand) Run(ctx context.Context) error {
	if d.Code != "" {
		digits, err := identity.TOTPCode(d.Code, time.Now())
		if err == nil {
			fmt.Println(digits)
		}
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	beside := func(path, name string) string {
		if path != "" {
			return path
		}
		return filepath.Join(filepath.Dir(self), name)
	}
	return demo.Run(ctx, demo.Options{
		Port: d.Port, Data: d.Data, LiveKit: beside(d.LiveKit, "livekit-server"), Fakes: beside(d.Fakes, "fakes"),
	}, os.Stdout)
}
