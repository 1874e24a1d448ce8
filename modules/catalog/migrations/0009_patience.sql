-- How long somebody may wait at a kiosk before the office is called to it; 0 for never.

ALTER TABLE {t}.entity_settings ADD COLUMN patience_minutes integer NOT NULL DEFAULT 15
    CONSTRAINT entity_settings_patience_check CHECK (patience_minutes BETWEEN 0 AND 240);
