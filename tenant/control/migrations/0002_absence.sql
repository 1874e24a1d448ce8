-- Since when an enrolled device has not been seen, and when somebody looks at it next. Only changes are written: a
-- device that is there costs no row.
ALTER TABLE {t}.kiosk_credentials ADD COLUMN absent_since timestamptz, ADD COLUMN look_at timestamptz;
CREATE INDEX kiosk_credentials_look ON {t}.kiosk_credentials (look_at) WHERE look_at IS NOT NULL AND revoked_at IS NULL;
