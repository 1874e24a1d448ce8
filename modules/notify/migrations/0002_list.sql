-- The page that lists messages goes from the newest to the oldest.
CREATE INDEX messages_created_at_idx ON {t}.messages (created_at DESC, id DESC);
