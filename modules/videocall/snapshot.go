package videocall

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/tenant"
)

// versionOf is a number that differs whenever the content does, small enough for JavaScript.
func versionOf(state any) (int64, error) {
	raw, err := json.Marshal(state)
	if err != nil {
		return 0, err
	}
	h := fnv.New64a()
	_, _ = h.Write(raw)
	return int64(h.Sum64() >> 12), nil
}

// KioskState reads the kiosk's screen. It counts as a sign of life of the kiosk.
func (s *Service) KioskState(ctx context.Context, t tenant.Tenant, a actor.Actor) (KioskState, error) {
	kiosk, err := kioskOf(a)
	if err != nil {
		return KioskState{}, err
	}
	here := s.touch(ctx, t, KioskSide, kiosk, contact)
	var state KioskState
	var v *Session
	var operators []uuid.UUID
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		state, v, operators = KioskState{}, nil, nil
		found, err := latestOfKiosk(ctx, tx, kiosk)
		free := errors.Is(err, problem.NotFound)
		if err != nil && !free {
			return err
		}
		label := KioskLabel{Name: found.KioskName}
		if !found.Rehearsal { // whose seat is nobody's kiosk
			if label, err = s.cfg.Kiosks.Kiosk(ctx, tx, kiosk); err != nil {
				return err
			}
		}
		entity, err := s.cfg.Labels.Entity(ctx, tx)
		if err != nil {
			return err
		}
		state.Kiosk = KioskView{ID: kiosk, Name: label.Name, Place: label.Place, Address: label.Address, Printer: label.Printer}
		state.Entity = EntityView{Key: string(t.Key), Name: entity.Name, Phone: entity.Phone}
		if free || (!found.State.Live() && (found.KioskAckAt != nil || tx.Now().Sub(*found.ClosedAt) > s.times.ShowEnd)) {
			state.WalkIn, err = s.cfg.WalkIns.Open(ctx, tx, kiosk)
			return err
		}
		v = &found
		if err := s.keep(ctx, tx, v, KioskSide, here); err != nil {
			return err
		}
		state.Session = kioskSession(v, entity)
		if state.Session.Ended != nil {
			state.Session.Ended.Receipt = s.receiptView(t, v)
		}
		switch {
		case v.State == Waiting && !v.Parked:
			operators, err = s.queue(ctx, tx, v, state.Session)
		case v.State.Calling():
			if state.Session.Guests, err = s.entries(ctx, tx, v, KioskSide); err != nil {
				return err
			}
			if state.Session.Ask, err = askedNow(ctx, tx, v.ID); err != nil {
				return err
			}
			state.Session.Chat, state.Session.Documents, err = s.matter(ctx, tx, v, "/api/kiosk")
		}
		return err
	})
	if err != nil {
		return KioskState{}, err
	}
	if v != nil && v.State == Waiting && !v.Parked {
		s.estimate(ctx, t, v, state.Session, operators)
	}
	if v != nil && v.State.Live() {
		s.watch.add(t)
	}
	if state.Version, err = versionOf(state); err != nil {
		return KioskState{}, err
	}
	state.ServerTime = s.cfg.DB.Clock().Now()
	return state, nil
}

func kioskSession(v *Session, entity EntityLabel) *KioskSession {
	out := &KioskSession{ID: v.ID, State: v.State, Service: ServiceView{v.ServiceTitle, v.Needed}, Lacks: v.Lacks, Office: v.OfficeName,
		Titolare: entity.Name, PrivacyNotice: entity.PrivacyNotice, Ticket: v.Ticket, AppointmentAt: v.AppointmentAt, Rings: v.Rings, Parked: v.Parked,
		Chat: []ChatView{}, Documents: []DocumentView{}, Guests: []GuestEntry{}}
	if v.State.Live() && v.OperatorName != "" {
		out.OperatorName = &v.OperatorName
	}
	if !v.State.Live() {
		out.Ended = &EndView{Outcome: v.Outcome, Text: i18n.T(i18n.Italian, "videocall.ended."+string(v.Outcome), nil)}
	}
	return out
}

// queue fills in the place in the queue and gives who may answer, the busy first; see estimate.
func (s *Service) queue(ctx context.Context, tx *tenant.Tx, v *Session, out *KioskSession) ([]uuid.UUID, error) {
	before, err := aheadOf(ctx, tx, v)
	if err != nil {
		return nil, err
	}
	busy, err := busyOperators(ctx, tx, v.OfficeID)
	if err != nil {
		return nil, err
	}
	operators, err := s.cfg.Staff.Operators(ctx, tx, v.OfficeID)
	if err != nil {
		return nil, err
	}
	rest, err := resting(ctx, tx)
	if err != nil {
		return nil, err
	}
	position, load, n := before.People+1, before.Minutes, len(busy)
	out.Position, out.EstimateMinutes, out.Operators = &position, &load, &n
	return append(busy, awake(operators, rest)...), nil
}

