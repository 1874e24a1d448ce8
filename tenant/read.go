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

// query sends the batch and leaves the rows to be read. Closing them closes the batch, ends the transaction
// whatever came of it, and gives the connection back.
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
	rows := &readRows{ctx: ctx, conn: conn, results: results}
	for range 2 { // begin, role
		if _, err := results.Exec(); err != nil {
			rows.finish()
			return nil, err
		}
	}
	if rows.Rows, err = results.Query(); err != nil {
		rows.Rows = nil
		rows.finish()
		return nil, err
	}
	return rows, nil
}

func (r *Reader) exec(context.Context, SQL, []any) (pgconn.CommandTag, error) {
	return pgconn.CommandTag{}, errors.New("a Reader only reads: use InTenant or InControl")
}

// again: the transaction is the Reader's own and changes nothing, so it may be tried again.
func (r *Reader) again(err error) bool { return transient(err) || lost(err) }

// readRows are the rows of a Reader's statement together with what must be given back after them.
type readRows struct {
	pgx.Rows
	ctx     context.Context
	conn    *pgxpool.Conn
	results pgx.BatchResults
}

// Close implements pgx.Rows.
func (r *readRows) Close() {
	if r.conn == nil {
		return
	}
	r.Rows.Close()
	r.finish()
}

// Next implements pgx.Rows: after the last row everything is given back.
func (r *readRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}

// finish ends the batch. A statement that failed left the transaction open and failed; a rollback repairs the
// connection so that it can be used again. A broken connection is closed by the pool.
func (r *readRows) finish() {
	conn := r.conn
	r.conn = nil
	_ = r.results.Close()
	if !conn.Conn().IsClosed() && conn.Conn().PgConn().TxStatus() != 'I' {
		_, _ = conn.Exec(r.ctx, "rollback")
	}
	conn.Release()
}
