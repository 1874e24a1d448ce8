package booking

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

const columns = `id, service_id, office_id, kiosk_id, reservation_id, seat_id, starts_at, ends_at, state, hold_expires_at,
       code_attempt, version, name, surname, email, phone, reason, details, created_at, confirmed_at, cancelled_at, used_at, lang`

const sqlAppointment = `SELECT ` + columns + ` FROM {t}.appointments WHERE id = @id`

const sqlAppointmentLocked = `SELECT ` + columns + ` FROM {t}.appointments WHERE id = @id FOR UPDATE`

const sqlThere = `SELECT id FROM {t}.appointments WHERE id = ANY (@ids::uuid[])`

// row is an appointment as the database has it; embedded structs would hide which column goes where.
type row struct {
	ID            AppointmentID
	ServiceID     catalog.SheetID
	OfficeID      catalog.OfficeID
	KioskID       counters.KioskID
	ReservationID uuid.UUID
	SeatID        uuid.UUID
	StartsAt      time.Time
	EndsAt        time.Time
	State         State
	HoldExpiresAt *time.Time
	CodeAttempt   int
	Version       int
	Name          string
	Surname       string
	Email         string
	Phone         string
	Reason        string
	Details       string
	CreatedAt     time.Time
	ConfirmedAt   *time.Time
	CancelledAt   *time.Time
	UsedAt        *time.Time
	Lang          string
}

func (r row) appointment() Appointment {
	return Appointment{
		ID: r.ID, ServiceID: r.ServiceID, OfficeID: r.OfficeID, KioskID: r.KioskID, ReservationID: r.ReservationID,
		SeatID: r.SeatID, StartsAt: r.StartsAt, EndsAt: r.EndsAt, State: r.State, HoldExpiresAt: r.HoldExpiresAt,
		CodeAttempt: r.CodeAttempt, Version: r.Version,
		Citizen:   Citizen{Name: r.Name, Surname: r.Surname, Email: r.Email, Phone: r.Phone},
		Matter:    Matter{Reason: r.Reason, Details: r.Details},
		CreatedAt: r.CreatedAt, ConfirmedAt: r.ConfirmedAt, CancelledAt: r.CancelledAt, UsedAt: r.UsedAt, Lang: r.Lang,
	}
}

func read(ctx context.Context, tx *tenant.Tx, a AppointmentID) (Appointment, error) {
	r, err := tenant.One[row](ctx, tx, sqlAppointment, tenant.Args{"id": a})
	return r.appointment(), err
}

func lock(ctx context.Context, tx *tenant.Tx, a AppointmentID) (Appointment, error) {
	r, err := tenant.One[row](ctx, tx, sqlAppointmentLocked, tenant.Args{"id": a})
	return r.appointment(), err
}

// lockIfThere says false where there is no such appointment yet.
func lockIfThere(ctx context.Context, tx *tenant.Tx, a AppointmentID) (Appointment, bool, error) {
	rows, err := tenant.All[row](ctx, tx, sqlAppointmentLocked, tenant.Args{"id": a})
	if err != nil || len(rows) == 0 {
		return Appointment{}, false, err
	}
	return rows[0].appointment(), true, nil
}

// seatTried takes the seat where the search begins, which nearly always is free. The exclusion constraint decides.
const seatTried = `
WITH seat AS (
    INSERT INTO {t}.office_seats (id, office_id, seat, during, state, expires_at)
    VALUES (@seat, @office, @first::integer, tstzrange(@starts, @ends, '[)'), @seat_state, @expires::timestamptz)
    ON CONFLICT DO NOTHING
    RETURNING id
)`

// seatFound releases held seats that are past their time, finds a free seat, looking from one on, and takes it. No row
// means that none was free, or that another took it at the same time. The outer count makes the release happen before
// the insert.
const seatFound = `
WITH lapsed AS (
    UPDATE {t}.office_seats
    SET state = 'released'
    WHERE office_id = @office AND state = 'held' AND expires_at <= @now AND during && tstzrange(@starts, @ends, '[)')
    RETURNING id
), free AS (
    SELECT (g.n + @first::integer) % @capacity::integer AS seat
    FROM generate_series(0, @capacity::integer - 1) AS g (n)
    WHERE NOT EXISTS (
        SELECT 1 FROM {t}.office_seats s
        WHERE s.office_id = @office AND s.seat = (g.n + @first::integer) % @capacity::integer
          AND s.state <> 'released' AND s.during && tstzrange(@starts, @ends, '[)')
          AND NOT (s.state = 'held' AND s.expires_at <= @now))
    LIMIT 1
), seat AS (
    INSERT INTO {t}.office_seats (id, office_id, seat, during, state, expires_at)
    SELECT @seat, @office, free.seat, tstzrange(@starts, @ends, '[)'), @seat_state, @expires::timestamptz
    FROM free
    WHERE (SELECT count(*) FROM lapsed) >= 0
    ON CONFLICT DO NOTHING
    RETURNING id
)`

const seatOnly = `
SELECT id FROM seat`

