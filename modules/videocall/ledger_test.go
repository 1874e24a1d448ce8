package videocall

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, time.May, 5, 12, 0, 0, 0, time.UTC)

func lines(kinds ...any) (out []Event) {
	for i := 0; i < len(kinds); i += 2 {
		at := noon.Add(time.Duration(kinds[i+1].(int)) * time.Second)
		out = append(out, Event{Seq: i, Kind: kinds[i].(EventKind), At: at})
	}
	return out
}

func TestBilledIsTheTimeBothWereConnected(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		events []Event
		want   int
	}{
		"nothing before both are there":  {lines(EventStarted, 0, EventClaimed, 10, EventJoined, 12, EventAbandoned, 900), 0},
		"from connected to closed":       {lines(EventStarted, 0, EventClaimed, 10, EventConnected, 15, EventClosed, 75), 60},
		"a drop stops it":                {lines(EventConnected, 0, EventDropped, 10, EventResumed, 100, EventClosed, 130), 40},
		"a hold goes on":                 {lines(EventConnected, 0, EventHeld, 10, EventUnheld, 50, EventClosed, 60), 60},
		"a new operator is not waited":   {lines(EventConnected, 0, EventRequeued, 10, EventClaimed, 300, EventResumed, 310, EventClosed, 320), 20},
		"a recall stops it":              {lines(EventConnected, 0, EventDropped, 5, EventRecalled, 9, EventResumed, 20, EventClosed, 25), 10},
		"a drop dated back counts less":  {lines(EventConnected, 0, EventDropped, 4, EventAbandoned, 600), 4},
		"never before what came earlier": {lines(EventConnected, 100, EventDropped, 90, EventClosed, 200), 0},
		"twice is once":                  {lines(EventConnected, 0, EventResumed, 5, EventDropped, 10, EventClosed, 20), 10},
		"still open counts up to now":    {lines(EventConnected, 0), 1000},
	} {
		require.Equal(t, time.Duration(one.want)*time.Second, Billed(one.events, noon.Add(1000*time.Second)), name)
	}
}

func TestBilledIsNeverMoreThanTheTimeFromFirstConnectionToEnd(t *testing.T) {
	t.Parallel()
	kinds := []EventKind{EventStarted, EventClaimed, EventJoined, EventConnected, EventDropped, EventResumed, EventHeld,
		EventUnheld, EventRecalled, EventRequeued}
	rapid.Check(t, func(r *rapid.T) {
		var ledger []Event
		at := noon
		for range rapid.IntRange(0, 30).Draw(r, "events") {
			at = at.Add(time.Duration(rapid.IntRange(-5, 60).Draw(r, "pause")) * time.Second)
			ledger = append(ledger, Event{Kind: rapid.SampledFrom(kinds).Draw(r, "kind"), At: at})
		}
		end := at.Add(time.Minute)
		got := Billed(ledger, end)
		require.GreaterOrEqual(r, got, time.Duration(0))
		for _, e := range ledger {
			if e.Kind == EventConnected || e.Kind == EventResumed {
				require.LessOrEqual(r, got, end.Sub(e.At)+5*time.Second*time.Duration(len(ledger)))
				return
			}
		}
		require.Zero(r, got)
	})
}

func TestEstimatesAreRoundedUpToFiveMinutesAndSharedAmongOperators(t *testing.T) {
	t.Parallel()
	require.Equal(t, 0, minutesUp(0, 3))
	require.Equal(t, 5, minutesUp(1, 1))
	require.Equal(t, 20, minutesUp(20, 1))
	require.Equal(t, 15, minutesUp(40, 3))
	require.Equal(t, 0, minutesUp(40, 0))
}
