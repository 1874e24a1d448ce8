-- What a guided test at the kiosk found, the latest of each part that was tried.
CREATE TABLE {t}.kiosk_tests (
    kiosk_id  uuid NOT NULL REFERENCES {t}.kiosks (id),
    part      text NOT NULL,
    ok        boolean NOT NULL,
    tested_at timestamptz NOT NULL,
    CONSTRAINT kiosk_tests_pkey PRIMARY KEY (kiosk_id, part),
    CONSTRAINT kiosk_tests_part_check CHECK (part IN ('camera', 'microphone', 'speaker', 'touch', 'printer', 'network'))
);
GRANT SELECT, INSERT, UPDATE ON {t}.kiosk_tests TO {role};

-- A part that failed is a fault; a printer keeps nobody from talking and has a kind of its own.
ALTER TABLE {t}.kiosk_faults DROP CONSTRAINT kiosk_faults_kind_check;
ALTER TABLE {t}.kiosk_faults ADD CONSTRAINT kiosk_faults_kind_check
    CHECK (kind IN ('silent', 'broken', 'equipment', 'help', 'emergency', 'test', 'printer'));
