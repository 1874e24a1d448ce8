package videocall

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// Config is everything the service needs. All fields but Random, Log and Times are required.
type Config struct {
	DB           *tenant.DB
	Codes        Codes
	Changes      Changes
	Emergencies  Emergencies
	Links        Links
	Appointments Appointments
	Labels       Labels
	Kiosks       Kiosks
	Staff        Staff
	Capacity     Capacity
	Floor        Floor
	WalkIns      WalkIns
	Documents    *documents.Service
	Rooms        Rooms
	Hints        Hints
	Presence     Presence
	Random       io.Reader // of room names; default the system's
	Log          *slog.Logger
	Times        Times // zero fields take their default
}

// Times are the patience of the counter.
type Times struct {
	Silence   time.Duration // a side that is in a call and says nothing is dropped; default 8 s
	BeatTTL   time.Duration // how long a beat is known to other processes; default 4 s
	Empty     time.Duration // nobody at the kiosk before the call, or nobody at the desk that called; default 60 s
	GiveUp    time.Duration // called and never connected, or dropped and never back; default 10 min
	Flush     time.Duration // a live side's sign of life reaches its row at least this often; default 15 s
	ShowEnd   time.Duration // the kiosk shows how the encounter ended; default 60 s
	TokenTTL  time.Duration // default 120 s
	Sweep     time.Duration // between two looks at the live sessions; default 1 s
	LivePoll  time.Duration // between two readings of a screen with a live session, or without hints; default 2 s
	IdlePoll  time.Duration // between two readings of a kiosk's screen otherwise; default 20 s
	DeskPoll  time.Duration // of a desk's screen: rights that were taken away must end it within 5 s; default 4 s
	CheckLoop time.Duration // between two durable checks of a live session; default 60 s
}

func (t Times) orDefaults() Times {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	set(&t.Silence, 8*time.Second)
	set(&t.BeatTTL, 4*time.Second)
	set(&t.Empty, time.Minute)
	set(&t.GiveUp, 10*time.Minute)
	set(&t.Flush, 15*time.Second)
	set(&t.ShowEnd, time.Minute)
	set(&t.TokenTTL, 2*time.Minute)
	set(&t.Sweep, time.Second)
	set(&t.LivePoll, 2*time.Second)
	set(&t.IdlePoll, 20*time.Second)
	set(&t.DeskPoll, 4*time.Second)
	set(&t.CheckLoop, time.Minute)
	return t
}

// Service runs the encounters of all entities. It is safe for concurrent use; many processes may run it at once.
type Service struct {
	cfg   Config
	times Times
	log   *slog.Logger

	random sync.Mutex
	life   lifeSigns
	watch  watchList
}

// New makes the service.
func New(cfg Config) *Service {
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Service{cfg: cfg, times: cfg.Times.orDefaults(), log: cfg.Log}
}

// maxInRoom are the kiosk, some operators who stand by, and places for reloads that overlap.
const maxInRoom = 8

// roomName is a fresh unguessable name that carries the entity, so that LiveKit's messages find their way.
func (s *Service) roomName(t tenant.Tenant) (string, error) {
	b := make([]byte, 15)
	s.random.Lock()
	_, err := io.ReadFull(s.cfg.Random, b)
	s.random.Unlock()
	return string(t.Key) + "." + strings.ToLower(base32.StdEncoding.EncodeToString(b)), err
}

// entityOf is the key of the entity that a room belongs to.
func entityOf(room string) (tenant.Key, error) {
	key, _, _ := strings.Cut(room, ".")
	return tenant.ParseKey(key)
}

// step does one command on a session whose row the caller has locked: state, ledger and what follows from them.
// The caller saves the session.
func (s *Service) step(ctx context.Context, tx *tenant.Tx, v *Session, c Command, l line) error {
	to, err := Next(v.State, c)
	if err != nil {
		return err
	}
	before := v.State
	v.State, v.StateAt = to, tx.Now()
	l.kind = eventOf(c, v.ConnectedAt != nil)
	if l.at.IsZero() {
		l.at = tx.Now()
	}
	switch c {
	case Connect:
		if v.ConnectedAt == nil {
			at := tx.Now()
			v.ConnectedAt = &at
		}
	case Recall:
		v.Rings++
		v.KioskPeer, v.DeskPeer = false, false
	case Requeue, Park, Pass:
		if err := tx.Publish(ctx, RoomDone{Room: v.Room}); err != nil {
			return err
		}
		v.OperatorID, v.OperatorName, v.Room, v.DeskSeenAt, v.KioskJoins = nil, "", "", nil, 0
		v.KioskPeer, v.DeskPeer = false, false
		v.KioskSeenAt = tx.Now()
	case Call, Hold, Resume, Drop, Close, Leave, Miss, Abandon, Cut:
	}
	if err := appendEvent(ctx, tx, v.ID, l); err != nil {
		return err
	}
	if to.Live() {
		return nil
	}
	return s.end(ctx, tx, v, before, c)
}

