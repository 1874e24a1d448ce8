package videocall

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/blob"
	"github.com/sportello/sportello/modules/platform/devstack"
	"github.com/sportello/sportello/modules/platform/ephemeral"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/rtc"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

func TestMain(m *testing.M) {
	texts, err := os.ReadFile("../../frontend/locales/it.videocall.json")
	if err == nil {
		err = i18n.Load(fstest.MapFS{"it.videocall.json": {Data: texts}})
	}
	if err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// appointments is a table of the tests' own, so that codes are redeemed in the caller's transaction as booking does.
var appointmentLine = migrate.Line{Name: "appointments", FS: fstest.MapFS{"migrations/0001_appointments.sql": {Data: []byte(`
CREATE TABLE {t}.test_codes (
    appointment_id uuid PRIMARY KEY, code text NOT NULL UNIQUE, office_id uuid NOT NULL, starts_at timestamptz NOT NULL, used boolean NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON {t}.test_codes TO {role};
CREATE TABLE {t}.test_seats (kiosk_id uuid PRIMARY KEY, session_id uuid NOT NULL);
GRANT SELECT, INSERT, DELETE ON {t}.test_seats TO {role};`)}}}

const sqlTestSeat = `INSERT INTO {t}.test_seats (kiosk_id, session_id) VALUES (@kiosk, @session) ON CONFLICT DO NOTHING`
const sqlTestRise = `DELETE FROM {t}.test_seats WHERE session_id = @session`

const sqlTestAdd = `INSERT INTO {t}.test_codes (appointment_id, code, office_id, starts_at, used) VALUES (@id, @code, @office, @at, false)`
const sqlTestFind = `SELECT appointment_id, office_id, starts_at, used FROM {t}.test_codes WHERE code = @code`
const sqlTestOf = `SELECT appointment_id, office_id, starts_at, used FROM {t}.test_codes WHERE appointment_id = @id`
const sqlTestRedeem = `UPDATE {t}.test_codes SET used = true WHERE appointment_id = @id AND NOT used`
const sqlTestGiveBack = `UPDATE {t}.test_codes SET used = false WHERE appointment_id = @id`

type testCode struct {
	AppointmentID, OfficeID uuid.UUID
	StartsAt                time.Time
	Used                    bool
}

// elsewhere is a second office, for which nobody of the house answers.
var elsewhere = uuid.MustParse("01980000-0000-7000-8000-00000000b001")

// house is one entity with an office, and everything around the service that others own.
type house struct {
	*tenanttest.Stack
	t        tenant.Tenant
	s        *Service
	office   uuid.UUID
	rooms    Rooms
	blobs    *blob.Files
	mu       sync.Mutex
	disabled map[string]bool
	staff    []uuid.UUID
	floor    []FloorKiosk
	shut     bool                    // no office answers
	booked   bool                    // the kiosk has somebody else's appointment
	seats    map[uuid.UUID]time.Time // of walk-ins
	codes    int
	moved    map[uuid.UUID]time.Time // appointments, to when
	raised   []uuid.UUID             // kiosks with an emergency
	mailed   []uuid.UUID             // appointments whose receipt was sent
}

func (h *house) Check(ctx context.Context, t tenant.Tenant, _ uuid.UUID, code string) (ticket Ticket, err error) {
	err = h.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		c, err := tenant.One[testCode](ctx, tx, sqlTestFind, tenant.Args{"code": code})
		if errors.Is(err, problem.NotFound) {
			return problem.New(problem.NotFound, "kiosk.code_unknown")
		}
		ticket = Ticket{AppointmentID: c.AppointmentID, ServiceID: c.OfficeID, OfficeID: c.OfficeID, StartsAt: c.StartsAt}
		return err
	})
	return ticket, err
}

func (h *house) CheckOwn(_ context.Context, _ tenant.Tenant, appointment uuid.UUID) (Ticket, error) {
	return Ticket{AppointmentID: appointment, ServiceID: h.office, OfficeID: h.office, StartsAt: h.DB.Clock().Now()}, nil
}

