package booking_test

import (
	"context"
	"crypto/sha256"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/modules/platform/ephemeral"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

func lines() []migrate.Line {
	return []migrate.Line{
		{Name: "audit", FS: audit.Migrations}, {Name: "catalog", FS: catalog.Migrations}, {Name: "notify", FS: notify.Migrations},
		{Name: "counters", FS: counters.Migrations}, {Name: "booking", FS: booking.Migrations},
	}
}

// world is one entity with one office, one service of 30 minutes and two kiosks, all open from 8 to 13 on working days.
type world struct {
	*tenanttest.Stack
	t       tenant.Tenant
	keys    booking.Keys
	kiosks  *counters.Service
	catalog *catalog.Service
	svc     *booking.Service
	sheet   catalog.SheetID
	office  catalog.OfficeID
	kiosk   counters.KioskID // San Lazzaro
	other   counters.KioskID // Castelromano
}

var admin = actor.Actor{Kind: actor.Staff, ID: uuid.NewString(), Name: "Ada Amministratrice", Roles: []actor.Role{actor.Administrator}}

type anyone struct{}

func (anyone) Allow(context.Context, ephemeral.Limit, string) (bool, time.Duration, error) {
	return true, 0, nil
}

func secret(s string) []byte { h := sha256.Sum256([]byte(s)); return h[:] }

const sqlOfficeRow = `INSERT INTO {t}.offices (id, slug, name, updated_at) VALUES (@id, @slug, @name, @now)`

const sqlOfficeHours = `INSERT INTO {t}.office_hours (office_id, weekday, from_minute, to_minute, operators)
SELECT @id, d, @from::integer, @to::integer, @operators::integer FROM generate_series(1, @days::integer) d`

const sqlServiceRow = `INSERT INTO {t}.services (id, slug, title, needed, category, state, remote_counter, duration_minutes, updated_at)
VALUES (@id, @slug, @title, @needed, 'anagrafe-e-stato-civile', 'published', true, @minutes, @now)`

const sqlServiceOffice = `INSERT INTO {t}.service_offices (service_id, office_id) VALUES (@service, @office)`

func newWorld(t testing.TB, operators int) *world {
	t.Helper()
	return worldOn(t, tenanttest.Start(t), operators)
}

// realWorld goes by the machine's clock, as the product does: what is remembered for a moment is remembered.
func realWorld(t testing.TB, operators int) *world {
	t.Helper()
	s := tenanttest.StartUnconnected(t)
	s.Connect(t, tenant.Config{PoolsPerCell: 1, ConnsPerPool: 8, Clock: clock.System{}})
	return worldOn(t, s, operators)
}

func worldOn(t testing.TB, s *tenanttest.Stack, operators int) *world {
	t.Helper()
	w := &world{Stack: s, t: s.NewTenant(t, lines()...), keys: booking.NewKeys(secret("secret"), secret("pepper"))}
	w.catalog = catalog.New(s.DB)
	w.kiosks = counters.New(counters.Config{DB: s.DB, Secret: secret("devices"), Limiter: anyone{}})
	w.svc = booking.New(booking.Config{
		DB: s.DB, Catalog: w.catalog, Counters: w.kiosks, Keys: w.keys,
		BaseURL: func(t tenant.Tenant) string { return "http://" + string(t.Key) + ".localhost:8080" },
	})
	w.office = w.newOffice(t, "anagrafe", operators, 8*60, 13*60, 5)
	w.sheet = w.newService(t, "carta-identita", "Carta d'identità elettronica", 30, w.office)
	w.kiosk = w.newKiosk(t, "San Lazzaro", 8*60, 13*60, 5, w.sheet)
	w.other = w.newKiosk(t, "Castelromano", 8*60, 13*60, 5, w.sheet)
	return w
}

func (w *world) newOffice(t testing.TB, slug string, operators, from, to, days int) catalog.OfficeID {
	t.Helper()
	o := id.New[catalog.Office](id.Random)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		if _, err := tenant.Exec(context.Background(), tx, sqlOfficeRow,
			tenant.Args{"id": o, "slug": slug, "name": "Ufficio " + slug, "now": tx.Now()}); err != nil {
			return err
		}
		_, err := tenant.Exec(context.Background(), tx, sqlOfficeHours,
			tenant.Args{"id": o, "from": from, "to": to, "operators": operators, "days": days})
		return err
	})
	return o
}

func (w *world) newService(t testing.TB, slug, title string, minutes int, offices ...catalog.OfficeID) catalog.SheetID {
	t.Helper()
	s := id.New[catalog.Sheet](id.Random)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		if _, err := tenant.Exec(context.Background(), tx, sqlServiceRow, tenant.Args{"id": s, "slug": slug, "title": title,
			"needed": []string{"Carta d'identità scaduta", "Una fototessera"}, "minutes": minutes, "now": tx.Now()}); err != nil {
			return err
		}
		for _, o := range offices {
			if _, err := tenant.Exec(context.Background(), tx, sqlServiceOffice, tenant.Args{"service": s, "office": o}); err != nil {
				return err
			}
		}
		return nil
	})
	return s
}

