package documents

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/tenant"
)

type row struct {
	ID          ID
	SessionID   uuid.UUID
	Name        string
	MediaType   string
	SizeBytes   int64
	SHA256      []byte `db:"sha256"`
	Source      Source
	Pages       int
	BlobKey     string
	OriginalKey string
	CreatedBy   string
	CreatedAt   time.Time
}

func (r row) document() Document {
	return Document{ID: r.ID, SessionID: r.SessionID, Name: r.Name, MediaType: r.MediaType, SizeBytes: r.SizeBytes,
		SHA256: r.SHA256, Source: r.Source, Pages: r.Pages, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt}
}

const sqlInsertDocument = `
INSERT INTO {t}.documents (id, session_id, name, media_type, size_bytes, sha256, source, pages,
                           blob_key, original_key, created_by, created_at, request_id)
VALUES (@id, @session, @name, @media_type, @size, @sha256, @source, @pages, @blob, @original, @by, @now, @request)`

const sqlInsertPage = `
INSERT INTO {t}.document_pages (document_id, number, blob_key, size_bytes)
VALUES (@document, @number, @blob, @size)`

const sqlListDocuments = `
SELECT id, session_id, name, media_type, size_bytes, sha256, source, pages, blob_key, original_key, created_by, created_at
  FROM {t}.documents
 WHERE session_id = @session
 ORDER BY created_at, id`

const sqlCountDocuments = `SELECT count(*) FROM {t}.documents WHERE session_id = @session`

const sqlFindDocument = `
SELECT id, session_id, name, media_type, size_bytes, sha256, source, pages, blob_key, original_key, created_by, created_at
  FROM {t}.documents
 WHERE id = @id AND session_id = @session`

const sqlFindByRequest = `
SELECT id, session_id, name, media_type, size_bytes, sha256, source, pages, blob_key, original_key, created_by, created_at
  FROM {t}.documents
 WHERE session_id = @session AND request_id = @request`

const sqlFindPage = `SELECT blob_key FROM {t}.document_pages WHERE document_id = @document AND number = @number`

func insert(ctx context.Context, tx *tenant.Tx, r row, request *uuid.UUID, pages []stored) error {
	_, err := tenant.Exec(ctx, tx, sqlInsertDocument, tenant.Args{
		"id": r.ID.UUID, "session": r.SessionID, "name": r.Name, "media_type": r.MediaType, "size": r.SizeBytes,
		"sha256": r.SHA256, "source": string(r.Source), "pages": r.Pages, "blob": r.BlobKey, "original": r.OriginalKey,
		"by": r.CreatedBy, "now": r.CreatedAt, "request": request,
	})
	if err != nil {
		return err
	}
	for i, p := range pages {
		args := tenant.Args{"document": r.ID.UUID, "number": i + 1, "blob": p.key, "size": p.size}
		if _, err := tenant.Exec(ctx, tx, sqlInsertPage, args); err != nil {
			return err
		}
	}
	return nil
}

func list(ctx context.Context, tx *tenant.Tx, session uuid.UUID) ([]row, error) {
	return tenant.All[row](ctx, tx, sqlListDocuments, tenant.Args{"session": session})
}

func count(ctx context.Context, tx *tenant.Tx, session uuid.UUID) (int64, error) {
	return tenant.Value[int64](ctx, tx, sqlCountDocuments, tenant.Args{"session": session})
}

func find(ctx context.Context, tx *tenant.Tx, session uuid.UUID, document ID) (row, error) {
	return tenant.One[row](ctx, tx, sqlFindDocument, tenant.Args{"id": document.UUID, "session": session})
}

func findByRequest(ctx context.Context, tx *tenant.Tx, session, request uuid.UUID) (row, error) {
	return tenant.One[row](ctx, tx, sqlFindByRequest, tenant.Args{"session": session, "request": request})
}

func findPage(ctx context.Context, tx *tenant.Tx, document ID, number int) (string, error) {
	return tenant.Value[string](ctx, tx, sqlFindPage, tenant.Args{"document": document.UUID, "number": number})
}