func (h *house) Times(context.Context, *tenant.Tx, uuid.UUID) ([]time.Time, error) {
	return []time.Time{h.DB.Clock().Now().Add(24 * time.Hour)}, nil
}

func (h *house) Move(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID, start time.Time) error {
	if start.Before(tx.Now()) {
		return problem.New(problem.Conflict, "booking.slot_taken")
	}
	c, err := tenant.One[testCode](ctx, tx, sqlTestOf, tenant.Args{"id": appointment})
	if err == nil && c.Used {
		return problem.New(problem.Conflict, "booking.over")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.moved[appointment] = start
	return err
}

func (h *house) Cancel(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID) error {
	return h.Move(ctx, tx, appointment, tx.Now())
}

func (h *house) Raise(_ context.Context, _ *tenant.Tx, _ actor.Actor, kiosk uuid.UUID) (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.raised = append(h.raised, kiosk)
	return true, nil
}

func (h *house) Receipt(_ tenant.Tenant, appointment uuid.UUID) string {
	return "https://ente.example/ricevuta/" + appointment.String()
}

func (h *house) ParseReceipt(_ tenant.Tenant, token string) (uuid.UUID, error) {
	return uuid.Parse(token)
}

func (h *house) MailReceipt(_ context.Context, _ *tenant.Tx, appointment uuid.UUID) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mailed = append(h.mailed, appointment)
	return nil
}

func (h *house) Guest(_ tenant.Tenant, guest uuid.UUID) string {
	return "https://ente.example/ospite/" + guest.String()
}

func (h *house) ParseGuest(_ tenant.Tenant, token string) (uuid.UUID, error) {
	return uuid.Parse(token)
}

func (h *house) Demand(context.Context, *tenant.Tx, civil.Date, civil.Date) ([]Demand, error) {
	return []Demand{{Weekday: 2, Hour: 9, N: 12}, {Weekday: 5, Hour: 11, N: 3}}, nil
}

func (h *house) Redeem(ctx context.Context, tx *tenant.Tx, _, appointment uuid.UUID) error {
	n, err := tenant.Exec(ctx, tx, sqlTestRedeem, tenant.Args{"id": appointment})
	if err == nil && n == 0 {
		return codeUsed
	}
	return err
}

func (h *house) GiveBack(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID) error {
	_, err := tenant.Exec(ctx, tx, sqlTestGiveBack, tenant.Args{"id": appointment})
	return err
}

func (h *house) People(_ context.Context, _ *tenant.Tx, ids []uuid.UUID) (map[uuid.UUID]Person, error) {
	out := map[uuid.UUID]Person{}
	for _, one := range ids {
		out[one] = Person{Name: "Maria", Surname: "Rossi", Details: "carta smarrita"}
	}
	return out, nil
}

func (h *house) Day(_ context.Context, _ *tenant.Tx, _ []uuid.UUID, from, to time.Time) ([]DayEntry, error) {
	return []DayEntry{{ID: uuid.New(), StartsAt: from.Add(10 * time.Hour), Citizen: "Maria Rossi", State: to.Sub(from).String()}}, nil
}

func (h *house) Service(context.Context, *tenant.Tx, uuid.UUID) (ServiceLabel, error) {
	return ServiceLabel{Title: "Carta d'identità", Needed: []string{"Una foto"}, Minutes: 20}, nil
}
func (h *house) Office(context.Context, *tenant.Tx, uuid.UUID) (string, error) {
	return "Anagrafe", nil
}
func (h *house) Entity(context.Context, *tenant.Tx) (EntityLabel, error) {
	return EntityLabel{Name: "Comune di Isernia", Phone: "0865 4491", PrivacyNotice: "Il Comune tratta i Suoi dati.", Patience: 15 * time.Minute}, nil
}

