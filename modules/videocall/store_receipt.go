package videocall

const sqlReceipt = `
SELECT ` + sessionColumns + `
  FROM {t}.sessions
 WHERE appointment_id = @appointment AND state = 'closed' AND connected_at IS NOT NULL AND NOT rehearsal AND closed_at > @after
 ORDER BY closed_at DESC
 LIMIT 1`
