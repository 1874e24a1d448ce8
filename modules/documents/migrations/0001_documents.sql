-- Papers of an encounter. The bytes lie in the blob store; a row never changes.
CREATE TABLE {t}.documents (
    id           uuid        NOT NULL CONSTRAINT documents_pkey PRIMARY KEY,
    session_id   uuid        NOT NULL,
    name         text        NOT NULL CONSTRAINT documents_name_check CHECK (length(name) BETWEEN 1 AND 120),
    media_type   text        NOT NULL CONSTRAINT documents_media_type_check
                             CHECK (media_type IN ('image/jpeg', 'image/png', 'application/pdf')),
    size_bytes   bigint      NOT NULL CONSTRAINT documents_size_bytes_check CHECK (size_bytes BETWEEN 1 AND 67108864),
    sha256       bytea       NOT NULL CONSTRAINT documents_sha256_check CHECK (length(sha256) = 32),
    source       text        NOT NULL CONSTRAINT documents_source_check CHECK (source IN ('kiosk_capture', 'desk_upload')),
    pages        int         NOT NULL CONSTRAINT documents_pages_check CHECK (pages BETWEEN 1 AND 20),
    blob_key     text        NOT NULL,
    original_key text        NOT NULL,
    created_by   text        NOT NULL,
    created_at   timestamptz NOT NULL
);
CREATE INDEX documents_session_id_created_at_idx ON {t}.documents (session_id, created_at);
GRANT SELECT, INSERT ON {t}.documents TO {role};

-- The pictures of a PDF's pages: what a screen shows of it.
CREATE TABLE {t}.document_pages (
    document_id uuid   NOT NULL CONSTRAINT document_pages_document_id_fkey REFERENCES {t}.documents (id),
    number      int    NOT NULL CONSTRAINT document_pages_number_check CHECK (number BETWEEN 1 AND 20),
    blob_key    text   NOT NULL,
    size_bytes  bigint NOT NULL CONSTRAINT document_pages_size_bytes_check CHECK (size_bytes > 0),
    CONSTRAINT document_pages_pkey PRIMARY KEY (document_id, number)
);
GRANT SELECT, INSERT ON {t}.document_pages TO {role};
