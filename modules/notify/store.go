package notify

const columns = `id, dedupe_key, channel, kind, subject_id, recipient, state, attempts::integer AS attempts, error,
       created_at, next_try_at, sent_at`

const sqlQueue = `
INSERT INTO {t}.messages (id, dedupe_key, channel, kind, subject_id, recipient, state, created_at, next_try_at)
VALUES (@id, @dedupe, 'email', @kind, @subject, @recipient, 'queued', @now, @now)
ON CONFLICT (dedupe_key) DO NOTHING`

const sqlMessage = `SELECT ` + columns + ` FROM {t}.messages WHERE id = @id`

const sqlSettle = `
UPDATE {t}.messages
SET state = @state::text, error = @error, attempts = attempts + 1, next_try_at = NULL,
    sent_at = CASE WHEN @state::text = 'sent' THEN @now::timestamptz END
WHERE id = @id AND state = 'queued' AND attempts = @attempts`

const sqlLater = `
UPDATE {t}.messages
SET attempts = attempts + 1, error = @error, next_try_at = @next
WHERE id = @id AND state = 'queued' AND attempts = @attempts`

const sqlList = `
SELECT ` + columns + `
FROM {t}.messages
WHERE (@state::text = '' OR state = @state) AND (@before::timestamptz IS NULL OR (created_at, id) < (@before, @id::uuid))
ORDER BY created_at DESC, id DESC
LIMIT @limit::integer`

const sqlCountFailed = `SELECT count(*) FROM {t}.messages WHERE state = 'failed'`

const sqlAbout = `
SELECT ` + columns + `
FROM {t}.messages
WHERE subject_id = @subject
ORDER BY created_at, id`

const sqlRetry = `
UPDATE {t}.messages
SET state = 'queued', attempts = 0, error = ''
WHERE id = @id AND state = 'failed'`
