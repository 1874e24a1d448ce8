-- An operator says that they recognised the person, and by what; never a number of a document.
CREATE TABLE {t}.session_identified (
    session_id uuid        NOT NULL CONSTRAINT session_identified_pkey PRIMARY KEY
                           CONSTRAINT session_identified_session_id_fkey REFERENCES {t}.sessions (id),
    by_what    text        NOT NULL CONSTRAINT session_identified_by_what_check CHECK
                           (by_what IN ('identity_card', 'passport', 'driving_licence', 'other_document', 'known')),
    staff_id   uuid        NOT NULL,
    staff_name text        NOT NULL,
    at         timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON {t}.session_identified TO {role};
