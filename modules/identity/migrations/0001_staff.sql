-- Operators and administrators of the entity, and their sessions.

CREATE TABLE {t}.staff (
    id             uuid PRIMARY KEY,
    email          text NOT NULL CONSTRAINT staff_email_check CHECK (email = lower(email) AND email <> ''),
    name           text NOT NULL,
    roles          text[] NOT NULL CONSTRAINT staff_roles_check
                   CHECK (roles <@ ARRAY['operator', 'administrator'] AND cardinality(roles) > 0),
    office_ids     uuid[] NOT NULL DEFAULT '{}',
    password_hash  text NOT NULL,
    totp_secret    bytea NOT NULL,
    last_totp_step bigint NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL,
    created_by     text NOT NULL,
    disabled_at    timestamptz,
    version        integer NOT NULL DEFAULT 1,
    CONSTRAINT staff_email_key UNIQUE (email)
);
GRANT SELECT, INSERT, UPDATE ON {t}.staff TO {role};

CREATE TABLE {t}.staff_sessions (
    token_hash   bytea PRIMARY KEY CONSTRAINT staff_sessions_token_hash_check CHECK (length(token_hash) = 32),
    staff_id     uuid NOT NULL CONSTRAINT staff_sessions_staff_id_fkey REFERENCES {t}.staff (id),
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    user_agent   text NOT NULL DEFAULT ''
);
CREATE INDEX staff_sessions_staff_id_idx ON {t}.staff_sessions (staff_id);
CREATE INDEX staff_sessions_expires_at_idx ON {t}.staff_sessions (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.staff_sessions TO {role};
