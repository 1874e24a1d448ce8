-- How long before an appointment its reminders leave, in hours. A day before is what people expect.

ALTER TABLE {t}.entity_settings ADD COLUMN reminder_hours integer[] NOT NULL DEFAULT '{24}';
