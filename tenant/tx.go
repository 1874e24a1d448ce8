package tenant

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
)

// Args are the named arguments of a statement: @name in the text.
type Args = pgx.NamedArgs

// Tx is an open transaction with one entity's role. It must not be kept after the function it was given to.
type Tx struct {
	tx     *conversation
	db     *DB
	tenant Tenant
	now    time.Time
}

// ControlTx is an open transaction on the control plane.
type ControlTx struct {
	tx    *conversation
	db    *DB
	actor actor.Actor
	now   time.Time
}

// Tenant is the entity whose rows the transaction reaches.
func (tx *Tx) Tenant() Tenant { return tx.tenant }

// Now is the instant the transaction began; it does not move during it.
func (tx *Tx) Now() time.Time { return tx.now }

// IDs is the source of fresh identifiers.
func (tx *Tx) IDs() id.Source { return tx.db.ids }

// Publish writes an event into the outbox. It leaves when the transaction commits, and only then.
func (tx *Tx) Publish(ctx context.Context, e Event) error { return tx.PublishAt(ctx, e, time.Time{}) }

// PublishAt is Publish for an event that is handled no sooner than at. It costs no round trip: it goes with the commit,
// which tells whether it could be written.
func (tx *Tx) PublishAt(_ context.Context, e Event, at time.Time) error {
	if tx.db.outbox == nil {
		return errors.New("no outbox: the composition root must call SetOutbox")
	}
	b := tx.tx.last
	if b == nil {
		b = &pgx.Batch{}
		b.Queue("set local role " + jobsRole)
	}
	before := b.Len()
	if err := tx.db.outbox.Deliver(b, tx.tenant, e, tx.now, at); err != nil {
		return err
	}
	if b.Len() > before {
		tx.tx.last = b
	}
	return nil
}

// Now is the instant the transaction began.
func (tx *ControlTx) Now() time.Time { return tx.now }

// Actor is on whose behalf the transaction runs.
func (tx *ControlTx) Actor() actor.Actor { return tx.actor }

// IDs is the source of fresh identifiers.
func (tx *ControlTx) IDs() id.Source { return tx.db.ids }

// Querier is a Tx, a ControlTx or a Reader.
type Querier interface {
	query(ctx context.Context, s SQL, args []any) (pgx.Rows, error)
	exec(ctx context.Context, s SQL, args []any) (pgconn.CommandTag, error)
	again(err error) bool // whether the statement may be sent again after this error
}

// again: within a transaction only InTenant and InControl may try again, all of it.
func (tx *Tx) again(error) bool        { return false }
func (tx *ControlTx) again(error) bool { return false }

func (tx *Tx) query(ctx context.Context, s SQL, args []any) (pgx.Rows, error) {
	return tx.tx.query(ctx, tx.db.text(tx.tenant.Key, s), args)
}

func (tx *Tx) exec(ctx context.Context, s SQL, args []any) (pgconn.CommandTag, error) {
	return tx.tx.exec(ctx, tx.db.text(tx.tenant.Key, s), args)
}

func (tx *ControlTx) query(ctx context.Context, s SQL, args []any) (pgx.Rows, error) {
	return tx.tx.query(ctx, string(s), args)
}

func (tx *ControlTx) exec(ctx context.Context, s SQL, args []any) (pgconn.CommandTag, error) {
	return tx.tx.exec(ctx, string(s), args)
}

func read[T any](ctx context.Context, q Querier, s SQL, args []any, collect func(pgx.Rows) (T, error)) (T, error) {
	for attempt := 1; ; attempt++ {
		var v T
		rows, err := q.query(ctx, s, args)
		if err == nil {
			v, err = collect(rows)
		}
		if err == nil || attempt == attempts || ctx.Err() != nil || !q.again(err) {
			if errors.Is(err, pgx.ErrNoRows) {
				err = problem.New(problem.NotFound, "not_found")
			}
			if _, own := q.(*Reader); own {
				err = away(err)
			}
			return v, err
		}
	}
}

// All reads every row into a T by column name; a missing or superfluous column is an error.
func All[T any](ctx context.Context, q Querier, s SQL, args ...any) ([]T, error) {
	return read(ctx, q, s, args, func(r pgx.Rows) ([]T, error) {
		return pgx.CollectRows(r, pgx.RowToStructByName[T])
	})
}

// One reads one row into a T by column name. Without a row it is problem.NotFound with the code "not_found".
func One[T any](ctx context.Context, q Querier, s SQL, args ...any) (T, error) {
	return read(ctx, q, s, args, func(r pgx.Rows) (T, error) {
		return pgx.CollectOneRow(r, pgx.RowToStructByName[T])
	})
}

// Value reads one column of one row. Without a row it is problem.NotFound with the code "not_found".
func Value[T any](ctx context.Context, q Querier, s SQL, args ...any) (T, error) {
	return read(ctx, q, s, args, func(r pgx.Rows) (T, error) {
		return pgx.CollectOneRow(r, pgx.RowTo[T])
	})
}

// Values reads one column of every row.
func Values[T any](ctx context.Context, q Querier, s SQL, args ...any) ([]T, error) {
	return read(ctx, q, s, args, func(r pgx.Rows) ([]T, error) {
		return pgx.CollectRows(r, pgx.RowTo[T])
	})
}

// Exec runs a statement and says how many rows it touched.
func Exec(ctx context.Context, q Querier, s SQL, args ...any) (int64, error) {
	tag, err := q.exec(ctx, s, args)
	return tag.RowsAffected(), err
}

// Violates says whether the error is a broken constraint of that name: unique, exclusion, foreign key or check.
func Violates(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && len(pg.Code) == 5 && pg.Code[:2] == "23" && pg.ConstraintName == constraint
}