func (h *house) Planned(context.Context, *tenant.Tx, civil.Date, civil.Date) (int, error) {
	return 480, nil
}
func (h *house) Booked(context.Context, *tenant.Tx, civil.Date, civil.Date) (int, error) {
	return 120, nil
}

func (h *house) Ratings(context.Context, *tenant.Tx, civil.Date, civil.Date) ([]Rated, error) {
	return []Rated{{"Carta d'identità", 8, 4.5}, {"Cambio di residenza", 2, 1}}, nil
}

func (h *house) Kiosk(context.Context, *tenant.Tx, uuid.UUID) (KioskLabel, error) {
	return KioskLabel{Name: "Scuola Tagliente", Place: "San Lazzaro", Address: "Via Roma 1"}, nil
}

func (h *house) Desks(ctx context.Context, tx *tenant.Tx) ([]FloorOffice, error) {
	operators, err := h.Operators(ctx, tx, h.office)
	return []FloorOffice{{ID: h.office, Name: "Anagrafe", Answers: true, Operators: operators}, {ID: elsewhere, Name: "Tributi", Answers: true}}, err
}
func (h *house) Kiosks(context.Context, tenant.Tenant) ([]FloorKiosk, error) { return h.floor, nil }

func (h *house) Open(context.Context, *tenant.Tx, uuid.UUID) (bool, error) { return true, nil }
func (h *house) Offers(context.Context, *tenant.Tx, uuid.UUID) ([]WalkInOffer, error) {
	o := WalkInOffer{ServiceID: walkInService, Title: "Certificati", Minutes: 20}
	if !h.shut {
		o.OfficeID, o.Office = h.office, "Anagrafe"
	}
	return []WalkInOffer{o}, nil
}
func (h *house) Seat(ctx context.Context, tx *tenant.Tx, kiosk, session uuid.UUID, until time.Time) (bool, error) {
	n, err := tenant.Exec(ctx, tx, sqlTestSeat, tenant.Args{"kiosk": kiosk, "session": session})
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seats[session] = until
	return n == 1 && !h.booked, err
}
func (h *house) Rise(ctx context.Context, tx *tenant.Tx, session uuid.UUID) error {
	if _, err := tenant.Exec(ctx, tx, sqlTestRise, tenant.Args{"session": session}); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.seats, session)
	return nil
}
func (h *house) BookAt(tenant.Tenant) string { return "https://isernia.example/prenota" }

func (h *house) Offices(_ context.Context, _ *tenant.Tx, a actor.Actor) ([]uuid.UUID, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.disabled[a.ID] {
		return nil, problem.New(problem.Unauthenticated, "unauthenticated")
	}
	return []uuid.UUID{h.office}, nil
}

func (h *house) Operators(context.Context, *tenant.Tx, uuid.UUID) ([]uuid.UUID, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.staff, nil
}

func (h *house) Colleagues(context.Context, *tenant.Tx, uuid.UUID) (all []Colleague, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, who := range h.staff {
		all = append(all, Colleague{who, "Anna Bianchi"})
	}
	return all, nil
}

// check is what middleware would answer when asked again.
func (h *house) check(a actor.Actor) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.disabled[a.ID] {
		return problem.New(problem.Unauthenticated, "unauthenticated")
	}
	return nil
}

func (h *house) disable(who string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.disabled[who] = true
}

// alone is a world without Redis: hints are lost and nobody else knows who is there.
type alone struct{}

var errAway = errors.New("redis is away")

func (alone) Publish(context.Context, string) error { return errAway }
func (alone) Subscribe(context.Context, ...string) (<-chan string, func()) {
	return make(chan string), func() {}
}
func (alone) Down() bool                                         { return true }
func (alone) Touch(context.Context, string, time.Duration) error { return errAway }
func (alone) Present(context.Context, ...string) (map[string]bool, error) {
	return nil, errAway
}
func (alone) Announce(context.Context, string, string, time.Duration) error { return errAway }
func (alone) Announced(context.Context, string) (string, error)             { return "", errAway }
func (alone) Forget(context.Context, string) error                          { return errAway }

