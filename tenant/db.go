package tenant

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
)

// SQL is a statement. An untyped constant becomes one by itself; text built at run time does not, so that
// no input can become part of a statement. The token {t} stands for the entity's schema.
type SQL string

// Config says where the planes live.
type Config struct {
	ControlURL   string            // the application's login on the control plane's database
	CellURLs     map[string]string // cell name to the application's login on its database
	PoolsPerCell int               // an entity always uses the same pool; default 4
	ConnsPerPool int               // default 4
	MetPerConn   int               // entities that a connection serves before it is replaced; default 400
	Clock        clock.Clock       // default the system's
	IDs          id.Source         // default random UUIDv7
}

// DB is the road to both planes. It is safe for concurrent use.
type DB struct {
	control *pgxpool.Pool
	cells   map[string][]*pgxpool.Pool
	clock   clock.Clock
	ids     id.Source
	outbox  Outbox
	texts   sync.Map // rendered{Key, SQL} → string
}

// Outbox says what to write into the open transaction of a cell so that an event leaves; see tenant/outbox.
type Outbox interface {
	// Deliver puts the statements into the batch; they run with the jobs role, in the trip that takes that
	// role and commits. It puts none when nobody waits for the event.
	Deliver(b *pgx.Batch, t Tenant, e Event, now, at time.Time) error
}

// Event is something that happened. Its Kind is stable and versioned, e.g. "booking.confirmed.v1"; its
// fields are its JSON payload and hold identifiers, not personal data.
type Event interface{ Kind() string }

// roles of the cluster that are not an entity's
const (
	controlRole = "control_rw"
	jobsRole    = "jobs_rw"
)

// Open connects to both planes.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	if cfg.PoolsPerCell <= 0 {
		cfg.PoolsPerCell = 4
	}
	if cfg.ConnsPerPool <= 0 {
		cfg.ConnsPerPool = 4
	}
	if cfg.MetPerConn <= 0 {
		cfg.MetPerConn = 400
	}
	if cfg.Clock == nil {
		cfg.Clock = clock.System{}
	}
	if cfg.IDs == nil {
		cfg.IDs = id.Random
	}
	db := &DB{cells: map[string][]*pgxpool.Pool{}, clock: cfg.Clock, ids: cfg.IDs}
	var err error
	if db.control, err = openPool(ctx, cfg.ControlURL, cfg); err != nil {
		return nil, fmt.Errorf("control plane: %w", err)
	}
	for cell, url := range cfg.CellURLs {
		for range cfg.PoolsPerCell {
			pool, err := openPool(ctx, url, cfg)
			if err != nil {
				db.Close()
				return nil, fmt.Errorf("cell %s: %w", cell, err)
			}
			db.cells[cell] = append(db.cells[cell], pool)
		}
	}
	return db, nil
}

func openPool(ctx context.Context, url string, of Config) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	cfg.MaxConns = int32(of.ConnsPerPool)
	cfg.MaxConnLifetime = time.Hour
	cfg.MaxConnLifetimeJitter = 10 * time.Minute
	cfg.ConnConfig.RuntimeParams["search_path"] = "pg_catalog"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["application_name"] = "sportello"
	cfg.ConnConfig.RuntimeParams["statement_timeout"] = "10s"
	cfg.ConnConfig.RuntimeParams["lock_timeout"] = "5s"
	cfg.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "15s"
	cfg.ConnConfig.StatementCacheCapacity = 1024 // one entity costs some 10 to 20 hot statements
	cfg.AfterRelease = func(conn *pgx.Conn) bool { return len(met(conn)) <= of.MetPerConn }
	cfg.AfterConnect = func(_ context.Context, conn *pgx.Conn) error { instantsInUTC(conn.TypeMap()); return nil }
	return pgxpool.NewWithConfig(ctx, cfg)
}

// met is the set of entities that a connection has served. A backend never forgets the catalogue of a schema it
// touched, at up to 1 MB an entity; one that has met too many is replaced, which bounds its memory.
func met(conn *pgx.Conn) map[Key]struct{} {
	data := conn.PgConn().CustomData()
	if known, ok := data["met"].(map[Key]struct{}); ok {
		return known
	}
	known := map[Key]struct{}{}
	data["met"] = known
	return known
}

// instantsInUTC makes instants come back in UTC on every machine; what is shown is converted to Rome's time.
func instantsInUTC(m *pgtype.Map) {
	instant := &pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}}
	m.RegisterType(instant)
	m.RegisterType(&pgtype.Type{Name: "_timestamptz", OID: pgtype.TimestamptzArrayOID, Codec: &pgtype.ArrayCodec{ElementType: instant}})
	m.RegisterType(&pgtype.Type{Name: "tstzrange", OID: pgtype.TstzrangeOID, Codec: &pgtype.RangeCodec{ElementType: instant}})
}

// SetOutbox gives the outbox that Publish writes to. The composition root calls it once.
func (db *DB) SetOutbox(o Outbox) { db.outbox = o }

// Clock is the clock that transactions read.
func (db *DB) Clock() clock.Clock { return db.clock }

