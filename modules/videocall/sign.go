package videocall

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/tenant"
)

// A signature at the kiosk is a simple electronic signature (eIDAS, article 25; CAD, article 20) and is called nothing
// else: the drawing, or a name typed by who cannot draw, beside the pages that were shown and the hash of what was signed.

const (
	signText  = 4000 // characters of a text to sign
	signTyped = 100  // of a name typed instead of a signature
)

// ToSign is what an operator wants signed: a document of the session, or a text under a title.
type ToSign struct {
	Document uuid.UUID
	Title    string
	Text     string
}

// AskForSignature asks the citizen to sign. A text becomes a document of the session first. A document with
// documents.MaxPages+1 pages is "documents.too_many_pages"; while something else is asked it is "videocall.ask_open".
func (s *Service) AskForSignature(ctx context.Context, t tenant.Tenant, a actor.Actor, what ToSign) error {
	if _, err := operatorOf(a); err != nil {
		return err
	}
	if what.Document != uuid.Nil {
		return s.ask(ctx, t, a, Ask{Kind: AskSignature}, EventSignatureAsked, func(tx *tenant.Tx, v Session, one *Ask) error {
			doc, err := s.cfg.Documents.Get(ctx, tx, v.ID.UUID, documents.ID{UUID: what.Document})
			if err == nil && doc.Pages > documents.MaxPages {
				err = problem.New(problem.Invalid, "documents.too_many_pages").With("pages", documents.MaxPages)
			}
			one.Name, one.DocumentID = doc.Name, &what.Document
			return err
		})
	}
	title, text := strings.Join(strings.Fields(what.Title), " "), strings.TrimSpace(strings.ReplaceAll(what.Text, "\r\n", "\n"))
	if title == "" || utf8.RuneCountInString(title) > askName || !printable(title) {
		return problem.New(problem.Invalid, "videocall.sign_title").WithField("title", "videocall.sign_title")
	}
	if text == "" || utf8.RuneCountInString(text) > signText || !printable(text) {
		return problem.New(problem.Invalid, "videocall.sign_text").WithField("text", "videocall.sign_text")
	}
	if err := s.inCall(ctx, t, a); err != nil {
		return err
	}
	file, err := s.cfg.Documents.Write(ctx, t, title, text, s.cfg.DB.Clock().Now())
	if err != nil {
		return err
	}
	err = s.ask(ctx, t, a, Ask{Kind: AskSignature}, EventSignatureAsked, func(tx *tenant.Tx, v Session, one *Ask) error {
		doc, err := s.cfg.Documents.Add(ctx, tx, a, v.ID.UUID, file)
		one.Name, one.DocumentID = doc.Name, &doc.ID.UUID
		return err
	})
	if err != nil {
		s.cfg.Documents.Discard(context.WithoutCancel(ctx), t, file)
	}
	return err
}

// Signature is the citizen's answer: a drawing (PNG), or their name typed with the statement that it stands for it.
type Signature struct {
	Ask     uuid.UUID
	Request uuid.UUID // the same request signs once
	Drawing []byte
	Typed   string
}

// Sign takes the citizen's signature and makes the signed document. What is not asked for any more is
// "videocall.ask_gone"; an empty drawing is "documents.signature_empty".
func (s *Service) Sign(ctx context.Context, t tenant.Tenant, a actor.Actor, in Signature) (DocumentView, error) {
	if _, err := kioskOf(a); err != nil {
		return DocumentView{}, err
	}
	in.Typed = strings.Join(strings.Fields(in.Typed), " ")
	if (len(in.Drawing) > 0) == (in.Typed != "") || utf8.RuneCountInString(in.Typed) > signTyped || !printable(in.Typed) {
		return DocumentView{}, problem.New(problem.Invalid, "videocall.sign_typed").WithField("typed", "videocall.sign_typed")
	}
	before, err := s.before(ctx, t, a, in.Request)
	if err != nil || before != nil {
		return viewOr(before), err
	}
	page, shown, err := s.pageOfSignature(ctx, t, a, in)
	if err != nil {
		return DocumentView{}, err
	}
	file, err := s.cfg.Documents.Sign(ctx, t, page, shown)
	if err != nil {
		return DocumentView{}, err
	}
	return s.handedIn(ctx, t, a, in.Request, file, func(tx *tenant.Tx, v *Session, doc documents.Document) error {
		if _, err := signable(ctx, tx, v.ID, in.Ask); err != nil {
			return err
		}
		return s.answered(ctx, tx, a, v.ID, in.Ask, AskDone, &doc.ID.UUID, line{kind: EventSigned, side: KioskSide})
	})
}

// RefuseToSign says that the citizen does not sign; the encounter goes on.
func (s *Service) RefuseToSign(ctx context.Context, t tenant.Tenant, a actor.Actor, ask uuid.UUID) error {
	if _, err := kioskOf(a); err != nil {
		return err
	}
	return s.turnDown(ctx, t, a, ask, AskSignature, AskRefused, line{kind: EventNotSigned, side: KioskSide})
}

// signable is the open ask for this signature.
func signable(ctx context.Context, tx *tenant.Tx, session ID, ask uuid.UUID) (Ask, error) {
	open, err := openAsk(ctx, tx, session)
	if errors.Is(err, problem.NotFound) || (err == nil && (open.ID != ask || open.Kind != AskSignature)) {
		err = problem.New(problem.Conflict, "videocall.ask_gone")
	}
	return open, err
}

// pageOfSignature is what the last page of the signed document says, and the pages before it.
func (s *Service) pageOfSignature(ctx context.Context, t tenant.Tenant, a actor.Actor, in Signature) (page documents.Signature, shown []documents.Content, err error) {
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		v, _, err := mine(ctx, tx, a)
		if err != nil {
			return err
		}
		ask, err := signable(ctx, tx, v.ID, in.Ask)
		if err != nil {
			return err
		}
		doc, err := s.cfg.Documents.Get(ctx, tx, v.ID.UUID, documents.ID{UUID: *ask.DocumentID})
		if err != nil {
			return err
		}
		shown = nil
		for n := range doc.Pages {
			c, err := s.cfg.Documents.Find(ctx, tx, a, v.ID.UUID, doc.ID, n+1)
			if err != nil {
				return err
			}
			shown = append(shown, c)
		}
		entity, err := s.cfg.Labels.Entity(ctx, tx)
		if err != nil {
			return err
		}
		page = signaturePage(in, v, doc, entity.Name, tx.Now())
		return nil
	})
	return page, shown, err
}

func signaturePage(in Signature, v Session, doc documents.Document, entity string, at time.Time) documents.Signature {
	said := func(key, value string) documents.Line {
		return documents.Line{Label: word("videocall.sign." + key), Value: value}
	}
	name := strings.TrimSuffix(doc.Name, ".pdf")
	out := documents.Signature{Name: i18n.T(i18n.Italian, "videocall.sign.name", map[string]any{"name": name}), Title: word("videocall.sign.title"),
		Picture: in.Drawing, Closing: word("videocall.sign.closing"), Request: in.Request, At: at}
	out.Lines = []documents.Line{
		said("document", doc.Name), said("hash", doc.Hash()), said("at", i18n.DateTime(at)), said("session", v.ID.String()),
		said("office", v.OfficeName+", "+entity), said("operator", v.OperatorName), said("kiosk", v.KioskName),
	}
	if in.Typed != "" {
		out.Lines = append(out.Lines, said("typed", in.Typed), said("statement", word("videocall.sign.stated")))
	} else {
		out.Lines = append(out.Lines, said("drawn", word("videocall.sign.drawn_how")))
	}
	return out
}
