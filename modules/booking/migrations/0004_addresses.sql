-- How many appointments an address has ahead is asked at every booking of an entity that limits them.
CREATE INDEX appointments_email_idx ON {t}.appointments (lower(email), service_id) WHERE state = 'confirmed';
