package booking

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
)

func TestAnAppointmentAroundMidnightOpensOnBothDays(t *testing.T) {
	t.Parallel()
	midnight := time.Date(2026, 11, 27, 0, 0, 0, 0, clock.Rome)
	entity := catalog.Entity{EarlyMinutes: 15}
	for name, c := range map[string]struct {
		state State
		start time.Time
		now   time.Time
		want  string
	}{
		"ten minutes before, the day before":  {Confirmed, midnight, midnight.Add(-10 * time.Minute), ""},
		"twenty minutes before":               {Confirmed, midnight, midnight.Add(-20 * time.Minute), "kiosk.code_wrong_day"},
		"five minutes late, the day after":    {Confirmed, midnight.Add(-time.Minute), midnight.Add(4 * time.Minute), ""},
		"used, and typed again before twelve": {Used, midnight, midnight.Add(-5 * time.Minute), "kiosk.code_used"},
		"used yesterday":                      {Used, midnight.AddDate(0, 0, -1), midnight, "kiosk.code_unknown"},
	} {
		err := verdict(Appointment{State: c.state, StartsAt: c.start}, counters.Kiosk{}, counters.KioskID{}, entity, 10*time.Minute, c.now, "")
		if c.want == "" {
			require.NoError(t, err, name)
			continue
		}
		require.Error(t, err, name)
		require.Equal(t, c.want, problem.From(err).Code, name)
	}
}
