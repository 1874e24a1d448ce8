package booking

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/kernel/together"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// The times of a booking.
const (
	HoldTime    = 10 * time.Minute    // how long a chosen time is kept while the form is filled in
	HoldAtMost  = 30 * time.Minute    // how long going on with the form can keep it
	HorizonDays = 60                  // how far ahead one can book
	keepHolds   = 24 * time.Hour      // then what was typed into an unfinished form is deleted
	keepFreed   = 30 * 24 * time.Hour // then released times are deleted
	keepCode    = 24 * time.Hour      // after the appointment its code is still known as used or late
	alternates  = 3                   // how many free times are offered instead of a taken one
)

// Config is what the service needs.
type Config struct {
	DB       *tenant.DB
	Catalog  *catalog.Service
	Counters *counters.Service
	Seats    Seats                      // default Counters
	Keys     Keys                       // see NewKeys
	BaseURL  func(tenant.Tenant) string // the entity's address for links in messages, without a slash at the end
	Seat     func(n int) int            // the seat the search starts from, below n; default random
	Logger   *slog.Logger               // default slog.Default()
}

// Service is the use cases of appointments. It is safe for concurrent use. Citizens act without an account: who holds
// the token of the wizard or of the manage link may act on that one appointment.
type Service struct {
	Config
	memo  *memo
	codes *together.Group[control.NewCode, struct{}]
	there *together.Group[bookedKey, struct{}]
}

// bookedKey is an appointment wherever it is.
type bookedKey struct {
	in tenant.Tenant
	id AppointmentID
}

// New makes the service.
func New(cfg Config) *Service {
	if cfg.Keys.secret == nil {
		panic("booking: no keys")
	}
	if cfg.Seats == nil {
		cfg.Seats = cfg.Counters
	}
	if cfg.Seat == nil {
		cfg.Seat = rand.IntN
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	s := &Service{Config: cfg, memo: newMemo(cfg.DB.Clock())}
	s.codes, s.there = together.New(s.newCodes), together.New(s.thereOf)
	return s
}

// NewToken starts a wizard: it names a booking that does not exist yet.
func (s *Service) NewToken(t tenant.Tenant, ids id.Source) string {
	return s.Keys.HoldToken(t.Key, id.New[Appointment](ids))
}

// Choice is what the citizen chose: the place and the office apart from each other, and the time.
type Choice struct {
	Service catalog.SheetID
	Office  catalog.OfficeID
	Kiosk   counters.KioskID
	Start   time.Time
}

// Hold takes the chosen time for the wizard that the token names and keeps it for HoldTime. Choosing again moves the
// hold: there is one per token, and what was typed stays. The same choice twice gives the same hold. A time that is
// taken is the conflict booking.slot_taken whose Data is Alternatives; the hold there was stays. A wizard that was
// confirmed is the conflict booking.already_confirmed.
func (s *Service) Hold(ctx context.Context, t tenant.Tenant, token string, c Choice) (Appointment, error) {
	a, err := s.Keys.ParseHoldToken(t.Key, token)
	if err != nil {
		return Appointment{}, err
	}
	if err := s.lostLately(ctx, t, a, c); err != nil {
		return Appointment{}, err
	}
	var held Appointment
	for range 3 { // a double click makes the same hold twice at once: the second finds the first's
		err = s.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
			var err error
			held, err = s.hold(ctx, tx, a, c)
			return err
		})
		if err == nil || problem.From(err).Code != errRaced.Code {
			break
		}
	}
	return held, err
}

// errRaced: the same wizard made its hold at the same time. Another look finds it.
var errRaced = problem.New(problem.Conflict, "booking.raced")

