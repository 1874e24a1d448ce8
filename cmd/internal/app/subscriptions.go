package app

import (
	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/identity"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/modules/videocall"
)

// subscribe is every event and who hears it. A subscriber's name identifies it for ever.
func (a *App) subscribe() {
	o := a.Outbox
	o.Subscribe(booking.KindConfirmed, "booking.message", a.messages.OnConfirmed)
	o.Subscribe(booking.KindMoved, "booking.message", a.messages.OnMoved)
	o.Subscribe(booking.KindCancelled, "booking.message", a.messages.OnCancelled)
	o.Subscribe(booking.KindReminder, "booking.reminder", a.messages.OnReminderDue)
	o.Subscribe(booking.KindFormLeft, "booking.clean", a.Booking.OnFormLeft)
	o.Subscribe(counters.KindRevoked, "videocall.cut_kiosk", a.Videocall.OnKioskRevoked)
	o.Subscribe(identity.StaffDisabled{}.Kind(), "videocall.cut", a.Videocall.OnStaffDisabled)
	o.Subscribe(videocall.SessionCheck{}.Kind(), "videocall.check", a.Videocall.OnSessionCheck)
	o.Subscribe(videocall.RoomDone{}.Kind(), "videocall.room", a.Videocall.OnRoomDone)
	o.Subscribe(notify.KindDue, "notify.send", a.Notify.OnDue)
}
