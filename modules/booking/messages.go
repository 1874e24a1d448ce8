package booking

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"net/url"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/mail"
	"github.com/sportello/sportello/modules/platform/qr"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/outbox"
)

// The kinds of messages that this module composes.
const (
	messageConfirmed = "booking.confirmed"
	messageMoved     = "booking.moved"
	messageCancelled = "booking.cancelled"
	messageReminder  = "booking.reminder"
	messageAffected  = "booking.affected"
	messageRating    = "booking.rating"
	messageKioskDown = "booking.kiosk_down"
	messageKioskBack = "booking.kiosk_back"
	messageReceipt   = "booking.receipt"
)

// qrPixels is the side of the attached QR picture.
const qrPixels = 480

// Messages writes what citizens get about their appointments, and queues it when something happened.
type Messages struct {
	svc    *Service
	notify *notify.Service
	html   map[string]*htmltemplate.Template // by language
	text   map[string]*texttemplate.Template
}

// NewMessages reads the templates booking_*.html and booking_*.txt (frontend/portal/mail) and registers the composers.
func NewMessages(svc *Service, n *notify.Service, templates fs.FS) (*Messages, error) {
	m := &Messages{svc: svc, notify: n, html: map[string]*htmltemplate.Template{}, text: map[string]*texttemplate.Template{}}
	for _, lang := range i18n.Languages() {
		if err := m.parse(lang, templates); err != nil {
			return nil, fmt.Errorf("mail templates: %w", err)
		}
	}
	for _, kind := range []string{messageConfirmed, messageMoved, messageCancelled, messageReminder, messageAffected, messageRating, messageKioskDown, messageKioskBack, messageReceipt} {
		n.Register(kind, m.compose)
	}
	return m, nil
}

// parse reads the templates for a language. own marks what the entity wrote, which is Italian in every language.
func (m *Messages) parse(lang string, templates fs.FS) (err error) {
	words := func(key string, args ...any) string { return label(lang, key, args...) }
	own := htmltemplate.HTMLAttr("")
	if lang != i18n.Italian {
		own = ` lang="it"`
	}
	funcs := map[string]any{"T": words, "own": func() htmltemplate.HTMLAttr { return own }}
	if m.html[lang], err = htmltemplate.New("").Funcs(funcs).ParseFS(templates, "booking_*.html"); err != nil {
		return err
	}
	m.text[lang], err = texttemplate.New("").Funcs(funcs).ParseFS(templates, "booking_*.txt")
	return err
}

