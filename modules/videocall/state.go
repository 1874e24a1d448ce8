package videocall

import (
	"slices"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// State is where an encounter at the counter stands.
type State string

// The states. Called, Connected, Held and Dropped have an operator; the last three are the end.
const (
	Waiting   State = "waiting"   // the citizen sits at the kiosk, nobody has called
	Called    State = "called"    // an operator called: the kiosk rings
	Connected State = "connected" // both sides receive each other; this is what is billed
	Held      State = "held"      // the operator asked the citizen to wait; both stay connected
	Dropped   State = "dropped"   // one side fell; the seat is kept
	Closed    State = "closed"    // ended with an outcome
	Abandoned State = "abandoned" // the citizen or the operator never came (back)
	NoShow    State = "no_show"   // called and nobody was there
)

// States are all states, in the order of a life.
func States() []State {
	return []State{Waiting, Called, Connected, Held, Dropped, Closed, Abandoned, NoShow}
}

// Live says whether the encounter still goes on.
func (s State) Live() bool { return s != "" && !slices.Contains(ended, s) }

// Calling says whether an operator holds the encounter: the states in which a video room exists.
func (s State) Calling() bool { return s.Live() && s != Waiting }

var ended = []State{Closed, Abandoned, NoShow}

// Command is what someone, or the passing of time, does to a session.
type Command string

// The commands.
const (
	Call    Command = "call"      // an operator takes the person
	Connect Command = "connect"   // both sides report that they receive each other
	Hold    Command = "hold"      // operator
	Resume  Command = "resume"    // operator, after Hold
	Drop    Command = "drop"      // a side stopped receiving or fell silent
	Recall  Command = "recall"    // operator: ring again
	Requeue Command = "requeue"   // the operator was cut off: somebody else answers
	Park    Command = "park"      // operator: the person waits until they take them back
	Pass    Command = "pass"      // operator: another office or colleague answers
	Close   Command = "close"     // operator, with an outcome
	Leave   Command = "leave"     // the citizen ends
	Miss    Command = "no_show"   // operator: called and nobody there
	Abandon Command = "give_up"   // time: nobody came (back)
	Cut     Command = "cut_kiosk" // the kiosk was revoked
)

// Commands are all commands.
func Commands() []Command {
	return []Command{Call, Connect, Hold, Resume, Drop, Recall, Requeue, Park, Pass, Close, Leave, Miss, Abandon, Cut}
}

// transitions is the whole life of a session. What is not here cannot happen.
var transitions = map[State]map[Command]State{
	Waiting: {
		Call: Called, Leave: Abandoned, Abandon: Abandoned, Cut: Abandoned,
	},
	Called: {
		Connect: Connected, Recall: Called, Requeue: Waiting, Park: Waiting, Pass: Waiting, Close: Closed,
		Leave: Abandoned, Miss: NoShow, Abandon: Abandoned, Cut: Abandoned,
	},
	Connected: {
		Hold: Held, Drop: Dropped, Requeue: Waiting, Park: Waiting, Pass: Waiting, Close: Closed, Leave: Closed, Cut: Closed,
	},
	Held: {
		Resume: Connected, Drop: Dropped, Requeue: Waiting, Park: Waiting, Pass: Waiting, Close: Closed, Leave: Closed, Cut: Closed,
	},
	Dropped: {
		Connect: Connected, Recall: Called, Requeue: Waiting, Park: Waiting, Pass: Waiting, Close: Closed, Leave: Closed,
		Abandon: Abandoned, Cut: Closed,
	},
}

// Next is the state that the command leads to, or the conflict "videocall.illegal_step".
func Next(s State, c Command) (State, error) {
	if to, ok := transitions[s][c]; ok {
		return to, nil
	}
	return "", problem.New(problem.Conflict, "videocall.illegal_step")
}
