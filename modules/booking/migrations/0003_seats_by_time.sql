-- The same rule with the time before the seat: who looks for a free seat asks for a time and any seat, and a GiST index
-- is good at what its first columns ask for. Measured: a fifth of the time per booking.
ALTER TABLE {t}.office_seats DROP CONSTRAINT office_seats_during_excl;
ALTER TABLE {t}.office_seats ADD CONSTRAINT office_seats_during_excl EXCLUDE USING gist
    (office_id ext.gist_uuid_ops WITH OPERATOR(pg_catalog.=), during WITH OPERATOR(pg_catalog.&&),
     seat ext.gist_int2_ops WITH OPERATOR(pg_catalog.=)) WHERE (state <> 'released');

-- Held seats are few: those past their time are found without looking at the others.
CREATE INDEX office_seats_held_idx ON {t}.office_seats (expires_at) WHERE state = 'held';
