package counters

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/tenant"
)

const kioskColumns = `k.id, k.slug, k.name, k.place, k.address, k.latitude, k.longitude, k.directions, k.equipment,
       k.accessible, k.accessibility, k.state, k.updated_at,
       ARRAY(SELECT ks.service_id FROM {t}.kiosk_services ks WHERE ks.kiosk_id = k.id ORDER BY ks.service_id) AS service_ids,
       ARRAY(SELECT h.weekday::integer FROM {t}.kiosk_hours h WHERE h.kiosk_id = k.id ORDER BY h.weekday, h.from_minute) AS weekdays,
       ARRAY(SELECT h.from_minute::integer FROM {t}.kiosk_hours h WHERE h.kiosk_id = k.id ORDER BY h.weekday, h.from_minute) AS froms,
       ARRAY(SELECT h.to_minute::integer FROM {t}.kiosk_hours h WHERE h.kiosk_id = k.id ORDER BY h.weekday, h.from_minute) AS tos`

const sqlKiosks = `
SELECT ` + kioskColumns + `
FROM {t}.kiosks k
ORDER BY k.state = 'retired', lower(k.name), k.id`

const sqlKiosksOffering = `
SELECT ` + kioskColumns + `
FROM {t}.kiosks k
WHERE k.state = 'active'
  AND EXISTS (SELECT 1 FROM {t}.kiosk_services ks WHERE ks.kiosk_id = k.id AND ks.service_id = @service)
ORDER BY lower(k.name), k.id`

const sqlKiosk = `
SELECT ` + kioskColumns + `
FROM {t}.kiosks k
WHERE k.id = @id`

type kioskRow struct {
	ID            KioskID
	Slug          string
	Name          string
	Place         string
	Address       string
	Latitude      *float64
	Longitude     *float64
	Directions    string
	Equipment     []string
	Accessible    bool
	Accessibility string
	State         State
	UpdatedAt     time.Time
	ServiceIDs    []catalog.SheetID
	Weekdays      []int
	Froms         []int
	Tos           []int
}

func (r kioskRow) kiosk() Kiosk {
	k := Kiosk{
		ID: r.ID, Slug: r.Slug, Name: r.Name, Place: r.Place, Address: r.Address, Latitude: r.Latitude,
		Longitude: r.Longitude, Directions: r.Directions, Equipment: r.Equipment, Accessible: r.Accessible,
		Accessibility: r.Accessibility, State: r.State, UpdatedAt: r.UpdatedAt, ServiceIDs: r.ServiceIDs,
	}
	for i := range r.Weekdays {
		k.Hours = append(k.Hours, Hours{r.Weekdays[i], civil.Time(r.Froms[i]), civil.Time(r.Tos[i])})
	}
	return k
}

func kiosksOf(rows []kioskRow) []Kiosk {
	out := make([]Kiosk, len(rows))
	for i, r := range rows {
		out[i] = r.kiosk()
	}
	return out
}

const sqlInsertKiosk = `
INSERT INTO {t}.kiosks (id, slug, name, place, address, latitude, longitude, directions, equipment, accessible,
                        accessibility, state, created_at, updated_at)
VALUES (@id, @slug, @name, @place, @address, @latitude, @longitude, @directions, @equipment, @accessible,
        @accessibility, @state, @now, @now)
ON CONFLICT (slug) DO NOTHING`

const sqlUpdateKiosk = `
UPDATE {t}.kiosks
SET name = @name, place = @place, address = @address, latitude = @latitude, longitude = @longitude,
    directions = @directions, equipment = @equipment, accessible = @accessible, accessibility = @accessibility,
    state = @state, updated_at = @now
WHERE id = @id`

func kioskArgs(k Kiosk, now time.Time) tenant.Args {
	equipment := k.Equipment
	if equipment == nil {
		equipment = []string{}
	}
	return tenant.Args{
		"id": k.ID, "slug": k.Slug, "name": k.Name, "place": k.Place, "address": k.Address, "latitude": k.Latitude,
		"longitude": k.Longitude, "directions": k.Directions, "equipment": equipment, "accessible": k.Accessible,
		"accessibility": k.Accessibility, "state": k.State, "now": now,
	}
}

const sqlDeleteHours = `DELETE FROM {t}.kiosk_hours WHERE kiosk_id = @id`

const sqlInsertHours = `
INSERT INTO {t}.kiosk_hours (kiosk_id, weekday, from_minute, to_minute)
SELECT @id, h.weekday, h.from_minute, h.to_minute
FROM unnest(@weekdays::integer[], @froms::integer[], @tos::integer[]) AS h (weekday, from_minute, to_minute)`

