package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

const peerTables = `
create table public.peer_spread (id uuid primary key, kiosk_id uuid not null, during tstzrange not null, state text not null,
    exclude using gist (kiosk_id ext.gist_uuid_ops with =, during with &&) where (state <> 'released'));
create table public.peer_hot (id uuid primary key, slot integer not null, seat integer not null, unique (slot, seat))`

const peerSpread = `\set k random(1, 40)
\set s random(1, 2000000000)
insert into public.peer_spread (id, kiosk_id, during, state) values (gen_random_uuid(),
    lpad(to_hex((:k)::bigint), 32, '0')::uuid, tstzrange(to_timestamp((:s)::bigint * 900.0), to_timestamp((:s)::bigint * 900.0 + 900), '[)'), 'confirmed') on conflict do nothing;
`

const peerHot = `insert into public.peer_hot (id, slot, seat) values (gen_random_uuid(), 1, 0) on conflict do nothing;
`

// peers makes what pgbench works on.
func (c *counter) peers(ctx context.Context) error {
	conn, err := c.place.connect(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, peerTables); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(c.place.dir, "spread.sql"), []byte(peerSpread), 0o600),
		os.WriteFile(filepath.Join(c.place.dir, "hot.sql"), []byte(peerHot), 0o600))
}

var tpsLine = regexp.MustCompile(`tps = ([0-9.]+)`)

// pgbench gives the transactions per second of a script.
func (c *counter) pgbench(ctx context.Context, script string) (float64, error) {
	bin := "pgbench"
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench"); len(found) > 0 {
		bin = found[len(found)-1]
	}
	cmd := exec.CommandContext(ctx, bin, //nolint:gosec // arguments of ours
		"-n", "-M", "prepared", "-c", strconv.Itoa(bookClients), "-j", "2",
		"-T", strconv.Itoa(int(bookTime/time.Second)), "-f", filepath.Join(c.place.dir, script), c.place.pg.URL("postgres", "postgres"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w: %.400s", err, out)
	}
	m := tpsLine.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("pgbench said: %s", out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
