-- The control plane knows entities, hosts, devices and codes. It holds no citizen's personal data.

CREATE TABLE {t}.tenants (
    key        text PRIMARY KEY CHECK (key ~ '^[a-z][a-z0-9_]{1,38}$'),
    name       text NOT NULL CHECK (name <> ''),
    cell       text NOT NULL,
    state      text NOT NULL CHECK (state IN ('provisioning', 'active', 'suspended', 'removing')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.tenants TO {role};

-- Host names by which entities are reached.
CREATE TABLE {t}.hosts (
    host   text PRIMARY KEY CHECK (host = lower(host) AND host <> ''),
    tenant text NOT NULL REFERENCES {t}.tenants ON DELETE CASCADE
);
CREATE INDEX hosts_tenant ON {t}.hosts (tenant);
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.hosts TO {role};

-- What the administrator last saw of each entity's schema. The truth is cell.schema_versions.
CREATE TABLE {t}.fleet (
    tenant   text NOT NULL REFERENCES {t}.tenants ON DELETE CASCADE,
    line     text NOT NULL,
    version  integer NOT NULL,
    checksum text NOT NULL,
    state    text NOT NULL CHECK (state IN ('current', 'failed')),
    error    text NOT NULL DEFAULT '',
    at       timestamptz NOT NULL,
    PRIMARY KEY (tenant, line)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.fleet TO {role};

-- The registry of live pickup codes: keyed hashes only, one live code once over all entities.
CREATE TABLE {t}.pickup_codes (
    code_hash      bytea PRIMARY KEY CHECK (length(code_hash) = 32),
    tenant         text NOT NULL REFERENCES {t}.tenants ON DELETE CASCADE,
    appointment_id uuid NOT NULL,
    created_at     timestamptz NOT NULL
);
CREATE UNIQUE INDEX pickup_codes_appointment ON {t}.pickup_codes (tenant, appointment_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.pickup_codes TO {role};

-- Enrolled devices: the hash of the secret each holds.
CREATE TABLE {t}.kiosk_credentials (
    credential_hash bytea PRIMARY KEY CHECK (length(credential_hash) = 32),
    tenant          text NOT NULL REFERENCES {t}.tenants ON DELETE CASCADE,
    kiosk_id        uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    revoked_at      timestamptz
);
CREATE UNIQUE INDEX kiosk_credentials_live ON {t}.kiosk_credentials (tenant, kiosk_id) WHERE revoked_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.kiosk_credentials TO {role};

-- One-time codes that enrol a device.
CREATE TABLE {t}.kiosk_enrolments (
    code_hash  bytea PRIMARY KEY CHECK (length(code_hash) = 32),
    tenant     text NOT NULL REFERENCES {t}.tenants ON DELETE CASCADE,
    kiosk_id   uuid NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX kiosk_enrolments_kiosk ON {t}.kiosk_enrolments (tenant, kiosk_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.kiosk_enrolments TO {role};

-- Wrong codes typed at devices: what limits guessing when Redis is away. Only wrong tries write.
CREATE TABLE {t}.code_attempts (
    id     uuid PRIMARY KEY,
    device text NOT NULL,
    at     timestamptz NOT NULL
);
CREATE INDEX code_attempts_device ON {t}.code_attempts (device, at);
CREATE INDEX code_attempts_at ON {t}.code_attempts (at);
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.code_attempts TO {role};

-- The vendor's own people and their sessions.
CREATE TABLE {t}.vendor_staff (
    id             uuid PRIMARY KEY,
    email          text NOT NULL UNIQUE CHECK (email = lower(email)),
    name           text NOT NULL,
    password_hash  text NOT NULL,
    totp_secret    text NOT NULL,
    totp_last_step bigint NOT NULL DEFAULT 0,
    created_at     timestamptz NOT NULL,
    disabled_at    timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.vendor_staff TO {role};

CREATE TABLE {t}.vendor_sessions (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    staff_id   uuid NOT NULL REFERENCES {t}.vendor_staff ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX vendor_sessions_staff ON {t}.vendor_sessions (staff_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.vendor_sessions TO {role};

-- What the vendor's people and the administrator did. Append-only.
CREATE TABLE {t}.audit (
    id         uuid PRIMARY KEY,
    at         timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id   text NOT NULL,
    action     text NOT NULL,
    object     text NOT NULL,
    detail     jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_at ON {t}.audit (at);
GRANT SELECT, INSERT ON {t}.audit TO {role};
