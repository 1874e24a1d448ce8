-- What the citizen says they do not have with them, of what the service asks for; the operator reads it before calling.
ALTER TABLE {t}.sessions ADD COLUMN lacks text[] NOT NULL DEFAULT '{}';
