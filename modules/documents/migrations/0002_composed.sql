-- Papers made here: pages captured at the kiosk, a text to sign, what was signed with its page of signature.
ALTER TABLE {t}.documents
    DROP CONSTRAINT documents_source_check,
    ADD CONSTRAINT documents_source_check CHECK (source IN ('kiosk_capture', 'desk_upload', 'desk_text', 'signed')),
    DROP CONSTRAINT documents_pages_check,
    ADD CONSTRAINT documents_pages_check CHECK (pages BETWEEN 1 AND 21),
    ADD COLUMN request_id uuid,
    ADD CONSTRAINT documents_session_id_request_id_key UNIQUE (session_id, request_id);
ALTER TABLE {t}.document_pages
    DROP CONSTRAINT document_pages_number_check,
    ADD CONSTRAINT document_pages_number_check CHECK (number BETWEEN 1 AND 21);
