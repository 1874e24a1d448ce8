package videocall

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/tenant"
)

// sign is how a side shows that it is there.
type sign byte

const (
	contact sign = 'c' // its screen is open
	beat    sign = 'b' // it is in the call
)

// An open screen repeats its contact, which other processes know of for a little longer than two repetitions.
const (
	contactEvery = 4 * time.Second // rights that were taken away must end a screen within 5 s
	contactTTL   = 12 * time.Second
)

// lifeKey names who shows it: a kiosk or an operator.
type lifeKey struct {
	tenant tenant.Key
	side   Side
	who    uuid.UUID
	sign   sign
}

func (k lifeKey) String() string {
	return string(k.tenant) + ":life:" + string(k.side) + ":" + k.who.String() + ":" + string(k.sign)
}

// ttl is how long other processes know of the sign.
func (s *Service) ttl(how sign) time.Duration {
	if how == beat {
		return s.times.BeatTTL
	}
	return contactTTL
}

// lifeSigns are the last signs of life that this process knows of, at most two for each kiosk and operator.
type lifeSigns struct {
	mu   sync.Mutex
	last map[lifeKey]time.Time
}

func (l *lifeSigns) note(k lifeKey, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last == nil {
		l.last = map[lifeKey]time.Time{}
	}
	if at.After(l.last[k]) {
		l.last[k] = at
	}
}

func (l *lifeSigns) of(k lifeKey) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last[k]
}

// alive is a sign of life that was noted in this process; shared says whether the others know of it too.
type alive struct {
	sign   sign
	shared bool
}

// touch notes a sign of life of whoever acts. It runs outside any transaction.
func (s *Service) touch(ctx context.Context, t tenant.Tenant, side Side, who uuid.UUID, how sign) alive {
	k := lifeKey{t.Key, side, who, how}
	s.life.note(k, s.cfg.DB.Clock().Now())
	return alive{how, s.cfg.Presence.Touch(ctx, k.String(), s.ttl(how)) == nil}
}

// keep writes the sign of life into the session's row, only when the row's own is old, or when no other process
// could know of it otherwise. An idle kiosk has no session and so writes nothing.
func (s *Service) keep(ctx context.Context, tx *tenant.Tx, v *Session, side Side, a alive) error {
	if a.sign == contact && (v.State == Connected || v.State == Held) {
		return nil // in a call an open screen proves nothing
	}
	wait := s.times.Flush
	if !a.shared {
		wait = time.Second // not with every reading of the screen
	}
	if !v.State.Live() || tx.Now().Sub(v.seen(side)) < wait {
		return nil
	}
	return saveSeen(ctx, tx, v.ID, side, tx.Now())
}

func (v *Session) who(side Side) uuid.UUID {
	if side == KioskSide {
		return v.KioskID
	}
	if v.OperatorID == nil {
		return uuid.Nil
	}
	return *v.OperatorID
}

// lastSign is the latest proof that a side was there, from this process, the row and other processes.
func (s *Service) lastSign(t tenant.Tenant, v *Session, side Side, signs []sign, present map[string]bool, now time.Time) time.Time {
	latest := v.StateAt
	if seen := v.seen(side); seen.After(latest) {
		latest = seen
	}
	for _, how := range signs {
		k := lifeKey{t.Key, side, v.who(side), how}
		if present[k.String()] {
			s.life.note(k, now.Add(-s.ttl(how))) // it is at most that old
		}
		if at := s.life.of(k); at.After(latest) {
			latest = at
		}
	}
	return latest
}

// watchList are the entities whose live sessions this process looks after.
type watchList struct {
	mu      sync.Mutex
	tenants map[tenant.Key]watched
}

type watched struct {
	tenant tenant.Tenant
	added  int
}

func (w *watchList) add(t tenant.Tenant) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tenants == nil {
		w.tenants = map[tenant.Key]watched{}
	}
	w.tenants[t.Key] = watched{t, w.tenants[t.Key].added + 1}
}

func (w *watchList) all() []watched {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]watched, 0, len(w.tenants))
	for _, one := range w.tenants {
		list = append(list, one)
	}
	return list
}

// drop forgets the entity unless it was added anew since.
func (w *watchList) drop(one watched) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.tenants[one.tenant.Key].added == one.added {
		delete(w.tenants, one.tenant.Key)
	}
}

// Run looks after the live sessions that this process knows of, until ctx ends. Every process that serves screens
// or works jobs runs it; they do not disturb one another, since each change is made on a locked row that still
// is as it was seen.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(s.times.Sweep)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, one := range s.watch.all() {
			n, err := s.Sweep(ctx, one.tenant)
			if err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "sweep", slog.String("tenant", string(one.tenant.Key)), slog.Any("err", err))
			}
			if err == nil && n == 0 {
				s.watch.drop(one)
			}
		}
	}
}
