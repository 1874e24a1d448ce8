package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/sportello/sportello/cmd/internal/app"
	"github.com/sportello/sportello/modules/platform/blob"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
	"github.com/sportello/sportello/tenant/provision"
)

type tenantCommand struct {
	Create  tenantCreate  `cmd:"" help:"Make an entity: schema, roles, tables, host names, its first administrator."`
	List    tenantList    `cmd:"" help:"List entities."`
	Suspend tenantSuspend `cmd:"" help:"Stop serving an entity; its rows are kept."`
	Resume  tenantResume  `cmd:"" help:"Serve a suspended entity again."`
	Export  tenantExport  `cmd:"" help:"Write all rows and documents of an entity to a zip file."`
	Remove  tenantRemove  `cmd:"" help:"Erase an entity for ever."`
}

func (p places) provision() (*provision.Service, error) {
	db, err := p.open()
	if err != nil {
		return nil, err
	}
	runner, err := app.Runner(db)
	if err != nil {
		return nil, err
	}
	return provision.New(db, runner), nil
}

type tenantCreate struct {
	places
	app.Owner
	Key  string   `arg:"" help:"Small letters, digits and _; part of the schema's name for ever. E.g. isernia"`
	Name string   `arg:"" help:"As people call it, e.g. 'Comune di Isernia'."`
	Host []string `required:"" help:"Host names it answers at, without the port."`
	Cell string   `help:"Cell that gets its schema; default: the only one."`
}

func (c *tenantCreate) Run(ctx context.Context) error {
	service, err := c.provision()
	if err != nil {
		return err
	}
	t, err := service.Create(ctx, provision.Input{Key: c.Key, Name: c.Name, Cell: c.Cell, Hosts: c.Host})
	if err != nil {
		return err
	}
	fmt.Printf("%s (%s) is served at %v\n", t.Name, t.Key, c.Host)
	if c.AdministratorEmail == "" {
		return nil
	}
	account, err := c.FirstAdministrator(ctx, t)
	if err != nil {
		return err
	}
	fmt.Printf("administrator %s\npassword      %s\nsecond factor %s (enter it in an authenticator app)\n", c.AdministratorEmail, account.Password, account.TOTPSecret)
	return nil
}

type tenantList struct{ places }

func (c *tenantList) Run(ctx context.Context) error {
	db, err := c.open()
	if err != nil {
		return err
	}
	conn, err := db.Control(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	all, err := control.List(ctx, conn)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "KEY\tSTATE\tCELL\tNAME")
	for _, t := range all {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", t.Key, t.State, t.Cell, t.Name)
	}
	return w.Flush()
}

type tenantSuspend struct {
	places
	Key tenant.Key `arg:""`
}

func (c *tenantSuspend) Run(ctx context.Context) error {
	service, err := c.provision()
	if err != nil {
		return err
	}
	return service.Suspend(ctx, c.Key)
}

type tenantResume struct {
	places
	Key tenant.Key `arg:""`
}

func (c *tenantResume) Run(ctx context.Context) error {
	service, err := c.provision()
	if err != nil {
		return err
	}
	return service.Resume(ctx, c.Key)
}

type tenantExport struct {
	places
	Key     tenant.Key `arg:""`
	File    string     `arg:"" help:"The zip file to write."`
	BlobDir string     `env:"BLOB_DIR" help:"Folder of the documents, to add them."`
}

func (c *tenantExport) Run(ctx context.Context) (err error) {
	service, err := c.provision()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var files []provision.Files
	if c.BlobDir != "" {
		blobs, err := blob.NewFiles(c.BlobDir)
		if err != nil {
			return err
		}
		defer func() { _ = blobs.Close() }()
		files = append(files, blobs)
	}
	return service.Export(ctx, c.Key, f, files...)
}

type tenantRemove struct {
	places
	Key     tenant.Key `arg:""`
	Confirm string     `required:"" help:"The key once more: nothing can be brought back."`
	BlobDir string     `env:"BLOB_DIR" help:"Folder of the documents, to erase them too."`
}

func (c *tenantRemove) Run(ctx context.Context) error {
	if c.Confirm != string(c.Key) {
		return fmt.Errorf("nothing was removed: --confirm must be %s", c.Key)
	}
	service, err := c.provision()
	if err != nil {
		return err
	}
	if err := service.Remove(ctx, c.Key); err != nil {
		return err
	}
	if c.BlobDir == "" {
		fmt.Println("Documents were kept: no BLOB_DIR was given.")
		return nil
	}
	blobs, err := blob.NewFiles(c.BlobDir)
	if err != nil {
		return err
	}
	defer func() { _ = blobs.Close() }()
	return blobs.DeleteAll(ctx, string(c.Key))
}
