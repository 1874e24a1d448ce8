-- Statistics ask for the encounters of some days.
CREATE INDEX sessions_started_at_idx ON {t}.sessions (started_at);
