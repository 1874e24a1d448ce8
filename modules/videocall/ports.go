package videocall

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/platform/rtc"
	"github.com/sportello/sportello/tenant"
)

// Codes is what the citizen types. booking satisfies it, by way of cmd/internal/app.
type Codes interface {
	// Check finds the appointment of a code typed at the kiosk, outside any transaction: registry, limits, place and
	// time. Its refusals are problems with the codes kiosk.code_*, kiosk.too_many_tries.
	Check(ctx context.Context, t tenant.Tenant, kiosk uuid.UUID, code string) (Ticket, error)
	// CheckOwn is Check for the citizen's own device: whether the appointment can begin there now.
	CheckOwn(ctx context.Context, t tenant.Tenant, appointment uuid.UUID) (Ticket, error)
	// Redeem uses the code up, inside the caller's transaction. Exactly one caller succeeds; any other gets the
	// problem "kiosk.code_used". On the citizen's own device the kiosk is the appointment.
	Redeem(ctx context.Context, tx *tenant.Tx, kiosk, appointment uuid.UUID) error
	// GiveBack makes the code work again: the encounter ended before anyone answered.
	GiveBack(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID) error
}

// Ticket is what a code stands for.
type Ticket struct {
	AppointmentID uuid.UUID
	ServiceID     uuid.UUID
	OfficeID      uuid.UUID
	StartsAt      time.Time
}

// Appointments tells who comes. booking satisfies it.
type Appointments interface {
	// People gives the citizens of these appointments; an unknown appointment is left out.
	People(ctx context.Context, tx *tenant.Tx, appointments []uuid.UUID) (map[uuid.UUID]Person, error)
	// Day lists the offices' appointments that start in [from, to), by start.
	Day(ctx context.Context, tx *tenant.Tx, offices []uuid.UUID, from, to time.Time) ([]DayEntry, error)
}

// Person is a citizen as the operator needs to know them.
type Person struct {
	Name    string
	Surname string
	Details string // what they wrote about their matter
}

// DayEntry is one appointment of the day's list.
type DayEntry struct {
	ID       uuid.UUID
	StartsAt time.Time
	Citizen  string
	Service  string
	Kiosk    string
	State    string
}

// Labels is what things are called on the screens. catalog satisfies it.
type Labels interface {
	Service(ctx context.Context, tx *tenant.Tx, service uuid.UUID) (ServiceLabel, error)
	Office(ctx context.Context, tx *tenant.Tx, office uuid.UUID) (name string, err error)
	Entity(ctx context.Context, tx *tenant.Tx) (EntityLabel, error)
}

// ServiceLabel is a service on the waiting screen.
type ServiceLabel struct {
	Title   string
	Needed  []string // what to have at hand
	Minutes int      // length of one encounter
}

// EntityLabel is the entity whose office answers: it is the controller ("titolare") of the data.
type EntityLabel struct {
	Name          string
	Phone         string
	PrivacyNotice string
	Patience      time.Duration // how long somebody may wait before the office is called to it; zero for never
	ReadyTexts    []string      // sentences that operators may send without typing them
}

// Links are the secret addresses of what has no account. booking satisfies it, by way of cmd/internal/app.
type Links interface {
	// Receipt is the address of what came of an appointment's encounter.
	Receipt(t tenant.Tenant, appointment uuid.UUID) string
	// ParseReceipt reads the secret part of it, or answers problem.NotFound.
	ParseReceipt(t tenant.Tenant, token string) (uuid.UUID, error)
	// MailReceipt sends it to who has the appointment; the same one twice is one message.
	MailReceipt(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID) error
	// Guest is the address of somebody invited to an encounter.
	Guest(t tenant.Tenant, guest uuid.UUID) string
	// ParseGuest reads the secret part of it, or answers problem.NotFound.
	ParseGuest(t tenant.Tenant, token string) (uuid.UUID, error)
}

// Kiosks is what a kiosk is called. counters satisfies it.
type Kiosks interface {
	// Kiosk gives the label, also of a citizen's own device, which has the number of an appointment.
	Kiosk(ctx context.Context, tx *tenant.Tx, kiosk uuid.UUID) (KioskLabel, error)
}

// KioskLabel is a kiosk on its own screen.
type KioskLabel struct {
	Name    string
	Place   string
	Address string
	Printer bool // it has one
}

// Staff says who answers for what. identity satisfies it.
type Staff interface {
	// Offices gives the offices the operator answers for. An account that may no longer work here is a problem
	// of the kind Forbidden or Unauthenticated.
	Offices(ctx context.Context, tx *tenant.Tx, a actor.Actor) ([]uuid.UUID, error)
	// Operators gives the accounts that answer for the office.
	Operators(ctx context.Context, tx *tenant.Tx, office uuid.UUID) ([]uuid.UUID, error)
	// Colleagues gives the same accounts with their names, by name.
	Colleagues(ctx context.Context, tx *tenant.Tx, office uuid.UUID) ([]Colleague, error)
}

// Colleague is an operator as other operators know them.
type Colleague struct {
	ID   uuid.UUID
	Name string
}

// Hints tell other processes that something changed; they carry nothing else and may be lost.
// platform/ephemeral satisfies it.
type Hints interface {
	Publish(ctx context.Context, channel string) error
	Subscribe(ctx context.Context, channels ...string) (hints <-chan string, cancel func())
	Down() bool
}

// Presence remembers for a short while that something was there. platform/ephemeral satisfies it.
type Presence interface {
	Touch(ctx context.Context, key string, ttl time.Duration) error
	Present(ctx context.Context, keys ...string) (map[string]bool, error)
	// Announce keeps a word for others to read, in place of the one before; Announced reads it, "" where there is none.
	Announce(ctx context.Context, key, word string, ttl time.Duration) error
	Announced(ctx context.Context, key string) (string, error)
	// Forget ends both.
	Forget(ctx context.Context, key string) error
}

// Rooms makes video rooms. *rtc.Rooms satisfies it. Nothing here is called inside a transaction.
type Rooms interface {
	// Create makes a room for max participants; a room that exists already is fine.
	Create(ctx context.Context, room string, max int) error
	// Delete ends a room for everybody in it; a room that is gone already is fine.
	Delete(ctx context.Context, room string) error
	// Remove takes one participant out.
	Remove(ctx context.Context, room, identity string) error
	// Participants lists the identities in a room; none where there is no room.
	Participants(ctx context.Context, room string) ([]string, error)
	// Allow changes what someone in the room may send; from then on they may receive.
	Allow(ctx context.Context, room, identity string, publish rtc.Sources) error
	// Token admits one identity to one room.
	Token(room, identity, name string, publish rtc.Sources, ttl time.Duration) (string, error)
	// ClientURL is where browsers reach LiveKit.
	ClientURL() string
	// Webhook reads a report of LiveKit and checks its signature.
	Webhook(body []byte, authorization string) (rtc.Event, error)
}
