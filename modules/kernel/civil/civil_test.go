package civil_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
)

func TestAnOrdinaryMorningIsOneInterval(t *testing.T) {
	t.Parallel()
	got := civil.New(2026, time.May, 5).Between(civil.At(9, 0), civil.At(12, 30), clock.Rome)
	require.Len(t, got, 1)
	require.Equal(t, "2026-05-05T07:00:00Z", got[0].From.UTC().Format(time.RFC3339))
	require.Equal(t, "2026-05-05T10:30:00Z", got[0].To.UTC().Format(time.RFC3339))
}

func TestTheSkippedHourOfSpringHasNoInstants(t *testing.T) {
	t.Parallel()
	require.Empty(t, civil.New(2027, time.March, 28).Between(civil.At(2, 0), civil.At(3, 0), clock.Rome))
	around := civil.New(2027, time.March, 28).Between(civil.At(1, 0), civil.At(4, 0), clock.Rome)
	require.Len(t, around, 1)
	require.Equal(t, 2*time.Hour, around[0].To.Sub(around[0].From))
}

func TestTheRepeatedHourOfAutumnCountsTwice(t *testing.T) {
	t.Parallel()
	got := civil.New(2027, time.October, 31).Between(civil.At(2, 15), civil.At(2, 45), clock.Rome)
	require.Len(t, got, 2)
	require.Equal(t, time.Hour, got[1].From.Sub(got[0].From))
	whole := civil.New(2027, time.October, 31).Between(0, civil.EndOfDay, clock.Rome)
	require.Len(t, whole, 1)
	require.Equal(t, 25*time.Hour, whole[0].To.Sub(whole[0].From))
}

func TestEveryInstantOfAnIntervalShowsATimeOfDayInside(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := civil.New(2026, time.January, rapid.IntRange(1, 3650).Draw(t, "day"))
		from := civil.Time(rapid.IntRange(0, 1439).Draw(t, "from"))
		to := civil.Time(rapid.IntRange(int(from)+1, 1440).Draw(t, "to"))
		inside := map[int64]bool{}
		for _, iv := range d.Between(from, to, clock.Rome) {
			for at := iv.From; at.Before(iv.To); at = at.Add(time.Minute) {
				inside[at.Unix()] = true
			}
		}
		for at := d.Start(clock.Rome); at.Before(d.AddDays(1).Start(clock.Rome)); at = at.Add(time.Minute) {
			shown := civil.At(at.Hour(), at.Minute())
			if want := shown >= from && shown < to; want != inside[at.Unix()] {
				t.Fatalf("%v shows %v: inside %v, want %v", at, shown, inside[at.Unix()], want)
			}
		}
	})
}

func TestDatesAndTimesAreReadStrictly(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "5/5/2026", "2026-02-30", "2026-5-5", "1026-01-01", "9999-01-01", "2026-05-05T00:00"} {
		_, err := civil.ParseDate(s)
		require.Error(t, err, s)
	}
	for _, s := range []string{"", "8:30", "24:01", "25:00", "12:60", "aa:bb", "-1:00", "12:3x"} {
		_, err := civil.ParseTime(s)
		require.Error(t, err, s)
	}
	at, err := civil.ParseTime("08:05")
	require.NoError(t, err)
	require.Equal(t, "08:05", at.String())
	end, err := civil.ParseTime("24:00")
	require.NoError(t, err)
	require.Equal(t, civil.EndOfDay, end)
}

func TestDatesSurviveJSONAndTheDatabaseForm(t *testing.T) {
	t.Parallel()
	d := civil.New(2028, time.February, 29)
	b, err := json.Marshal(d)
	require.NoError(t, err)
	require.Equal(t, `"2028-02-29"`, string(b))
	var back civil.Date
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, d, back)
	v, err := d.Value()
	require.NoError(t, err)
	var scanned civil.Date
	require.NoError(t, scanned.Scan(v))
	require.Equal(t, d, scanned)
	require.NoError(t, scanned.Scan(nil))
	require.True(t, scanned.IsZero())
	require.Error(t, scanned.Scan("2028-02-29"))
	require.Equal(t, 7, civil.New(2026, time.November, 22).Weekday())
	require.Equal(t, 1, civil.New(2026, time.November, 23).Weekday())
}
