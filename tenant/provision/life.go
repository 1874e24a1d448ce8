package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/admin"
	"github.com/sportello/sportello/tenant/control"
	"github.com/sportello/sportello/tenant/migrate"
)

// Suspend stops serving an entity; its rows stay. Running programs follow within two seconds. Suspending a
// suspended entity changes nothing.
func (s *Service) Suspend(ctx context.Context, k tenant.Key) error {
	return s.move(ctx, k, tenant.Suspended, tenant.Active, tenant.Suspended)
}

// Resume serves a suspended entity again.
func (s *Service) Resume(ctx context.Context, k tenant.Key) error {
	return s.move(ctx, k, tenant.Active, tenant.Suspended, tenant.Active)
}

func (s *Service) move(ctx context.Context, k tenant.Key, to tenant.State, from ...tenant.State) error {
	return s.withEntity(ctx, k, func(conn *pgx.Conn, t tenant.Tenant) error {
		moved, err := control.Move(ctx, conn, k, from, to)
		if err == nil && !moved {
			err = ErrState.With("key", k).With("state", string(t.State))
		}
		return err
	})
}

func (s *Service) withEntity(ctx context.Context, k tenant.Key, f func(*pgx.Conn, tenant.Tenant) error) error {
	conn, err := s.admin.Control(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	t, err := control.Find(ctx, conn, k)
	if err != nil {
		return err
	}
	if t == nil {
		return ErrUnknown.With("key", k)
	}
	return f(conn, *t)
}

// Remove erases an entity for ever: its files, waiting events, schema, roles, and everything that names it in
// the control plane. Only a suspended entity, or one whose making or removal was cut short, can be removed;
// export it first. Cut short itself, it goes on where it stopped when it is called again.
func (s *Service) Remove(ctx context.Context, k tenant.Key) error {
	return s.withEntity(ctx, k, func(conn *pgx.Conn, t tenant.Tenant) error {
		from := []tenant.State{tenant.Suspended, tenant.Provisioning, tenant.Removing}
		moved, err := control.Move(ctx, conn, k, from, tenant.Removing)
		if err != nil {
			return err
		}
		if !moved {
			return ErrState.With("key", k).With("state", string(t.State))
		}
		if err := s.AfterStep("closed"); err != nil {
			return err
		}
		for _, erase := range s.AtRemoval {
			if err := erase(ctx, k); err != nil {
				return fmt.Errorf("files of %s: %w", k, err)
			}
		}
		if err := s.dropSchema(ctx, t); err != nil {
			return fmt.Errorf("schema of %s: %w", k, err)
		}
		if err := s.AfterStep("dropped"); err != nil {
			return err
		}
		if err := control.Forget(ctx, conn, k); err != nil {
			return err
		}
		return s.AfterStep("forgotten")
	})
}

func (s *Service) dropSchema(ctx context.Context, t tenant.Tenant) error {
	conn, err := s.admin.Cell(ctx, t.Cell)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	target := migrate.Entity(t.Key)
	return admin.In(ctx, conn, func(tx pgx.Tx) error {
		if err := admin.Run(ctx, conn, "set local role "+admin.JobsRole); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "delete from jobs.river_job where args @> jsonb_build_object('tenant', $1::text)"+
			" and state <> 'running'", t.Key); err != nil {
			return err
		}
		if err := admin.Run(ctx, conn, "set local role none"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "delete from cell.schema_versions where schema = $1", target.Schema); err != nil {
			return err
		}
		missing, err := admin.Missing(ctx, tx, target.Owner, target.Role)
		if err != nil {
			return err
		}
		for _, role := range []string{target.Owner, target.Role} {
			if slices.Contains(missing, role) {
				continue
			}
			if err := admin.Run(ctx, conn, "set local lock_timeout = '10s'; drop owned by "+admin.Quote(role)+" cascade"); err != nil {
				return err
			}
			if err := dropRole(ctx, tx, role); err != nil {
				return err
			}
		}
		return nil
	})
}

// dropRole forgets a role, unless another database of the server still has something of it: an entity that was
// moved from one cell to another there.
func dropRole(ctx context.Context, tx pgx.Tx, role string) error {
	err := pgx.BeginFunc(ctx, tx, func(sub pgx.Tx) error {
		_, err := sub.Exec(ctx, "drop role "+admin.Quote(role))
		return err
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "2BP01" { // dependent objects still exist
		return nil
	}
	return err
}