func (s *Service) hold(ctx context.Context, tx *tenant.Tx, a AppointmentID, c Choice) (Appointment, error) {
	old, there, err := lockIfThere(ctx, tx, a)
	if err != nil {
		return Appointment{}, err
	}
	if there {
		switch old.State {
		case Held:
		case Cancelled:
			return Appointment{}, problem.New(problem.Conflict, "booking.cancelled")
		default:
			return Appointment{}, problem.New(problem.Conflict, "booking.already_confirmed")
		}
		if old.at(c) && !old.Lapsed(tx.Now()) {
			return old, nil
		}
	}
	offer, err := s.offer(ctx, tx, c)
	if err != nil {
		return Appointment{}, err
	}
	if there {
		if err := s.release(ctx, tx, old); err != nil {
			return Appointment{}, err
		}
	}
	until := tx.Now().Add(HoldTime)
	now := Appointment{
		ID: a, ServiceID: c.Service, OfficeID: c.Office, KioskID: c.Kiosk, StartsAt: c.Start.UTC(),
		EndsAt: c.Start.Add(offer.length).UTC(), State: Held, Lang: i18n.From(ctx), HoldExpiresAt: &until, Version: 1, CreatedAt: tx.Now(),
		Matter: Matter{Reason: offer.title},
	}
	if there {
		now.Citizen, now.Matter, now.CreatedAt, now.Version = old.Citizen, old.Matter, old.CreatedAt, old.Version+1
		if old.ServiceID != c.Service {
			now.Reason = offer.title
		}
	}
	if err := s.take(ctx, tx, &now, offer.units, !there); err != nil {
		if !there && problem.From(err).Code == "booking.slot_taken" {
			if _, raced, e := lockIfThere(ctx, tx, a); e == nil && raced {
				return Appointment{}, errRaced
			}
		}
		return Appointment{}, err
	}
	if there {
		_, err = tenant.Exec(ctx, tx, sqlPlace, placeArgs(now, tx.Now()))
	}
	return now, err
}

// at says whether the appointment is already what was chosen.
func (a Appointment) at(c Choice) bool {
	return a.ServiceID == c.Service && a.OfficeID == c.Office && a.KioskID == c.Kiosk && a.StartsAt.Equal(c.Start)
}

func (a Appointment) choice() Choice {
	return Choice{Service: a.ServiceID, Office: a.OfficeID, Kiosk: a.KioskID, Start: a.StartsAt}
}

// take consumes the two capacities of a booking, first the kiosk's time and then one operator's, as a hold until
// HoldExpiresAt or for good, and sets the identifiers of both. With insert it makes the appointment's row too. After a
// conflict the caller returns the error, so that all of it is undone.
func (s *Service) take(ctx context.Context, tx *tenant.Tx, a *Appointment, units int, insert bool) error {
	a.ReservationID, a.SeatID = tx.IDs()(), tx.IDs()()
	r := counters.Reservation{ID: a.ReservationID, Kiosk: a.KioskID, From: a.StartsAt, To: a.EndsAt, Purpose: "appointment"}
	if a.HoldExpiresAt != nil {
		r.ExpiresAt = *a.HoldExpiresAt
	}
	ok, err := s.Seats.Reserve(ctx, tx, r)
	if err == nil && ok {
		ok, err = takeSeat(ctx, tx, *a, units, s.Seat(units), insert)
	}
	if err != nil {
		return err
	}
	if !ok {
		return s.taken(ctx, tx, a.choice())
	}
	return nil
}

func (s *Service) release(ctx context.Context, tx *tenant.Tx, a Appointment) error {
	if err := s.Seats.Release(ctx, tx, a.ReservationID); err != nil {
		return err
	}
	return releaseSeat(ctx, tx, a.SeatID)
}

// SetMatter notes what it is about. Going on with the form keeps the time longer, to HoldAtMost after the first choice.
func (s *Service) SetMatter(ctx context.Context, t tenant.Tenant, token string, m Matter) (Appointment, error) {
	m = m.trimmed()
	if err := m.Validate(); err != nil {
		return Appointment{}, err
	}
	return s.fill(ctx, t, token, func(tx *tenant.Tx, a Appointment) error {
		_, err := tenant.Exec(ctx, tx, sqlSetMatter,
			tenant.Args{"id": a.ID, "reason": m.Reason, "details": m.Details, "now": tx.Now()})
		return err
	})
}

