-- Messages to people. The text is composed when it is sent and never stored: it holds the pickup code.

CREATE TABLE {t}.messages (
    id           uuid PRIMARY KEY,
    dedupe_key   text NOT NULL,
    channel      text NOT NULL,
    kind         text NOT NULL,
    subject_id   uuid NOT NULL,
    recipient    text NOT NULL,
    state        text NOT NULL,
    attempts     smallint NOT NULL DEFAULT 0,
    error        text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    next_try_at  timestamptz,
    sent_at      timestamptz,
    CONSTRAINT messages_dedupe_key UNIQUE (dedupe_key),
    CONSTRAINT messages_channel_check CHECK (channel IN ('email')),
    CONSTRAINT messages_state_check CHECK (state IN ('queued', 'sent', 'failed', 'dropped')),
    CONSTRAINT messages_sent_check CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);

CREATE INDEX messages_failed_idx ON {t}.messages (created_at) WHERE state = 'failed';
CREATE INDEX messages_subject_idx ON {t}.messages (subject_id);

GRANT SELECT, INSERT, UPDATE ON {t}.messages TO {role};
