package documents

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// maxPerSession bounds what one encounter may gather.
const maxPerSession = 60

// Service receives, keeps and shows the papers of an encounter.
type Service struct {
	blobs  Blobs
	pages  Pages
	ids    id.Source
	decode chan struct{} // bounds pictures decoded at once, and with them memory
}

// New makes the service. A nil pages refuses every PDF.
func New(blobs Blobs, pages Pages, ids id.Source) *Service {
	return &Service{blobs: blobs, pages: pages, ids: ids, decode: make(chan struct{}, 2)}
}

// Upload is a file as it arrived.
type Upload struct {
	Name   string
	Source Source
	Body   io.Reader
}

// Received is a file that was checked and stored, and that no row tells of yet. It becomes a document by Add;
// where that does not happen, Discard takes it away again.
type Received struct {
	name, mediaType string
	source          Source
	request         *uuid.UUID
	size            int64
	sum             [sha256.Size]byte
	original, shown stored
	pages           []stored
}

type stored struct {
	key  string
	size int64
}

// Receive checks a file, makes what will be shown of it and stores both. It runs outside any transaction.
// Refusals: documents.empty, too_large, unknown_type, broken, too_many_pixels, too_many_pages, pdf_broken,
// pdf_unavailable, busy. A PDF is only taken from the desk.
func (s *Service) Receive(ctx context.Context, t tenant.Tenant, in Upload) (*Received, error) {
	b, err := io.ReadAll(io.LimitReader(in.Body, MaxBytes+1))
	switch {
	case err != nil:
		return nil, problem.New(problem.Invalid, "documents.broken").Wrap(err)
	case len(b) == 0:
		return nil, problem.New(problem.Invalid, "documents.empty")
	case len(b) > MaxBytes:
		return nil, problem.New(problem.Invalid, "documents.too_large").With("megabytes", MaxBytes>>20)
	}
	r := &Received{mediaType: sniff(b), source: in.Source, size: int64(len(b)), sum: sha256.Sum256(b)}
	if r.mediaType == "" || (r.mediaType == PDF && in.Source != DeskUpload) {
		return nil, problem.New(problem.Invalid, "documents.unknown_type")
	}
	r.name = cleanName(in.Name, "documento"+map[string]string{JPEG: ".jpg", PNG: ".png", PDF: ".pdf"}[r.mediaType])
	shown, err := s.show(ctx, b, r.mediaType)
	if err != nil {
		return nil, err
	}
	if err := s.store(ctx, t, r, b, shown); err != nil {
		s.Discard(context.WithoutCancel(ctx), t, r)
		return nil, fmt.Errorf("store document: %w", err)
	}
	return r, nil
}

// show makes the pictures that stand for the file: one for a picture, one per page for a PDF.
func (s *Service) show(ctx context.Context, b []byte, mediaType string) ([][]byte, error) {
	if mediaType == PDF {
		if s.pages == nil {
			return nil, problem.New(problem.Unavailable, "documents.pdf_unavailable")
		}
		pages, err := s.pages.Render(ctx, b, MaxPages)
		if err == nil && len(pages) > MaxPages {
			err = problem.New(problem.Invalid, "documents.too_many_pages").With("pages", MaxPages)
		}
		return pages, err
	}
	select {
	case s.decode <- struct{}{}:
		defer func() { <-s.decode }()
	case <-ctx.Done():
		return nil, problem.New(problem.Unavailable, "documents.busy").Wrap(ctx.Err())
	}
	picture, err := again(b, mediaType)
	return [][]byte{picture}, err
}

func (s *Service) store(ctx context.Context, t tenant.Tenant, r *Received, original []byte, shown [][]byte) error {
	folder := "documents/" + s.ids().String() + "/"
	var err error
	if r.original, err = s.put(ctx, t, folder+"original", original); err != nil {
		return err
	}
	for i, p := range shown {
		one, err := s.put(ctx, t, fmt.Sprintf("%sshown-%02d", folder, i+1), p)
		if err != nil {
			return err
		}
		r.pages = append(r.pages, one)
	}
	r.shown = r.pages[0]
	return nil
}

func (s *Service) put(ctx context.Context, t tenant.Tenant, key string, b []byte) (stored, error) {
	size, _, err := s.blobs.Put(ctx, string(t.Key), key, bytes.NewReader(b))
	if err == nil && size != int64(len(b)) {
		err = io.ErrShortWrite
	}
	return stored{key, size}, err
}

