-- The language an appointment was booked in: its messages, calendar entry and page speak it.
ALTER TABLE {t}.appointments ADD COLUMN lang text NOT NULL DEFAULT 'it'
    CONSTRAINT appointments_lang_check CHECK (lang IN ('it', 'en', 'de', 'fr'));