const sqlDeleteServices = `DELETE FROM {t}.kiosk_services WHERE kiosk_id = @id`

const sqlInsertServices = `
INSERT INTO {t}.kiosk_services (kiosk_id, service_id)
SELECT @id, s.id FROM unnest(@services::uuid[]) AS s (id)
ON CONFLICT DO NOTHING`

// writeParts replaces the hours and the services of a kiosk.
func writeParts(ctx context.Context, tx *tenant.Tx, k Kiosk) error {
	weekdays, froms, tos := make([]int, 0, len(k.Hours)), make([]int, 0, len(k.Hours)), make([]int, 0, len(k.Hours))
	for _, h := range k.Hours {
		weekdays, froms, tos = append(weekdays, h.Weekday), append(froms, int(h.From)), append(tos, int(h.To))
	}
	services := make([]uuid.UUID, 0, len(k.ServiceIDs))
	for _, s := range k.ServiceIDs {
		services = append(services, s.UUID)
	}
	if _, err := tenant.Exec(ctx, tx, sqlDeleteHours, tenant.Args{"id": k.ID}); err != nil {
		return err
	}
	if _, err := tenant.Exec(ctx, tx, sqlInsertHours,
		tenant.Args{"id": k.ID, "weekdays": weekdays, "froms": froms, "tos": tos}); err != nil {
		return err
	}
	if _, err := tenant.Exec(ctx, tx, sqlDeleteServices, tenant.Args{"id": k.ID}); err != nil {
		return err
	}
	_, err := tenant.Exec(ctx, tx, sqlInsertServices, tenant.Args{"id": k.ID, "services": services})
	return err
}

// sqlReserve takes the stretch. The exclusion constraint decides: no row means taken, perhaps by a held row past its time.
const sqlReserve = `
INSERT INTO {t}.kiosk_reservations (id, kiosk_id, during, state, expires_at, purpose, created_at)
VALUES (@id, @kiosk, tstzrange(@from, @to, '[)'), @state, @expires, @purpose, @now)
ON CONFLICT DO NOTHING`

// sqlReleaseLapsed releases held rows that are past their time.
const sqlReleaseLapsed = `
UPDATE {t}.kiosk_reservations SET state = 'released'
WHERE kiosk_id = @kiosk AND state = 'held' AND expires_at <= @now AND during && tstzrange(@from, @to, '[)')`

const sqlConfirmReservation = `
UPDATE {t}.kiosk_reservations SET state = 'confirmed', expires_at = NULL
WHERE id = @id AND state IN ('held', 'confirmed')`

const sqlExtendReservation = `
UPDATE {t}.kiosk_reservations SET expires_at = @expires
WHERE id = @id AND state = 'held'`

const sqlReleaseReservation = `
UPDATE {t}.kiosk_reservations SET state = 'released'
WHERE id = @id AND state <> 'released'`

const sqlHoldReservation = `
UPDATE {t}.kiosk_reservations SET state = 'held', expires_at = @expires
WHERE id = @id AND state <> 'released'`

const sqlBusy = `
SELECT kiosk_id, lower(during) AS from_at, upper(during) AS to_at
FROM {t}.kiosk_reservations
WHERE kiosk_id = ANY (@kiosks::uuid[]) AND state <> 'released' AND (state <> 'held' OR expires_at > @now)
  AND during && tstzrange(@from, @to, '[)')
UNION ALL
SELECT kiosk_id, min(opened_at) AS from_at, @until::timestamptz AS to_at
FROM {t}.kiosk_faults
WHERE kiosk_id = ANY (@kiosks::uuid[]) AND closed_at IS NULL AND kind NOT IN ('help', 'emergency')
GROUP BY kiosk_id
ORDER BY from_at`

const sqlPurgeReservations = `
DELETE FROM {t}.kiosk_reservations
WHERE (state = 'released' OR state = 'held' AND expires_at < @before) AND upper(during) < @before`

// sqlLockDevice makes tries at one device wait for each other.
const sqlLockDevice = `
SELECT 1 FROM control.kiosk_credentials
WHERE tenant = @tenant AND kiosk_id = @kiosk AND revoked_at IS NULL
FOR UPDATE`

// sqlForgetTries keeps the tries of a device that has had a day's worth of them within a day: it is locked.
const sqlForgetTries = `
DELETE FROM control.code_attempts a
WHERE a.at < @before AND NOT EXISTS (
    SELECT 1
    FROM (SELECT b.at, lag(b.at, @span::integer) OVER (ORDER BY b.at) AS first
          FROM control.code_attempts b WHERE b.device = a.device) w
    WHERE w.first > w.at - interval '24 hours')`
