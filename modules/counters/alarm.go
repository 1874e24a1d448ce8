package counters

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	texttemplate "text/template"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/tenant"
)

// messageAlarm is the kind of the message that tells the entity of a fault.
const messageAlarm = "counters.alarm"

// Alarms tells the entity, at its own address, what is wrong with a kiosk.
type Alarms struct {
	svc     *Service
	catalog *catalog.Service
	notify  *notify.Service
	baseURL func(tenant.Tenant) string
	html    *htmltemplate.Template
	text    *texttemplate.Template
}

// NewAlarms reads the templates kiosk_alarm.html and kiosk_alarm.txt and registers the composer. baseURL is an entity's
// address, without a slash at the end.
func NewAlarms(svc *Service, c *catalog.Service, n *notify.Service, baseURL func(tenant.Tenant) string, templates fs.FS) (*Alarms, error) {
	a := &Alarms{svc: svc, catalog: c, notify: n, baseURL: baseURL}
	var err error
	if a.html, err = htmltemplate.ParseFS(templates, "kiosk_alarm.html"); err != nil {
		return nil, fmt.Errorf("mail templates: %w", err)
	}
	if a.text, err = texttemplate.ParseFS(templates, "kiosk_alarm.txt"); err != nil {
		return nil, fmt.Errorf("mail templates: %w", err)
	}
	n.Register(messageAlarm, a.compose)
	return a, nil
}

// OnFaultOpened queues the message, once per fault. An entity without an address of its own has the live wall and the
// list of kiosks.
func (a *Alarms) OnFaultOpened(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error {
	var e FaultOpened
	if err := json.Unmarshal(payload, &e); err != nil {
		return err
	}
	return a.svc.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		entity, err := a.catalog.Entity(ctx, tx)
		if err != nil || entity.Email == "" {
			return err
		}
		_, err = a.notify.Queue(ctx, tx, notify.Request{
			DedupeKey: messageAlarm + ":" + e.FaultID.String(), Kind: messageAlarm, SubjectID: e.FaultID.UUID, Recipient: entity.Email,
		})
		return err
	})
}

// alarmView is what the templates get.
type alarmView struct {
	Entity catalog.Entity
	Kiosk  Kiosk
	Fault  Fault
	What   string
	Since  string
	Link   string
	Stops  bool
}

// compose writes the message; a fault that is over by then is not told.
func (a *Alarms) compose(ctx context.Context, tx *tenant.Tx, m notify.Message) (notify.Content, error) {
	f, err := a.svc.Fault(ctx, tx, FaultID{UUID: m.SubjectID})
	if errors.Is(err, problem.NotFound) || err == nil && !f.Open() {
		return notify.Content{}, notify.ErrStale
	}
	if err != nil {
		return notify.Content{}, err
	}
	v := alarmView{Fault: f, What: f.Kind.Words(), Since: i18n.DateTime(f.OpenedAt), Stops: f.Kind.Stops()}
	if v.Entity, err = a.catalog.Entity(ctx, tx); err != nil {
		return notify.Content{}, err
	}
	if v.Kiosk, err = a.svc.Kiosk(ctx, tx, f.KioskID); err != nil {
		return notify.Content{}, err
	}
	v.Link = a.baseURL(tx.Tenant()) + base + "/" + v.Kiosk.ID.String()
	var html, text bytes.Buffer
	if err := a.html.Execute(&html, v); err != nil {
		return notify.Content{}, err
	}
	if err := a.text.Execute(&text, v); err != nil {
		return notify.Content{}, err
	}
	return notify.Content{
		Text: text.String(), HTML: html.String(),
		Subject: i18n.T(i18n.Italian, "counters.alarm.subject", map[string]any{"kiosk": v.Kiosk.Name, "fault": v.What}),
	}, nil
}
