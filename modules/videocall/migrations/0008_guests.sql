-- Who else takes part in an encounter at the operator's invitation: an interpreter, a relative, a colleague.
CREATE TABLE {t}.session_guests (
    id         uuid PRIMARY KEY,
    session_id uuid        NOT NULL CONSTRAINT session_guests_session_id_fkey REFERENCES {t}.sessions (id),
    name       text        NOT NULL,
    staff_id   uuid,
    joins      integer     NOT NULL DEFAULT 0,
    invited_at timestamptz NOT NULL,
    removed_at timestamptz
);
CREATE INDEX session_guests_session_id_idx ON {t}.session_guests (session_id);
CREATE INDEX session_guests_staff_id_idx ON {t}.session_guests (staff_id) WHERE staff_id IS NOT NULL AND removed_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON {t}.session_guests TO {role};
