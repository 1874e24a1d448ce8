// Package videocall is the encounter at the counter: the citizen at a kiosk, the queue, the operator who calls,
// the video between them, what they write and show each other, and the ledger that says how long both were there.
package videocall

import (
	"embed"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/id"
)

// Migrations is this module's line of migrations.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// ID identifies a session.
type ID = id.ID[Session]

// Side is one of the two ends of an encounter.
type Side string

// The sides.
const (
	KioskSide Side = "kiosk"
	DeskSide  Side = "desk"
)

func (s Side) other() Side {
	if s == KioskSide {
		return DeskSide
	}
	return KioskSide
}

// Outcome is how an encounter ended. The first four are the operator's to choose.
type Outcome string

// The outcomes.
const (
	Resolved    Outcome = "resolved"
	ToComplete  Outcome = "to_complete"
	Redirected  Outcome = "redirected"
	NotResolved Outcome = "not_resolved"
	Left        Outcome = "left"      // the citizen ended
	Gone        Outcome = "gone"      // nobody came, or came back
	KioskOff    Outcome = "kiosk_off" // the kiosk was revoked
	Missed      Outcome = "no_show"   // called and nobody was there
)

// Choosable says whether an operator may close with the outcome.
func (o Outcome) Choosable() bool {
	return o == Resolved || o == ToComplete || o == Redirected || o == NotResolved
}

// Session is one encounter. Its labels are copies of what was true at its start.
type Session struct {
	ID             ID
	AppointmentID  uuid.UUID // of a walk-in: a number of its own, which no appointment has
	Rehearsal      bool      // staff practise; it counts nowhere
	Ticket         *int      // the number of who came without an appointment
	KioskID        uuid.UUID
	OfficeID       uuid.UUID
	ServiceID      uuid.UUID
	ServiceTitle   string
	ServiceMinutes int
	Needed         []string
	Lacks          []string // of them, what the citizen says they do not have with them
	OfficeName     string
	KioskName      string
	AppointmentAt  time.Time
	StartRequestID uuid.UUID
	State          State
	StateAt        time.Time // when the state was last changed
	Version        int
	OperatorID     *uuid.UUID
	OperatorName   string
	Room           string // LiveKit room; empty until an operator calls
	Rings          int    // times the kiosk was rung
	KioskJoins     int
	DeskJoins      int
	KioskPeer      bool // the kiosk reports that it receives the desk
	DeskPeer       bool // the desk reports that it receives the kiosk
	KioskSeenAt    time.Time
	DeskSeenAt     *time.Time
	StartedAt      time.Time
	CalledAt       *time.Time
	ConnectedAt    *time.Time // first time
	ClosedAt       *time.Time
	Outcome        Outcome
	Note           string
	Parked         bool       // set aside by an operator, who takes them back when they wish
	WantedID       *uuid.UUID // waits for one operator
	WantedName     string
	PassedBy       string // who passed them on, and why
	PassedWhy      string
	KioskAckAt     *time.Time // the kiosk left the page of the end
}

func (s *Session) peer(side Side) bool {
	if side == KioskSide {
		return s.KioskPeer
	}
	return s.DeskPeer
}

func (s *Session) setPeer(side Side, peer bool) {
	if side == KioskSide {
		s.KioskPeer = peer
	} else {
		s.DeskPeer = peer
	}
}

// seen is the last contact with a side that a row tells of.
func (s *Session) seen(side Side) time.Time {
	if side == KioskSide {
		return s.KioskSeenAt
	}
	if s.DeskSeenAt == nil {
		return time.Time{}
	}
	return *s.DeskSeenAt
}

func (s *Session) setSeen(side Side, at time.Time) {
	if side == KioskSide {
		s.KioskSeenAt = at
	} else {
		s.DeskSeenAt = &at
	}
}

// Message is one line of the chat.
type Message struct {
	ID   uuid.UUID
	Side Side
	Text string
	At   time.Time
}

// maxChat is the longest message, in characters.
const maxChat = 2000
