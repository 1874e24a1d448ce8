package control

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// Device is an enrolled kiosk: which entity's, and which of its kiosks.
type Device struct {
	Tenant  tenant.Key
	KioskID uuid.UUID
}

// ErrEnrolment is an enrolment code that is unknown, used or expired; which of them is not told.
var ErrEnrolment = problem.New(problem.NotFound, "kiosk.enrolment_unknown")

// NewEnrolment keeps the hash of a one-time code that will enrol a device as the kiosk. Earlier codes of the
// kiosk that nobody used are worth nothing from now on.
func NewEnrolment(ctx context.Context, tx *tenant.ControlTx, codeHash []byte, d Device, expires time.Time) error {
	args := tenant.Args{"hash": codeHash, "tenant": d.Tenant, "kiosk": d.KioskID, "expires": expires, "now": tx.Now()}
	if _, err := tenant.Exec(ctx, tx, sqlDropEnrolments, args); err != nil {
		return err
	}
	_, err := tenant.Exec(ctx, tx, sqlNewEnrolment, args)
	return err
}

// Enrol uses up a code and gives the device that typed it its credential, of which only the hash is kept. A
// device enrolled earlier as the same kiosk is cut off. It is ErrEnrolment when the code is worth nothing.
func Enrol(ctx context.Context, tx *tenant.ControlTx, codeHash, credentialHash []byte) (Device, error) {
	d, err := tenant.One[Device](ctx, tx, sqlUseEnrolment, tenant.Args{"hash": codeHash, "now": tx.Now()})
	if errors.Is(err, problem.NotFound) {
		return d, ErrEnrolment
	}
	if err != nil {
		return d, err
	}
	if err := RevokeCredential(ctx, tx, d); err != nil {
		return d, err
	}
	_, err = tenant.Exec(ctx, tx, sqlNewCredential, tenant.Args{
		"hash": credentialHash, "tenant": d.Tenant, "kiosk": d.KioskID, "now": tx.Now(),
	})
	return d, err
}

// FindCredential says which kiosk a credential is; problem.NotFound when it is unknown or revoked.
func FindCredential(ctx context.Context, q tenant.Querier, credentialHash []byte) (Device, error) {
	return tenant.One[Device](ctx, q, sqlFindCredential, tenant.Args{"hash": credentialHash})
}

// RevokeCredential cuts off whatever device is enrolled as the kiosk. Revoking twice is harmless.
func RevokeCredential(ctx context.Context, tx *tenant.ControlTx, d Device) error {
	_, err := tenant.Exec(ctx, tx, sqlRevoke, tenant.Args{"tenant": d.Tenant, "kiosk": d.KioskID, "now": tx.Now()})
	return err
}

// Enrolled lists the kiosks of an entity that have a device, with the instant it was enrolled.
func Enrolled(ctx context.Context, q tenant.Querier, k tenant.Key) (map[uuid.UUID]time.Time, error) {
	rows, err := tenant.All[struct {
		KioskID   uuid.UUID
		CreatedAt time.Time
	}](ctx, q, sqlEnrolled, tenant.Args{"tenant": k})
	if err != nil {
		return nil, err
	}
	enrolled := make(map[uuid.UUID]time.Time, len(rows))
	for _, r := range rows {
		enrolled[r.KioskID] = r.CreatedAt
	}
	return enrolled, nil
}
