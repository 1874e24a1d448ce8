package counters

import (
	"context"
	"log/slog"
	"time"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// A kiosk is silent when its place is open and its device has not been seen for silenceGrace. The grace is several
// times what a device needs to be seen again after Redis was emptied or the network came back.
const (
	silenceGrace = 3 * time.Minute
	lookRetry    = time.Minute    // until what a stopped process had taken is looked at by another
	lookLater    = 24 * time.Hour // a kiosk that is paused, or has no opening in the next days
)

var system = actor.Actor{Kind: actor.System}

// Watch looks once which enrolled devices are there, over all entities, and opens and closes faults of the kind
// Silent. It reads one list and asks Redis once; only what changed is written. Without an answer of Redis it does
// nothing: then nobody is known to be away. Running it in several processes at once does no harm. find gives an
// entity by its key.
func (s *Service) Watch(ctx context.Context, find func(context.Context, tenant.Key) (tenant.Tenant, error)) error {
	var devices []control.Absence
	err := s.db.InControl(ctx, system, func(tx *tenant.ControlTx) (err error) {
		devices, err = control.LiveDevices(ctx, tx)
		return err
	})
	if err != nil || len(devices) == 0 {
		return err
	}
	keys := make([]string, len(devices))
	for i, d := range devices {
		keys[i] = presenceKey(d.Device)
	}
	present, err := s.presence.Present(ctx, keys...)
	if err != nil {
		return err
	}
	var gone []control.Device
	for i, d := range devices {
		switch {
		case !present[keys[i]] && d.AbsentSince == nil:
			gone = append(gone, d.Device)
		case present[keys[i]] && d.AbsentSince != nil:
			if err := s.back(ctx, find, d.Device); err != nil {
				s.log.WarnContext(ctx, "device is back, not noted", slog.String("kiosk", d.KioskID.String()), slog.Any("err", err))
			}
		}
	}
	var due []control.Absence
	err = s.db.InControl(ctx, system, func(tx *tenant.ControlTx) (err error) {
		if len(gone) > 0 {
			if err := control.DevicesGone(ctx, tx, gone, tx.Now().Add(silenceGrace)); err != nil {
				return err
			}
		}
		due, err = control.TakeLooks(ctx, tx, tx.Now().Add(lookRetry))
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range due {
		if present[presenceKey(d.Device)] {
			continue // it came back just now
		}
		if err := s.look(ctx, find, d); err != nil {
			s.log.WarnContext(ctx, "silent device not looked at", slog.String("kiosk", d.KioskID.String()), slog.Any("err", err))
		}
	}
	return nil
}

// back closes the fault first: should the process stop in between, it is closed again.
func (s *Service) back(ctx context.Context, find func(context.Context, tenant.Key) (tenant.Tenant, error), d control.Device) error {
	t, err := find(ctx, d.Tenant)
	if err != nil {
		return err
	}
	err = s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		return s.Mended(ctx, tx, system, KioskID{UUID: d.KioskID}, Silent)
	})
	if err != nil {
		return err
	}
	return s.db.InControl(ctx, system, func(tx *tenant.ControlTx) error { return control.DeviceBack(ctx, tx, d) })
}

// look opens the fault when the place has been open long enough, else it comes again when it will have been.
func (s *Service) look(ctx context.Context, find func(context.Context, tenant.Key) (tenant.Tenant, error), d control.Absence) error {
	t, err := find(ctx, d.Tenant)
	if err != nil {
		return err
	}
	var again *time.Time
	err = s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		k, err := s.Kiosk(ctx, tx, KioskID{UUID: d.KioskID})
		if err != nil {
			return err
		}
		next := nextLook(k, *d.AbsentSince, tx.Now())
		if next.After(tx.Now()) {
			again = &next
			return nil
		}
		return s.Report(ctx, tx, system, k.ID, Silent, "")
	})
	if err != nil {
		return err
	}
	return s.db.InControl(ctx, system, func(tx *tenant.ControlTx) error { return control.LookAt(ctx, tx, d.Device, again) })
}

// nextLook is the first instant from now on at which a device that is still absent then counts as silent.
func nextLook(k Kiosk, absent, now time.Time) time.Time {
	if k.State == Active {
		today := civil.Of(now.In(clock.Rome))
		for _, open := range k.Open(today.AddDays(-1), today.AddDays(8)) {
			since := absent
			if open.From.After(since) {
				since = open.From
			}
			due := since.Add(silenceGrace)
			if due.Before(now) {
				due = now
			}
			if due.Before(open.To) {
				return due
			}
		}
	}
	return now.Add(lookLater)
}