// andInsert makes the appointment in the same statement. No row means no seat, or that the appointment is there already.
const andInsert = `
INSERT INTO {t}.appointments (id, service_id, office_id, kiosk_id, reservation_id, seat_id, starts_at, ends_at, state,
    hold_expires_at, code_attempt, name, surname, email, phone, reason, details, created_at, updated_at, confirmed_at, lang)
SELECT @id, @service, @office, @kiosk, @reservation, seat.id, @starts, @ends, @state, @expires::timestamptz, @attempt::integer,
    @name, @surname, @email, @phone, @reason, @details, @now, @now, @confirmed::timestamptz, @lang
FROM seat
ON CONFLICT (id) DO NOTHING`

const (
	sqlTrySeat           = seatTried + seatOnly
	sqlTrySeatAndInsert  = seatTried + andInsert
	sqlFindSeat          = seatFound + seatOnly
	sqlFindSeatAndInsert = seatFound + andInsert
)

const sqlConfirmSeat = `
UPDATE {t}.office_seats SET state = 'confirmed', expires_at = NULL
WHERE id = @id AND state IN ('held', 'confirmed')`

const sqlExtendSeat = `UPDATE {t}.office_seats SET expires_at = @expires WHERE id = @id AND state = 'held'`

const sqlReleaseSeat = `UPDATE {t}.office_seats SET state = 'released' WHERE id = @id AND state <> 'released'`

const sqlBusySeats = `
SELECT office_id, seat::integer AS seat, lower(during) AS from_at, upper(during) AS to_at
FROM {t}.office_seats
WHERE office_id = ANY (@offices::uuid[]) AND state <> 'released' AND (state <> 'held' OR expires_at > @now)
  AND during && tstzrange(@from, @to, '[)')`

// takeSeat says false when no seat of the office is free for all of the appointment. first is where the search begins.
// With insert it makes the appointment's row too, and says false when there is one.
func takeSeat(ctx context.Context, tx *tenant.Tx, a Appointment, capacity, first int, insert bool) (bool, error) {
	args := insertArgs(a, tx.Now())
	args["capacity"], args["first"], args["seat_state"] = capacity, first, "held"
	if a.HoldExpiresAt == nil {
		args["seat_state"] = "confirmed"
	}
	var try, find tenant.SQL = sqlTrySeat, sqlFindSeat
	if insert {
		try, find = sqlTrySeatAndInsert, sqlFindSeatAndInsert
	}
	n, err := tenant.Exec(ctx, tx, try, args)
	if err != nil || n == 1 {
		return n == 1, err
	}
	for range capacity { // each time round another took the seat that seemed free, so there is one less
		n, err = tenant.Exec(ctx, tx, find, args)
		if err != nil || n == 1 {
			return n == 1, err
		}
	}
	return false, nil
}

// sqlHoldSeat makes a seat one that lapses by itself.
const sqlHoldSeat = `UPDATE {t}.office_seats SET state = 'held', expires_at = @expires WHERE id = @id AND state <> 'released'`

func releaseSeat(ctx context.Context, tx *tenant.Tx, id uuid.UUID) error {
	_, err := tenant.Exec(ctx, tx, sqlReleaseSeat, tenant.Args{"id": id})
	return err
}

// busySeats reads the taken seats of offices within two instants.
func busySeats(ctx context.Context, tx *tenant.Tx, offices []catalog.OfficeID, from, to time.Time) (map[catalog.OfficeID][]seatBusy, error) {
	ids := make([]uuid.UUID, len(offices))
	for i, o := range offices {
		ids[i] = o.UUID
	}
	type busyRow struct {
		OfficeID catalog.OfficeID
		Seat     int
		FromAt   time.Time
		ToAt     time.Time
	}
	rows, err := tenant.All[busyRow](ctx, tx, sqlBusySeats, tenant.Args{"offices": ids, "from": from, "to": to, "now": tx.Now()})
	if err != nil {
		return nil, err
	}
	out := make(map[catalog.OfficeID][]seatBusy, len(offices))
	for _, r := range rows {
		out[r.OfficeID] = append(out[r.OfficeID], seatBusy{Seat: r.Seat, From: r.FromAt, To: r.ToAt})
	}
	return out, nil
}

func insertArgs(a Appointment, now time.Time) tenant.Args {
	return tenant.Args{
		"id": a.ID, "service": a.ServiceID, "office": a.OfficeID, "kiosk": a.KioskID, "reservation": a.ReservationID,
		"seat": a.SeatID, "starts": a.StartsAt, "ends": a.EndsAt, "state": a.State, "expires": a.HoldExpiresAt,
		"attempt": a.CodeAttempt, "name": a.Name, "surname": a.Surname, "email": a.Email, "phone": a.Phone,
		"reason": a.Reason, "details": a.Details, "now": now, "confirmed": a.ConfirmedAt, "lang": a.Lang,
	}
}

// sqlPlace puts an appointment at another time or place. A hold keeps what was typed.
const sqlPlace = `
UPDATE {t}.appointments
SET service_id = @service, office_id = @office, kiosk_id = @kiosk, reservation_id = @reservation, seat_id = @seat,
    starts_at = @starts, ends_at = @ends, state = @state, hold_expires_at = @expires, version = version + 1, updated_at = @now
WHERE id = @id`