// Discard takes back what Receive stored, when no document came of it. What cannot be deleted stays as
// unreferenced bytes.
func (s *Service) Discard(ctx context.Context, t tenant.Tenant, r *Received) {
	for _, one := range append([]stored{r.original}, r.pages...) {
		if one.key != "" {
			_ = s.blobs.Delete(ctx, string(t.Key), one.key)
		}
	}
}

// Add makes the received file a document of the session, inside the caller's transaction. The caller has checked
// that the actor takes part in the session. Staff leave an audit row. Too many documents are "documents.too_many".
func (s *Service) Add(ctx context.Context, tx *tenant.Tx, a actor.Actor, session uuid.UUID, r *Received) (Document, error) {
	n, err := count(ctx, tx, session)
	if err != nil {
		return Document{}, err
	}
	if n >= maxPerSession {
		return Document{}, problem.New(problem.Conflict, "documents.too_many")
	}
	doc := row{ID: id.New[Document](tx.IDs()), SessionID: session, Name: r.name, MediaType: r.mediaType,
		SizeBytes: r.size, SHA256: r.sum[:], Source: r.source, Pages: len(r.pages), BlobKey: r.shown.key,
		OriginalKey: r.original.key, CreatedBy: string(a.Kind) + ":" + a.ID, CreatedAt: tx.Now()}
	if err := insert(ctx, tx, doc, r.request, r.pages); err != nil {
		return Document{}, fmt.Errorf("add document: %w", err)
	}
	if a.Kind == actor.Staff {
		err = audit.Record(ctx, tx, a, "document.added", "document:"+doc.ID.String(), map[string]any{"session": session.String()})
	}
	return doc.document(), err
}

// Made finds the document that a request has made already; problem.NotFound where it has not.
func (s *Service) Made(ctx context.Context, tx *tenant.Tx, session, request uuid.UUID) (Document, error) {
	r, err := findByRequest(ctx, tx, session, request)
	return r.document(), err
}

// Get finds one document of the session, to speak of it; whoever shows its content uses Find.
func (s *Service) Get(ctx context.Context, tx *tenant.Tx, session uuid.UUID, doc ID) (Document, error) {
	r, err := find(ctx, tx, session, doc)
	return r.document(), err
}

// List gives the session's documents, oldest first.
func (s *Service) List(ctx context.Context, tx *tenant.Tx, session uuid.UUID) ([]Document, error) {
	rows, err := list(ctx, tx, session)
	if err != nil {
		return nil, err
	}
	docs := make([]Document, len(rows))
	for i, r := range rows {
		docs[i] = r.document()
	}
	return docs, nil
}

// Content is one picture, or the file as received, ready to be read.
type Content struct {
	Name      string
	MediaType string
	Original  bool // offered as a download, never shown inline
	key       string
}

// Original asks for the file as received instead of a page's picture.
const Original = 0

// Find says where the picture of a page (from 1), or the Original, of a session's document lies. The caller has
// checked that the actor takes part in the session; staff leave an audit row. A document of another session is
// problem.NotFound.
func (s *Service) Find(ctx context.Context, tx *tenant.Tx, a actor.Actor, session uuid.UUID, doc ID, page int) (Content, error) {
	r, err := find(ctx, tx, session, doc)
	if err != nil {
		return Content{}, err
	}
	c := Content{Name: r.Name, MediaType: r.MediaType, Original: page == Original, key: r.OriginalKey}
	if page != Original {
		if c.key, err = findPage(ctx, tx, doc, page); err != nil {
			return Content{}, err
		}
		if r.MediaType == PDF {
			c.MediaType = PNG
		}
	}
	if a.Kind == actor.Staff {
		detail := map[string]any{"session": session.String(), "page": page}
		err = audit.Record(ctx, tx, a, "document.read", "document:"+doc.String(), detail)
	}
	return c, err
}

// Bytes reads the content. It runs outside any transaction.
func (s *Service) Bytes(ctx context.Context, t tenant.Tenant, c Content) ([]byte, error) {
	r, err := s.blobs.Open(ctx, string(t.Key), c.key)
	if err != nil {
		return nil, fmt.Errorf("open document: %w", err)
	}
	b, err := io.ReadAll(io.LimitReader(r, renderTotal))
	return b, errors.Join(err, r.Close())
}
