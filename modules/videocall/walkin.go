package videocall

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/tenant"
)

// WalkIns is what may be asked for at a kiosk without an appointment. catalog and counters satisfy it, by way of
// cmd/internal/app.
type WalkIns interface {
	// Open says whether the kiosk has any such service at all.
	Open(ctx context.Context, tx *tenant.Tx, kiosk uuid.UUID) (bool, error)
	// Offers gives these services, by title; one that no office answers for now has the zero office.
	Offers(ctx context.Context, tx *tenant.Tx, kiosk uuid.UUID) ([]WalkInOffer, error)
	// Seat keeps the kiosk's time from now on for a session. It says false when somebody has booked it.
	Seat(ctx context.Context, tx *tenant.Tx, kiosk, session uuid.UUID, until time.Time) (bool, error)
	// Rise gives back what is left of it.
	Rise(ctx context.Context, tx *tenant.Tx, session uuid.UUID) error
	// BookAt is the address at which one can book instead.
	BookAt(t tenant.Tenant) string
}

// WalkInOffer is one service.
type WalkInOffer struct {
	ServiceID uuid.UUID
	OfficeID  uuid.UUID
	Office    string
	Title     string
	Minutes   int
}

// Answers says whether an office answers for it now.
func (o WalkInOffer) Answers() bool { return o.OfficeID != uuid.Nil }

// WalkInView is one service as the kiosk offers it.
type WalkInView struct {
	ServiceID       uuid.UUID `json:"service_id"`
	Title           string    `json:"title"`
	Office          string    `json:"office" doc:"Empty when none answers now"`
	Answers         bool      `json:"answers" doc:"An office answers now"`
	Ahead           int       `json:"ahead" doc:"How many wait already"`
	EstimateMinutes *int      `json:"estimate_minutes" doc:"Null when it cannot be said: nobody serves now"`
}

// WalkInServices lists what may be asked for without an appointment, with the queue of each.
func (s *Service) WalkInServices(ctx context.Context, t tenant.Tenant, a actor.Actor) ([]WalkInView, error) {
	kiosk, err := kioskOf(a)
	if err != nil {
		return nil, err
	}
	var offers []WalkInOffer
	var queues [][]Session
	var operators, busy [][]uuid.UUID
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if offers, err = s.cfg.WalkIns.Offers(ctx, tx, kiosk); err != nil {
			return err
		}
		rest, err := resting(ctx, tx)
		if err != nil {
			return err
		}
		queues, operators, busy = make([][]Session, len(offers)), make([][]uuid.UUID, len(offers)), make([][]uuid.UUID, len(offers))
		for i, o := range offers {
			if !o.Answers() {
				continue
			}
			if queues[i], err = waiting(ctx, tx, []uuid.UUID{o.OfficeID}); err != nil {
				return err
			}
			if busy[i], err = busyOperators(ctx, tx, o.OfficeID); err != nil {
				return err
			}
			all, err := s.cfg.Staff.Operators(ctx, tx, o.OfficeID)
			if err != nil {
				return err
			}
			operators[i] = awake(all, rest)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]WalkInView, len(offers))
	for i, o := range offers {
		out[i] = WalkInView{ServiceID: o.ServiceID, Title: o.Title, Office: o.Office, Answers: o.Answers(), Ahead: len(slices.DeleteFunc(slices.Clone(queues[i]), func(v Session) bool { return v.Rehearsal }))}
		if !o.Answers() {
			continue
		}
		load, n := minutesOf(queues[i]), len(busy[i])
		place := KioskSession{EstimateMinutes: &load, Operators: &n}
		s.estimate(ctx, t, &Session{ServiceMinutes: o.Minutes}, &place, append(busy[i], operators[i]...))
		out[i].EstimateMinutes = place.EstimateMinutes
	}
	return out, nil
}

func minutesOf(queue []Session) (minutes int) {
	for _, v := range queue {
		if !v.Rehearsal {
			minutes += v.ServiceMinutes
		}
	}
	return minutes
}

// StartWalkIn seats somebody without an appointment: they get the day's next number and wait behind who waits already. The
// same request gives the same session. Refusals: "videocall.walk_in_closed" when no office answers, "videocall.walk_in_booked"
// when somebody has booked the kiosk before they could be served, "videocall.kiosk_busy".
func (s *Service) StartWalkIn(ctx context.Context, t tenant.Tenant, a actor.Actor, service, request, visit uuid.UUID) (Session, error) {
	if a.Kind != actor.Kiosk {
		return Session{}, problem.New(problem.Forbidden, "forbidden")
	}
	return s.once(ctx, t, a, request, func(kiosk uuid.UUID) (v Session, err error) {
		err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
			offer, err := s.offer(ctx, tx, kiosk, service)
			if err != nil {
				return err
			}
			if !offer.Answers() {
				return s.insteadBook(t, officeClosed)
			}
			if _, err := liveOfKiosk(ctx, tx, kiosk); !errors.Is(err, problem.NotFound) {
				return either(err, kioskBusy) // whose own time would seem to be somebody's booking
			}
			queue, err := waiting(ctx, tx, []uuid.UUID{offer.OfficeID})
			if err != nil {
				return err
			}
			v = Session{ID: id.New[Session](tx.IDs()), AppointmentID: tx.IDs()(), KioskID: kiosk, OfficeID: offer.OfficeID,
				ServiceID: service, AppointmentAt: tx.Now(), StartRequestID: request}
			needed := time.Duration(minutesOf(queue)+offer.Minutes) * time.Minute
			if ok, err := s.cfg.WalkIns.Seat(ctx, tx, kiosk, v.ID.UUID, tx.Now().Add(needed)); err != nil || !ok {
				return either(err, s.insteadBook(t, kioskBooked))
			}
			number, err := nextTicket(ctx, tx)
			if err != nil {
				return err
			}
			v.Ticket = &number
			return s.seat(ctx, tx, &v, visitRoom(t, kiosk, visit))
		})
		return v, err
	})
}

var (
	officeClosed = problem.New(problem.Conflict, "videocall.walk_in_closed")
	kioskBooked  = problem.New(problem.Conflict, "videocall.walk_in_booked")
)

func (s *Service) offer(ctx context.Context, tx *tenant.Tx, kiosk, service uuid.UUID) (WalkInOffer, error) {
	offers, err := s.cfg.WalkIns.Offers(ctx, tx, kiosk)
	if err != nil {
		return WalkInOffer{}, err
	}
	for _, o := range offers {
		if o.ServiceID == service {
			return o, nil
		}
	}
	return WalkInOffer{}, problem.New(problem.NotFound, "not_found")
}

func (s *Service) insteadBook(t tenant.Tenant, refusal *problem.Error) error {
	return refusal.WithData(map[string]string{"action": "rebook", "url": s.cfg.WalkIns.BookAt(t)})
}

// personOf is who the session is with. Of who came without an appointment only the number is known.
func personOf(v *Session, people map[uuid.UUID]Person) Person {
	if v.Rehearsal {
		return Person{Name: i18n.T(i18n.Italian, "videocall.rehearsal.person", nil)}
	}
	if v.Ticket == nil {
		return people[v.AppointmentID]
	}
	return Person{Name: i18n.T(i18n.Italian, "videocall.ticket", map[string]any{"number": strconv.Itoa(*v.Ticket)})}
}
