package control

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/tenant"
)

// Code is a live pickup code: whose appointment it opens. The code itself is nowhere, only its keyed hash.
type Code struct {
	Tenant        tenant.Key
	AppointmentID uuid.UUID
}

// ReserveCode takes a code for an appointment. It is false when the code is taken by another appointment:
// try the next one. Asked again for the same pair it is true again. An appointment has one live code; taking
// a new one releases the old.
func ReserveCode(ctx context.Context, tx *tenant.ControlTx, hash []byte, k tenant.Key, appointment uuid.UUID) (bool, error) {
	args := tenant.Args{"hash": hash, "tenant": k, "appointment": appointment, "now": tx.Now()}
	if _, err := tenant.Exec(ctx, tx, sqlReleaseOthers, args); err != nil {
		return false, err
	}
	n, err := tenant.Exec(ctx, tx, sqlReserveCode, args)
	return n == 1, err
}

// NewCode is a code for an appointment that most likely has none yet.
type NewCode struct {
	Hash        string // the bytes of the keyed hash
	Tenant      tenant.Key
	Appointment uuid.UUID
}

// ReserveNewCodes takes many codes at once and gives those it took. Of the others it says nothing: ReserveCode tells.
func ReserveNewCodes(ctx context.Context, tx *tenant.ControlTx, codes []NewCode) (map[NewCode]struct{}, error) {
	// In one order, so that two who take the same codes wait for each other and not both.
	slices.SortFunc(codes, func(a, b NewCode) int { return strings.Compare(a.Hash, b.Hash) })
	hashes, keys, appointments := make([][]byte, len(codes)), make([]string, len(codes)), make([]uuid.UUID, len(codes))
	for i, c := range codes {
		hashes[i], keys[i], appointments[i] = []byte(c.Hash), string(c.Tenant), c.Appointment
	}
	type taken struct {
		CodeHash      []byte
		Tenant        tenant.Key
		AppointmentID uuid.UUID
	}
	rows, err := tenant.All[taken](ctx, tx, sqlNewCodes,
		tenant.Args{"hashes": hashes, "tenants": keys, "appointments": appointments, "now": tx.Now()})
	out := make(map[NewCode]struct{}, len(rows))
	for _, r := range rows {
		out[NewCode{string(r.CodeHash), r.Tenant, r.AppointmentID}] = struct{}{}
	}
	return out, err
}

// FindCode says whose appointment a live code opens; problem.NotFound when the code is unknown.
func FindCode(ctx context.Context, q tenant.Querier, hash []byte) (Code, error) {
	return tenant.One[Code](ctx, q, sqlFindCode, tenant.Args{"hash": hash})
}

// ReleaseCode frees the code of an appointment, so that it opens nothing any more. Releasing twice is harmless.
func ReleaseCode(ctx context.Context, tx *tenant.ControlTx, k tenant.Key, appointment uuid.UUID) error {
	_, err := tenant.Exec(ctx, tx, sqlReleaseCode, tenant.Args{"tenant": k, "appointment": appointment})
	return err
}

// RecordWrongCode notes that a wrong code was typed at a device.
func RecordWrongCode(ctx context.Context, tx *tenant.ControlTx, device string) error {
	_, err := tenant.Exec(ctx, tx, sqlWrongCode, tenant.Args{"id": tx.IDs()(), "device": device, "now": tx.Now()})
	return err
}

// WrongCodes lists when wrong codes were typed at a device since an instant, the newest first.
func WrongCodes(ctx context.Context, q tenant.Querier, device string, since time.Time) ([]time.Time, error) {
	return tenant.Values[time.Time](ctx, q, sqlWrongCodes, tenant.Args{"device": device, "since": since})
}

// AllWrongCodes counts the wrong codes typed at all devices since an instant.
func AllWrongCodes(ctx context.Context, q tenant.Querier, since time.Time) (int, error) {
	return tenant.Value[int](ctx, q, sqlAllWrongCodes, tenant.Args{"since": since})
}

// ForgiveDevice forgets the wrong codes of a device: a member of staff unlocks it.
func ForgiveDevice(ctx context.Context, tx *tenant.ControlTx, device string) error {
	_, err := tenant.Exec(ctx, tx, sqlForgive, tenant.Args{"device": device})
	return err
}

// ForgetWrongCodes removes wrong tries from before an instant; a daily job calls it.
func ForgetWrongCodes(ctx context.Context, tx *tenant.ControlTx, before time.Time) (int64, error) {
	return tenant.Exec(ctx, tx, sqlForgetWrongCodes, tenant.Args{"before": before})
}
