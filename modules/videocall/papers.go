package videocall

import (
	"context"
	"errors"
	"io"

	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// AddDocument takes a file into the actor's session: a capture from the kiosk, an upload from the desk. Refusals are
// those of documents.Receive, and "videocall.no_session" or "videocall.illegal_step" before an operator called.
func (s *Service) AddDocument(ctx context.Context, t tenant.Tenant, a actor.Actor, name string, body io.Reader) (DocumentView, error) {
	if err := s.inCall(ctx, t, a); err != nil { // before any work is done for a file that has no place
		return DocumentView{}, err
	}
	source, base := documents.KioskCapture, "/api/kiosk"
	if a.Kind == actor.Staff {
		source, base = documents.DeskUpload, "/api/desk"
	}
	file, err := s.cfg.Documents.Receive(ctx, t, documents.Upload{Name: name, Source: source, Body: body})
	if err != nil {
		return DocumentView{}, err
	}
	var doc documents.Document
	var v Session
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, _, err = lockMine(ctx, tx, a); err != nil {
			return err
		}
		if !v.State.Calling() {
			return problem.New(problem.Conflict, "videocall.illegal_step")
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
	return documentView(doc, base), nil
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
