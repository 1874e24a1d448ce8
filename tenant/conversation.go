package tenant

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// conversation is a transaction in as few trips to the database as it can be: what begins it travels with its first
// statement, and what it publishes with its commit. One that asks nothing makes no trip at all.
type conversation struct {
	conn   *pgxpool.Conn
	begin  []string // not sent yet
	began  bool
	failed error      // why it did not begin; nothing is sent after that
	last   *pgx.Batch // goes before the commit
}

// query is the only way to the connection. The extended protocol refuses several statements in one text.
func (c *conversation) query(ctx context.Context, sql string, args []any) (pgx.Rows, error) {
	if c.failed != nil {
		return nil, c.failed
	}
	if c.began {
		return c.conn.Query(ctx, sql, args...)
	}
	b := c.opening()
	b.Queue(sql, args...)
	results := c.conn.SendBatch(ctx, b)
	if err := skip(results, b.Len()-1); err != nil {
		_ = results.Close()
		c.failed = err
		return nil, err
	}
	c.began = true
	rows, err := results.Query()
	if err != nil {
		_ = results.Close()
		return nil, err
	}
	return &batchRows{Rows: rows, done: func() { _ = results.Close() }}, nil
}

func (c *conversation) exec(ctx context.Context, sql string, args []any) (pgconn.CommandTag, error) {
	rows, err := c.query(ctx, sql, args)
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	rows.Close()
	return rows.CommandTag(), rows.Err()
}

func (c *conversation) opening() *pgx.Batch {
	b := &pgx.Batch{}
	for _, sql := range c.begin {
		b.Queue(sql)
	}
	return b
}

// commit ends it for good. A transaction in which a statement failed is rolled back by the server, which is an error.
func (c *conversation) commit(ctx context.Context) (err error) {
	if c.failed != nil {
		return c.failed
	}
	b := &pgx.Batch{}
	if !c.began {
		if c.last == nil {
			return nil
		}
		b = c.opening()
	}
	c.began = true // a commit without an answer may have taken effect: it is not repeated
	if c.last != nil {
		b.QueuedQueries = append(b.QueuedQueries, c.last.QueuedQueries...)
	}
	b.Queue("commit")
	results := c.conn.SendBatch(ctx, b)
	var tag pgconn.CommandTag
	for range b.Len() {
		if tag, err = results.Exec(); err != nil {
			break
		}
	}
	if closed := results.Close(); err == nil {
		err = closed
	}
	if err == nil && tag.String() == "ROLLBACK" {
		err = pgx.ErrTxCommitRollback
	}
	return err
}

// end gives the connection back. What is open is rolled back; the pool throws away a connection that cannot be.
func (c *conversation) end(ctx context.Context) {
	if raw := c.conn.Conn(); !raw.IsClosed() && raw.PgConn().TxStatus() != 'I' {
		_, _ = c.conn.Exec(ctx, "rollback")
	}
	c.conn.Release()
}

// skip reads the answers to n statements that give no rows.
func skip(results pgx.BatchResults, n int) error {
	for range n {
		if _, err := results.Exec(); err != nil {
			return err
		}
	}
	return nil
}

// batchRows are the rows of a statement in a batch, with what must happen after them.
type batchRows struct {
	pgx.Rows
	done func()
}

// Close implements pgx.Rows.
func (r *batchRows) Close() {
	if r.done == nil {
		return
	}
	r.Rows.Close()
	r.done()
	r.done = nil
}

// Next implements pgx.Rows: after the last row the batch is over.
func (r *batchRows) Next() bool {
	if r.Rows.Next() {
		return true
	}
	r.Close()
	return false
}
