package videocall

const sqlBeginBreak = `
INSERT INTO {t}.breaks (id, staff_id, started_at) VALUES (@id, @staff, @now)
ON CONFLICT (staff_id) WHERE ended_at IS NULL DO NOTHING`

const sqlEndBreak = `UPDATE {t}.breaks SET ended_at = greatest(started_at, @now) WHERE staff_id = @staff AND ended_at IS NULL`

const sqlBreakOf = `SELECT started_at FROM {t}.breaks WHERE staff_id = @staff AND ended_at IS NULL`

const sqlResting = `SELECT staff_id FROM {t}.breaks WHERE ended_at IS NULL`
