-- A hold that lapsed stays held until somebody takes its time or its form is deleted: it has no state of its own.

ALTER TABLE {t}.appointments DROP CONSTRAINT appointments_state_check;
ALTER TABLE {t}.appointments ADD CONSTRAINT appointments_state_check CHECK (state IN ('held', 'confirmed', 'cancelled', 'used'));
