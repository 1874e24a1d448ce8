package videocall

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/tenant"
)

// Floor is the counter as a supervisor sees it: the offices that answer and the kiosks. catalog, identity and counters
// satisfy it, by way of cmd/internal/app.
type Floor interface {
	// Desks gives the offices that citizens can talk to, by name.
	Desks(ctx context.Context, tx *tenant.Tx) ([]FloorOffice, error)
	// Kiosks gives the kiosks that are not retired, by name. It runs outside any transaction.
	Kiosks(ctx context.Context, t tenant.Tenant) ([]FloorKiosk, error)
}

// FloorOffice is one office.
type FloorOffice struct {
	ID        uuid.UUID
	Name      string
	Answers   bool        // it is within its hours
	Operators []uuid.UUID // who may answer for it
}

// FloorKiosk is one kiosk.
type FloorKiosk struct {
	ID        uuid.UUID
	Name      string
	Place     string
	Paused    bool
	Connected bool   // its device was seen within the last minute
	Fault     string // what is wrong with it, in a word; "" when nothing is known
}

// Wall is the counter at this moment. It names no citizen and no member of staff (law 300/1970, article 4: no
// watching of single workers from afar), and no reason why anyone came.
type Wall struct {
	Offices []WallOffice
	Kiosks  []WallKiosk
	Version int64
}

// WallOffice is how an office stands.
type WallOffice struct {
	Name           string
	Answers        bool
	Waiting        int
	Long           int // of them, those who wait longer than the entity wants
	LongestMinutes int // since the person who has waited longest sat down
	Present        int // operators whose desk is open
	Talking        int // of them, those in a call
	Resting        int // operators who have a break
	Served         int // talks that ended today
}

// Alone says that people wait and no desk is open.
func (o WallOffice) Alone() bool { return o.Waiting > 0 && o.Present == 0 }

// Standing is what a kiosk does now.
type Standing string

// What a kiosk may be doing.
const (
	KioskFree    Standing = "free"
	KioskWaits   Standing = "waits"   // somebody sits there and waits
	KioskTalks   Standing = "talks"   // a call goes on
	KioskPaused  Standing = "paused"  // by the administrator
	KioskMissing Standing = "missing" // its device does not answer
)

// WallKiosk is how a kiosk stands.
type WallKiosk struct {
	Name, Place string
	Standing    Standing
	Fault       string // what somebody has to do something about
}

type servedCell struct {
	OfficeID uuid.UUID
	N        int
}

// Wall reads how the counter stands.
func (s *Service) Wall(ctx context.Context, t tenant.Tenant) (w Wall, err error) {
	kiosks, err := s.cfg.Floor.Kiosks(ctx, t)
	if err != nil {
		return w, err
	}
	var offices []FloorOffice
	var sessions []Session
	var served []servedCell
	var rest map[uuid.UUID]bool
	var now time.Time
	var entity EntityLabel
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		now = tx.Now()
		if entity, err = s.cfg.Labels.Entity(ctx, tx); err != nil {
			return err
		}
		if offices, err = s.cfg.Floor.Desks(ctx, tx); err != nil {
			return err
		}
		if sessions, err = live(ctx, tx); err != nil {
			return err
		}
		sessions = slices.DeleteFunc(sessions, func(v Session) bool { return v.Rehearsal })
		if rest, err = resting(ctx, tx); err != nil {
			return err
		}
		served, err = servedToday(ctx, tx)
		return err
	})
	if err != nil {
		return w, err
	}
	here := s.desksOpen(ctx, t, offices)
	for who := range rest {
		delete(here, who)
	}
	for _, o := range offices {
		one := wallOffice(o, sessions, served, here, now, entity.Patience)
		one.Resting = len(o.Operators) - len(awake(o.Operators, rest))
		w.Offices = append(w.Offices, one)
	}
	for _, k := range kiosks {
		w.Kiosks = append(w.Kiosks, WallKiosk{k.Name, k.Place, standing(k, sessions), k.Fault})
	}
	w.Version, err = versionOf(w)
	return w, err
}

// desksOpen says which operators' desks are open, here or in another process.
func (s *Service) desksOpen(ctx context.Context, t tenant.Tenant, offices []FloorOffice) map[uuid.UUID]bool {
	var keys []string
	for _, o := range offices {
		for _, who := range o.Operators {
			keys = append(keys, lifeKey{t.Key, DeskSide, who, contact}.String())
		}
	}
	present, _ := s.cfg.Presence.Present(ctx, keys...) // without an answer those who are known here count
	now := s.cfg.DB.Clock().Now()
	out := map[uuid.UUID]bool{}
	for _, o := range offices {
		for _, who := range o.Operators {
			k := lifeKey{t.Key, DeskSide, who, contact}
			out[who] = present[k.String()] || now.Sub(s.life.of(k)) <= contactTTL
		}
	}
	return out
}

func wallOffice(o FloorOffice, sessions []Session, served []servedCell, here map[uuid.UUID]bool, now time.Time, patience time.Duration) WallOffice {
	out := WallOffice{Name: o.Name, Answers: o.Answers}
	talking := map[uuid.UUID]bool{}
	for _, v := range sessions {
		switch {
		case v.State.Calling() && v.OperatorID != nil:
			talking[*v.OperatorID] = true // whichever office they talk for, they are taken
		case v.State == Waiting && v.OfficeID == o.ID:
			out.Waiting++
			if tooLong(v, now, patience) {
				out.Long++
			}
			out.LongestMinutes = max(out.LongestMinutes, int(now.Sub(v.StartedAt)/time.Minute))
		}
	}
	for _, who := range o.Operators {
		switch {
		case talking[who]:
			out.Present, out.Talking = out.Present+1, out.Talking+1
		case here[who]:
			out.Present++
		}
	}
	for _, c := range served {
		if c.OfficeID == o.ID {
			out.Served = c.N
		}
	}
	return out
}

// standing puts what goes on before what the device says: a call proves more than a sign of life.
func standing(k FloorKiosk, sessions []Session) Standing {
	for _, v := range sessions {
		if v.KioskID == k.ID {
			if v.State == Waiting {
				return KioskWaits
			}
			return KioskTalks
		}
	}
	switch {
	case k.Paused:
		return KioskPaused
	case !k.Connected:
		return KioskMissing
	}
	return KioskFree
}
