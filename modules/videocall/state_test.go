package videocall

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// legal is written by hand from the design, apart from the table, so that a slip in the table shows.
var legal = map[string]State{
	"waiting call": Called, "waiting leave": Abandoned, "waiting give_up": Abandoned, "waiting cut_kiosk": Abandoned,
	"called connect": Connected, "called recall": Called, "called requeue": Waiting, "called park": Waiting, "called pass": Waiting, "called close": Closed,
	"called leave": Abandoned, "called no_show": NoShow, "called give_up": Abandoned, "called cut_kiosk": Abandoned,
	"connected hold": Held, "connected drop": Dropped, "connected requeue": Waiting, "connected park": Waiting, "connected pass": Waiting, "connected close": Closed,
	"connected leave": Closed, "connected cut_kiosk": Closed,
	"held resume": Connected, "held drop": Dropped, "held requeue": Waiting, "held park": Waiting, "held pass": Waiting, "held close": Closed,
	"held leave": Closed, "held cut_kiosk": Closed,
	"dropped connect": Connected, "dropped recall": Called, "dropped requeue": Waiting, "dropped park": Waiting, "dropped pass": Waiting, "dropped close": Closed,
	"dropped leave": Closed, "dropped give_up": Abandoned, "dropped cut_kiosk": Closed,
}

func TestEveryPairOfStateAndCommandIsLegalOrAConflict(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, s := range States() {
		for _, c := range Commands() {
			to, err := Next(s, c)
			if want, ok := legal[string(s)+" "+string(c)]; ok {
				require.NoError(t, err, "%s %s", s, c)
				require.Equal(t, want, to, "%s %s", s, c)
				seen++
				continue
			}
			require.ErrorIs(t, err, problem.Conflict, "%s %s", s, c)
			require.Equal(t, "videocall.illegal_step", problem.From(err).Code)
		}
	}
	require.Equal(t, len(legal), seen)
}

func TestAnEndedSessionHasNoWayOn(t *testing.T) {
	t.Parallel()
	for _, s := range ended {
		require.False(t, s.Live())
		require.False(t, s.Calling())
		require.Empty(t, transitions[s])
	}
	require.True(t, Waiting.Live())
	require.False(t, Waiting.Calling())
	require.True(t, Dropped.Calling())
}
