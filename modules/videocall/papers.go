package videocall

import (
	"context"
	"errors"
	"io"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// AddDocument takes a file from the desk into the operator's session. Refusals are those of documents.Receive, and
// "videocall.no_session".
func (s *Service) AddDocument(ctx context.Context, t tenant.Tenant, a actor.Actor, name string, body io.Reader) (DocumentView, error) {
	if _, err := operatorOf(a); err != nil {
		return DocumentView{}, err
	}
	if err := s.inCall(ctx, t, a); err != nil { // before any work is done for a file that has no place
		return DocumentView{}, err
	}
	file, err := s.cfg.Documents.Receive(ctx, t, documents.Upload{Name: name, Source: documents.DeskUpload, Body: body})
	if err != nil {
		return DocumentView{}, err
	}
	var doc documents.Document
	var v Session
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, err = calling(ctx, tx, a); err != nil {
			return err
		}
		if doc, err = s.cfg.Documents.Add(ctx, tx, a, v.ID.UUID, file); err != nil {
			return err
		}
		return save(ctx, tx, &v)
	})
	if err != nil {
		s.cfg.Documents.Discard(context.WithoutCancel(ctx), t, file)
		return DocumentView{}, err
	}
	s.hint(ctx, t, v)
	return documentView(doc, "/api/desk"), nil
}

// HandIn takes a paper that was captured at the kiosk, a picture for each page, as one PDF into the citizen's session;
// it answers what is asked, where it is a paper. The same request makes one document. Refusals are those of
// documents.Capture, and "videocall.no_session" or "videocall.illegal_step" before an operator called.
func (s *Service) HandIn(ctx context.Context, t tenant.Tenant, a actor.Actor, in documents.Captured) (DocumentView, error) {
	if _, err := kioskOf(a); err != nil {
		return DocumentView{}, err
	}
	before, err := s.before(ctx, t, a, in.Request)
	if err != nil || before != nil {
		return viewOr(before), err
	}
	in.At = s.cfg.DB.Clock().Now()
	file, err := s.cfg.Documents.Capture(ctx, t, in)
	if err != nil {
		return DocumentView{}, err
	}
	return s.handedIn(ctx, t, a, in.Request, file, func(tx *tenant.Tx, v *Session, doc documents.Document) error {
		open, err := openAsk(ctx, tx, v.ID)
		given := line{kind: EventPaperGiven, side: KioskSide, at: tx.Now()}
		switch {
		case err == nil && open.Kind == AskPaper:
			return s.answered(ctx, tx, a, v.ID, open.ID, AskDone, &doc.ID.UUID, given)
		case err != nil && !errors.Is(err, problem.NotFound):
			return err
		}
		if err := appendEvent(ctx, tx, v.ID, given); err != nil {
			return err
		}
		return audit.Record(ctx, tx, a, "session."+string(given.kind), "session:"+v.ID.String(), nil)
	})
}

// before says whether the actor is in a call, and what the request has made already; nil where it has made nothing.
func (s *Service) before(ctx context.Context, t tenant.Tenant, a actor.Actor, request uuid.UUID) (made *documents.Document, err error) {
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		v, _, err := mine(ctx, tx, a)
		if err != nil {
			return err
		}
		doc, err := s.cfg.Documents.Made(ctx, tx, v.ID.UUID, request)
		if err == nil {
			made = &doc
		}
		if !errors.Is(err, problem.NotFound) {
			return err
		}
		if !v.State.Calling() {
			return problem.New(problem.Conflict, "videocall.illegal_step")
		}
		return nil
	})
	return made, err
}

func viewOr(made *documents.Document) DocumentView {
	if made == nil {
		return DocumentView{}
	}
	return documentView(*made, "/api/kiosk")
}

// handedIn makes a stored file a document of the citizen's session, once per request, and has done with it in the same
// transaction.
func (s *Service) handedIn(ctx context.Context, t tenant.Tenant, a actor.Actor, request uuid.UUID, file *documents.Received,
	done func(*tenant.Tx, *Session, documents.Document) error) (DocumentView, error) {
	var doc documents.Document
	var v Session
	fresh := false
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, err = calling(ctx, tx, a); err != nil {
			return err
		}
		doc, err = s.cfg.Documents.Made(ctx, tx, v.ID.UUID, request) // the same request at once; the session's row is locked
		if fresh = errors.Is(err, problem.NotFound); !fresh {
			return err
		}
		if doc, err = s.cfg.Documents.Add(ctx, tx, a, v.ID.UUID, file); err != nil {
			return err
		}
		if err := done(tx, &v, doc); err != nil {
			return err
		}
		return save(ctx, tx, &v)
	})
	if err != nil || !fresh {
		s.cfg.Documents.Discard(context.WithoutCancel(ctx), t, file)
	}
	if err != nil {
		return DocumentView{}, err
	}
	s.hint(ctx, t, v)
	return documentView(doc, "/api/kiosk"), nil
}

func (s *Service) inCall(ctx context.Context, t tenant.Tenant, a actor.Actor) error {
	return s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		v, _, err := mine(ctx, tx, a)
		if err == nil && !v.State.Calling() {
			err = problem.New(problem.Conflict, "videocall.illegal_step")
		}
		return err
	})
}

// Document reads a page's picture of a document of the actor's session (page from 1), or the file as received
// (documents.Original, for the desk only). When the session has ended there is nothing to read any more:
// problem.NotFound, as for a document of any other session.
func (s *Service) Document(ctx context.Context, t tenant.Tenant, a actor.Actor, doc documents.ID, page int) (documents.Content, []byte, error) {
	var c documents.Content
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		v, side, err := mine(ctx, tx, a)
		if errors.Is(err, problem.NotFound) || (side == KioskSide && page == documents.Original) {
			return problem.New(problem.NotFound, "not_found")
		}
		if err != nil {
			return err
		}
		c, err = s.cfg.Documents.Find(ctx, tx, a, v.ID.UUID, doc, page)
		return err
	})
	if err != nil {
		return c, nil, err
	}
	b, err := s.cfg.Documents.Bytes(ctx, t, c)
	return c, b, err
}
