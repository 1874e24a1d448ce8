package tenanttest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sportello/sportello/modules/platform/devstack"
	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/provision"
)

// template is the database that every stack's is copied from: prepared, without entities.
const template = "prepared"

var number atomic.Int64

// cluster starts the program's one PostgreSQL. It ends with the program and its folder is removed then.
var cluster = sync.OnceValues(func() (*devstack.Postgres, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	dir, err := devstack.TempDir("sportello-test-")
	if err != nil {
		return nil, err
	}
	if err := devstack.RemoveWhenDead(dir); err != nil {
		return nil, err
	}
	pg, err := devstack.StartPostgres(ctx, devstack.PostgresConfig{Dir: dir, Fast: true})
	if err != nil {
		return nil, err
	}
	if err := onServer(ctx, pg, "create database "+template); err != nil {
		return nil, err
	}
	db, err := admin.New(config(pg, template))
	if err != nil {
		return nil, err
	}
	return pg, provision.Prepare(ctx, db)
})

func config(pg *devstack.Postgres, database string) admin.Config {
	url := pg.URL("postgres", database)
	return admin.Config{Control: admin.Place{URL: url}, Cells: map[string]admin.Place{"main": {URL: url}}}
}

// onServer runs statements as superuser outside every stack's database.
func onServer(ctx context.Context, pg *devstack.Postgres, statements ...string) (err error) {
	conn, err := pgx.Connect(ctx, pg.URL("postgres", "postgres"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
