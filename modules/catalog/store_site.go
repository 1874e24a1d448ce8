package catalog

const sqlInsertFeedback = `
INSERT INTO {t}.page_feedback (id, page, rating, aspect, details, created_at)
SELECT @id, @page, @rating, @aspect, @text, @now::timestamptz
WHERE (SELECT count(*) FROM {t}.page_feedback
       WHERE created_at > @now::timestamptz - interval '1 minute') < @limit::integer`
