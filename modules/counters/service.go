package counters

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// Config is what the service needs.
type Config struct {
	DB       *tenant.DB
	Secret   []byte       // keys the hashes of device credentials and enrolment codes; at least 32 bytes
	Presence Presence     // default: nobody is known to be there
	Limiter  Limiter      // of enrolment tries; without one none is allowed
	Logger   *slog.Logger // default slog.Default()
}

// Service is the use cases of kiosks. Reads of kiosks are public data and take no actor; changes take one, need CanEdit,
// and leave an audit row in the same transaction. It is safe for concurrent use.
type Service struct {
	db       *tenant.DB
	secret   []byte
	presence Presence
	limiter  Limiter
	devices  *deviceCache
	cutter   Cutter
	log      *slog.Logger
}

// SetCutter gives what ends the encounter at a kiosk whose device is revoked. The composition root calls it once,
// before requests are served.
func (s *Service) SetCutter(c Cutter) { s.cutter = c }

// New makes the service. It panics on a short secret: that is a mistake of the composition root.
func New(cfg Config) *Service {
	if len(cfg.Secret) < 32 {
		panic("counters: the secret has less than 32 bytes")
	}
	if cfg.Presence == nil {
		cfg.Presence = absent{}
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	return &Service{
		db: cfg.DB, secret: cfg.Secret, presence: cfg.Presence, limiter: cfg.Limiter,
		devices: newDeviceCache(cfg.DB.Clock()), log: cfg.Logger,
	}
}

// CanEdit says who may change kiosks, enrol and revoke their devices and unlock code entry.
func CanEdit(a actor.Actor) bool { return a.Has(actor.Administrator) || a.Kind == actor.System }

func mustEdit(a actor.Actor) error {
	if !CanEdit(a) {
		return problem.New(problem.Forbidden, "forbidden")
	}
	return nil
}

// Kiosks lists all kiosks by name, the retired ones last.
func (s *Service) Kiosks(ctx context.Context, tx *tenant.Tx) ([]Kiosk, error) {
	rows, err := tenant.All[kioskRow](ctx, tx, sqlKiosks)
	return kiosksOf(rows), err
}

// Offering lists the active kiosks at which the service is offered, by name.
func (s *Service) Offering(ctx context.Context, tx *tenant.Tx, service catalog.SheetID) ([]Kiosk, error) {
	rows, err := tenant.All[kioskRow](ctx, tx, sqlKiosksOffering, tenant.Args{"service": service})
	return kiosksOf(rows), err
}

// Kiosk reads one kiosk in any state, or problem.NotFound.
func (s *Service) Kiosk(ctx context.Context, tx *tenant.Tx, kiosk KioskID) (Kiosk, error) {
	row, err := tenant.One[kioskRow](ctx, tx, sqlKiosk, tenant.Args{"id": kiosk})
	return row.kiosk(), err
}

// Create adds a kiosk and gives it its identifier and the slug of its address.
func (s *Service) Create(ctx context.Context, tx *tenant.Tx, a actor.Actor, k Kiosk) (Kiosk, error) {
	if err := mustEdit(a); err != nil {
		return Kiosk{}, err
	}
	if k.State == "" {
		k.State = Active
	}
	if err := k.Validate(); err != nil {
		return Kiosk{}, err
	}
	k.ID = id.New[Kiosk](tx.IDs())
	base := catalog.Slugify(k.Name)
	for n := 1; ; n++ {
		k.Slug = numbered(base, n)
		rows, err := tenant.Exec(ctx, tx, sqlInsertKiosk, kioskArgs(k, tx.Now()))
		if err != nil {
			return Kiosk{}, err
		}
		if rows == 1 {
			break
		}
		if n == 50 {
			return Kiosk{}, problem.New(problem.Invalid, "counters.kiosk_invalid").WithField("name", "counters.name_taken")
		}
	}
	if err := writeParts(ctx, tx, k); err != nil {
		return Kiosk{}, err
	}
	k.UpdatedAt = tx.Now()
	return k, audit.Record(ctx, tx, a, "kiosk.created", "kiosk:"+k.ID.String(), nil)
}

// Update changes a kiosk; identifier and slug stay. Retiring one does not revoke its device: Revoke does.
func (s *Service) Update(ctx context.Context, tx *tenant.Tx, a actor.Actor, k Kiosk) error {
	if err := mustEdit(a); err != nil {
		return err
	}
	if err := k.Validate(); err != nil {
		return err
	}
	rows, err := tenant.Exec(ctx, tx, sqlUpdateKiosk, kioskArgs(k, tx.Now()))
	if err != nil {
		return err
	}
	if rows == 0 {
		return problem.New(problem.NotFound, "not_found")
	}
	if err := writeParts(ctx, tx, k); err != nil {
		return err
	}
	return audit.Record(ctx, tx, a, "kiosk.changed", "kiosk:"+k.ID.String(), map[string]any{"state": string(k.State)})
}

func numbered(base string, n int) string {
	if base == "" {
		base = "postazione"
	}
	if n == 1 {
		return base
	}
	return base + "-" + strconv.Itoa(n)
}

// Reservation is a taken stretch of a kiosk's time.
type Reservation struct {
	ID        uuid.UUID
	Kiosk     KioskID
	From, To  time.Time
	Purpose   string    // what the host sees, never who: e.g. "appointment"
	ExpiresAt time.Time // of a hold; the zero time makes it confirmed at once
}

// Reserve takes a stretch of a kiosk's time. It says false when somebody has it. Holds past their time are released
// by the same statement. The exclusion constraint decides.
func (s *Service) Reserve(ctx context.Context, tx *tenant.Tx, r Reservation) (bool, error) {
	state, expires := "held", &r.ExpiresAt
	if r.ExpiresAt.IsZero() {
		state, expires = "confirmed", nil
	}
	args := tenant.Args{
		"id": r.ID, "kiosk": r.Kiosk, "from": r.From, "to": r.To, "state": state, "expires": expires,
		"purpose": r.Purpose, "now": tx.Now(),
	}
	n, err := tenant.Exec(ctx, tx, sqlReserve, args) // nearly always it is free
	if err != nil || n == 1 {
		return n == 1, err
	}
	if n, err = tenant.Exec(ctx, tx, sqlReleaseLapsed, args); err != nil || n == 0 {
		return false, err
	}
	n, err = tenant.Exec(ctx, tx, sqlReserve, args)
	return n == 1, err
}

// Confirm keeps a held stretch for good. It says false when the hold was released meanwhile.
func (s *Service) Confirm(ctx context.Context, tx *tenant.Tx, reservation uuid.UUID) (bool, error) {
	n, err := tenant.Exec(ctx, tx, sqlConfirmReservation, tenant.Args{"id": reservation})
	return n == 1, err
}

// Extend moves the end of a hold. It says false when there is no hold any more.
func (s *Service) Extend(ctx context.Context, tx *tenant.Tx, reservation uuid.UUID, until time.Time) (bool, error) {
	n, err := tenant.Exec(ctx, tx, sqlExtendReservation, tenant.Args{"id": reservation, "expires": until})
	return n == 1, err
}

// Release frees a stretch. Releasing twice is no error.
func (s *Service) Release(ctx context.Context, tx *tenant.Tx, reservation uuid.UUID) error {
	_, err := tenant.Exec(ctx, tx, sqlReleaseReservation, tenant.Args{"id": reservation})
	return err
}

// ReleaseLater frees a stretch at an instant: until then nobody can take it.
func (s *Service) ReleaseLater(ctx context.Context, tx *tenant.Tx, reservation uuid.UUID, at time.Time) error {
	_, err := tenant.Exec(ctx, tx, sqlHoldReservation, tenant.Args{"id": reservation, "expires": at})
	return err
}

// stoppedAhead is how long from now on a kiosk that cannot be used takes no bookings.
const stoppedAhead = 2 * time.Hour

// Busy lists the taken stretches of kiosks within two instants, by kiosk and in order. A kiosk that cannot be used counts
// as taken for the next two hours.
func (s *Service) Busy(ctx context.Context, tx *tenant.Tx, kiosks []KioskID, from, to time.Time) (map[KioskID][]Interval, error) {
	ids := make([]uuid.UUID, len(kiosks))
	for i, k := range kiosks {
		ids[i] = k.UUID
	}
	type row struct {
		KioskID KioskID
		FromAt  time.Time
		ToAt    time.Time
	}
	rows, err := tenant.All[row](ctx, tx, sqlBusy, tenant.Args{"kiosks": ids, "from": from, "to": to, "now": tx.Now(), "until": tx.Now().Add(stoppedAhead)})
	if err != nil {
		return nil, err
	}
	out := make(map[KioskID][]Interval, len(kiosks))
	for _, r := range rows {
		out[r.KioskID] = append(out[r.KioskID], Interval{From: r.FromAt, To: r.ToAt})
	}
	return out, nil
}

// Purge deletes released stretches that ended before the instant and says how many.
func (s *Service) Purge(ctx context.Context, tx *tenant.Tx, before time.Time) (int64, error) {
	return tenant.Exec(ctx, tx, sqlPurgeReservations, tenant.Args{"before": before})
}
