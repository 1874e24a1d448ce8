package booking

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

// Day lists the booked appointments of offices on a date, in order of time, with the citizens' names. The caller leaves
// the audit row: it reads personal data.
func (s *Service) Day(ctx context.Context, tx *tenant.Tx, date civil.Date, offices []catalog.OfficeID) ([]Appointment, error) {
	ids := make([]uuid.UUID, len(offices))
	for i, o := range offices {
		ids[i] = o.UUID
	}
	rows, err := tenant.All[row](ctx, tx, sqlDay, tenant.Args{
		"from": date.Start(clock.Rome), "to": date.AddDays(1).Start(clock.Rome), "offices": ids,
	})
	return appointments(rows), err
}

// AtKiosk lists the booked appointments of a kiosk on a date, in order of time.
func (s *Service) AtKiosk(ctx context.Context, tx *tenant.Tx, date civil.Date, kiosk counters.KioskID) ([]Appointment, error) {
	rows, err := tenant.All[row](ctx, tx, sqlAt, tenant.Args{
		"from": date.Start(clock.Rome), "to": date.AddDays(1).Start(clock.Rome), "kiosk": kiosk,
	})
	return appointments(rows), err
}

// Demand is how many appointments begin in an hour of a weekday.
type Demand struct {
	Weekday int // 1 is Monday, 7 is Sunday
	Hour    int // in Rome
	N       int
}

// Demand counts the appointments between two dates, both included, by weekday and hour; cancelled ones do not count.
func (s *Service) Demand(ctx context.Context, tx *tenant.Tx, first, last civil.Date) ([]Demand, error) {
	return tenant.All[Demand](ctx, tx, sqlDemand, tenant.Args{
		"from": first.Start(clock.Rome), "to": last.AddDays(1).Start(clock.Rome),
	})
}

// Coming lists the booked appointments of a kiosk that begin from now on and within the time, in order.
func (s *Service) Coming(ctx context.Context, tx *tenant.Tx, kiosk counters.KioskID, within time.Duration) ([]Appointment, error) {
	rows, err := tenant.All[row](ctx, tx, sqlComing, tenant.Args{"from": tx.Now(), "to": tx.Now().Add(within), "kiosk": kiosk})
	return appointments(rows), err
}

func appointments(rows []row) []Appointment {
	out := make([]Appointment, len(rows))
	for i, r := range rows {
		out[i] = r.appointment()
	}
	return out
}

// BookedMinutes adds up the appointments between two dates, both included; those that were cancelled do not count.
func (s *Service) BookedMinutes(ctx context.Context, tx *tenant.Tx, first, last civil.Date) (int, error) {
	return tenant.Value[int](ctx, tx, sqlBookedMinutes, tenant.Args{
		"from": first.Start(clock.Rome), "to": last.AddDays(1).Start(clock.Rome),
	})
}
