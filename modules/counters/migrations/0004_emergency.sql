-- An operator sees that somebody at the kiosk is in danger: a kind of its own.
ALTER TABLE {t}.kiosk_faults DROP CONSTRAINT kiosk_faults_kind_check;
ALTER TABLE {t}.kiosk_faults ADD CONSTRAINT kiosk_faults_kind_check
    CHECK (kind IN ('silent', 'broken', 'equipment', 'help', 'emergency'));
