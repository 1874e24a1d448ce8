package booking

// The events of this module. They carry identifiers only; whoever handles one reads the rest in the entity's schema.
// Version is the appointment's when it happened, so that handling an old event twice does nothing twice.
const (
	KindConfirmed = "booking.confirmed.v1"
	KindCancelled = "booking.cancelled.v1"
	KindMoved     = "booking.moved.v1"
	KindFormLeft  = "booking.form_left.v1"
	KindReminder  = "booking.reminder_due.v1"

	KindKioskStopped = "booking.kiosk_stopped.v1"
)

// ConfirmedEvent: an appointment was booked.
type ConfirmedEvent struct {
	AppointmentID AppointmentID `json:"appointment_id"`
	Version       int           `json:"version"`
}

// Kind implements tenant.Event.
func (ConfirmedEvent) Kind() string { return KindConfirmed }

// CancelledEvent: a booked appointment was cancelled.
type CancelledEvent struct {
	AppointmentID AppointmentID `json:"appointment_id"`
	Version       int           `json:"version"`
}

// Kind implements tenant.Event.
func (CancelledEvent) Kind() string { return KindCancelled }

// MovedEvent: a booked appointment has another time or place.
type MovedEvent struct {
	AppointmentID AppointmentID `json:"appointment_id"`
	Version       int           `json:"version"`
}

// Kind implements tenant.Event.
func (MovedEvent) Kind() string { return KindMoved }

// FormLeft: a form with a person's data is old enough to be deleted unless it was confirmed.
type FormLeft struct {
	AppointmentID AppointmentID `json:"appointment_id"`
}

// Kind implements tenant.Event.
func (FormLeft) Kind() string { return KindFormLeft }

// ReminderDue: it is so many hours before the appointment.
type ReminderDue struct {
	AppointmentID AppointmentID `json:"appointment_id"`
	Version       int           `json:"version"`
	Hours         int           `json:"hours"`
}

// Kind implements tenant.Event.
func (ReminderDue) Kind() string { return KindReminder }
