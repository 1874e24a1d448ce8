-- Kiosks of the entity: where they stand, what they offer, when the place is open, and who has taken which time.

CREATE TABLE {t}.kiosks (
    id            uuid PRIMARY KEY,
    slug          text NOT NULL,
    name          text NOT NULL,
    place         text NOT NULL,
    address       text NOT NULL,
    latitude      double precision,
    longitude     double precision,
    directions    text NOT NULL DEFAULT '',
    equipment     text[] NOT NULL DEFAULT '{}',
    accessible    boolean NOT NULL DEFAULT false,
    accessibility text NOT NULL DEFAULT '',
    state         text NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CONSTRAINT kiosks_slug_key UNIQUE (slug),
    CONSTRAINT kiosks_state_check CHECK (state IN ('active', 'paused', 'retired')),
    CONSTRAINT kiosks_latitude_check CHECK (latitude BETWEEN -90 AND 90),
    CONSTRAINT kiosks_longitude_check CHECK (longitude BETWEEN -180 AND 180)
);

-- Opening hours of the place in civil minutes after midnight; weekday 1 is Monday (ISO 8601).
CREATE TABLE {t}.kiosk_hours (
    kiosk_id    uuid NOT NULL REFERENCES {t}.kiosks (id),
    weekday     smallint NOT NULL,
    from_minute smallint NOT NULL,
    to_minute   smallint NOT NULL,
    CONSTRAINT kiosk_hours_pkey PRIMARY KEY (kiosk_id, weekday, from_minute),
    CONSTRAINT kiosk_hours_weekday_check CHECK (weekday BETWEEN 1 AND 7),
    CONSTRAINT kiosk_hours_minutes_check CHECK (from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1440)
);

CREATE TABLE {t}.kiosk_services (
    kiosk_id   uuid NOT NULL REFERENCES {t}.kiosks (id),
    service_id uuid NOT NULL,
    CONSTRAINT kiosk_services_pkey PRIMARY KEY (kiosk_id, service_id)
);

-- A taken time. A held one past expires_at is released by whoever books next; until then it still excludes.
CREATE TABLE {t}.kiosk_reservations (
    id         uuid PRIMARY KEY,
    kiosk_id   uuid NOT NULL REFERENCES {t}.kiosks (id),
    during     tstzrange NOT NULL,
    state      text NOT NULL,
    expires_at timestamptz,
    purpose    text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT kiosk_reservations_state_check CHECK (state IN ('held', 'confirmed', 'released')),
    CONSTRAINT kiosk_reservations_held_check CHECK (state <> 'held' OR expires_at IS NOT NULL),
    CONSTRAINT kiosk_reservations_during_check CHECK (NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)),
    CONSTRAINT kiosk_reservations_during_excl EXCLUDE USING gist
        (kiosk_id ext.gist_uuid_ops WITH OPERATOR(pg_catalog.=), during WITH OPERATOR(pg_catalog.&&)) WHERE (state <> 'released')
);

GRANT SELECT, INSERT, UPDATE ON {t}.kiosks TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.kiosk_hours TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.kiosk_services TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.kiosk_reservations TO {role};
