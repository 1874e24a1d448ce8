package audit

const sqlRecord = `
INSERT INTO {t}.audit_log (id, at, actor_kind, actor_id, action, object, detail)
VALUES (@id, @at, @kind, @actor, @action, @object, @detail::jsonb)`

const sqlList = `
SELECT id, at, actor_kind, actor_id, action, object, detail
FROM {t}.audit_log
WHERE (@from::timestamptz IS NULL OR at >= @from)
  AND (@to::timestamptz IS NULL OR at < @to)
  AND (@object::text = '' OR object = @object)
  AND (@before_at::timestamptz IS NULL OR (at, id) < (@before_at, @before_id::uuid))
ORDER BY at DESC, id DESC
LIMIT @limit`