// noted are rooms that remember what was asked of them.
type noted struct {
	mu      sync.Mutex
	open    map[string]bool
	removed []string
	inside  []string
	allowed map[string]rtc.Sources
	down    bool
}

func (r *noted) Participants(context.Context, string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down {
		return nil, errors.New("livekit is away")
	}
	return r.inside, nil
}

func (r *noted) Allow(_ context.Context, _, identity string, publish rtc.Sources) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !slices.Contains(r.inside, identity) {
		return errors.New("no such participant")
	}
	if r.allowed == nil {
		r.allowed = map[string]rtc.Sources{}
	}
	r.allowed[identity] = publish
	return nil
}

func (r *noted) Create(_ context.Context, room string, _ int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down {
		return errors.New("livekit is away")
	}
	if r.open == nil {
		r.open = map[string]bool{}
	}
	r.open[room] = true
	return nil
}

func (r *noted) Delete(_ context.Context, room string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down {
		return errors.New("livekit is away")
	}
	delete(r.open, room)
	return nil
}

func (r *noted) Remove(_ context.Context, _, identity string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.removed = append(r.removed, identity)
	return nil
}

func (r *noted) Token(room, identity, _ string, _ rtc.Sources, ttl time.Duration) (string, error) {
	return fmt.Sprint(room, identity, ttl), nil
}
func (r *noted) ClientURL() string { return "ws://video" }
func (r *noted) Webhook([]byte, string) (rtc.Event, error) {
	return rtc.Event{}, errors.New("not used")
}
func (r *noted) setDown(down bool) { r.mu.Lock(); r.down = down; r.mu.Unlock() }
func (r *noted) count() int        { r.mu.Lock(); defer r.mu.Unlock(); return len(r.open) }

type option func(*Config)

// newHouse makes an entity on real PostgreSQL; without options it is without Redis, with noted rooms.
func newHouse(t *testing.T, options ...option) *house {
	t.Helper()
	return houseOn(t, tenanttest.Start(t), options...)
}

func houseOn(t *testing.T, stack *tenanttest.Stack, options ...option) *house {
	t.Helper()
	h := &house{Stack: stack, office: uuid.New(), rooms: &noted{}, disabled: map[string]bool{}, seats: map[uuid.UUID]time.Time{}, moved: map[uuid.UUID]time.Time{}}
	var err error
	h.blobs, err = blob.NewFiles(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { _ = h.blobs.Close() })
	h.t = stack.NewTenant(t, migrate.Line{Name: "audit", FS: audit.Migrations}, appointmentLine,
		migrate.Line{Name: "documents", FS: documents.Migrations}, migrate.Line{Name: "videocall", FS: Migrations})
	cfg := Config{DB: stack.DB, Codes: h, Changes: h, Emergencies: h, Links: h, Appointments: h, Labels: h, Kiosks: h, Staff: h, Capacity: h, Floor: h, WalkIns: h,
		Documents: documents.New(h.blobs, documents.NewRenderer(), id.Random), Rooms: h.rooms, Hints: alone{}, Presence: alone{}}
	for _, o := range options {
		o(&cfg)
	}
	h.rooms = cfg.Rooms
	h.s = New(cfg)
	stack.Outbox.Subscribe(SessionCheck{}.Kind(), "videocall.check", h.s.OnSessionCheck)
	stack.Outbox.Subscribe(RoomDone{}.Kind(), "videocall.room", h.s.OnRoomDone)
	return h
}

// code books an appointment at the time and gives its code.
func (h *house) code(t *testing.T, at time.Time) string {
	t.Helper()
	h.mu.Lock()
	h.codes++
	code := fmt.Sprintf("%010d", h.codes)
	h.mu.Unlock()
	h.In(t, h.t, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(context.Background(), tx, sqlTestAdd, tenant.Args{"id": uuid.New(), "code": code, "office": h.office, "at": at})
		return err
	})
	return code
}