// SetCitizen notes who comes. Going on with the form keeps the time longer, to HoldAtMost after the first choice. What
// was typed is deleted a day later unless it is confirmed.
func (s *Service) SetCitizen(ctx context.Context, t tenant.Tenant, token string, c Citizen) (Appointment, error) {
	c = c.trimmed()
	if err := c.Validate(); err != nil {
		return Appointment{}, err
	}
	return s.fill(ctx, t, token, func(tx *tenant.Tx, a Appointment) error {
		known := a.Email != ""
		a.Citizen = c
		if err := s.fair(ctx, tx, a); err != nil {
			return err
		}
		if _, err := tenant.Exec(ctx, tx, sqlSetCitizen, tenant.Args{"id": a.ID, "name": c.Name, "surname": c.Surname,
			"email": c.Email, "phone": c.Phone, "now": tx.Now()}); err != nil || known {
			return err
		}
		return tx.PublishAt(ctx, FormLeft{AppointmentID: a.ID}, tx.Now().Add(keepHolds+HoldAtMost))
	})
}

func (s *Service) fill(ctx context.Context, t tenant.Tenant, token string, f func(*tenant.Tx, Appointment) error) (Appointment, error) {
	a, err := s.Keys.ParseHoldToken(t.Key, token)
	if err != nil {
		return Appointment{}, err
	}
	var out Appointment
	err = s.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		held, err := lock(ctx, tx, a)
		if err != nil {
			return err
		}
		if held.State != Held {
			return problem.New(problem.Conflict, "booking.already_confirmed")
		}
		if err := f(tx, held); err != nil {
			return err
		}
		if err := s.extend(ctx, tx, held); err != nil {
			return err
		}
		out, err = read(ctx, tx, a)
		return err
	})
	return out, err
}

// extend keeps a live hold longer. One that lapsed is left: confirming takes the time again when it is still free.
func (s *Service) extend(ctx context.Context, tx *tenant.Tx, a Appointment) error {
	until := tx.Now().Add(HoldTime)
	if most := a.CreatedAt.Add(HoldAtMost); until.After(most) {
		until = most
	}
	if a.Lapsed(tx.Now()) || !until.After(*a.HoldExpiresAt) {
		return nil
	}
	if _, err := s.Seats.Extend(ctx, tx, a.ReservationID, until); err != nil {
		return err
	}
	if _, err := tenant.Exec(ctx, tx, sqlExtendSeat, tenant.Args{"id": a.SeatID, "expires": until}); err != nil {
		return err
	}
	_, err := tenant.Exec(ctx, tx, sqlExtendHold, tenant.Args{"id": a.ID, "expires": until})
	return err
}

// Find reads the booking that a wizard's token names, in any state; problem.NotFound before a time was chosen.
func (s *Service) Find(ctx context.Context, tx *tenant.Tx, token string) (Appointment, error) {
	a, err := s.Keys.ParseHoldToken(tx.Tenant().Key, token)
	if err != nil {
		return Appointment{}, err
	}
	return read(ctx, tx, a)
}

// Managed reads the appointment that a manage link's token opens; problem.NotFound for a hold.
func (s *Service) Managed(ctx context.Context, tx *tenant.Tx, token string) (Appointment, error) {
	id, err := s.Keys.ParseManageToken(tx.Tenant().Key, token)
	if err != nil {
		return Appointment{}, err
	}
	a, err := read(ctx, tx, id)
	if err == nil && a.State == Held {
		err = problem.New(problem.NotFound, "not_found")
	}
	return a, err
}

// ByID reads an appointment for a module above; problem.NotFound where there is none.
func (s *Service) ByID(ctx context.Context, tx *tenant.Tx, a AppointmentID) (Appointment, error) {
	return read(ctx, tx, a)
}
