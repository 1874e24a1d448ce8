-- What citizens say of an encounter. A rating knows the service and the day, and neither the appointment nor who answered;
-- the appointment knows only that it was rated.

ALTER TABLE {t}.appointments ADD COLUMN rated_at timestamptz,
    ADD CONSTRAINT appointments_rated_check CHECK (rated_at IS NULL OR state = 'used');

CREATE TABLE {t}.ratings (
    id         uuid PRIMARY KEY,
    service_id uuid NOT NULL,
    day        date NOT NULL,
    stars      smallint NOT NULL CONSTRAINT ratings_stars_check CHECK (stars BETWEEN 1 AND 5),
    aspect     smallint NOT NULL CONSTRAINT ratings_aspect_check CHECK (aspect BETWEEN 0 AND 5)
);
CREATE INDEX ratings_day_idx ON {t}.ratings (day);
GRANT SELECT, INSERT ON {t}.ratings TO {role};
