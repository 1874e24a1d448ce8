package videocall

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/qr"
	"github.com/sportello/sportello/tenant"
)

// What a citizen takes home from an encounter: its outcome, what the office wrote, the papers the office showed. It is a page
// behind a secret link, which the kiosk shows as a QR code, prints, or sends to the address of the appointment.

const (
	receiptDays = 30              // how long the page is there
	receiptAsk  = 5 * time.Minute // after the end, how long the kiosk may have it sent
)

// Receipt is the content of the page.
type Receipt struct {
	At        time.Time
	Service   string
	Office    string
	Outcome   string // in words
	Lines     []string
	Documents []documents.Document // what the office showed, and what was signed
	session   ID
}

// receivable says whether there is anything to take home: somebody spoke with somebody.
func receivable(v *Session) bool { return v.State == Closed && v.ConnectedAt != nil && !v.Rehearsal }

// receiptView is what the kiosk shows of it at the end.
func (s *Service) receiptView(t tenant.Tenant, v *Session) *ReceiptView {
	if !receivable(v) {
		return nil
	}
	link := s.cfg.Links.Receipt(t, v.AppointmentID)
	return &ReceiptView{URL: link, QR: qr.SVG(link), Mail: v.Ticket == nil}
}

// Receipt reads what came of the appointment's encounter. It is problem.NotFound before its end and after receiptDays.
func (s *Service) Receipt(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID) (Receipt, error) {
	v, err := tenant.One[Session](ctx, tx, sqlReceipt, tenant.Args{"appointment": appointment, "after": tx.Now().AddDate(0, 0, -receiptDays)})
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{
		At: v.StartedAt, Service: v.ServiceTitle, Office: v.OfficeName, session: v.ID,
		Outcome: i18n.T(i18n.From(ctx), "videocall.ended."+string(v.Outcome), nil),
	}
	lines, err := chat(ctx, tx, v.ID)
	if err != nil {
		return r, err
	}
	for _, l := range lines {
		if l.Side == DeskSide {
			r.Lines = append(r.Lines, l.Text)
		}
	}
	docs, err := s.cfg.Documents.List(ctx, tx, v.ID.UUID)
	for _, d := range docs {
		if d.Source == documents.DeskUpload || d.Source == documents.Signed {
			r.Documents = append(r.Documents, d)
		}
	}
	return r, err
}

// ReceiptDocument reads a paper of the page as the office sent it.
func (s *Service) ReceiptDocument(ctx context.Context, t tenant.Tenant, appointment uuid.UUID, doc documents.ID) (c documents.Content, b []byte, err error) {
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		r, err := s.Receipt(ctx, tx, appointment)
		if err != nil {
			return err
		}
		for _, d := range r.Documents {
			if d.ID == doc {
				c, err = s.cfg.Documents.Find(ctx, tx, actor.Actor{Kind: actor.Citizen, ID: appointment.String()}, r.session.UUID, doc, documents.Original)
				return err
			}
		}
		return problem.New(problem.NotFound, "not_found")
	})
	if err != nil {
		return c, nil, err
	}
	b, err = s.cfg.Documents.Bytes(ctx, t, c)
	return c, b, err
}

// MailReceipt sends the link of the encounter that has just ended at the kiosk to the address of its appointment.
func (s *Service) MailReceipt(ctx context.Context, t tenant.Tenant, a actor.Actor, session ID) error {
	kiosk, err := kioskOf(a)
	if err != nil {
		return err
	}
	return s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		v, err := latestOfKiosk(ctx, tx, kiosk)
		if err != nil {
			return err
		}
		if v.ID != session || !receivable(&v) || v.Ticket != nil || tx.Now().Sub(*v.ClosedAt) > receiptAsk {
			return problem.New(problem.NotFound, "videocall.no_session")
		}
		return s.cfg.Links.MailReceipt(ctx, tx, v.AppointmentID)
	})
}
