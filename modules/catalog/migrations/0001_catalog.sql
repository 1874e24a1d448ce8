-- What the entity offers and when it answers.

CREATE TABLE {t}.entity_settings (
    only_row       boolean PRIMARY KEY DEFAULT true CONSTRAINT entity_settings_only_row_check CHECK (only_row),
    name           text NOT NULL,
    ipa_code       text NOT NULL DEFAULT '',
    region         text NOT NULL DEFAULT '',
    street         text NOT NULL DEFAULT '',
    postal_code    text NOT NULL DEFAULT '',
    locality       text NOT NULL DEFAULT '',
    province       text NOT NULL DEFAULT '',
    phone          text NOT NULL DEFAULT '',
    email          text NOT NULL DEFAULT '',
    pec            text NOT NULL DEFAULT '',
    fiscal_code    text NOT NULL DEFAULT '',
    patron_name    text NOT NULL DEFAULT '',
    patron_day     integer NOT NULL DEFAULT 0,
    patron_month   integer NOT NULL DEFAULT 0,
    early_minutes  integer NOT NULL DEFAULT 15,
    late_minutes   integer NOT NULL DEFAULT 10,
    privacy_notice text NOT NULL DEFAULT '',
    privacy_url    text NOT NULL DEFAULT '',
    version        integer NOT NULL DEFAULT 1,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT entity_settings_patron_check CHECK (
        (patron_day = 0 AND patron_month = 0) OR (patron_day BETWEEN 1 AND 31 AND patron_month BETWEEN 1 AND 12)),
    CONSTRAINT entity_settings_minutes_check CHECK (early_minutes BETWEEN 0 AND 120 AND late_minutes BETWEEN 0 AND 120)
);
GRANT SELECT, INSERT, UPDATE ON {t}.entity_settings TO {role};

CREATE TABLE {t}.offices (
    id          uuid PRIMARY KEY,
    slug        text NOT NULL CONSTRAINT offices_slug_key UNIQUE,
    name        text NOT NULL,
    description text NOT NULL DEFAULT '',
    address     text NOT NULL DEFAULT '',
    phone       text NOT NULL DEFAULT '',
    email       text NOT NULL DEFAULT '',
    active      boolean NOT NULL DEFAULT true,
    version     integer NOT NULL DEFAULT 1,
    updated_at  timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON {t}.offices TO {role};

CREATE TABLE {t}.office_hours (
    office_id   uuid NOT NULL CONSTRAINT office_hours_office_id_fkey REFERENCES {t}.offices (id),
    weekday     integer NOT NULL CONSTRAINT office_hours_weekday_check CHECK (weekday BETWEEN 1 AND 7),
    from_minute integer NOT NULL,
    to_minute   integer NOT NULL,
    operators   integer NOT NULL CONSTRAINT office_hours_operators_check CHECK (operators BETWEEN 1 AND 50),
    PRIMARY KEY (office_id, weekday, from_minute),
    CONSTRAINT office_hours_minutes_check CHECK (from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1440),
    CONSTRAINT office_hours_overlap_excl EXCLUDE USING gist (
        office_id ext.gist_uuid_ops WITH OPERATOR(pg_catalog.=),
        weekday ext.gist_int4_ops WITH OPERATOR(pg_catalog.=),
        int4range(from_minute, to_minute) WITH OPERATOR(pg_catalog.&&))
);
GRANT SELECT, INSERT, DELETE ON {t}.office_hours TO {role};

CREATE TABLE {t}.calendar_exceptions (
    id          uuid PRIMARY KEY,
    office_id   uuid CONSTRAINT calendar_exceptions_office_id_fkey REFERENCES {t}.offices (id),
    date        date NOT NULL,
    closed      boolean NOT NULL,
    from_minute integer NOT NULL DEFAULT 0,
    to_minute   integer NOT NULL DEFAULT 0,
    operators   integer NOT NULL DEFAULT 0,
    reason      text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    CONSTRAINT calendar_exceptions_opening_check CHECK (
        closed OR (from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1440 AND operators BETWEEN 1 AND 50)),
    CONSTRAINT calendar_exceptions_overlap_excl EXCLUDE USING gist (
        (coalesce(office_id, '00000000-0000-0000-0000-000000000000'::uuid)) ext.gist_uuid_ops WITH OPERATOR(pg_catalog.=),
        date ext.gist_date_ops WITH OPERATOR(pg_catalog.=),
        (CASE WHEN closed THEN int4range(0, 1441) ELSE int4range(from_minute, to_minute) END) WITH OPERATOR(pg_catalog.&&))
);
CREATE INDEX calendar_exceptions_date_idx ON {t}.calendar_exceptions (date);
GRANT SELECT, INSERT, DELETE ON {t}.calendar_exceptions TO {role};

CREATE TABLE {t}.services (
    id                uuid PRIMARY KEY,
    slug              text NOT NULL CONSTRAINT services_slug_key UNIQUE,
    title             text NOT NULL,
    subtitle          text NOT NULL DEFAULT '',
    short_description text NOT NULL DEFAULT '',
    description       text NOT NULL DEFAULT '',
    addressed_to      text NOT NULL DEFAULT '',
    how_to            text NOT NULL DEFAULT '',
    needed_intro      text NOT NULL DEFAULT '',
    needed            text[] NOT NULL DEFAULT '{}',
    achieved          text NOT NULL DEFAULT '',
    times             text NOT NULL DEFAULT '',
    costs             text NOT NULL DEFAULT '',
    conditions        text NOT NULL DEFAULT '',
    special_cases     text NOT NULL DEFAULT '',
    further_info      text NOT NULL DEFAULT '',
    category          text NOT NULL,
    topics            text[] NOT NULL DEFAULT '{}',
    state             text NOT NULL CONSTRAINT services_state_check CHECK (state IN ('draft', 'published', 'inactive')),
    state_reason      text NOT NULL DEFAULT '',
    remote_counter    boolean NOT NULL DEFAULT false,
    duration_minutes  integer NOT NULL DEFAULT 30
                      CONSTRAINT services_duration_check CHECK (duration_minutes BETWEEN 5 AND 240 AND duration_minutes % 5 = 0),
    online_url        text NOT NULL DEFAULT '',
    external_url      text NOT NULL DEFAULT '',
    external_body     text NOT NULL DEFAULT '',
    responsible_id    uuid CONSTRAINT services_responsible_id_fkey REFERENCES {t}.offices (id),
    version           integer NOT NULL DEFAULT 1,
    published_at      timestamptz,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT services_inactive_check CHECK (state <> 'inactive' OR state_reason <> '')
);
CREATE INDEX services_category_idx ON {t}.services (category, title);
GRANT SELECT, INSERT, UPDATE ON {t}.services TO {role};

CREATE TABLE {t}.service_offices (
    service_id uuid NOT NULL CONSTRAINT service_offices_service_id_fkey REFERENCES {t}.services (id),
    office_id  uuid NOT NULL CONSTRAINT service_offices_office_id_fkey REFERENCES {t}.offices (id),
    PRIMARY KEY (service_id, office_id)
);
CREATE INDEX service_offices_office_id_idx ON {t}.service_offices (office_id);
GRANT SELECT, INSERT, DELETE ON {t}.service_offices TO {role};
