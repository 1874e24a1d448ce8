package control

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/tenant"
)

// Absence is an enrolled device and since when it has not been seen; nil: it is there.
type Absence struct {
	Device
	AbsentSince *time.Time
}

type absenceRow struct {
	Tenant      tenant.Key
	KioskID     uuid.UUID
	AbsentSince *time.Time
}

func absences(rows []absenceRow) []Absence {
	out := make([]Absence, len(rows))
	for i, r := range rows {
		out[i] = Absence{Device{Tenant: r.Tenant, KioskID: r.KioskID}, r.AbsentSince}
	}
	return out
}

// LiveDevices lists the enrolled devices of all active entities.
func LiveDevices(ctx context.Context, q tenant.Querier) ([]Absence, error) {
	rows, err := tenant.All[absenceRow](ctx, q, sqlLiveDevices)
	return absences(rows), err
}

// DevicesGone notes that devices are absent from now on and are to be looked at then. Those known as absent keep
// their instants.
func DevicesGone(ctx context.Context, tx *tenant.ControlTx, gone []Device, look time.Time) error {
	tenants, kiosks := make([]string, len(gone)), make([]uuid.UUID, len(gone))
	for i, d := range gone {
		tenants[i], kiosks[i] = string(d.Tenant), d.KioskID
	}
	_, err := tenant.Exec(ctx, tx, sqlDevicesGone, tenant.Args{"tenants": tenants, "kiosks": kiosks, "look": look, "now": tx.Now()})
	return err
}

// DeviceBack notes that a device is there again.
func DeviceBack(ctx context.Context, tx *tenant.ControlTx, d Device) error {
	_, err := tenant.Exec(ctx, tx, sqlDeviceBack, tenant.Args{"tenant": d.Tenant, "kiosk": d.KioskID})
	return err
}

// TakeLooks gives the absent devices that are to be looked at, and puts their next look at an instant, so that another
// process does not look too and nothing is forgotten when this one stops.
func TakeLooks(ctx context.Context, tx *tenant.ControlTx, next time.Time) ([]Absence, error) {
	rows, err := tenant.All[absenceRow](ctx, tx, sqlTakeLooks, tenant.Args{"now": tx.Now(), "next": next})
	return absences(rows), err
}

// LookAt says when an absent device is looked at next; nil: not before it was back.
func LookAt(ctx context.Context, tx *tenant.ControlTx, d Device, at *time.Time) error {
	_, err := tenant.Exec(ctx, tx, sqlLookAt, tenant.Args{"tenant": d.Tenant, "kiosk": d.KioskID, "at": at})
	return err
}
