package app

import (
	"context"
	"encoding/json"

	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/identity"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/modules/videocall"
	"github.com/sportello/sportello/tenant"
)

// askRating has a citizen who talked to somebody asked how it went.
func (a *App) askRating(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error {
	var closed videocall.SessionClosed
	if err := json.Unmarshal(payload, &closed); err != nil {
		return err
	}
	return a.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		appointment, ok, err := a.Videocall.Talked(ctx, tx, closed.SessionID)
		if err != nil || !ok {
			return err
		}
		return a.messages.AskRating(ctx, tx, booking.AppointmentID{UUID: appointment})
	})
}

// subscribe is every event and who hears it. A subscriber's name identifies it for ever.
func (a *App) subscribe() {
	o := a.Outbox
	o.Subscribe(booking.KindConfirmed, "booking.message", a.messages.OnConfirmed)
	o.Subscribe(booking.KindMoved, "booking.message", a.messages.OnMoved)
	o.Subscribe(booking.KindCancelled, "booking.message", a.messages.OnCancelled)
	o.Subscribe(booking.KindReminder, "booking.reminder", a.messages.OnReminderDue)
	o.Subscribe(booking.KindFormLeft, "booking.clean", a.Booking.OnFormLeft)
	o.Subscribe(counters.KindFaultOpened, "counters.alarm", a.alarms.OnFaultOpened)
	o.Subscribe(counters.KindFaultOpened, "booking.kiosk_fault", a.messages.OnFault)
	o.Subscribe(booking.KindKioskStopped, "booking.kiosk_fault", a.messages.OnFault)
	o.Subscribe(counters.KindFaultClosed, "booking.kiosk_fault", a.messages.OnFaultClosed)
	o.Subscribe(counters.KindRevoked, "videocall.cut_kiosk", a.Videocall.OnKioskRevoked)
	o.Subscribe(identity.StaffDisabled{}.Kind(), "videocall.cut", a.Videocall.OnStaffDisabled)
	o.Subscribe(videocall.SessionCheck{}.Kind(), "videocall.check", a.Videocall.OnSessionCheck)
	o.Subscribe(videocall.RoomDone{}.Kind(), "videocall.room", a.Videocall.OnRoomDone)
	o.Subscribe(videocall.SessionClosed{}.Kind(), "booking.rating", a.askRating)
	o.Subscribe(notify.KindDue, "notify.send", a.Notify.OnDue)
}