// OnConfirmed queues the confirmation.
func (m *Messages) OnConfirmed(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error {
	return m.queue(ctx, t, payload, messageConfirmed)
}

// OnMoved queues the message about the new time.
func (m *Messages) OnMoved(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error {
	return m.queue(ctx, t, payload, messageMoved)
}

// OnCancelled queues the message that the appointment is off.
func (m *Messages) OnCancelled(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error {
	return m.queue(ctx, t, payload, messageCancelled)
}

// queue notes one message per appointment, kind and version: the same event twice is one message.
func (m *Messages) queue(ctx context.Context, t tenant.Tenant, payload json.RawMessage, kind string) error {
	var e struct {
		AppointmentID AppointmentID `json:"appointment_id"`
		Version       int           `json:"version"`
	}
	if err := json.Unmarshal(payload, &e); err != nil {
		return err
	}
	return m.svc.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		a, err := read(ctx, tx, e.AppointmentID)
		if problem.From(err).Kind == problem.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		_, err = m.notify.Queue(ctx, tx, notify.Request{
			DedupeKey: fmt.Sprintf("%s:%s:%d", kind, a.ID, e.Version), Kind: kind, SubjectID: a.ID.UUID, Recipient: a.Email,
		})
		if err != nil || kind == messageCancelled || a.Version != e.Version {
			return err
		}
		return m.planReminders(ctx, tx, a)
	})
}

// mailView is what the templates of a message get.
type mailView struct {
	View
	Cancelled bool
	Moved     bool
	Reminder  bool
	Elsewhere []Elsewhere // of a kiosk that cannot be used
}

// compose writes a message from the appointment as it is now. A confirmation of what is cancelled by now is not sent.
func (m *Messages) compose(ctx context.Context, tx *tenant.Tx, msg notify.Message) (notify.Content, error) {
	a, err := read(ctx, tx, AppointmentID{UUID: msg.SubjectID})
	if err != nil {
		return notify.Content{}, err
	}
	if stale, err := m.stale(ctx, tx, msg, a); err != nil || stale {
		return notify.Content{}, cmp.Or(err, notify.ErrStale)
	}
	v, err := m.svc.View(i18n.With(ctx, a.Lang), tx, a)
	if err != nil {
		return notify.Content{}, err
	}
	view := mailView{View: v, Cancelled: msg.Kind == messageCancelled, Moved: msg.Kind == messageMoved, Reminder: msg.Kind == messageReminder}
	name := "booking_confirmed"
	switch msg.Kind {
	case messageCancelled:
		name = "booking_cancelled"
	case messageAffected:
		name = "booking_affected"
	case messageRating:
		name = "booking_rating"
	case messageReceipt:
		name = "booking_receipt"
		view.Receipt += "?lang=" + a.Lang // the page knows the encounter, not the appointment
	case messageKioskBack:
		name = "booking_kiosk_back"
	case messageKioskDown:
		name = "booking_kiosk_down"
		if view.Elsewhere, err = m.elsewhere(ctx, tx, v); err != nil {
			return notify.Content{}, err
		}
	}
	var html, text bytes.Buffer
	if err := m.html[a.Lang].ExecuteTemplate(&html, name+".html", view); err != nil {
		return notify.Content{}, err
	}
	if err := m.text[a.Lang].ExecuteTemplate(&text, name+".txt", view); err != nil {
		return notify.Content{}, err
	}
	c := notify.Content{
		ReplyTo: v.Entity.Email, Text: text.String(), HTML: html.String(),
		Subject: i18n.T(a.Lang, "mail."+msg.Kind+".subject", map[string]any{
			"when": v.When, "service": oneLine(v.Service.Title), "kiosk": oneLine(v.Kiosk.Name),
		}),
	}
	if name != "booking_confirmed" {
		return c, nil
	}
	ics, err := m.svc.Calendar(v)
	if err != nil {
		return notify.Content{}, err
	}
	c.Attachments = []mail.Attachment{
		{Name: "appuntamento.ics", MediaType: "text/calendar; charset=utf-8; method=PUBLISH", Content: ics},
		{Name: "codice.png", MediaType: "image/png", Content: qr.PNG(v.Code.Digits(), qrPixels)},
	}
	return c, nil
}

// stale says whether a message is no longer true of the appointment as it is now.
func (m *Messages) stale(ctx context.Context, tx *tenant.Tx, msg notify.Message, a Appointment) (bool, error) {
	if (msg.Kind == messageCancelled) != (a.State == Cancelled) {
		return true, nil
	}
	switch msg.Kind {
	case messageReminder:
		return !remindable(a, tx.Now()), nil
	case messageAffected, messageKioskBack:
		return !remindable(a, tx.Now()) || !stillAffects(msg, a), nil
	case messageKioskDown:
		if !remindable(a, tx.Now()) || !stillAffects(msg, a) {
			return true, nil
		}
		fault, err := faultOf(msg)
		if err != nil {
			return false, err
		}
		f, err := m.svc.Counters.Fault(ctx, tx, fault)
		return !f.Open(), err
	case messageRating:
		return isRated(ctx, tx, a.ID)
	}
	return false, nil
}

// oneLine keeps a text from becoming a second header.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// View is an appointment with everything a person needs to keep it: for the page and for the message.
type View struct {
	Appointment
	Entity  catalog.Entity
	Service catalog.Sheet
	Office  catalog.Office
	Kiosk   counters.Kiosk
	Code    PickupCode
	When    string // martedì 5 maggio 2026, ore 10:30
	Manage  string // path of the appointment's page
	Link    string // the same with the entity's address
	Again   string // where the service can be booked again
	Receipt string // what came of the encounter
}

// LateMinutes is how long after the time the code works.
func (v View) LateMinutes() int { return int(v.Service.LateAfter(v.Entity) / time.Minute) }

// View gathers what is shown about an appointment, in the language of the context.
func (s *Service) View(ctx context.Context, tx *tenant.Tx, a Appointment) (View, error) {
	v := View{Appointment: a, When: When(i18n.From(ctx), a.StartsAt)}
	var err error
	if v.Entity, err = s.Catalog.Entity(ctx, tx); err != nil {
		return v, err
	}
	if v.Service, err = s.Catalog.ServiceByID(ctx, tx, a.ServiceID); err != nil {
		return v, err
	}
	if v.Office, err = s.Catalog.Office(ctx, tx, a.OfficeID); err != nil {
		return v, err
	}
	if v.Kiosk, err = s.Counters.Kiosk(ctx, tx, a.KioskID); err != nil {
		return v, err
	}
	t := tx.Tenant()
	v.Manage = "/appuntamento/" + s.Keys.ManageToken(t.Key, a.ID)
	v.Link = s.BaseURL(t) + v.Manage
	v.Again = s.BaseURL(t) + "/prenota?servizio=" + url.QueryEscape(v.Service.Slug)
	v.Receipt = s.ReceiptLink(t, a.ID)
	if a.State == Confirmed || a.State == Used {
		v.Code = s.Code(t.Key, a)
	}
	return v, nil
}

// ReceiptLink is the address of what came of an encounter.
func (s *Service) ReceiptLink(t tenant.Tenant, a AppointmentID) string {
	return s.BaseURL(t) + "/ricevuta/" + s.Keys.ReceiptToken(t.Key, a)
}

// SendReceipt queues the link to what came of an encounter, once.
func (m *Messages) SendReceipt(ctx context.Context, tx *tenant.Tx, id AppointmentID) error {
	a, err := read(ctx, tx, id)
	if err != nil {
		return err
	}
	_, err = m.notify.Queue(ctx, tx, notify.Request{
		DedupeKey: messageReceipt + ":" + a.ID.String(), Kind: messageReceipt, SubjectID: a.ID.UUID, Recipient: a.Email,
	})
	return err
}

// Subscriber is the outbox as this module needs it.
type Subscriber interface {
	Subscribe(kind, name string, h outbox.Handler)
}

// Subscribe has the messages queued when something happens, and unfinished forms deleted.
func (m *Messages) Subscribe(o Subscriber) {
	o.Subscribe(KindConfirmed, "booking.mail", m.OnConfirmed)
	o.Subscribe(KindMoved, "booking.mail", m.OnMoved)
	o.Subscribe(KindCancelled, "booking.mail", m.OnCancelled)
	o.Subscribe(KindFormLeft, "booking.forget", m.svc.OnFormLeft)
	o.Subscribe(KindReminder, "booking.reminder", m.OnReminderDue)
}