func placeArgs(a Appointment, now time.Time) tenant.Args {
	return tenant.Args{
		"id": a.ID, "service": a.ServiceID, "office": a.OfficeID, "kiosk": a.KioskID, "reservation": a.ReservationID,
		"seat": a.SeatID, "starts": a.StartsAt, "ends": a.EndsAt, "state": a.State, "expires": a.HoldExpiresAt, "now": now,
	}
}

const sqlSetMatter = `
UPDATE {t}.appointments SET reason = @reason, details = @details, updated_at = @now
WHERE id = @id AND state = 'held'`

const sqlSetCitizen = `
UPDATE {t}.appointments SET name = @name, surname = @surname, email = @email, phone = @phone, updated_at = @now
WHERE id = @id AND state = 'held'`

const sqlExtendHold = `UPDATE {t}.appointments SET hold_expires_at = @expires WHERE id = @id AND state = 'held'`

const sqlConfirm = `
UPDATE {t}.appointments
SET state = 'confirmed', confirmed_at = @now, hold_expires_at = NULL, code_attempt = @attempt,
    reservation_id = @reservation, seat_id = @seat, lang = @lang, updated_at = @now
WHERE id = @id AND state = 'held'`

const sqlCancel = `
UPDATE {t}.appointments SET state = 'cancelled', cancelled_at = @now, updated_at = @now
WHERE id = @id AND state = 'confirmed'`

const sqlUse = `
UPDATE {t}.appointments SET state = 'used', used_at = @now, updated_at = @now
WHERE id = @id AND kiosk_id = @kiosk AND state = 'confirmed'
RETURNING ` + columns

const sqlDay = `
SELECT ` + columns + `
FROM {t}.appointments
WHERE state IN ('confirmed', 'used') AND starts_at >= @from AND starts_at < @to AND office_id = ANY (@offices::uuid[])
ORDER BY starts_at, surname, id`

const sqlBookedMinutes = `
SELECT coalesce(sum(extract(epoch FROM ends_at - starts_at)) / 60, 0)::integer
FROM {t}.appointments
WHERE state IN ('confirmed', 'used') AND starts_at >= @from AND starts_at < @to`

const sqlDemand = `
SELECT extract(isodow FROM starts_at AT TIME ZONE 'Europe/Rome')::integer AS weekday,
       extract(hour FROM starts_at AT TIME ZONE 'Europe/Rome')::integer AS hour, count(*)::integer AS n
FROM {t}.appointments
WHERE state IN ('confirmed', 'used') AND starts_at >= @from AND starts_at < @to
GROUP BY 1, 2
ORDER BY 1, 2`

const sqlAt = `
SELECT ` + columns + `
FROM {t}.appointments
WHERE state IN ('confirmed', 'used') AND starts_at >= @from AND starts_at < @to AND kiosk_id = @kiosk
ORDER BY starts_at`

const sqlComing = `
SELECT ` + columns + `
FROM {t}.appointments
WHERE state = 'confirmed' AND starts_at > @from AND starts_at < @to AND kiosk_id = @kiosk
ORDER BY starts_at`

const sqlForget = `
DELETE FROM {t}.appointments
WHERE state = 'held' AND hold_expires_at < @before
RETURNING reservation_id, seat_id`

const sqlPurgeSeats = `
DELETE FROM {t}.office_seats s
WHERE s.state = 'released' AND upper(s.during) < @before
  AND NOT EXISTS (SELECT 1 FROM {t}.appointments a WHERE a.seat_id = s.id)`

// sqlLiveCodes: of these appointments, those whose code must still be known.
const sqlLiveCodes = `
SELECT id FROM {t}.appointments
WHERE id = ANY (@ids::uuid[]) AND (
    (state IN ('confirmed', 'used') AND ends_at > @ended) OR (state = 'held' AND hold_expires_at > @held))`

func notFound(err error) bool { return problem.From(err).Kind == problem.NotFound }

// sqlOldCodes walks the registry of the control plane in the order of its index.
const sqlOldCodes = `
SELECT tenant, appointment_id FROM control.pickup_codes
WHERE (tenant, appointment_id) > (@tenant::text, @appointment::uuid) AND created_at < @before
ORDER BY tenant, appointment_id
LIMIT @limit::integer`

const sqlGiveBack = `
UPDATE {t}.appointments SET state = 'confirmed', used_at = NULL, updated_at = @now
WHERE id = @id AND state = 'used'`

const sqlByIDs = `
SELECT ` + columns + `
FROM {t}.appointments
WHERE id = ANY (@ids::uuid[])`

// sqlOneAddress makes bookings of one address for one service wait for each other, so that two at once count each other.
const sqlOneAddress = `SELECT pg_advisory_xact_lock(hashtextextended(@service::uuid::text || lower(@email::text), 0))`

const sqlAhead = `
SELECT count(*) FROM {t}.appointments
WHERE lower(email) = lower(@email) AND service_id = @service AND state = 'confirmed' AND starts_at > @now AND id <> @id`
