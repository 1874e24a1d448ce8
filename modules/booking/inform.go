package booking

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/tenant"
)

// Inform has each citizen of these appointments told that theirs cannot be kept, with the way to another day, place or
// cancellation. One cause is told once. It says how many messages leave. The caller leaves the audit row.
func (m *Messages) Inform(ctx context.Context, tx *tenant.Tx, affected []Appointment, cause uuid.UUID) (int, error) {
	left := 0
	for _, a := range affected {
		if !remindable(a, tx.Now()) {
			continue
		}
		fresh, err := m.notify.Queue(ctx, tx, notify.Request{
			DedupeKey: aboutKey(messageAffected, a, cause), Kind: messageAffected, SubjectID: a.ID.UUID, Recipient: a.Email,
		})
		if err != nil {
			return left, err
		}
		if fresh {
			left++
		}
	}
	return left, nil
}

// InformDay is Inform for all who are booked with offices on a day.
func (m *Messages) InformDay(ctx context.Context, tx *tenant.Tx, date civil.Date, offices []catalog.OfficeID, cause uuid.UUID) (int, error) {
	day, err := m.svc.Day(ctx, tx, date, offices)
	if err != nil {
		return 0, err
	}
	return m.Inform(ctx, tx, day, cause)
}

// Informed says whether the citizen was told of the cause.
func (m *Messages) Informed(ctx context.Context, tx *tenant.Tx, a Appointment, cause uuid.UUID) (bool, error) {
	return m.toldOf(ctx, tx, messageAffected, a, cause)
}

// stillAffects: who has moved their appointment meanwhile need not move it.
func stillAffects(msg notify.Message, a Appointment) bool {
	return strings.HasPrefix(msg.DedupeKey, fmt.Sprintf("%s:%s:%d:", msg.Kind, a.ID, a.Version))
}