// Ping says whether every database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.control.Ping(ctx); err != nil {
		return fmt.Errorf("control plane: %w", err)
	}
	for cell, pools := range db.cells {
		if err := pools[0].Ping(ctx); err != nil {
			return fmt.Errorf("cell %s: %w", cell, err)
		}
	}
	return nil
}

// Close gives all connections back.
func (db *DB) Close() {
	if db.control != nil {
		db.control.Close()
	}
	for _, pools := range db.cells {
		for _, p := range pools {
			p.Close()
		}
	}
}

// pool is the small pool that all requests of the entity share, so that few backends know its catalogue.
func (db *DB) pool(t Tenant) (*pgxpool.Pool, error) {
	pools := db.cells[t.Cell]
	if len(pools) == 0 || t.Key == "" {
		return nil, fmt.Errorf("entity %q: no cell %q", t.Key, t.Cell)
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(t.Key))
	return pools[h.Sum32()%uint32(len(pools))], nil
}

// InTenant runs f in one transaction with the entity's role. It commits when f returns nil. A deadlock, a
// serialisation failure or a plan made stale by a migration is tried again, so f must not act outside the
// transaction. Nothing of the transaction survives it, whatever happens to ctx.
func (db *DB) InTenant(ctx context.Context, t Tenant, f func(*Tx) error) error {
	pool, err := db.pool(t)
	if err != nil {
		return err
	}
	begin := []string{"begin", `set local role "` + t.Key.Role() + `"`}
	return retry(ctx, pool, begin, func(c *conversation) error {
		met(c.conn.Conn())[t.Key] = struct{}{}
		return f(&Tx{tx: c, db: db, tenant: t, now: db.clock.Now()})
	})
}

// InControl runs f in one transaction on the control plane on behalf of the actor.
func (db *DB) InControl(ctx context.Context, a actor.Actor, f func(*ControlTx) error) error {
	return retry(ctx, db.control, []string{"begin", "set local role " + controlRole}, func(c *conversation) error {
		return f(&ControlTx{tx: c, actor: a, now: db.clock.Now(), db: db})
	})
}

// attempts: of a transaction that a conflict undid, and of finding a connection that lives after the server was
// restarted under the pool.
const attempts = 6

func retry(ctx context.Context, pool *pgxpool.Pool, begin []string, f func(*conversation) error) error {
	for attempt := 1; ; attempt++ {
		began, err := once(ctx, pool, begin, f)
		again := transient(err) || !began && lost(err)
		if err == nil || attempt == attempts || !again || ctx.Err() != nil {
			return away(err)
		}
		select {
		case <-ctx.Done():
			return away(err)
		case <-time.After(time.Duration(attempt*attempt) * 3 * time.Millisecond):
		}
	}
}

// once says whether the transaction began at all.
func once(ctx context.Context, pool *pgxpool.Pool, begin []string, f func(*conversation) error) (began bool, err error) {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return false, err
	}
	c := &conversation{conn: conn, begin: begin}
	defer c.end(ctx)
	if err = f(c); err == nil {
		err = c.commit(ctx)
	}
	if c.failed != nil {
		err = c.failed // whatever f made of it
	}
	return c.began, err
}

// lost says whether the connection broke, so that another one of the pool may live.
func lost(err error) bool {
	var connect *pgconn.ConnectError
	return err != nil && !errors.As(err, &connect) && errors.Is(away(err), problem.Unavailable)
}

// away makes a database that does not answer, or is stopping or starting, the problem "unavailable": people are told to
// try again. Whether a transaction whose commit went unanswered took effect is not known; request ids make the repetition safe.
func away(err error) error {
	var p *problem.Error
	if err == nil || errors.As(err, &p) {
		return err
	}
	var pg *pgconn.PgError
	var connect *pgconn.ConnectError
	var network *net.OpError
	switch {
	case errors.As(err, &pg):
		// class 08 connection exceptions, 57P0x shutdown and start, 53300 too many connections
		if !strings.HasPrefix(pg.Code, "08") && !strings.HasPrefix(pg.Code, "57P") && pg.Code != "53300" {
			return err
		}
	case errors.As(err, &connect), errors.As(err, &network), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
	default:
		return err
	}
	return problem.New(problem.Unavailable, "unavailable").Wrap(err)
}

// transient: 40001 serialisation failure, 40P01 deadlock, 0A000 with this text: a cached plan whose result
// changed because another entity's schema is at another version.
func transient(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	return pg.Code == "40001" || pg.Code == "40P01" ||
		(pg.Code == "0A000" && strings.Contains(pg.Message, "cached plan"))
}

type rendered struct {
	key Key
	sql SQL
}

// text renders the schema token once per entity and statement, so that the driver's cache knows it again.
func (db *DB) text(t Key, s SQL) string {
	k := rendered{t, s}
	if v, ok := db.texts.Load(k); ok {
		return v.(string)
	}
	v := strings.ReplaceAll(string(s), "{t}", `"`+t.Schema()+`"`)
	db.texts.Store(k, v)
	return v
}
