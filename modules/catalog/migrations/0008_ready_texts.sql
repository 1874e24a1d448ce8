-- Sentences that operators may send without typing them.

ALTER TABLE {t}.entity_settings ADD COLUMN ready_texts text[] NOT NULL DEFAULT '{}';
