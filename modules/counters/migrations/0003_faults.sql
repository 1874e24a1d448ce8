-- What is wrong with a kiosk, from when to when. One of a kind is open at a time.
CREATE TABLE {t}.kiosk_faults (
    id        uuid PRIMARY KEY,
    kiosk_id  uuid NOT NULL REFERENCES {t}.kiosks (id),
    kind      text NOT NULL,
    note      text NOT NULL DEFAULT '',
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    CONSTRAINT kiosk_faults_kind_check CHECK (kind IN ('silent', 'broken', 'equipment', 'help')),
    CONSTRAINT kiosk_faults_closed_check CHECK (closed_at >= opened_at)
);
CREATE UNIQUE INDEX kiosk_faults_open_key ON {t}.kiosk_faults (kiosk_id, kind) WHERE closed_at IS NULL;
CREATE INDEX kiosk_faults_opened_idx ON {t}.kiosk_faults (opened_at);
GRANT SELECT, INSERT, UPDATE ON {t}.kiosk_faults TO {role};

-- Part of the secret link of the host site's helper: a new number makes the old link worthless.
ALTER TABLE {t}.kiosks ADD COLUMN helper_version integer NOT NULL DEFAULT 1;
