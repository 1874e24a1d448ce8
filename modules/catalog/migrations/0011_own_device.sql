-- Whether who has booked may also answer from their own telephone or computer instead of sitting at the kiosk.
ALTER TABLE {t}.services ADD COLUMN own_device boolean NOT NULL DEFAULT false;
