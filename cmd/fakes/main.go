// Command fakes stands in for the parties outside that the demo and the tests need: a mail server that keeps what it is
// sent and shows it. It is never deployed.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/sportello/sportello/cmd/fakes/mailbox"
)

type options struct {
	SMTP string `name:"smtp" env:"FAKES_SMTP" default:"127.0.0.1:1025" help:"Address for mail."`
	HTTP string `name:"http" env:"FAKES_HTTP" default:"127.0.0.1:1080" help:"Address for the mailbox page."`
}

func main() {
	var o options
	kong.Parse(&o, kong.Description("Stand-ins of outside parties for demo and tests."))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		slog.Error("fakes", slog.Any("err", err))
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	mail, err := net.Listen("tcp", o.SMTP)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	web, err := net.Listen("tcp", o.HTTP)
	if err != nil {
		_ = mail.Close()
		return fmt.Errorf("mailbox: %w", err)
	}
	slog.Info("fakes listen", slog.String("smtp", mail.Addr().String()), slog.String("http", web.Addr().String()))
	return mailbox.Serve(ctx, mail, web)
}
