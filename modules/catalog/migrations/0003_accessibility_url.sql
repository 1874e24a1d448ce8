-- The accessibility declaration that the entity published with AgID (form.agid.gov.it); the footer of every page links it.

ALTER TABLE {t}.entity_settings ADD COLUMN accessibility_url text NOT NULL DEFAULT '';
