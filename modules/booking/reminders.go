package booking

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/tenant"
)

// Reminders leave the entity's hours before an appointment. They are planned when it is booked or moved and wait in the
// outbox, so a reminder whose hour passed while nothing ran leaves as soon as something does.

// planReminders has the reminders of an appointment as it is now fall due.
func (m *Messages) planReminders(ctx context.Context, tx *tenant.Tx, a Appointment) error {
	e, err := m.svc.Catalog.Entity(ctx, tx)
	if err != nil {
		return err
	}
	for _, hours := range e.ReminderHours {
		at := a.StartsAt.Add(-time.Duration(hours) * time.Hour)
		if !at.After(tx.Now()) {
			continue // who books later than that has just been told
		}
		if err := tx.PublishAt(ctx, ReminderDue{AppointmentID: a.ID, Version: a.Version, Hours: hours}, at); err != nil {
			return err
		}
	}
	return nil
}

// OnReminderDue queues the reminder, unless the appointment changed since, is over, or the entity does not want it any more.
func (m *Messages) OnReminderDue(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error {
	var due ReminderDue
	if err := json.Unmarshal(payload, &due); err != nil {
		return err
	}
	return m.svc.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		a, err := read(ctx, tx, due.AppointmentID)
		if notFound(err) {
			return nil
		}
		if err != nil || a.Version != due.Version || !remindable(a, tx.Now()) {
			return err
		}
		e, err := m.svc.Catalog.Entity(ctx, tx)
		if err != nil || !slices.Contains(e.ReminderHours, due.Hours) {
			return err
		}
		_, err = m.notify.Queue(ctx, tx, notify.Request{
			DedupeKey: fmt.Sprintf("%s:%s:%d:%d", messageReminder, a.ID, a.Version, due.Hours),
			Kind:      messageReminder, SubjectID: a.ID.UUID, Recipient: a.Email,
		})
		return err
	})
}

func remindable(a Appointment, now time.Time) bool {
	return a.State == Confirmed && a.StartsAt.After(now)
}
