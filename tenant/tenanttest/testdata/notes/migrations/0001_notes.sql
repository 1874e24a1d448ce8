CREATE TABLE {t}.notes (
    id   uuid PRIMARY KEY,
    text text NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON {t}.notes TO {role};

CREATE TABLE {t}.rooms (
    room   uuid NOT NULL,
    during tstzrange NOT NULL,
    CONSTRAINT rooms_overlap EXCLUDE USING gist (room ext.gist_uuid_ops WITH =, during WITH &&)
);
GRANT SELECT, INSERT ON {t}.rooms TO {role};
