-- What staff, devices and jobs did to an entity's data. Append-only: the runtime role may read and add.

CREATE TABLE {t}.audit_log (
    id         uuid PRIMARY KEY,
    at         timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id   text NOT NULL,
    action     text NOT NULL CONSTRAINT audit_log_action_check CHECK (action ~ '^[a-z_]+(\.[a-z_]+)+$'),
    object     text NOT NULL,
    detail     jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_at_idx ON {t}.audit_log (at, id);
CREATE INDEX audit_log_object_idx ON {t}.audit_log (object, at);
GRANT SELECT, INSERT ON {t}.audit_log TO {role};
