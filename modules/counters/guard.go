package counters

import (
	"context"
	"slices"
	"time"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// The limits of code entry. The arithmetic stands in docs/decisions/0011-code-entry.md; a test reads these numbers.
const (
	TriesInARow  = 5                // wrong codes within TriesWindow
	TriesWindow  = 10 * time.Minute //
	TriesPause   = 15 * time.Minute // then the device waits this long after the last of them
	TriesADay    = 15               // wrong codes within 24 hours; then a member of staff must unlock the device
	FleetTries   = 5000             // wrong codes within 24 hours at all devices of all entities
	day          = 24 * time.Hour
	deviceJoiner = "/"
)

// device is how the control plane names a kiosk in the list of wrong tries.
func device(d control.Device) string { return string(d.Tenant) + deviceJoiner + d.KioskID.String() }

// DeviceActor is the actor of an enrolled device.
func DeviceActor(d control.Device) actor.Actor {
	return actor.Actor{Kind: actor.Kiosk, ID: d.KioskID.String(), Tenant: string(d.Tenant)}
}

// GuardCode refuses a try when the device, or all devices together, had too many wrong ones: kiosk.too_many_tries with
// the minutes to wait, or kiosk.locked until a member of staff unlocks. It holds the device's row until the transaction
// ends, so that tries at one device are counted one after the other however many come at once. A device that is not
// enrolled is refused. It needs PostgreSQL only: Redis may be down.
func (s *Service) GuardCode(ctx context.Context, tx *tenant.ControlTx, d control.Device) error {
	rows, err := tenant.Exec(ctx, tx, sqlLockDevice, tenant.Args{"tenant": d.Tenant, "kiosk": d.KioskID})
	if err != nil {
		return err
	}
	if rows == 0 {
		return problem.New(problem.Unauthenticated, "kiosk.not_enrolled")
	}
	tries, err := control.WrongCodes(ctx, tx, device(d), time.Time{})
	if err != nil {
		return err
	}
	if err := judge(tries, tx.Now()); err != nil {
		return err
	}
	all, err := control.AllWrongCodes(ctx, tx, tx.Now().Add(-day))
	if err == nil && all >= FleetTries {
		err = problem.New(problem.TooMany, "kiosk.fleet_limit").WithData(helpNeeded)
	}
	return err
}

// Wait is the Data of a try that was refused: what the kiosk offers as the way on.
type Wait struct {
	Action  string `json:"action"`            // wait or ask_help
	Minutes int    `json:"minutes,omitempty"` // wait: how long
}

var helpNeeded = Wait{Action: "ask_help"}

// judge is GuardCode for one device as a pure function of the instants of its wrong tries.
func judge(tries []time.Time, now time.Time) error {
	t := slices.Clone(tries)
	slices.SortFunc(t, time.Time.Compare)
	for i := TriesADay - 1; i < len(t); i++ {
		if t[i].Sub(t[i-TriesADay+1]) < day {
			return problem.New(problem.TooMany, "kiosk.locked").WithData(helpNeeded)
		}
	}
	if n := len(t); n >= TriesInARow && t[n-1].Sub(t[n-TriesInARow]) < TriesWindow {
		if wait := t[n-1].Add(TriesPause).Sub(now); wait > 0 {
			minutes := int((wait + time.Minute - 1) / time.Minute)
			return problem.New(problem.TooMany, "kiosk.too_many_tries").With("minutes", minutes).
				With("retry_after", int(wait/time.Second)+1).
				WithData(Wait{Action: "wait", Minutes: minutes})
		}
	}
	return nil
}

// CountWrongCode notes a wrong try. Only wrong tries write.
func (s *Service) CountWrongCode(ctx context.Context, tx *tenant.ControlTx, d control.Device) error {
	return control.RecordWrongCode(ctx, tx, device(d))
}

// CodeEntry says whether a kiosk takes codes now: nil, or the problem that GuardCode would give for the device.
func (s *Service) CodeEntry(ctx context.Context, tx *tenant.ControlTx, d control.Device) error {
	tries, err := control.WrongCodes(ctx, tx, device(d), time.Time{})
	if err != nil {
		return err
	}
	return judge(tries, tx.Now())
}

// UnlockCode lets a device take codes again after too many wrong ones.
func (s *Service) UnlockCode(ctx context.Context, a actor.Actor, t tenant.Tenant, kiosk KioskID) error {
	if err := s.allowed(ctx, a, t, kiosk, "kiosk.code_entry_unlocked"); err != nil {
		return err
	}
	return s.db.InControl(ctx, a, func(tx *tenant.ControlTx) error {
		return control.ForgiveDevice(ctx, tx, device(control.Device{Tenant: t.Key, KioskID: kiosk.UUID}))
	})
}

// allowed checks the right and that the kiosk is the entity's, and leaves the audit row before anything happens in the
// other plane: an action without its row cannot be, a row without its action is one that failed.
func (s *Service) allowed(ctx context.Context, a actor.Actor, t tenant.Tenant, kiosk KioskID, action string) error {
	if err := mustEdit(a); err != nil {
		return err
	}
	return s.db.InTenant(ctx, t, func(tx *tenant.Tx) error { return s.recorded(ctx, tx, a, kiosk, action) })
}

// recorded leaves the audit row of an action on a kiosk of this entity.
func (s *Service) recorded(ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk KioskID, action string) error {
	if _, err := s.Kiosk(ctx, tx, kiosk); err != nil {
		return err
	}
	return audit.Record(ctx, tx, a, action, "kiosk:"+kiosk.String(), nil)
}

// ForgetTries deletes wrong tries that no limit looks at any more and says how many; those of a locked device stay until
// it is unlocked. A daily job calls it.
func (s *Service) ForgetTries(ctx context.Context) (int64, error) {
	var n int64
	err := s.db.InControl(ctx, actor.Actor{Kind: actor.System}, func(tx *tenant.ControlTx) error {
		var err error
		n, err = tenant.Exec(ctx, tx, sqlForgetTries, tenant.Args{"before": tx.Now().Add(-day), "span": TriesADay - 1})
		return err
	})
	return n, err
}
