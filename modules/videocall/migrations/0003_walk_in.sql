-- Who comes without an appointment takes a number, which begins at 1 every day.

ALTER TABLE {t}.sessions ADD COLUMN ticket integer CONSTRAINT sessions_ticket_check CHECK (ticket > 0);

CREATE TABLE {t}.ticket_days (
    day  date    NOT NULL CONSTRAINT ticket_days_pkey PRIMARY KEY,
    last integer NOT NULL CONSTRAINT ticket_days_last_check CHECK (last > 0)
);
GRANT SELECT, INSERT, UPDATE ON {t}.ticket_days TO {role};
