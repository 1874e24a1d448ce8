package booking

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
)

func rome(y int, m time.Month, d, h, min int) time.Time {
	return time.Date(y, m, d, h, min, 0, 0, clock.Rome)
}

// night is an office and a kiosk that are open from midnight to four every day.
func night(date civil.Date, length time.Duration) question {
	open := catalog.Exception{Date: date, From: 0, To: civil.At(4, 0), Operators: 1} // the night of spring is Easter's
	kiosk := counters.Kiosk{Hours: []counters.Hours{{Weekday: date.Weekday(), From: 0, To: civil.At(4, 0)}}}
	return question{
		Windows: catalog.Calendar{Exceptions: []catalog.Exception{open}}.Windows(date), Open: kiosk.Open(date, date), Length: length,
		Earliest: date.AddDays(-1).Start(clock.Rome), Latest: date.AddDays(2).Start(clock.Rome),
	}
}

func TestTheHourThatIsSkippedInSpringIsNotOffered(t *testing.T) {
	t.Parallel()
	free := night(civil.New(2027, time.March, 28), 15*time.Minute).free()
	require.Len(t, free, 12, "three hours exist between midnight and four")
	for i, s := range free {
		require.NotEqual(t, 2, s.Start.In(clock.Rome).Hour(), "half past two does not exist that night")
		if i > 0 {
			require.Equal(t, 15*time.Minute, s.Start.Sub(free[i-1].Start))
		}
	}
	half := night(civil.New(2027, time.March, 28), 30*time.Minute).free()
	require.Contains(t, half, Slot{Start: rome(2027, time.March, 28, 1, 45), End: rome(2027, time.March, 28, 3, 15)}, "half an hour across the change")
}

func TestTheHourThatComesTwiceInAutumnIsOfferedTwice(t *testing.T) {
	t.Parallel()
	free := night(civil.New(2027, time.October, 31), 15*time.Minute).free()
	require.Len(t, free, 20, "five hours lie between midnight and four")
	var halfPastTwo []time.Time
	for _, s := range free {
		if c := s.Start.In(clock.Rome); c.Hour() == 2 && c.Minute() == 30 {
			halfPastTwo = append(halfPastTwo, s.Start)
		}
	}
	require.Len(t, halfPastTwo, 2)
	require.Equal(t, time.Hour, halfPastTwo[1].Sub(halfPastTwo[0]), "two instants")
}

func TestASlotNeedsTheKioskTheOfficeAndASeatDuringAllOfIt(t *testing.T) {
	t.Parallel()
	day := civil.New(2026, time.May, 6)
	at := func(h, m int) time.Time { return rome(2026, time.May, 6, h, m) }
	iv := func(h1, m1, h2, m2 int) counters.Interval { return counters.Interval{From: at(h1, m1), To: at(h2, m2)} }
	q := question{
		Windows: []catalog.Window{{From: at(9, 0), To: at(10, 0), Units: 2}, {From: at(10, 0), To: at(12, 0), Units: 1}},
		Open:    []counters.Interval{iv(8, 0, 9, 30), iv(9, 30, 11, 0)}, // two openings that touch are one
		Busy:    []counters.Interval{iv(10, 30, 11, 0)},
		Seats:   []seatBusy{{Seat: 1, From: at(9, 0), To: at(9, 15)}, {Seat: 0, From: at(10, 0), To: at(10, 15)}},
		Length:  30 * time.Minute, Earliest: at(9, 1), Latest: day.AddDays(1).Start(clock.Rome),
	}
	var got []string
	for _, s := range q.free() {
		got = append(got, s.Start.Format("15:04"))
	}
	// 9:00 is past; 9:45 would cross into the single seat that is busy at 10; 10:15 and later meet the kiosk's 10:30
	require.Equal(t, []string{"09:15", "09:30"}, got)
	require.Equal(t, 1, q.unitsOf(at(9, 45)))
	require.Zero(t, q.unitsOf(at(9, 50)), "off the grid")
	require.Zero(t, q.unitsOf(at(11, 0)), "the kiosk is shut")
}

func TestFreeSlotsNeverMeetWhatIsTaken(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := rome(2026, time.May, 6, 0, 0)
		interval := rapid.Custom(func(t *rapid.T) counters.Interval {
			from := base.Add(time.Duration(rapid.IntRange(0, 47*60).Draw(t, "from")) * time.Minute)
			return counters.Interval{From: from, To: from.Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "length")) * time.Minute)}
		})
		q := question{
			Open: rapid.SliceOfN(interval, 0, 4).Draw(t, "open"), Busy: rapid.SliceOfN(interval, 0, 6).Draw(t, "busy"),
			Length:   time.Duration(rapid.SampledFrom([]int{5, 15, 30, 50, 240}).Draw(t, "minutes")) * time.Minute,
			Earliest: base, Latest: base.Add(48 * time.Hour),
			Windows: []catalog.Window{{From: base, To: base.Add(48 * time.Hour), Units: rapid.IntRange(1, 3).Draw(t, "units")}},
		}
		for _, iv := range rapid.SliceOfN(interval, 0, 6).Draw(t, "seats") {
			q.Seats = append(q.Seats, seatBusy{Seat: rapid.IntRange(0, 2).Draw(t, "seat"), From: iv.From, To: iv.To})
		}
		for _, s := range q.free() {
			if s.End.Sub(s.Start) != q.Length || s.Start.Minute()%15 != 0 || s.Start.Second() != 0 {
				t.Fatalf("shape: %v", s)
			}
			for _, b := range q.Busy {
				if b.From.Before(s.End) && s.Start.Before(b.To) {
					t.Fatalf("the kiosk is taken: %v in %v", b, s)
				}
			}
			seats := map[int]bool{}
			for _, b := range q.Seats {
				if b.From.Before(s.End) && s.Start.Before(b.To) {
					seats[b.Seat] = true
				}
			}
			if len(seats) >= q.Windows[0].Units {
				t.Fatalf("no seat left: %v", s)
			}
		}
	})
}
