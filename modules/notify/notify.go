// Package notify owns the messages to people: each is queued once, composed when it is sent, tried again with growing
// pauses, and visible when it failed for good. It does not own the words: the module that queues a message composes it.
// The text of a message is never stored, because it may hold a secret such as a pickup code.
//
// Entry points: Service.
package notify

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/mail"
	"github.com/sportello/sportello/tenant"
)

// Migrations is the module's line of schema changes.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// MessageID names a message.
type MessageID = id.ID[Message]

// State is where a message stands.
type State string

// The states of a message.
const (
	Queued  State = "queued"  // waiting for its first or next try
	Sent    State = "sent"    // handed to the mail server
	Failed  State = "failed"  // given up; a member of staff can send it again
	Dropped State = "dropped" // no longer true when it was to be sent
)

// Message is what is known about one message. It has no text.
type Message struct {
	ID        MessageID
	DedupeKey string
	Channel   string
	Kind      string
	SubjectID uuid.UUID // what it is about, e.g. an appointment
	Recipient string
	State     State
	Attempts  int
	Error     string // of the last try: what failed, without personal data
	CreatedAt time.Time
	NextTryAt *time.Time
	SentAt    *time.Time
}

// Request asks for a message. The same DedupeKey twice is one message.
type Request struct {
	DedupeKey string
	Kind      string // registered with a Composer
	SubjectID uuid.UUID
	Recipient string // e-mail address
}

// Content is a message ready to be sent.
type Content struct {
	ReplyTo     string
	From        string // name and address; empty for the service's own address with the entity's name
	Subject     string
	Text        string
	HTML        string
	Attachments []mail.Attachment
}

// ErrStale is what a Composer answers when the message is no longer true: it is dropped.
var ErrStale = errors.New("the message is no longer true")

// Composer writes a message from the rows as they are when it is sent.
type Composer func(ctx context.Context, tx *tenant.Tx, m Message) (Content, error)

// Sender hands a message to a mail server. mail.Sender is one.
type Sender interface {
	Send(ctx context.Context, m mail.Message) error
}

// Due is the event that makes a message be tried. Attempt is how many tries came before, so that a repeated event
// does not make a second try.
type Due struct {
	MessageID MessageID `json:"message_id"`
	Attempt   int       `json:"attempt"`
}

// KindDue is the kind of Due.
const KindDue = "notify.due.v1"

// Kind implements tenant.Event.
func (Due) Kind() string { return KindDue }

// pauses between tries; after the last the message has failed.
var pauses = []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour}

// Service queues and sends messages. It is safe for concurrent use once every Composer is registered.
type Service struct {
	db        *tenant.DB
	sender    Sender
	address   string
	composers map[string]Composer
	log       *slog.Logger
}

// New makes the service. address is the one that messages come from, without a name.
func New(db *tenant.DB, sender Sender, address string, log *slog.Logger) *Service {
	if log == nil {
		log = slog.Default()
	}
	return &Service{db: db, sender: sender, address: address, composers: map[string]Composer{}, log: log}
}

// Register says who composes messages of a kind. Call it before the first event is handled.
func (s *Service) Register(kind string, c Composer) { s.composers[kind] = c }

// Queue notes a message and has it sent after the transaction commits. It says false when it was queued before.
func (s *Service) Queue(ctx context.Context, tx *tenant.Tx, r Request) (bool, error) {
	if s.composers[r.Kind] == nil {
		return false, fmt.Errorf("no composer for messages of kind %s", r.Kind)
	}
	m := id.New[Message](tx.IDs())
	n, err := tenant.Exec(ctx, tx, sqlQueue, tenant.Args{"id": m, "dedupe": r.DedupeKey, "kind": r.Kind,
		"subject": r.SubjectID, "recipient": r.Recipient, "now": tx.Now()})
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.Publish(ctx, Due{MessageID: m})
}

// OnDue tries to send the message of the event. A mail server that is down is tried again after a pause; an address that
// is refused is not. It is at least once: the message carries its identifier, so that a second copy is known as one.
func (s *Service) OnDue(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error {
	var due Due
	if err := json.Unmarshal(payload, &due); err != nil {
		return err
	}
	var m Message
	var content Content
	err := s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		var err error
		if m, err = s.message(ctx, tx, due.MessageID); err != nil {
			return err
		}
		if m.State != Queued || m.Attempts != due.Attempt {
			return nil
		}
		content, err = s.composers[m.Kind](ctx, tx, m)
		return err
	})
	switch {
	case errors.Is(err, ErrStale):
		return s.settle(ctx, t, m, Dropped, "")
	case errors.Is(err, problem.NotFound):
		return nil // the entity or the message is gone
	case err != nil:
		return err
	case m.State != Queued || m.Attempts != due.Attempt:
		return nil
	}
	if content.From == "" {
		content.From = (&netmail.Address{Name: t.Name, Address: s.address}).String()
	}
	err = s.sender.Send(ctx, mail.Message{
		From: content.From, To: m.Recipient, ReplyTo: content.ReplyTo, Subject: content.Subject, Text: content.Text,
		HTML: content.HTML, Attachments: content.Attachments, ID: m.ID.String(),
	})
	if err == nil {
		return s.settle(ctx, t, m, Sent, "")
	}
	s.log.WarnContext(ctx, "message not sent", slog.String("tenant", string(t.Key)), slog.String("message", m.ID.String()),
		slog.String("kind", m.Kind), slog.Int("attempt", m.Attempts+1), slog.Bool("permanent", mail.Permanent(err)))
	if mail.Permanent(err) {
		return s.settle(ctx, t, m, Failed, "refused")
	}
	if m.Attempts >= len(pauses) {
		return s.settle(ctx, t, m, Failed, "unreachable")
	}
	return s.later(ctx, t, m)
}

func (s *Service) settle(ctx context.Context, t tenant.Tenant, m Message, to State, why string) error {
	return s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(ctx, tx, sqlSettle, tenant.Args{"id": m.ID, "attempts": m.Attempts, "state": to, "error": why, "now": tx.Now()})
		return err
	})
}

func (s *Service) later(ctx context.Context, t tenant.Tenant, m Message) error {
	return s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		next := tx.Now().Add(pauses[m.Attempts])
		n, err := tenant.Exec(ctx, tx, sqlLater, tenant.Args{"id": m.ID, "attempts": m.Attempts, "error": "unreachable", "next": next})
		if err != nil || n == 0 {
			return err
		}
		return tx.PublishAt(ctx, Due{MessageID: m.ID, Attempt: m.Attempts + 1}, next)
	})
}

// About lists the messages about a subject, in order.
func (s *Service) About(ctx context.Context, tx *tenant.Tx, subject uuid.UUID) ([]Message, error) {
	return tenant.All[Message](ctx, tx, sqlAbout, tenant.Args{"subject": subject})
}

// Retry has a failed message sent again, from the first pause on. It says false when it has not failed.
func (s *Service) Retry(ctx context.Context, tx *tenant.Tx, m MessageID) (bool, error) {
	n, err := tenant.Exec(ctx, tx, sqlRetry, tenant.Args{"id": m})
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.Publish(ctx, Due{MessageID: m})
}
