package counters

const faultColumns = `f.id, f.kiosk_id, f.kind, f.note, f.opened_at, f.closed_at`

const sqlOpenFault = `
INSERT INTO {t}.kiosk_faults (id, kiosk_id, kind, note, opened_at)
VALUES (@id, @kiosk, @kind, @note, @now)
ON CONFLICT (kiosk_id, kind) WHERE closed_at IS NULL DO NOTHING`

const sqlCloseFault = `
UPDATE {t}.kiosk_faults SET closed_at = greatest(opened_at, @now)
WHERE kiosk_id = @kiosk AND kind = @kind AND closed_at IS NULL
RETURNING id`

const sqlOpenFaults = `
SELECT ` + faultColumns + `
FROM {t}.kiosk_faults f
WHERE f.closed_at IS NULL
ORDER BY f.opened_at, f.id`

const sqlFault = `
SELECT ` + faultColumns + `
FROM {t}.kiosk_faults f
WHERE f.id = @id`

const sqlTests = `SELECT k.part, k.ok, k.tested_at FROM {t}.kiosk_tests k WHERE k.kiosk_id = @kiosk`

const sqlTested = `
INSERT INTO {t}.kiosk_tests (kiosk_id, part, ok, tested_at)
VALUES (@kiosk, @part, @ok, @now)
ON CONFLICT (kiosk_id, part) DO UPDATE SET ok = excluded.ok, tested_at = excluded.tested_at`

const sqlHelperVersion = `SELECT helper_version FROM {t}.kiosks WHERE id = @id`

const sqlNewHelperLink = `UPDATE {t}.kiosks SET helper_version = helper_version + 1, updated_at = @now WHERE id = @id`

// sqlTaken is what the host sees of the people who come: when, never who.
const sqlTaken = `
SELECT lower(during) AS from_at, upper(during) AS to_at
FROM {t}.kiosk_reservations
WHERE kiosk_id = @kiosk AND state = 'confirmed' AND during && tstzrange(@from, @to, '[)')
ORDER BY lower(during)`
