package videocall

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// Sweep looks once at every live session of the entity: a side that fell silent is dropped, who never comes is not
// waited for for ever, and a citizen whose operator vanished goes back to the queue. It says how many are live.
func (s *Service) Sweep(ctx context.Context, t tenant.Tenant) (int, error) {
	var sessions []Session
	var now time.Time
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		now = tx.Now()
		sessions, err = live(ctx, tx)
		return err
	})
	if err != nil {
		return 0, err
	}
	keys := make([]string, 0, 4*len(sessions))
	for i := range sessions {
		for _, side := range []Side{KioskSide, DeskSide} {
			who := sessions[i].who(side)
			keys = append(keys, lifeKey{t.Key, side, who, beat}.String(), lifeKey{t.Key, side, who, contact}.String())
		}
	}
	var present map[string]bool
	if len(keys) > 0 {
		present, _ = s.cfg.Presence.Present(ctx, keys...) // without it the rows tell: beats are written then
	}
	var errs []error
	for i := range sessions {
		v := &sessions[i]
		if c, l := s.overdue(t, v, present, now); c != "" {
			errs = append(errs, s.settle(ctx, t, v, c, l))
		}
	}
	return len(sessions), errors.Join(errs...)
}

// overdue is the command that the passing of time asks for, or "".
func (s *Service) overdue(t tenant.Tenant, v *Session, present map[string]bool, now time.Time) (Command, line) {
	either := []sign{beat, contact}
	kiosk := s.lastSign(t, v, KioskSide, either, present, now)
	switch v.State {
	case Waiting:
		if now.Sub(kiosk) > s.times.Empty {
			return Abandon, line{side: KioskSide}
		}
	case Called:
		if now.Sub(v.StateAt) > s.times.GiveUp {
			return Abandon, line{}
		}
		if now.Sub(kiosk) > s.times.Empty {
			return Abandon, line{side: KioskSide}
		}
		if now.Sub(s.lastSign(t, v, DeskSide, either, present, now)) > s.times.Empty {
			return Requeue, line{side: DeskSide}
		}
	case Connected, Held:
		var first line
		for _, side := range []Side{KioskSide, DeskSide} {
			last := s.lastSign(t, v, side, []sign{beat}, present, now)
			if now.Sub(last) > s.times.Silence && (first.side == "" || last.Before(first.at)) {
				first = line{side: side, at: last}
			}
		}
		if first.side != "" {
			return Drop, first
		}
	case Dropped:
		if now.Sub(v.StateAt) > s.times.GiveUp {
			return Abandon, line{}
		}
		desk := s.lastSign(t, v, DeskSide, either, present, now)
		if now.Sub(desk) > s.times.Empty && now.Sub(kiosk) <= s.times.Empty {
			return Requeue, line{side: DeskSide}
		}
	case Closed, Abandoned, NoShow:
	}
	return "", line{}
}

// settle does it, unless the session has changed since it was looked at.
func (s *Service) settle(ctx context.Context, t tenant.Tenant, seen *Session, c Command, l line) error {
	done, room := false, ""
	var v Session
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		done = false
		if v, err = lock(ctx, tx, seen.ID); err != nil {
			return err
		}
		if v.State != seen.State || v.Version != seen.Version {
			return nil
		}
		done, room = true, v.Room
		if c == Drop {
			v.setPeer(l.side, false)
		}
		if err := s.step(ctx, tx, &v, c, l); err != nil {
			return err
		}
		return save(ctx, tx, &v)
	})
	if err != nil || !done {
		return err
	}
	if c != Drop {
		s.deleteRoom(ctx, room)
	}
	s.hint(ctx, t, v)
	return nil
}

// OnSessionCheck handles SessionCheck: a live session is looked after by this process too, and asked about again.
// So a session whose process died is never forgotten.
func (s *Service) OnSessionCheck(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error {
	var e SessionCheck
	if err := json.Unmarshal(payload, &e); err != nil {
		return err
	}
	session, err := id.Parse[Session](e.SessionID)
	if err != nil {
		return err
	}
	return s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		v, err := byID(ctx, tx, session)
		if errors.Is(err, problem.NotFound) || (err == nil && !v.State.Live()) {
			return nil
		}
		if err != nil {
			return err
		}
		s.watch.add(t)
		return tx.PublishAt(ctx, e, tx.Now().Add(s.times.CheckLoop))
	})
}

// OnRoomDone handles RoomDone.
func (s *Service) OnRoomDone(ctx context.Context, _ tenant.Tenant, payload json.RawMessage) error {
	var e RoomDone
	if err := json.Unmarshal(payload, &e); err != nil {
		return err
	}
	return s.cfg.Rooms.Delete(ctx, e.Room)
}

// OnStaffDisabled handles identity.staff_disabled.v1.
func (s *Service) OnStaffDisabled(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error {
	var e struct {
		StaffID string `json:"staff_id"`
	}
	if err := json.Unmarshal(payload, &e); err != nil {
		return err
	}
	return s.Cut(ctx, t, e.StaffID)
}

// OnKioskRevoked handles counters.kiosk_revoked.v1.
func (s *Service) OnKioskRevoked(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error {
	var e struct {
		KioskID uuid.UUID `json:"kiosk_id"`
	}
	if err := json.Unmarshal(payload, &e); err != nil {
		return err
	}
	return s.CutKiosk(ctx, t, e.KioskID)
}
