package counters

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// The figure of docs/decisions/0011-code-entry.md, from the limits as they are.
func TestGuessingForAYearAtFiveHundredKiosksSucceedsLessThanOnceInAThousand(t *testing.T) {
	t.Parallel()
	const kiosks, codes = 500, 10_000_000_000
	window := (15 + 10) * time.Minute // early and late as delivered
	live := int(window/(15*time.Minute)) + 1
	guesses := min(kiosks*TriesADay, FleetTries) * 365
	p := float64(guesses) * float64(live) / codes
	require.Less(t, p, 0.001)
	require.InDelta(t, 0.000365, p, 0.000001, "the decision names this figure")
}

func TestLimitsOfOneDeviceAsAFunctionOfItsWrongTries(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.May, 5, 9, 0, 0, 0, time.UTC)
	ago := func(minutes ...int) (out []time.Time) {
		for _, m := range minutes {
			out = append(out, now.Add(-time.Duration(m)*time.Minute))
		}
		return out
	}
	every := func(n, minutes int) (out []time.Time) {
		for i := range n {
			out = append(out, now.Add(-time.Duration(i*minutes)*time.Minute))
		}
		return out
	}
	for _, c := range []struct {
		name  string
		tries []time.Time
		code  string
	}{
		{"none", nil, ""},
		{"four in a row", ago(1, 2, 3, 4), ""},
		{"five within ten minutes", ago(1, 2, 3, 4, 10), "kiosk.too_many_tries"},
		{"five within eleven minutes", ago(1, 2, 3, 4, 11), ""},
		{"the pause is nearly over", ago(14, 15, 16, 17, 18), "kiosk.too_many_tries"},
		{"the pause is over", ago(15, 16, 17, 18, 19), ""},
		{"one more after the pause", ago(0, 16, 17, 18, 19, 20), ""},
		{"fourteen in a day", every(14, 60), ""},
		{"fifteen in a day", every(15, 60), "kiosk.locked"},
		{"fifteen over more than a day", every(15, 103), ""},
		{"locked long ago and never unlocked", ago(9000, 9001, 9002, 9003, 9004, 9005, 9006, 9007, 9008, 9009, 9010, 9011, 9012, 9013, 9014), "kiosk.locked"},
	} {
		err := judge(c.tries, now)
		if c.code == "" {
			require.NoError(t, err, c.name)
			continue
		}
		require.ErrorIs(t, err, problem.TooMany, c.name)
		var p *problem.Error
		require.True(t, errors.As(err, &p))
		require.Equal(t, c.code, p.Code, c.name)
	}
}