// estimate turns the load of the queue into minutes: what is ahead, shared among the operators present, rounded up
// to five. It asks Redis who is present, so it runs outside the transaction; without an answer those in a call count.
func (s *Service) estimate(ctx context.Context, t tenant.Tenant, v *Session, out *KioskSession, operators []uuid.UUID) {
	busy := *out.Operators
	serving := map[uuid.UUID]bool{}
	keys := make([]string, len(operators))
	for i, who := range operators {
		keys[i] = lifeKey{t.Key, DeskSide, who, contact}.String()
	}
	present, _ := s.cfg.Presence.Present(ctx, keys...)
	now := s.cfg.DB.Clock().Now()
	for i, who := range operators {
		here := now.Sub(s.life.of(lifeKey{t.Key, DeskSide, who, contact})) <= contactTTL
		if i < busy || present[keys[i]] || here {
			serving[who] = true
		}
	}
	n := len(serving)
	out.Operators = &n
	if n == 0 {
		out.EstimateMinutes = nil
		return
	}
	load := *out.EstimateMinutes
	if busy >= n { // everybody is in a call: one of them has to end first
		load += v.ServiceMinutes
	}
	minutes := minutesUp(load, n)
	out.EstimateMinutes = &minutes
}

// matter is what was written and shown in the session.
func (s *Service) matter(ctx context.Context, tx *tenant.Tx, v *Session, base string) ([]ChatView, []DocumentView, error) {
	lines, err := chat(ctx, tx, v.ID)
	if err != nil {
		return nil, nil, err
	}
	said := make([]ChatView, len(lines))
	for i, m := range lines {
		said[i] = ChatView(m)
	}
	docs, err := s.cfg.Documents.List(ctx, tx, v.ID.UUID)
	if err != nil {
		return nil, nil, err
	}
	shown := make([]DocumentView, len(docs))
	for i, d := range docs {
		shown[i] = documentView(d, base)
	}
	return said, shown, nil
}

func documentView(d documents.Document, base string) DocumentView {
	out := DocumentView{ID: d.ID, Name: d.Name, MediaType: d.MediaType, SizeBytes: d.SizeBytes, Source: d.Source, At: d.CreatedAt}
	for page := range d.Pages {
		out.Pages = append(out.Pages, fmt.Sprintf("%s/session/documents/%s?page=%d", base, d.ID, page+1))
	}
	out.URL = out.Pages[0]
	if d.MediaType == documents.PDF {
		out.MediaType = documents.PNG
	}
	return out
}

// DeskState reads the operator's screen. Whoever appears on it for the first time to this operator leaves an audit row.
func (s *Service) DeskState(ctx context.Context, t tenant.Tenant, a actor.Actor) (DeskState, error) {
	operator, err := operatorOf(a)
	if err != nil {
		return DeskState{}, err
	}
	here := s.touch(ctx, t, DeskSide, operator, contact)
	var state DeskState
	var queue []Session
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		state = DeskState{Operator: OperatorView{operator, a.Name}}
		offices, err := s.cfg.Staff.Offices(ctx, tx, a)
		if err != nil {
			return err
		}
		entity, err := s.cfg.Labels.Entity(ctx, tx)
		if err != nil {
			return err
		}
		state.Entity = DeskEntity{Key: string(t.Key), Name: entity.Name, ReadyTexts: append([]string{}, entity.ReadyTexts...)}
		if queue, err = waiting(ctx, tx, offices); err != nil {
			return err
		}
		if state.BreakSince, err = breakOf(ctx, tx, operator); err != nil {
			return err
		}
		if state.Invitation, err = s.invitation(ctx, tx, operator); err != nil {
			return err
		}
		v, err := liveOfOperator(ctx, tx, operator)
		if err != nil && !errors.Is(err, problem.NotFound) {
			return err
		}
		people, err := s.people(ctx, tx, a, operator, queue, v)
		if err != nil {
			return err
		}
		state.Waiting = waitingEntries(queue, people, operator, tx.Now(), entity.Patience)
		if v.ID.IsZero() {
			return nil
		}
		if err := s.keep(ctx, tx, &v, DeskSide, here); err != nil {
			return err
		}
		state.Session = deskSession(&v, personOf(&v, people))
		if state.Session.Identified, err = identifiedOf(ctx, tx, v.ID); err != nil {
			return err
		}
		if state.Session.Guests, err = s.entries(ctx, tx, &v, DeskSide); err != nil {
			return err
		}
		if state.Session.Asks, err = askedSoFar(ctx, tx, v.ID); err != nil {
			return err
		}
		state.Session.Chat, state.Session.Documents, err = s.matter(ctx, tx, &v, "/api/desk")
		return err
	})
	if err != nil {
		return DeskState{}, err
	}
	if state.Session != nil || len(state.Waiting) > 0 {
		s.watch.add(t)
	}
	if state.Session == nil && state.BreakSince == nil {
		state.Standby = s.standbyRoom(ctx, t, operator, queue)
	}
	if state.Version, err = versionOf(state); err != nil {
		return DeskState{}, err
	}
	state.ServerTime = s.cfg.DB.Clock().Now()
	return state, nil
}

