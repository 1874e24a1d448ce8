package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

const (
	slotsDays   = 30
	slotsAsks   = 9    // per round; the middle one counts
	slotsAhead  = 1000 // at most so many of the bookings lie in the days asked about, the others before
	slotsSeats  = 20   // operators of the office
	slotsPerDay = 24 * 4
)

// Slots asks for the free times of thirty days at all forty kiosks of an office, as JSON. The peer is one statement written
// by hand for this place (open day and night, every service as long as the grid) that returns the same JSON, whose
// content is compared before anything is measured. slots-page-flat compares the product with itself: a hundred times
// as many bookings behind it.
func Slots() []Workload {
	var all []Workload
	for _, n := range []int{10, 1_000, 100_000} {
		all = append(all, Workload{
			Name: "slots-page-" + strconv.Itoa(n), Peer: "one statement written by hand that returns the same JSON", Unit: "ms", Lower: true,
			Gate: 2.0, Moonshot: 1.1, Run: func(ctx context.Context, rounds int) (product, peer []float64, err error) {
				p, err := newSlotsPage(ctx, n)
				if err != nil {
					return nil, nil, err
				}
				defer p.counter.close()
				return p.measure(ctx, rounds)
			},
		})
	}
	return append(all, Workload{
		Name: "slots-page-flat", Peer: "the product with 1,000 bookings instead of 100,000", Unit: "ms", Lower: true,
		Gate: 1.5, Moonshot: 1.1, Run: slotsFlat,
	})
}

type slotsPage struct {
	counter *counter
	schema  string
	conn    *pgx.Conn
	first   civil.Date
	closed  []time.Time // holidays, as dates in Rome
}

func newSlotsPage(ctx context.Context, bookings int) (p *slotsPage, err error) {
	p = &slotsPage{first: civil.Of(time.Now().In(clock.Rome)).AddDays(1)}
	if p.counter, err = newCounter(ctx, slotsSeats); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			p.counter.close()
		}
	}()
	if p.conn, err = p.counter.place.connect(ctx); err != nil {
		return nil, err
	}
	p.schema = p.counter.t.Key.Schema()
	if err := errors.Join(p.fill(ctx, bookings), p.holidays(ctx)); err != nil {
		return nil, err
	}
	mine, err := p.product(ctx)
	if err != nil {
		return nil, err
	}
	theirs, err := p.peer(ctx)
	if err != nil {
		return nil, err
	}
	return p, same(mine, theirs)
}

// fill puts bookings on the grid, kiosk after kiosk and seat after seat: those ahead on every third time, the others
// one after the other in the days before.
func (p *slotsPage) fill(ctx context.Context, n int) error {
	kiosks := make([]uuid.UUID, len(p.counter.kiosks))
	for i, k := range p.counter.kiosks {
		kiosks[i] = k.UUID
	}
	ahead := min(n, slotsAhead)
	for _, part := range []struct {
		n    int
		from time.Time
		step int // of the grid between two bookings of a kiosk
	}{
		{ahead, p.first.Start(clock.Rome), 3},
		{n - ahead, p.first.Start(clock.Rome).AddDate(0, 0, -(n-ahead)/slotsSeats/slotsPerDay-2), 1},
	} {
		_, err := p.conn.Exec(ctx, `
INSERT INTO `+p.schema+`.kiosk_reservations (id, kiosk_id, during, state, purpose, created_at)
SELECT gen_random_uuid(), ($1::uuid[])[1 + i % $2], tstzrange(s, s + interval '15 min', '[)'), 'confirmed', 'bench', now()
  FROM (SELECT i, $3::timestamptz + (i / $2) * $4 * interval '15 min' AS s FROM generate_series(0, $5 - 1) AS i) AS x`,
			kiosks, len(kiosks), part.from, part.step, part.n)
		if err != nil {
			return err
		}
		_, err = p.conn.Exec(ctx, `
INSERT INTO `+p.schema+`.office_seats (id, office_id, seat, during, state)
SELECT gen_random_uuid(), $1, i % $2, tstzrange(s, s + interval '15 min', '[)'), 'confirmed'
  FROM (SELECT i, $3::timestamptz + (i / $2) * $4 * interval '15 min' AS s FROM generate_series(0, $5 - 1) AS i) AS x`,
			p.counter.office.UUID, slotsSeats, part.from, part.step, part.n)
		if err != nil {
			return err
		}
	}
	_, err := p.conn.Exec(ctx, "ANALYZE "+p.schema+".kiosk_reservations, "+p.schema+".office_seats")
	return err
}

// holidays notes the days on which the office does not answer.
func (p *slotsPage) holidays(ctx context.Context) error {
	return p.counter.db.InTenant(ctx, p.counter.t, func(tx *tenant.Tx) error {
		p.closed = []time.Time{}
		for i := range slotsDays {
			d := p.first.AddDays(i)
			windows, err := p.counter.svc.Catalog.OfficeWindows(ctx, tx, p.counter.office, d, d)
			if err != nil {
				return err
			}
			if len(windows) == 0 {
				p.closed = append(p.closed, d.Start(time.UTC))
			}
		}
		return nil
	})
}

// freeAt is one kiosk in the answer.
type freeAt struct {
	Kiosk uuid.UUID   `json:"kiosk"`
	Slots []time.Time `json:"slots"`
}

