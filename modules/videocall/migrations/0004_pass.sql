-- An operator may set a person aside to take them back later (parked), or pass them to another office or colleague.
-- Whoever waits for one operator is called by others only when chosen.

ALTER TABLE {t}.sessions
    ADD COLUMN parked      boolean NOT NULL DEFAULT false,
    ADD COLUMN wanted_id   uuid,
    ADD COLUMN wanted_name text    NOT NULL DEFAULT '',
    ADD COLUMN passed_by   text    NOT NULL DEFAULT '',
    ADD COLUMN passed_why  text    NOT NULL DEFAULT '' CONSTRAINT sessions_passed_why_check CHECK (length(passed_why) <= 200),
    ADD CONSTRAINT sessions_parked_check CHECK (NOT parked OR wanted_id IS NOT NULL),
    ADD CONSTRAINT sessions_wanted_check CHECK ((wanted_id IS NULL) = (wanted_name = ''));

ALTER TABLE {t}.session_events DROP CONSTRAINT session_events_kind_check;
ALTER TABLE {t}.session_events ADD CONSTRAINT session_events_kind_check CHECK (kind IN
    ('started', 'claimed', 'joined', 'connected', 'dropped', 'resumed', 'held', 'unheld',
     'recalled', 'requeued', 'parked', 'passed', 'closed', 'abandoned', 'no_show'));