// people reads the names on the screen and notes in the audit those that this operator had not seen before.
func (s *Service) people(ctx context.Context, tx *tenant.Tx, a actor.Actor, operator uuid.UUID, queue []Session, mine Session) (map[uuid.UUID]Person, error) {
	var appointments, waits []uuid.UUID
	for _, v := range queue {
		appointments, waits = append(appointments, v.AppointmentID), append(waits, v.ID.UUID)
	}
	if !mine.ID.IsZero() {
		appointments = append(appointments, mine.AppointmentID)
	}
	if len(appointments) == 0 {
		return nil, nil
	}
	if len(waits) > 0 {
		fresh, err := view(ctx, tx, operator, waits)
		if err != nil {
			return nil, err
		}
		for _, session := range fresh {
			if err := audit.Record(ctx, tx, a, "session.seen_waiting", "session:"+session.String(), nil); err != nil {
				return nil, err
			}
		}
	}
	return s.cfg.Appointments.People(ctx, tx, appointments)
}

// tooLong says whether somebody who waits for anybody has waited longer than the entity wants.
func tooLong(v Session, now time.Time, patience time.Duration) bool {
	return patience > 0 && v.State == Waiting && !v.Parked && now.Sub(v.StartedAt) >= patience
}

func waitingEntries(queue []Session, people map[uuid.UUID]Person, me uuid.UUID, now time.Time, patience time.Duration) []WaitingEntry {
	out := make([]WaitingEntry, len(queue))
	for i, v := range queue {
		p := personOf(&v, people)
		out[i] = WaitingEntry{ID: v.ID, Service: v.ServiceTitle, Kiosk: v.KioskName, Citizen: strings.TrimSpace(p.Name + " " + p.Surname),
			Ticket: v.Ticket, Rehearsal: v.Rehearsal, Since: v.StartedAt, Long: tooLong(v, now, patience), AppointmentAt: v.AppointmentAt, Parked: v.Parked, Wanted: v.WantedName, Yours: v.WantedID != nil && *v.WantedID == me,
			PassedBy: v.PassedBy, PassedWhy: v.PassedWhy}
	}
	return out
}

func deskSession(v *Session, p Person) *DeskSession {
	return &DeskSession{ID: v.ID, State: v.State, Citizen: CitizenView{p.Name, p.Surname}, Ticket: v.Ticket, Rehearsal: v.Rehearsal,
		Service: ServiceView{v.ServiceTitle, v.Needed}, Lacks: v.Lacks, Kiosk: v.KioskName, Office: v.OfficeName, AppointmentAt: v.AppointmentAt,
		PassedBy: v.PassedBy, PassedWhy: v.PassedWhy, CalledAt: v.CalledAt, ConnectedAt: v.ConnectedAt, Details: p.Details}
}

// Day lists the appointments of a day ("2026-05-05", civil time of Rome; "" is today) at the operator's offices. It
// leaves one audit row.
func (s *Service) Day(ctx context.Context, t tenant.Tenant, a actor.Actor, date string) (DayView, error) {
	if _, err := operatorOf(a); err != nil {
		return DayView{}, err
	}
	now := s.cfg.DB.Clock().Now().In(clock.Rome)
	from := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, clock.Rome)
	if date != "" {
		var err error
		if from, err = time.ParseInLocation(time.DateOnly, date, clock.Rome); err != nil {
			return DayView{}, problem.New(problem.Invalid, "videocall.date").WithField("date", "videocall.date")
		}
	}
	to := time.Date(from.Year(), from.Month(), from.Day()+1, 0, 0, 0, 0, clock.Rome)
	var out DayView
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		out = DayView{Appointments: []DayAppointment{}}
		offices, err := s.cfg.Staff.Offices(ctx, tx, a)
		if err != nil {
			return err
		}
		entries, err := s.cfg.Appointments.Day(ctx, tx, offices, from.UTC(), to.UTC())
		if err != nil {
			return err
		}
		for _, e := range entries {
			out.Appointments = append(out.Appointments, DayAppointment(e))
		}
		detail := map[string]any{"date": from.Format(time.DateOnly), "appointments": len(entries)}
		return audit.Record(ctx, tx, a, "appointments.day_read", "day:"+from.Format(time.DateOnly), detail)
	})
	return out, err
}
