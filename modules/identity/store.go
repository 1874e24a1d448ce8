package identity

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/tenant"
)

const sqlStaffList = `
SELECT id, email, name, roles, office_ids, created_at, created_by, disabled_at, version
FROM {t}.staff
ORDER BY (disabled_at IS NOT NULL), lower(name), id`

const sqlStaffByID = `
SELECT id, email, name, roles, office_ids, created_at, created_by, disabled_at, version
FROM {t}.staff
WHERE id = @id`

const sqlStaffNames = `SELECT id::text AS id, name FROM {t}.staff WHERE id::text = ANY (@ids::text[])`

const sqlInsertStaff = `
INSERT INTO {t}.staff (id, email, name, roles, office_ids, password_hash, totp_secret, created_at, created_by)
VALUES (@id, @email, @name, @roles, @offices, @password, @secret, @now, @by)
ON CONFLICT (email) DO NOTHING`

const sqlUpdateStaff = `
UPDATE {t}.staff
SET name = @name, roles = @roles, office_ids = @offices, version = version + 1
WHERE id = @id AND version = @version AND disabled_at IS NULL`

const sqlDisableStaff = `
UPDATE {t}.staff
SET disabled_at = @now, version = version + 1
WHERE id = @id AND disabled_at IS NULL`

const sqlEnableStaff = `
UPDATE {t}.staff
SET disabled_at = NULL, password_hash = @password, totp_secret = @secret, version = version + 1
WHERE id = @id`

//nolint:gosec // a statement that sets one; holds no password
const sqlSetPassword = `
UPDATE {t}.staff
SET password_hash = @password
WHERE id = @id AND password_hash = @old AND disabled_at IS NULL`

// sqlLockAdministrators makes changes of the set of administrators take turns, so that two cannot remove the last.
const sqlLockAdministrators = `
SELECT id
FROM {t}.staff
WHERE disabled_at IS NULL AND 'administrator' = ANY (roles)
ORDER BY id
FOR UPDATE`

// account is what a login needs to know, of either plane.
type account struct {
	ID           uuid.UUID
	Name         string
	PasswordHash string
	TOTPSecret   []byte
	DisabledAt   *time.Time
}

const sqlAccount = `
SELECT id, name, password_hash, totp_secret, disabled_at
FROM {t}.staff
WHERE email = @email`

const sqlAccountByID = `
SELECT id, name, password_hash, totp_secret, disabled_at
FROM {t}.staff
WHERE id = @id`

// sqlTakeStep uses up the code's step. A code of the same or an earlier step finds no row; so does an account that was
// disabled or given another password since it was read.
const sqlTakeStep = `
UPDATE {t}.staff
SET last_totp_step = @step
WHERE id = @id AND last_totp_step < @step AND disabled_at IS NULL AND password_hash = @password`

const sqlInsertSession = `
INSERT INTO {t}.staff_sessions (token_hash, staff_id, created_at, last_seen_at, expires_at, user_agent)
VALUES (@hash, @id, @now, @now, @expires, @agent)`

const sqlDeleteSession = `DELETE FROM {t}.staff_sessions WHERE token_hash = @hash RETURNING staff_id`

const sqlDeleteSessionsOf = `DELETE FROM {t}.staff_sessions WHERE staff_id = @id`

const sqlDeleteOtherSessions = `DELETE FROM {t}.staff_sessions WHERE staff_id = @id AND token_hash <> @hash`

const sqlDeleteOldSessions = `DELETE FROM {t}.staff_sessions WHERE expires_at < @now OR last_seen_at < @idle`

// sessionRow is a live session with its account.
type sessionRow struct {
	ID         StaffID
	Email      string
	Name       string
	Roles      []string
	OfficeIDs  []uuid.UUID
	LastSeenAt time.Time
	ExpiresAt  time.Time
}

const sqlSession = `
SELECT s.id, s.email, s.name, s.roles, s.office_ids, ss.last_seen_at, ss.expires_at
FROM {t}.staff_sessions ss
JOIN {t}.staff s ON s.id = ss.staff_id
WHERE ss.token_hash = @hash AND ss.expires_at > @now AND ss.last_seen_at > @idle AND s.disabled_at IS NULL`