func (h *house) kiosk() actor.Actor {
	return actor.Actor{Kind: actor.Kiosk, ID: uuid.NewString(), Tenant: string(h.t.Key)}
}

func (h *house) operator() actor.Actor {
	a := actor.Actor{Kind: actor.Staff, ID: uuid.NewString(), Tenant: string(h.t.Key), Name: "Anna Bianchi", Roles: []actor.Role{actor.Operator}}
	h.mu.Lock()
	h.staff = append(h.staff, uuid.MustParse(a.ID))
	h.mu.Unlock()
	return a
}

// wait seats a citizen at a fresh kiosk.
func (h *house) wait(t *testing.T) (actor.Actor, Session) {
	t.Helper()
	kiosk := h.kiosk()
	v, err := h.s.Start(t.Context(), h.t, kiosk, h.code(t, h.Clock.Now()), uuid.New(), uuid.Nil)
	require.NoError(t, err)
	return kiosk, v
}

// call is wait and an operator who took them.
func (h *house) call(t *testing.T) (kiosk, operator actor.Actor, v Session) {
	t.Helper()
	kiosk, v = h.wait(t)
	operator = h.operator()
	require.NoError(t, h.s.CallChosen(t.Context(), h.t, operator, v.ID, uuid.New(), "serve subito"))
	return kiosk, operator, h.session(t, v.ID)
}

// talk is call and both sides receiving each other.
func (h *house) talk(t *testing.T) (kiosk, operator actor.Actor, v Session) {
	t.Helper()
	kiosk, operator, v = h.call(t)
	for _, a := range []actor.Actor{kiosk, operator} {
		_, err := h.s.Join(t.Context(), h.t, a)
		require.NoError(t, err)
	}
	h.beats(t, kiosk, operator)
	v = h.session(t, v.ID)
	require.Equal(t, Connected, v.State)
	return kiosk, operator, v
}

func (h *house) beats(t *testing.T, who ...actor.Actor) {
	t.Helper()
	for _, a := range who {
		_, err := h.s.Beat(t.Context(), h.t, a, true)
		require.NoError(t, err)
	}
}

func (h *house) session(t *testing.T, session ID) (v Session) {
	t.Helper()
	h.In(t, h.t, func(tx *tenant.Tx) (err error) {
		v, err = byID(context.Background(), tx, session)
		return err
	})
	return v
}

func (h *house) ledger(t *testing.T, session ID) (kinds []EventKind) {
	t.Helper()
	h.In(t, h.t, func(tx *tenant.Tx) error {
		lines, err := events(context.Background(), tx, session)
		for _, l := range lines {
			kinds = append(kinds, l.Kind)
		}
		return err
	})
	return kinds
}

func (h *house) billed(t *testing.T, session ID) (seconds int64) {
	t.Helper()
	h.In(t, h.t, func(tx *tenant.Tx) (err error) {
		seconds, err = h.s.BilledSeconds(context.Background(), tx, session)
		return err
	})
	return seconds
}

const sqlTestAudits = `SELECT count(*) FROM {t}.audit_log WHERE action = @action`

// redis starts a Redis of the test's own, for tests that kill it.
func redis(t *testing.T) (*devstack.Redis, *ephemeral.Store) {
	t.Helper()
	r, err := devstack.StartRedis(context.Background(), devstack.RedisConfig{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Stop() })
	store, err := ephemeral.Open(r.URL())
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.Eventually(t, func() bool { return !store.Down() }, 5*time.Second, 10*time.Millisecond)
	return r, store
}

func withRedis(store *ephemeral.Store) option {
	return func(c *Config) { c.Hints, c.Presence = store, store }
}

func code(err error) string {
	if err == nil {
		return ""
	}
	return problem.From(err).Code
}

func pngOf(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30))))
	return b.String()
}
