-- Held times are few: those past their time are found without looking at the others.
CREATE INDEX kiosk_reservations_held_idx ON {t}.kiosk_reservations (expires_at) WHERE state = 'held';
