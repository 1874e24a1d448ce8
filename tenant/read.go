package tenant

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Reader runs single statements, each in a read-only transaction of its own that costs one round trip: begin,
// role, statement and commit travel together. It is for pages that need one or two short reads. Several reads
// that must agree with each other belong into InTenant.
type Reader struct {
	db   *DB
	pool *pgxpool.Pool
	key  Key    // empty for the control plane
	role string // set local role, ready to send
	text func(SQL) string
	err  error
}

// Read is the short road to an entity's rows: All, One, Value and Values take it in place of a Tx.
func (db *DB) Read(t Tenant) *Reader {
	pool, err := db.pool(t)
	return &Reader{
		db: db, pool: pool, err: err, key: t.Key, role: `set local role "` + t.Key.Role() + `"`,
		text: func(s SQL) string { return db.text(t.Key, s) },
	}
}

// ReadControl is the short road to the control plane's rows.
func (db *DB) ReadControl() *Reader {
	return &Reader{
		db: db, pool: db.control, role: "set local role " + controlRole,
		text: func(s SQL) string { return string(s) },
	}
}

// query sends the batch and leaves the rows to be read. Closing them ends all of it.
func (r *Reader) query(ctx context.Context, s SQL, args []any) (pgx.Rows, error) {
	if r.err != nil {
		return nil, r.err
	}
	conn, err := r.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	if r.key != "" {
		met(conn.Conn())[r.key] = struct{}{}
	}
	b := &pgx.Batch{}
	b.Queue("begin read only")
	b.Queue(r.role)
	b.Queue(r.text(s), args...)
	b.Queue("commit")
	results := conn.SendBatch(ctx, b)
	done := func() { over(ctx, conn, results) }
	if err := skip(results, 2); err != nil { // begin, role
		done()
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		done()
		return nil, err
	}
	return &batchRows{Rows: rows, done: done}, nil
}

func (r *Reader) exec(context.Context, SQL, []any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, errors.New("a Reader only reads: use InTenant or InControl")
}

// again: the transaction is the Reader's own and changes nothing, so it may be tried again.
func (r *Reader) again(err error) bool { return transient(err) || lost(err) }

// over ends the batch and the transaction, whatever came of it, and gives the connection back.
func over(ctx context.Context, conn *pgxpool.Conn, results pgx.BatchResults) {
	_ = results.Close()
	(&conversation{conn: conn}).end(ctx)
}
