-- What an operator asks of the citizen at the kiosk: a paper to capture page by page, or a signature on a document.
CREATE TABLE {t}.session_asks (
    id          uuid        NOT NULL CONSTRAINT session_asks_pkey PRIMARY KEY,
    session_id  uuid        NOT NULL CONSTRAINT session_asks_session_id_fkey REFERENCES {t}.sessions (id),
    kind        text        NOT NULL CONSTRAINT session_asks_kind_check CHECK (kind IN ('paper', 'signature')),
    name        text        NOT NULL CONSTRAINT session_asks_name_check CHECK (length(name) BETWEEN 1 AND 120),
    pages       int         NOT NULL CONSTRAINT session_asks_pages_check CHECK (pages BETWEEN 0 AND 12),
    document_id uuid,
    state       text        NOT NULL CONSTRAINT session_asks_state_check CHECK (state IN ('open', 'done', 'refused', 'withdrawn')),
    result_id   uuid,
    staff_id    uuid        NOT NULL,
    asked_at    timestamptz NOT NULL,
    answered_at timestamptz,
    CONSTRAINT session_asks_document_id_check CHECK ((kind = 'signature') = (document_id IS NOT NULL)),
    CONSTRAINT session_asks_result_id_check CHECK ((state = 'done') = (result_id IS NOT NULL)),
    CONSTRAINT session_asks_answered_at_check CHECK ((state = 'open') = (answered_at IS NULL))
);
CREATE UNIQUE INDEX session_asks_session_id_open_key ON {t}.session_asks (session_id) WHERE state = 'open';
CREATE INDEX session_asks_session_id_asked_at_idx ON {t}.session_asks (session_id, asked_at);
GRANT SELECT, INSERT, UPDATE ON {t}.session_asks TO {role};

ALTER TABLE {t}.session_events DROP CONSTRAINT session_events_kind_check;
ALTER TABLE {t}.session_events ADD CONSTRAINT session_events_kind_check CHECK (kind IN
    ('started', 'claimed', 'joined', 'connected', 'dropped', 'resumed', 'held', 'unheld',
     'recalled', 'requeued', 'parked', 'passed', 'closed', 'abandoned', 'no_show',
     'paper_asked', 'paper_given', 'signature_asked', 'signed', 'not_signed', 'ask_withdrawn'));
