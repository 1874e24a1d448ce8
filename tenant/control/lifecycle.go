package control

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
)

// asRole runs f on the administrator's connection with the control plane's own role.
func asRole(ctx context.Context, conn *pgx.Conn, f func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{BeginQuery: "begin;set local role control_rw"}, f)
}

// Enter writes the entity's row in state provisioning, or finds the one that is there.
func Enter(ctx context.Context, conn *pgx.Conn, t tenant.Tenant) (tenant.Tenant, error) {
	err := asRole(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlEnter, t.Key, t.Name, t.Cell); err != nil {
			return err
		}
		var err error
		t, err = scanTenant(tx.QueryRow(ctx, sqlByKey, t.Key))
		return err
	})
	return t, err
}

// Activate gives the entity its host names and opens it. When a host belongs to another entity it says which
// and changes nothing.
func Activate(ctx context.Context, conn *pgx.Conn, k tenant.Key, hosts []string) (taken string, err error) {
	err = asRole(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlAddHosts, k, hosts); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, sqlForeignHost, k, hosts).Scan(&taken)
		if err == nil {
			return errTaken
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		_, err = tx.Exec(ctx, sqlMove, k, []string{string(tenant.Provisioning)}, tenant.Active)
		return err
	})
	if errors.Is(err, errTaken) {
		err = nil
	}
	return taken, err
}

var errTaken = errors.New("host taken")

// Move changes an entity's state when it is in one of the states given, and says whether it was.
func Move(ctx context.Context, conn *pgx.Conn, k tenant.Key, from []tenant.State, to tenant.State) (bool, error) {
	states := make([]string, len(from))
	for i, s := range from {
		states[i] = string(s)
	}
	var moved bool
	err := asRole(ctx, conn, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlMove, k, states, to)
		moved = tag.RowsAffected() == 1
		return err
	})
	return moved, err
}

// Find reads an entity's row as administrator; nil when there is none.
func Find(ctx context.Context, conn *pgx.Conn, k tenant.Key) (*tenant.Tenant, error) {
	var found *tenant.Tenant
	err := asRole(ctx, conn, func(tx pgx.Tx) error {
		t, err := scanTenant(tx.QueryRow(ctx, sqlByKey, k))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		found = &t
		return err
	})
	return found, err
}

// Forget removes the entity's row and everything that names it in the control plane.
func Forget(ctx context.Context, conn *pgx.Conn, k tenant.Key) error {
	return asRole(ctx, conn, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, sqlForget, k)
		return err
	})
}

func scanTenant(row pgx.Row) (tenant.Tenant, error) {
	var t tenant.Tenant
	return t, row.Scan(&t.Key, &t.Name, &t.Cell, &t.State)
}

// HostsOf lists an entity's host names as administrator.
func HostsOf(ctx context.Context, conn *pgx.Conn, k tenant.Key) ([]string, error) {
	var hosts []string
	err := asRole(ctx, conn, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sqlHosts, k)
		if err != nil {
			return err
		}
		hosts, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	return hosts, err
}

// List lists all entities by name as administrator.
func List(ctx context.Context, conn *pgx.Conn) ([]tenant.Tenant, error) {
	var all []tenant.Tenant
	err := asRole(ctx, conn, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sqlTenants)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, pgx.RowToStructByName[tenant.Tenant])
		return err
	})
	return all, err
}

// All lists all entities by name as administrator.
func All(ctx context.Context, db *admin.DB) ([]tenant.Tenant, error) {
	conn, err := db.Control(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var list []tenant.Tenant
	err = asRole(ctx, conn, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sqlTenants)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, pgx.RowToStructByName[tenant.Tenant])
		return err
	})
	return list, err
}
