// Package booking owns appointments: the free times, the hold while the citizen fills in the form, the confirmation
// with its pickup code, cancelling and moving, and what the code opens at the kiosk. It does not own the kiosks'
// time (counters), the offices' hours (catalog) or the encounter itself (videocall).
//
// Entry points: Service for the use cases, Portal for the wizard and the page of an appointment.
package booking

import (
	"embed"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
)

// Migrations is the module's line of schema changes.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// AppointmentID names an appointment.
type AppointmentID = id.ID[Appointment]

// State is where an appointment stands.
type State string

// The states of an appointment.
const (
	Held      State = "held"      // the form is being filled in
	Confirmed State = "confirmed" // booked
	Cancelled State = "cancelled" // by the citizen or the entity
	Used      State = "used"      // its code opened a session
)

// Citizen is who comes, as they wrote it.
type Citizen struct {
	Name, Surname string
	Email         string
	Phone         string // may be empty
}

// Matter is what it is about.
type Matter struct {
	Reason  string // the service's title or another reason
	Details string // may be empty; at most 200 characters
}

// Appointment is one booked, or held, time.
type Appointment struct {
	ID            AppointmentID
	ServiceID     catalog.SheetID
	OfficeID      catalog.OfficeID
	KioskID       counters.KioskID
	ReservationID uuid.UUID // of the kiosk's time
	SeatID        uuid.UUID // of the office's time
	StartsAt      time.Time
	EndsAt        time.Time
	State         State
	HoldExpiresAt *time.Time // of a hold
	CodeAttempt   int
	Version       int // grows with every move and every new code
	Citizen
	Matter
	CreatedAt   time.Time
	ConfirmedAt *time.Time
	CancelledAt *time.Time
	UsedAt      *time.Time
	Lang        string // the language it was booked in
}

// Lapsed says whether it is a hold past its time.
func (a Appointment) Lapsed(now time.Time) bool {
	return a.State == Held && a.HoldExpiresAt != nil && !now.Before(*a.HoldExpiresAt)
}

// Slot is a free time.
type Slot struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Lengths of what citizens write, in characters. DetailsMax is the official model's.
const (
	NameMax    = 80
	EmailMax   = 254
	PhoneMax   = 25
	ReasonMax  = 120
	DetailsMax = 200
)

// Validate refuses what could not be answered. Fields are named as in the form.
func (c Citizen) Validate() error {
	p := problem.New(problem.Invalid, "booking.citizen_invalid")
	p = text(p, "name", c.Name, NameMax, true)
	p = text(p, "surname", c.Surname, NameMax, true)
	switch {
	case c.Email == "":
		p = p.WithField("email", "form.required")
	case !validEmail(c.Email):
		p = p.WithField("email", "booking.email")
	}
	if c.Phone != "" && !validPhone(c.Phone) {
		p = p.WithField("phone", "booking.phone")
	}
	return orNil(p)
}

// Validate refuses a matter without a reason or with too long a text.
func (m Matter) Validate() error {
	p := problem.New(problem.Invalid, "booking.matter_invalid")
	p = text(p, "reason", m.Reason, ReasonMax, true)
	if utf8.RuneCountInString(m.Details) > DetailsMax {
		p.Fields = append(p.Fields, problem.Field{Name: "details", Code: "form.too_long", Args: map[string]any{"max": DetailsMax}})
	} else if !printable(m.Details, true) {
		p = p.WithField("details", "form.characters")
	}
	return orNil(p)
}

func text(p *problem.Error, name, value string, limit int, required bool) *problem.Error {
	switch {
	case required && value == "":
		return p.WithField(name, "form.required")
	case utf8.RuneCountInString(value) > limit:
		p.Fields = append(p.Fields, problem.Field{Name: name, Code: "form.too_long", Args: map[string]any{"max": limit}})
		return p
	case !printable(value, false):
		return p.WithField(name, "form.characters")
	}
	return p
}

func orNil(p *problem.Error) error {
	if len(p.Fields) == 0 {
		return nil
	}
	return p
}

// printable refuses control characters and marks that turn the direction of writing; a name with them could pretend
// to be another in a list or break a mail's header.
func printable(s string, lines bool) bool {
	for _, r := range s {
		if lines && r == '\n' {
			continue
		}
		if unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r) {
			return false
		}
	}
	return utf8.ValidString(s)
}

// validEmail accepts a bare address of the usual shape; whether it exists shows when the message is sent.
func validEmail(s string) bool {
	if len(s) > EmailMax || strings.ContainsAny(s, " \t\r\n<>\"(),;:\\") || !printable(s, false) {
		return false
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		return false
	}
	_, host, _ := strings.Cut(s, "@")
	return strings.Contains(host, ".") && !strings.HasSuffix(host, ".") && !strings.Contains(host, "[")
}

func validPhone(s string) bool {
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0, r == ' ', r == '.', r == '-', r == '/':
		default:
			return false
		}
	}
	return digits >= 6 && digits <= 15 && len(s) <= PhoneMax
}

func trim(s string) string { return strings.TrimSpace(s) }

func (c Citizen) trimmed() Citizen {
	return Citizen{Name: trim(c.Name), Surname: trim(c.Surname), Email: trim(c.Email), Phone: trim(c.Phone)}
}

func (m Matter) trimmed() Matter {
	return Matter{Reason: trim(m.Reason), Details: strings.ReplaceAll(trim(m.Details), "\r\n", "\n")}
}
