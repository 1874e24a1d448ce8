-- Encounters at the counter. The labels are copied at the start: what was shown stays what was shown.
CREATE TABLE {t}.sessions (
    id               uuid        NOT NULL CONSTRAINT sessions_pkey PRIMARY KEY,
    appointment_id   uuid        NOT NULL,
    kiosk_id         uuid        NOT NULL,
    office_id        uuid        NOT NULL,
    service_id       uuid        NOT NULL,
    service_title    text        NOT NULL,
    service_minutes  int         NOT NULL CONSTRAINT sessions_service_minutes_check CHECK (service_minutes BETWEEN 1 AND 600),
    needed           text[]      NOT NULL,
    office_name      text        NOT NULL,
    kiosk_name       text        NOT NULL,
    appointment_at   timestamptz NOT NULL,
    start_request_id uuid        NOT NULL,
    state            text        NOT NULL CONSTRAINT sessions_state_check CHECK (state IN
                                 ('waiting', 'called', 'connected', 'held', 'dropped', 'closed', 'abandoned', 'no_show')),
    state_at         timestamptz NOT NULL,
    version          int         NOT NULL,
    operator_id      uuid,
    operator_name    text        NOT NULL,
    room             text        NOT NULL,
    rings            int         NOT NULL,
    kiosk_joins      int         NOT NULL,
    desk_joins       int         NOT NULL,
    kiosk_peer       boolean     NOT NULL,
    desk_peer        boolean     NOT NULL,
    kiosk_seen_at    timestamptz NOT NULL,
    desk_seen_at     timestamptz,
    started_at       timestamptz NOT NULL,
    called_at        timestamptz,
    connected_at     timestamptz,
    closed_at        timestamptz,
    outcome          text        NOT NULL CONSTRAINT sessions_outcome_check CHECK (outcome IN
                                 ('', 'resolved', 'to_complete', 'redirected', 'not_resolved', 'left', 'gone', 'kiosk_off', 'no_show')),
    note             text        NOT NULL CONSTRAINT sessions_note_check CHECK (length(note) <= 2000),
    kiosk_ack_at     timestamptz,
    CONSTRAINT sessions_operator_id_check CHECK
        (state NOT IN ('called', 'connected', 'held', 'dropped') OR (operator_id IS NOT NULL AND room <> '')),
    CONSTRAINT sessions_closed_at_check CHECK ((state IN ('closed', 'abandoned', 'no_show')) = (closed_at IS NOT NULL)),
    CONSTRAINT sessions_kiosk_id_start_request_id_key UNIQUE (kiosk_id, start_request_id)
);
-- one code, one encounter; who was never answered may come back
CREATE UNIQUE INDEX sessions_appointment_id_key ON {t}.sessions (appointment_id) WHERE state <> 'abandoned';
CREATE UNIQUE INDEX sessions_kiosk_id_live_key ON {t}.sessions (kiosk_id)
    WHERE state IN ('waiting', 'called', 'connected', 'held', 'dropped');
CREATE UNIQUE INDEX sessions_operator_id_live_key ON {t}.sessions (operator_id)
    WHERE state IN ('called', 'connected', 'held', 'dropped');
CREATE INDEX sessions_queue_idx ON {t}.sessions (office_id, appointment_at, started_at, id) WHERE state = 'waiting';
CREATE INDEX sessions_kiosk_id_started_at_idx ON {t}.sessions (kiosk_id, started_at DESC);
CREATE INDEX sessions_room_idx ON {t}.sessions (room) WHERE room <> '';
GRANT SELECT, INSERT, UPDATE ON {t}.sessions TO {role};

-- The ledger: what happened, never changed. "at" is when it was so, recorded_at when we knew.
CREATE TABLE {t}.session_events (
    session_id  uuid        NOT NULL CONSTRAINT session_events_session_id_fkey REFERENCES {t}.sessions (id),
    seq         int         NOT NULL,
    kind        text        NOT NULL CONSTRAINT session_events_kind_check CHECK (kind IN
                            ('started', 'claimed', 'joined', 'connected', 'dropped', 'resumed', 'held', 'unheld',
                             'recalled', 'requeued', 'closed', 'abandoned', 'no_show')),
    side        text        NOT NULL CONSTRAINT session_events_side_check CHECK (side IN ('', 'kiosk', 'desk')),
    staff_id    uuid,
    request_id  uuid,
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT session_events_pkey PRIMARY KEY (session_id, seq)
);
CREATE UNIQUE INDEX session_events_staff_id_request_id_key ON {t}.session_events (staff_id, request_id) WHERE kind = 'claimed';
GRANT SELECT, INSERT ON {t}.session_events TO {role};

CREATE TABLE {t}.session_chat (
    id         uuid        NOT NULL CONSTRAINT session_chat_pkey PRIMARY KEY,
    session_id uuid        NOT NULL CONSTRAINT session_chat_session_id_fkey REFERENCES {t}.sessions (id),
    side       text        NOT NULL CONSTRAINT session_chat_side_check CHECK (side IN ('kiosk', 'desk')),
    text       text        NOT NULL CONSTRAINT session_chat_text_check CHECK (length(text) BETWEEN 1 AND 2000),
    request_id uuid        NOT NULL,
    at         timestamptz NOT NULL,
    CONSTRAINT session_chat_session_id_side_request_id_key UNIQUE (session_id, side, request_id)
);
CREATE INDEX session_chat_session_id_at_idx ON {t}.session_chat (session_id, at);
GRANT SELECT, INSERT ON {t}.session_chat TO {role};

-- Which member of staff saw whose name in the queue, so that the audit tells of it once.
CREATE TABLE {t}.session_views (
    session_id uuid        NOT NULL CONSTRAINT session_views_session_id_fkey REFERENCES {t}.sessions (id),
    staff_id   uuid        NOT NULL,
    at         timestamptz NOT NULL,
    CONSTRAINT session_views_pkey PRIMARY KEY (session_id, staff_id)
);
GRANT SELECT, INSERT ON {t}.session_views TO {role};

-- What LiveKit told us: only a confirmation, in any order, once per event.
CREATE TABLE {t}.livekit_events (
    id          text        NOT NULL CONSTRAINT livekit_events_pkey PRIMARY KEY,
    session_id  uuid,
    kind        text        NOT NULL,
    identity    text        NOT NULL,
    at          timestamptz NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX livekit_events_session_id_idx ON {t}.livekit_events (session_id);
GRANT SELECT, INSERT ON {t}.livekit_events TO {role};
