-- Against hoarding and trading: how many appointments one address may have ahead, and how long a cancelled time is kept back.

ALTER TABLE {t}.entity_settings
    ADD COLUMN open_limit integer NOT NULL DEFAULT 0 CONSTRAINT entity_settings_open_limit_check CHECK (open_limit BETWEEN 0 AND 20),
    ADD COLUMN return_minutes integer NOT NULL DEFAULT 0
        CONSTRAINT entity_settings_return_check CHECK (return_minutes BETWEEN 0 AND 1440);