// end fills in what an ended session has and tells the rest of the house.
func (s *Service) end(ctx context.Context, tx *tenant.Tx, v *Session, before State, c Command) error {
	at := tx.Now()
	v.ClosedAt = &at
	v.KioskPeer, v.DeskPeer = false, false
	switch c {
	case Leave:
		v.Outcome, v.KioskAckAt = Left, &at
	case Miss:
		v.Outcome = Missed
	case Abandon:
		v.Outcome = Gone
	case Cut:
		v.Outcome = KioskOff
	case Call, Connect, Hold, Resume, Drop, Recall, Requeue, Park, Pass, Close: // Close brings its own outcome
	}
	if v.Ticket != nil {
		if err := s.cfg.WalkIns.Rise(ctx, tx, v.ID.UUID); err != nil {
			return err
		}
	} else if v.State == Abandoned && v.ConnectedAt == nil {
		if err := s.cfg.Codes.GiveBack(ctx, tx, v.AppointmentID); err != nil {
			return err
		}
	}
	if v.Room != "" {
		if err := tx.Publish(ctx, RoomDone{Room: v.Room}); err != nil {
			return err
		}
	}
	return tx.Publish(ctx, SessionClosed{SessionID: v.ID.String()})
}

// hint tells the screens of a session to read again. A lost hint costs seconds, so its error is only logged.
func (s *Service) hint(ctx context.Context, t tenant.Tenant, v Session) {
	ctx = context.WithoutCancel(ctx)
	for _, channel := range []string{kioskChannel(t, v.KioskID), deskChannel(t, v.OfficeID)} {
		if err := s.cfg.Hints.Publish(ctx, channel); err != nil {
			s.log.DebugContext(ctx, "no hint", slog.Any("err", err))
		}
	}
}

func kioskChannel(t tenant.Tenant, kiosk uuid.UUID) string {
	return string(t.Key) + ":kiosk:" + kiosk.String()
}

func deskChannel(t tenant.Tenant, office uuid.UUID) string {
	return string(t.Key) + ":desk:" + office.String()
}

// StaffChannel is where a hint is expected when the rights of a member of staff change.
func StaffChannel(t tenant.Tenant, staff uuid.UUID) string {
	return string(t.Key) + ":staff:" + staff.String()
}

// KioskChannel is where a hint is expected when something about a kiosk itself changes.
func KioskChannel(t tenant.Tenant, kiosk uuid.UUID) string { return kioskChannel(t, kiosk) }

// deleteRoom takes a room away now; RoomDone repeats it where this fails.
func (s *Service) deleteRoom(ctx context.Context, room string) {
	if room == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	if err := s.cfg.Rooms.Delete(ctx, room); err != nil {
		s.log.WarnContext(ctx, "room not deleted yet", slog.Any("err", err))
	}
}

// kioskOf is the kiosk that acts. A citizen's own device is a kiosk that has the number of their appointment.
func kioskOf(a actor.Actor) (uuid.UUID, error) {
	if a.Kind == actor.Citizen {
		return idOf(a, actor.Citizen)
	}
	return idOf(a, actor.Kiosk)
}

// operatorOf is the operator who acts.
func operatorOf(a actor.Actor) (uuid.UUID, error) {
	if !CanServe(a) {
		return uuid.Nil, problem.New(problem.Forbidden, "forbidden")
	}
	return idOf(a, actor.Staff)
}

func idOf(a actor.Actor, kind actor.Kind) (uuid.UUID, error) {
	if a.Kind != kind {
		return uuid.Nil, problem.New(problem.Forbidden, "forbidden")
	}
	u, err := uuid.Parse(a.ID)
	if err != nil {
		return uuid.Nil, problem.New(problem.Forbidden, "forbidden").Wrap(err)
	}
	return u, nil
}

// CanServe says whether the actor may answer at the desk.
func CanServe(a actor.Actor) bool { return a.Has(actor.Operator) }

// sideOf says which end of an encounter the actor is at, and who they are there.
func sideOf(a actor.Actor) (Side, uuid.UUID, error) {
	if who, err := kioskOf(a); err == nil {
		return KioskSide, who, nil
	}
	who, err := operatorOf(a)
	return DeskSide, who, err
}

// mine is the live session that the actor takes part in, or "videocall.no_session".
func mine(ctx context.Context, tx *tenant.Tx, a actor.Actor) (Session, Side, error) {
	var v Session
	side, who, err := sideOf(a)
	switch {
	case err != nil:
		return v, side, err
	case side == KioskSide:
		v, err = liveOfKiosk(ctx, tx, who)
	default:
		v, err = liveOfOperator(ctx, tx, who)
	}
	if errors.Is(err, problem.NotFound) {
		err = problem.New(problem.NotFound, "videocall.no_session")
	}
	return v, side, err
}

// lockMine is mine with the row locked. A session that ended or moved on in between is not the actor's any more.
func lockMine(ctx context.Context, tx *tenant.Tx, a actor.Actor) (Session, Side, error) {
	v, side, err := mine(ctx, tx, a)
	if err != nil {
		return v, side, err
	}
	locked, err := lock(ctx, tx, v.ID)
	if err != nil {
		return locked, side, err
	}
	if !locked.State.Live() || (side == DeskSide && (locked.OperatorID == nil || *locked.OperatorID != *v.OperatorID)) {
		return locked, side, problem.New(problem.NotFound, "videocall.no_session")
	}
	return locked, side, nil
}

// BilledSeconds is how long both sides of a session were connected, in whole seconds, from our own ledger.
func (s *Service) BilledSeconds(ctx context.Context, tx *tenant.Tx, session ID) (int64, error) {
	v, err := byID(ctx, tx, session)
	if err != nil || v.Rehearsal {
		return 0, err
	}
	lines, err := events(ctx, tx, session)
	return int64(Billed(lines, tx.Now()) / time.Second), err
}