func (p *slotsPage) product(ctx context.Context) ([]byte, error) {
	var found []booking.PlaceSlots
	err := p.counter.db.InTenant(ctx, p.counter.t, func(tx *tenant.Tx) error {
		sheet, err := p.counter.svc.Catalog.ServiceByID(ctx, tx, p.counter.sheet)
		if err != nil {
			return err
		}
		found, err = p.counter.svc.Everywhere(ctx, tx, sheet, p.counter.office, p.first, p.first.AddDays(slotsDays-1))
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]freeAt, len(found))
	for i, f := range found {
		out[i] = freeAt{Kiosk: f.Kiosk.ID.UUID, Slots: make([]time.Time, len(f.Slots))}
		for j, s := range f.Slots {
			out[i].Slots[j] = s.Start.UTC()
		}
	}
	return json.Marshal(out)
}

func (p *slotsPage) peer(ctx context.Context) (out []byte, err error) {
	err = p.conn.QueryRow(ctx, `
WITH grid AS MATERIALIZED (
  SELECT s
    FROM generate_series($1::timestamptz, $2::timestamptz - interval '15 min', interval '15 min') AS s
   WHERE (s AT TIME ZONE 'Europe/Rome')::date <> ALL ($6::date[])
), taken AS MATERIALIZED (
  SELECT lower(o.during) AS s, count(DISTINCT o.seat) AS n
    FROM `+p.schema+`.office_seats AS o
   WHERE o.office_id = $3 AND o.state <> 'released' AND o.during && tstzrange($1, $2)
   GROUP BY 1
), busy AS MATERIALIZED (
  SELECT r.kiosk_id, lower(r.during) AS s
    FROM `+p.schema+`.kiosk_reservations AS r
   WHERE r.kiosk_id = ANY (SELECT kiosk_id FROM `+p.schema+`.kiosk_services WHERE service_id = $4)
     AND r.state <> 'released' AND r.during && tstzrange($1, $2)
)
SELECT json_agg(json_build_object('kiosk', k.id, 'slots', (
         SELECT coalesce(json_agg(g.s AT TIME ZONE 'UTC' ORDER BY g.s), '[]')
           FROM grid AS g
           LEFT JOIN taken AS t ON t.s = g.s
           LEFT JOIN busy AS b ON b.kiosk_id = k.id AND b.s = g.s
          WHERE b.s IS NULL AND coalesce(t.n, 0) < $5)) ORDER BY k.name, k.id)
  FROM `+p.schema+`.kiosks AS k
  JOIN `+p.schema+`.kiosk_services AS o ON o.kiosk_id = k.id AND o.service_id = $4`,
		p.first.Start(clock.Rome), p.first.AddDays(slotsDays).Start(clock.Rome), p.counter.office.UUID, p.counter.sheet.UUID, slotsSeats, p.closed).Scan(&out)
	return out, err
}

// same says how two answers differ. Times without a zone are UTC.
func same(product, peer []byte) error {
	var a []freeAt
	var b []struct {
		Kiosk uuid.UUID `json:"kiosk"`
		Slots []string  `json:"slots"`
	}
	if err := errors.Join(json.Unmarshal(product, &a), json.Unmarshal(peer, &b)); err != nil {
		return err
	}
	if len(a) != len(b) {
		return fmt.Errorf("%d kiosks against %d", len(a), len(b))
	}
	for i := range a {
		times := make([]string, len(a[i].Slots))
		for j, s := range a[i].Slots {
			times[j] = s.UTC().Format("2006-01-02T15:04:05")
		}
		k := slices.IndexFunc(b, func(f struct {
			Kiosk uuid.UUID `json:"kiosk"`
			Slots []string  `json:"slots"`
		},
		) bool {
			return f.Kiosk == a[i].Kiosk
		})
		if k < 0 || !slices.Equal(times, b[k].Slots) {
			return fmt.Errorf("kiosk %s: the statement and the product do not agree", a[i].Kiosk)
		}
	}
	return nil
}

// measure asks in turns.
func (p *slotsPage) measure(ctx context.Context, rounds int) (product, peer []float64, err error) {
	for range rounds {
		for _, side := range []struct {
			ask func(context.Context) ([]byte, error)
			out *[]float64
		}{{p.product, &product}, {p.peer, &peer}} {
			ms, err := middle(ctx, side.ask)
			if err != nil {
				return nil, nil, err
			}
			*side.out = append(*side.out, ms)
		}
	}
	return product, peer, nil
}

func middle(ctx context.Context, ask func(context.Context) ([]byte, error)) (float64, error) {
	var took []float64
	for range slotsAsks {
		ms, err := timed(func() error {
			_, err := ask(ctx)
			return err
		})
		if err != nil {
			return 0, err
		}
		took = append(took, ms)
	}
	return Median(took), nil
}

func slotsFlat(ctx context.Context, rounds int) (many, few []float64, err error) {
	big, err := newSlotsPage(ctx, 100_000)
	if err != nil {
		return nil, nil, err
	}
	defer big.counter.close()
	small, err := newSlotsPage(ctx, 1_000)
	if err != nil {
		return nil, nil, err
	}
	defer small.counter.close()
	for range rounds {
		a, err := middle(ctx, big.product)
		if err != nil {
			return nil, nil, err
		}
		b, err := middle(ctx, small.product)
		if err != nil {
			return nil, nil, err
		}
		many, few = append(many, a), append(few, b)
	}
	return many, few, nil
}
