package videocall

import (
	"time"

	"github.com/google/uuid"
)

// EventKind is what a line of the ledger says.
type EventKind string

// The kinds of the ledger.
const (
	EventStarted   EventKind = "started"   // code accepted
	EventClaimed   EventKind = "claimed"   // an operator called
	EventJoined    EventKind = "joined"    // a side asked for a token
	EventConnected EventKind = "connected" // both receive each other, for the first time
	EventDropped   EventKind = "dropped"   // no longer both
	EventResumed   EventKind = "resumed"   // both again
	EventHeld      EventKind = "held"
	EventUnheld    EventKind = "unheld"
	EventRecalled  EventKind = "recalled"
	EventRequeued  EventKind = "requeued"
	EventParked    EventKind = "parked"
	EventPassed    EventKind = "passed"
	EventClosed    EventKind = "closed"
	EventAbandoned EventKind = "abandoned"
	EventNoShow    EventKind = "no_show"

	EventPaperAsked     EventKind = "paper_asked"
	EventPaperGiven     EventKind = "paper_given"
	EventSignatureAsked EventKind = "signature_asked"
	EventSigned         EventKind = "signed"
	EventNotSigned      EventKind = "not_signed"
	EventAskWithdrawn   EventKind = "ask_withdrawn"
)

// Event is one line of the ledger, which only grows.
type Event struct {
	Seq        int
	Kind       EventKind
	Side       Side // of joined and dropped: which side
	StaffID    *uuid.UUID
	At         time.Time // when it was so
	RecordedAt time.Time // when we knew
}

// eventOf is the line that a command leaves.
func eventOf(c Command, connectedBefore bool) EventKind {
	switch c {
	case Call:
		return EventClaimed
	case Connect:
		if connectedBefore {
			return EventResumed
		}
		return EventConnected
	case Hold:
		return EventHeld
	case Resume:
		return EventUnheld
	case Drop:
		return EventDropped
	case Recall:
		return EventRecalled
	case Requeue:
		return EventRequeued
	case Park:
		return EventParked
	case Pass:
		return EventPassed
	case Miss:
		return EventNoShow
	case Abandon:
		return EventAbandoned
	default:
		return EventClosed
	}
}

// Billed is the time in which both sides were connected. A hold counts: both are there. It looks at nothing but
// the ledger, in the order of Seq; an interval that was never closed counts up to until.
func Billed(events []Event, until time.Time) time.Duration {
	var total time.Duration
	var since, latest time.Time
	open := false
	for _, e := range events {
		at := e.At
		if at.Before(latest) { // a drop is dated back to the last sign of life, never before what came earlier
			at = latest
		}
		latest = at
		switch e.Kind {
		case EventConnected, EventResumed:
			if !open {
				since, open = at, true
			}
		case EventDropped, EventRecalled, EventRequeued, EventParked, EventPassed, EventClosed, EventAbandoned, EventNoShow:
			if open {
				total, open = total+at.Sub(since), false
			}
		case EventStarted, EventClaimed, EventJoined, EventHeld, EventUnheld,
			EventPaperAsked, EventPaperGiven, EventSignatureAsked, EventSigned, EventNotSigned, EventAskWithdrawn:
		}
	}
	if open && until.After(since) {
		total += until.Sub(since)
	}
	return total
}
