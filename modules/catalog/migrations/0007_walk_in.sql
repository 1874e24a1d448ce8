-- Services that who sits down without an appointment may ask for, while an office answers.

ALTER TABLE {t}.services ADD COLUMN walk_in boolean NOT NULL DEFAULT false;
