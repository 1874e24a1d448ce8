package videocall

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/rtc"
	"github.com/sportello/sportello/tenant"
)

// Others take part in an encounter when the operator invites them: an interpreter, a relative, a colleague. Each has a link of
// their own, which works while the encounter goes on. Both sides read who was invited. What is billed is between the two
// sides, whoever else is there.

const (
	guestPrefix = "guest-"
	maxGuests   = 2  // at a time: more faces than that no kiosk shows well
	guestName   = 60 // characters
)

// Guest is somebody who was invited.
type Guest struct {
	ID        uuid.UUID
	SessionID ID
	Name      string
	StaffID   *uuid.UUID // a colleague
	Joins     int
	InvitedAt time.Time
	RemovedAt *time.Time
}

func guestIdentity(g Guest, n int) string { return fmt.Sprintf("%s%s-%d", guestPrefix, g.ID, n) }

// Invite adds somebody to the operator's encounter: a colleague of its office, or whoever the operator names. It gives the
// link to hand on.
func (s *Service) Invite(ctx context.Context, t tenant.Tenant, a actor.Actor, name string, colleague uuid.UUID) (link string, err error) {
	operator, err := operatorOf(a)
	if err != nil {
		return "", err
	}
	name = strings.Join(strings.Fields(name), " ")
	if colleague == uuid.Nil && (name == "" || utf8.RuneCountInString(name) > guestName || !printable(name)) {
		return "", problem.New(problem.Invalid, "videocall.guest_name").WithField("name", "videocall.guest_name")
	}
	var v Session
	g := Guest{Name: name}
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, _, err = lockMine(ctx, tx, a); err != nil {
			return err
		}
		now, err := guests(ctx, tx, v.ID)
		if err != nil {
			return err
		}
		if len(now) >= maxGuests {
			return problem.New(problem.Conflict, "videocall.too_many_guests")
		}
		if colleague != uuid.Nil {
			found, err := s.colleagueTo(ctx, tx, v, operator, colleague)
			if err != nil || found.ID == uuid.Nil {
				return either(err, problem.New(problem.Invalid, "videocall.guest_name").WithField("colleague_id", "form.value"))
			}
			g.Name, g.StaffID = found.Name, &found.ID
		}
		g.ID = tx.IDs()()
		if _, err := tenant.Exec(ctx, tx, sqlInvite, tenant.Args{"id": g.ID, "session": v.ID.UUID, "name": g.Name, "staff": g.StaffID, "now": tx.Now()}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, a, "session.guest_invited", "session:"+v.ID.String(), nil)
	})
	if err != nil {
		return "", err
	}
	s.hint(ctx, t, v)
	if g.StaffID != nil {
		_ = s.cfg.Hints.Publish(ctx, StaffChannel(t, *g.StaffID))
	}
	return s.cfg.Links.Guest(t, g.ID), nil
}

// SendAway ends somebody's part, at the operator's wish: picture and sound too.
func (s *Service) SendAway(ctx context.Context, t tenant.Tenant, a actor.Actor, guest uuid.UUID) error {
	if _, err := operatorOf(a); err != nil {
		return err
	}
	var v Session
	var g Guest
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, _, err = lockMine(ctx, tx, a); err != nil {
			return err
		}
		if g, err = guestByID(ctx, tx, guest); err != nil {
			return err
		}
		if g.SessionID != v.ID {
			return problem.New(problem.NotFound, "not_found")
		}
		_, err = tenant.Exec(ctx, tx, sqlSendAway, tenant.Args{"id": guest, "now": tx.Now()})
		return err
	})
	if err != nil {
		return err
	}
	s.hint(ctx, t, v)
	s.remove(ctx, v.Room, guestIdentity(g, g.Joins))
	return nil
}

// GuestView is what somebody with a guest's link sees before they are in.
type GuestView struct {
	Name   string `json:"name"`
	Entity string `json:"entity"`
	Office string `json:"office"`
	Open   bool   `json:"open" doc:"The encounter goes on and they may take part"`
}

// GuestState reads what a guest's link opens now. After the end it opens nothing: open is false.
func (s *Service) GuestState(ctx context.Context, t tenant.Tenant, guest uuid.UUID) (out GuestView, err error) {
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		g, v, err := s.guestOf(ctx, tx, guest)
		if err != nil {
			return err
		}
		entity, err := s.cfg.Labels.Entity(ctx, tx)
		out = GuestView{Name: g.Name, Entity: entity.Name, Office: v.OfficeName, Open: welcome(g, v)}
		return err
	})
	return out, err
}

// GuestJoin admits a guest to the video of the encounter, anew after a reload. It is "videocall.no_session" when it does not
// go on, or they were sent away.
func (s *Service) GuestJoin(ctx context.Context, t tenant.Tenant, guest uuid.UUID) (Admission, error) {
	var g Guest
	var v Session
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if g, v, err = s.guestOf(ctx, tx, guest); err != nil {
			return err
		}
		if !welcome(g, v) || v.Room == "" {
			return problem.New(problem.NotFound, "videocall.no_session")
		}
		_, err = tenant.Exec(ctx, tx, sqlGuestJoins, tenant.Args{"id": guest})
		return err
	})
	if err != nil {
		return Admission{}, err
	}
	s.remove(ctx, v.Room, guestIdentity(g, g.Joins))
	token, err := s.cfg.Rooms.Token(v.Room, guestIdentity(g, g.Joins+1), g.Name, rtc.Sources{Camera: true, Microphone: true}, s.times.TokenTTL)
	if err != nil {
		return Admission{}, fmt.Errorf("token: %w", err)
	}
	return Admission{URL: s.cfg.Rooms.ClientURL(), Token: token, Identity: guestIdentity(g, g.Joins+1)}, nil
}

// welcome: while an operator is there. Whoever is set aside or passed on waits alone.
func welcome(g Guest, v Session) bool { return g.RemovedAt == nil && v.State.Calling() }

func (s *Service) guestOf(ctx context.Context, tx *tenant.Tx, guest uuid.UUID) (Guest, Session, error) {
	g, err := guestByID(ctx, tx, guest)
	if err != nil {
		return g, Session{}, err
	}
	v, err := byID(ctx, tx, g.SessionID)
	return g, v, err
}

// GuestEntry is somebody invited, on the screens of both sides.
type GuestEntry struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
	Link string    `json:"link,omitempty" doc:"To hand on; for the operator only"`
}

// entries are those who take part or may.
func (s *Service) entries(ctx context.Context, tx *tenant.Tx, v *Session, side Side) ([]GuestEntry, error) {
	found, err := guests(ctx, tx, v.ID)
	out := make([]GuestEntry, len(found))
	for i, g := range found {
		out[i] = GuestEntry{ID: g.ID, Name: g.Name}
		if side == DeskSide {
			out[i].Link = s.cfg.Links.Guest(tx.Tenant(), g.ID)
		}
	}
	return out, err
}

// Invitation is a colleague's wish that the operator takes part.
type Invitation struct {
	From string `json:"from"`
	Link string `json:"link"`
}

// invitation is the latest one to the operator that still can be followed, or nil.
func (s *Service) invitation(ctx context.Context, tx *tenant.Tx, operator uuid.UUID) (*Invitation, error) {
	found, err := tenant.One[struct {
		ID           uuid.UUID
		OperatorName string
	}](ctx, tx, sqlInvitation, tenant.Args{"staff": operator})
	if errors.Is(err, problem.NotFound) {
		return nil, nil //nolint:nilnil // nobody asks for them
	}
	return &Invitation{From: found.OperatorName, Link: s.cfg.Links.Guest(tx.Tenant(), found.ID)}, err
}
