-- An operator's break: while it goes on nobody is called by them, and they count as absent.
CREATE TABLE {t}.breaks (
    id         uuid PRIMARY KEY,
    staff_id   uuid NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz,
    CONSTRAINT breaks_ended_check CHECK (ended_at >= started_at)
);
CREATE UNIQUE INDEX breaks_open_key ON {t}.breaks (staff_id) WHERE ended_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON {t}.breaks TO {role};

-- A rehearsal (prova): staff play both sides; it counts nowhere.
ALTER TABLE {t}.sessions ADD COLUMN rehearsal boolean NOT NULL DEFAULT false;
