package booking

import (
	"context"
	"errors"
	"time"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// Refusal is the Data of a refused code: what the kiosk offers as the way on.
type Refusal struct {
	Action  string `json:"action"`            // retry, wait, go_to_place, rebook or ask_help
	From    string `json:"from,omitempty"`    // wait: the civil time from which the code works, 10:15
	Place   string `json:"place,omitempty"`   // go_to_place
	Address string `json:"address,omitempty"` // go_to_place
	URL     string `json:"url,omitempty"`     // rebook: where another time can be chosen
}

// Check finds the appointment that a code typed at a kiosk opens here and now, or the problem that says why not and what
// to do. It changes nothing about the appointment: Redeem does. Wrong tries are counted and limited, see
// counters.GuardCode and docs/decisions/0011-code-entry.md, which also says what each refusal reveals. A code of another
// entity is as unknown as one that never was. It must not be called inside a transaction.
func (s *Service) Check(ctx context.Context, t tenant.Tenant, kiosk counters.KioskID, typed string) (Appointment, error) {
	code, err := ParseCode(typed)
	if err != nil {
		return Appointment{}, err
	}
	device := control.Device{Tenant: t.Key, KioskID: kiosk.UUID}
	found, known := control.Code{}, false
	err = s.DB.InControl(ctx, counters.DeviceActor(device), func(tx *tenant.ControlTx) error {
		if err := s.Counters.GuardCode(ctx, tx, device); err != nil {
			return err
		}
		var err error
		found, err = control.FindCode(ctx, tx, s.Keys.Hash(code))
		known = err == nil && found.Tenant == t.Key
		if known {
			return nil
		}
		if err != nil && !errors.Is(err, problem.NotFound) {
			return err
		}
		return s.Counters.CountWrongCode(ctx, tx, device)
	})
	if err != nil {
		return Appointment{}, err
	}
	if !known {
		return Appointment{}, unknown()
	}
	var a Appointment
	err = s.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		var err error
		if a, err = read(ctx, tx, AppointmentID{UUID: found.AppointmentID}); err != nil {
			if notFound(err) { // the code was reserved and the booking never committed
				return unknown()
			}
			return err
		}
		return s.refuse(ctx, tx, a, kiosk)
	})
	if err == nil || !guessed[problem.From(err).Code] {
		return a, err
	}
	if e := s.DB.InControl(ctx, counters.DeviceActor(device), func(tx *tenant.ControlTx) error {
		return s.Counters.CountWrongCode(ctx, tx, device)
	}); e != nil {
		return Appointment{}, e
	}
	return Appointment{}, err
}

// CheckOwn is Check for the citizen's own device, which knows the appointment by its personal link: nothing is guessed and
// nothing is counted.
func (s *Service) CheckOwn(ctx context.Context, t tenant.Tenant, appointment AppointmentID) (a Appointment, err error) {
	err = s.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		if a, err = read(ctx, tx, appointment); err != nil {
			return err
		}
		sheet, err := s.Catalog.ServiceByID(ctx, tx, a.ServiceID)
		if err != nil {
			return err
		}
		if !sheet.OwnDevice {
			k, err := s.Counters.Kiosk(ctx, tx, a.KioskID)
			if err != nil {
				return err
			}
			return problem.New(problem.Conflict, "kiosk.own_device_not_offered").With("place", k.Name).With("address", k.Address).
				WithData(Refusal{Action: "go_to_place", Place: k.Name, Address: k.Address})
		}
		return s.refuse(ctx, tx, a, a.KioskID)
	})
	return a, err
}

// guessed are the refusals that count as wrong tries. Early, late and used do not: the citizen is in the right place on
// the right day.
var guessed = map[string]bool{"kiosk.code_unknown": true, "kiosk.code_wrong_place": true, "kiosk.code_wrong_day": true}

func unknown() *problem.Error {
	return problem.New(problem.NotFound, "kiosk.code_unknown").WithData(Refusal{Action: "retry"})
}

// refuse says why the appointment cannot be opened at the kiosk now, or nil.
func (s *Service) refuse(ctx context.Context, tx *tenant.Tx, a Appointment, kiosk counters.KioskID) error {
	entity, err := s.Catalog.Entity(ctx, tx)
	if err != nil {
		return err
	}
	k, err := s.Counters.Kiosk(ctx, tx, a.KioskID)
	if err != nil {
		return err
	}
	sheet, err := s.Catalog.ServiceByID(ctx, tx, a.ServiceID)
	if err != nil {
		return err
	}
	return verdict(a, k, kiosk, entity, sheet.LateAfter(entity), tx.Now(), s.BaseURL(tx.Tenant()))
}

// verdict is refuse as a pure function. at is the kiosk where the code was typed, k the one that was booked, late how long
// after its time the code works.
func verdict(a Appointment, k counters.Kiosk, at counters.KioskID, entity catalog.Entity, late time.Duration, now time.Time, base string) error {
	day, today := civil.Of(a.StartsAt.In(clock.Rome)), civil.Of(now.In(clock.Rome))
	refuse := func(kind problem.Kind, code string, r Refusal) error {
		return problem.New(kind, code).WithData(r).
			With("time", i18n.Time(a.StartsAt)).With("date", i18n.Date(a.StartsAt)).
			With("place", k.Name).With("address", k.Address).With("from", r.From).With("phone", entity.Phone)
	}
	from := a.StartsAt.Add(-time.Duration(entity.EarlyMinutes) * time.Minute)
	until := a.StartsAt.Add(late)
	near := day == today || (!now.Before(from) && !now.After(until)) // ten to midnight is near an appointment at midnight
	switch {
	case a.State == Used && near:
		return refuse(problem.Gone, "kiosk.code_used", Refusal{Action: "ask_help"})
	case a.State != Confirmed:
		return unknown()
	case !near:
		return refuse(problem.Conflict, "kiosk.code_wrong_day", Refusal{Action: "rebook", URL: base + "/prenota"})
	case a.KioskID != at:
		return refuse(problem.Conflict, "kiosk.code_wrong_place", Refusal{Action: "go_to_place", Place: k.Name, Address: k.Address})
	case now.Before(from):
		return refuse(problem.Conflict, "kiosk.code_early", Refusal{Action: "wait", From: i18n.Time(from)})
	case now.After(until):
		return refuse(problem.Gone, "kiosk.code_late", Refusal{Action: "rebook", URL: base + "/prenota"})
	}
	return nil
}

// Redeem marks the appointment used, exactly once, in the transaction that makes the session. Whoever comes second gets
// kiosk.code_used. Call Check first, outside the transaction.
func (s *Service) Redeem(ctx context.Context, tx *tenant.Tx, a AppointmentID, kiosk counters.KioskID) (Appointment, error) {
	rows, err := tenant.All[row](ctx, tx, sqlUse, tenant.Args{"id": a, "kiosk": kiosk, "now": tx.Now()})
	if err != nil {
		return Appointment{}, err
	}
	if len(rows) == 0 {
		return Appointment{}, problem.New(problem.Gone, "kiosk.code_used").WithData(Refusal{Action: "ask_help"})
	}
	return rows[0].appointment(), nil
}
