-- Appointments and the operators' time they take. The pickup code and the links are derived, never stored.

-- One numbered seat of an office for one stretch of time: capacity N is the seats 0 to N-1.
-- A held one past expires_at is released by whoever books next; until then it still excludes.
CREATE TABLE {t}.office_seats (
    id         uuid PRIMARY KEY,
    office_id  uuid NOT NULL,
    seat       smallint NOT NULL,
    during     tstzrange NOT NULL,
    state      text NOT NULL,
    expires_at timestamptz,
    CONSTRAINT office_seats_seat_check CHECK (seat >= 0),
    CONSTRAINT office_seats_state_check CHECK (state IN ('held', 'confirmed', 'released')),
    CONSTRAINT office_seats_held_check CHECK (state <> 'held' OR expires_at IS NOT NULL),
    CONSTRAINT office_seats_during_check CHECK (NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)),
    CONSTRAINT office_seats_during_excl EXCLUDE USING gist
        (office_id ext.gist_uuid_ops WITH OPERATOR(pg_catalog.=), seat ext.gist_int2_ops WITH OPERATOR(pg_catalog.=),
         during WITH OPERATOR(pg_catalog.&&)) WHERE (state <> 'released')
);

CREATE TABLE {t}.appointments (
    id              uuid PRIMARY KEY,
    service_id      uuid NOT NULL,
    office_id       uuid NOT NULL,
    kiosk_id        uuid NOT NULL,
    reservation_id  uuid NOT NULL,
    seat_id         uuid NOT NULL REFERENCES {t}.office_seats (id),
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    state           text NOT NULL,
    hold_expires_at timestamptz,
    code_attempt    smallint NOT NULL DEFAULT 0,
    version         integer NOT NULL DEFAULT 1,
    name            text NOT NULL DEFAULT '',
    surname         text NOT NULL DEFAULT '',
    email           text NOT NULL DEFAULT '',
    phone           text NOT NULL DEFAULT '',
    reason          text NOT NULL DEFAULT '',
    details         text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    confirmed_at    timestamptz,
    cancelled_at    timestamptz,
    used_at         timestamptz,
    CONSTRAINT appointments_state_check CHECK (state IN ('held', 'confirmed', 'cancelled', 'expired', 'used')),
    CONSTRAINT appointments_times_check CHECK (starts_at < ends_at),
    CONSTRAINT appointments_held_check CHECK (state <> 'held' OR hold_expires_at IS NOT NULL),
    CONSTRAINT appointments_confirmed_check CHECK (state NOT IN ('confirmed', 'used')
        OR (confirmed_at IS NOT NULL AND name <> '' AND surname <> '' AND email <> '')),
    CONSTRAINT appointments_used_check CHECK ((state = 'used') = (used_at IS NOT NULL)),
    CONSTRAINT appointments_lengths_check CHECK (length(name) <= 100 AND length(surname) <= 100 AND length(email) <= 254
        AND length(phone) <= 30 AND length(reason) <= 200 AND length(details) <= 200)
);

CREATE INDEX appointments_starts_at_idx ON {t}.appointments (starts_at) WHERE state IN ('confirmed', 'used');
CREATE INDEX appointments_held_idx ON {t}.appointments (hold_expires_at) WHERE state = 'held';

GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.office_seats TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.appointments TO {role};