const sqlTouchSession = `UPDATE {t}.staff_sessions SET last_seen_at = @now WHERE token_hash = @hash AND last_seen_at < @now`

type staffName struct{ ID, Name string }

func insertStaff(ctx context.Context, tx *tenant.Tx, s Staff, password string, secret []byte) (int64, error) {
	return tenant.Exec(ctx, tx, sqlInsertStaff, tenant.Args{
		"id": s.ID, "email": s.Email, "name": s.Name, "roles": s.Roles, "offices": s.OfficeIDs,
		"password": password, "secret": secret, "now": s.CreatedAt, "by": s.CreatedBy,
	})
}

// The vendor's people, in the control plane.

const sqlVendorAccount = `
SELECT id, name, password_hash, decode(totp_secret, 'base64') AS totp_secret, disabled_at
FROM control.vendor_staff
WHERE email = @email`

const sqlVendorList = `
SELECT id, email, name, created_at, disabled_at
FROM control.vendor_staff
ORDER BY (disabled_at IS NOT NULL), lower(name), id`

const sqlInsertVendor = `
INSERT INTO control.vendor_staff (id, email, name, password_hash, totp_secret, created_at)
VALUES (@id, @email, @name, @password, @secret, @now)
ON CONFLICT (email) DO NOTHING`

const sqlVendorTakeStep = `
UPDATE control.vendor_staff
SET totp_last_step = @step
WHERE id = @id AND totp_last_step < @step AND disabled_at IS NULL AND password_hash = @password`

const sqlInsertVendorSession = `
INSERT INTO control.vendor_sessions (token_hash, staff_id, created_at, seen_at, expires_at)
VALUES (@hash, @id, @now, @now, @expires)`

const sqlDeleteVendorSession = `DELETE FROM control.vendor_sessions WHERE token_hash = @hash RETURNING staff_id`

const sqlDeleteVendorSessionsOf = `DELETE FROM control.vendor_sessions WHERE staff_id = @id`

const sqlDeleteOldVendorSessions = `DELETE FROM control.vendor_sessions WHERE expires_at < @now OR seen_at < @idle`

type vendorSessionRow struct {
	ID        uuid.UUID
	Email     string
	Name      string
	SeenAt    time.Time
	ExpiresAt time.Time
}

const sqlVendorSession = `
SELECT v.id, v.email, v.name, vs.seen_at, vs.expires_at
FROM control.vendor_sessions vs
JOIN control.vendor_staff v ON v.id = vs.staff_id
WHERE vs.token_hash = @hash AND vs.expires_at > @now AND vs.seen_at > @idle AND v.disabled_at IS NULL`

const sqlTouchVendorSession = `UPDATE control.vendor_sessions SET seen_at = @now WHERE token_hash = @hash AND seen_at < @now`

const sqlDisableVendor = `
UPDATE control.vendor_staff
SET disabled_at = @now
WHERE id = @id AND disabled_at IS NULL
  AND EXISTS (SELECT 1 FROM control.vendor_staff v WHERE v.id <> @id AND v.disabled_at IS NULL)`

const sqlVendorAudit = `
INSERT INTO control.audit (id, at, actor_kind, actor_id, action, object, detail)
VALUES (@id, @now, @kind, @actor, @action, @object, '{}'::jsonb)`

const sqlOfficesOf = `SELECT office_ids FROM {t}.staff WHERE id::text = @id AND disabled_at IS NULL`

const sqlNamesOf = `
SELECT id, name FROM {t}.staff
WHERE @office = ANY (office_ids) AND 'operator' = ANY (roles) AND disabled_at IS NULL
ORDER BY lower(name), id`

const sqlOperatorsOf = `
SELECT id FROM {t}.staff
WHERE @office = ANY (office_ids) AND 'operator' = ANY (roles) AND disabled_at IS NULL
ORDER BY id`
