-- Whether citizens are asked after an encounter how it went.

ALTER TABLE {t}.entity_settings ADD COLUMN ask_rating boolean NOT NULL DEFAULT true;
