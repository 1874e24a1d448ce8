// Command sportello is the whole product in one program: it serves, works off events, migrates and manages entities,
// checks its settings, and runs a demonstration of itself on a bare machine.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Demo    demoCommand    `cmd:"" help:"Start everything on this machine with sample data: database, Redis, LiveKit, mail."`
	Serve   serveCommand   `cmd:"" help:"Serve requests, and handle events unless --no-worker."`
	Worker  workerCommand  `cmd:"" help:"Handle events only."`
	Migrate migrateCommand `cmd:"" help:"Prepare the databases and bring every entity to this version; says the state of each."`
	Tenant  tenantCommand  `cmd:"" help:"Make and manage entities."`
	Check   checkCommand   `cmd:"" help:"Say in plain words what is missing or wrong in the settings and the services around."`
	OpenAPI openAPICommand `cmd:"" name:"openapi" help:"Print the description of the JSON interface."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	k := kong.Parse(&c,
		kong.Name("sportello"),
		kong.Description("The municipal counter: booking, kiosk, video. Settings come from the environment; --help of a command names them."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "sportello:", err)
		stop()
		os.Exit(1)
	}
}
