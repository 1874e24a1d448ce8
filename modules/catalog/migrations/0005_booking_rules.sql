-- Rules of booking that a service may have of its own: how long before, how far ahead, how late.

ALTER TABLE {t}.services
    ADD COLUMN notice_hours integer NOT NULL DEFAULT 0 CONSTRAINT services_notice_check CHECK (notice_hours BETWEEN 0 AND 720),
    ADD COLUMN horizon_days integer NOT NULL DEFAULT 0 CONSTRAINT services_horizon_check CHECK (horizon_days BETWEEN 0 AND 60),
    ADD COLUMN late_minutes integer CONSTRAINT services_late_check CHECK (late_minutes BETWEEN 0 AND 120);