func (w *world) newKiosk(t testing.TB, name string, from, to, days int, services ...catalog.SheetID) counters.KioskID {
	t.Helper()
	lat, lon := 41.5936, 14.2331
	k := counters.Kiosk{Name: name, Place: "Scuola " + name, Address: "Via Roma 1, Isernia", Latitude: &lat, Longitude: &lon, ServiceIDs: services}
	for d := 1; d <= days; d++ {
		k.Hours = append(k.Hours, counters.Hours{Weekday: d, From: civil.Time(from), To: civil.Time(to)})
	}
	w.In(t, w.t, func(tx *tenant.Tx) error {
		var err error
		k, err = w.kiosks.Create(context.Background(), tx, admin, k)
		return err
	})
	return k.ID
}

// enrol gives the kiosk a device, so that it may take codes.
func (w *world) enrol(t testing.TB, k counters.KioskID) string {
	t.Helper()
	code, err := w.kiosks.NewEnrolmentCode(context.Background(), admin, w.t, k)
	require.NoError(t, err)
	credential, _, err := w.kiosks.Enrol(context.Background(), code, "127.0.0.1")
	require.NoError(t, err)
	return credential
}

func rome(y int, m time.Month, d, h, min int) time.Time {
	return time.Date(y, m, d, h, min, 0, 0, clock.Rome)
}

// at is a time on Wednesday 6 May 2026, the day after the stack's clock stands still.
func at(h, m int) time.Time { return rome(2026, time.May, 6, h, m) }

var maria = booking.Citizen{Name: "Maria", Surname: "Rossi", Email: "maria.rossi@example.it", Phone: "+39 0865 123456"}

func (w *world) choice(start time.Time) booking.Choice {
	return booking.Choice{Service: w.sheet, Office: w.office, Kiosk: w.kiosk, Start: start}
}

func (w *world) token() string { return w.svc.NewToken(w.t, id.Random) }

func (w *world) book(t testing.TB, start time.Time) booking.Appointment {
	t.Helper()
	a, err := w.svc.Book(context.Background(), w.t, booking.Booking{Choice: w.choice(start), Citizen: maria, Token: w.token()})
	require.NoError(t, err)
	return a
}

// filled is a hold with everything typed, ready to be confirmed.
func (w *world) filled(t testing.TB, start time.Time) string {
	t.Helper()
	token := w.token()
	_, err := w.svc.Hold(context.Background(), w.t, token, w.choice(start))
	require.NoError(t, err)
	w.fill(t, token)
	return token
}

func (w *world) fill(t testing.TB, token string) {
	t.Helper()
	_, err := w.svc.SetMatter(context.Background(), w.t, token, booking.Matter{Reason: "Carta d'identità", Details: "Smarrita"})
	require.NoError(t, err)
	_, err = w.svc.SetCitizen(context.Background(), w.t, token, maria)
	require.NoError(t, err)
}

func (w *world) free(t testing.TB, day civil.Date) []booking.Slot {
	t.Helper()
	var out []booking.Slot
	w.In(t, w.t, func(tx *tenant.Tx) error {
		var err error
		out, err = w.svc.Availability(context.Background(), tx, w.sheet, w.office, w.kiosk, day, day)
		return err
	})
	return out
}

// together runs f n times at once and gives the errors.
func together(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// overlaps counts the pairs of live rows that overlap, by a look of its own at the tables.
const sqlOverlaps = `
SELECT (SELECT count(*) FROM {t}.kiosk_reservations a JOIN {t}.kiosk_reservations b
        ON a.id < b.id AND a.kiosk_id = b.kiosk_id AND a.during && b.during
        WHERE a.state <> 'released' AND b.state <> 'released')
     + (SELECT count(*) FROM {t}.office_seats a JOIN {t}.office_seats b
        ON a.id < b.id AND a.office_id = b.office_id AND a.seat = b.seat AND a.during && b.during
        WHERE a.state <> 'released' AND b.state <> 'released')
     + (SELECT count(*) FROM {t}.appointments a WHERE a.state IN ('confirmed', 'used') AND (
            NOT EXISTS (SELECT 1 FROM {t}.kiosk_reservations r WHERE r.id = a.reservation_id AND r.state = 'confirmed'
                        AND r.kiosk_id = a.kiosk_id AND r.during = tstzrange(a.starts_at, a.ends_at, '[)'))
         OR NOT EXISTS (SELECT 1 FROM {t}.office_seats s WHERE s.id = a.seat_id AND s.state = 'confirmed'
                        AND s.office_id = a.office_id AND s.during = tstzrange(a.starts_at, a.ends_at, '[)'))))
     + (SELECT count(*) FROM {t}.kiosk_reservations r WHERE r.state = 'confirmed' AND NOT EXISTS (
            SELECT 1 FROM {t}.appointments a WHERE a.reservation_id = r.id AND a.state IN ('confirmed', 'used')))
     + (SELECT count(*) FROM {t}.office_seats s WHERE s.state = 'confirmed' AND NOT EXISTS (
            SELECT 1 FROM {t}.appointments a WHERE a.seat_id = s.id AND a.state IN ('confirmed', 'used')))`

// sound checks every invariant of bookings from the rows alone: nothing overlaps, each booked appointment has exactly its
// two capacities, and nothing is taken for nobody.
func (w *world) sound(t testing.TB) {
	t.Helper()
	w.In(t, w.t, func(tx *tenant.Tx) error {
		n, err := tenant.Value[int64](context.Background(), tx, sqlOverlaps)
		require.Zero(t, n, "broken invariants")
		return err
	})
}
