package catalog_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
)

func everyDay(from, to civil.Time, operators int) []catalog.Hours {
	var out []catalog.Hours
	for day := 1; day <= 7; day++ {
		out = append(out, catalog.Hours{Weekday: day, From: from, To: to, Operators: operators})
	}
	return out
}

func starts(slots []catalog.Slot) []string {
	var out []string
	for _, s := range slots {
		out = append(out, s.Start.Format("15:04 -0700"))
	}
	return out
}

func TestHalfPastTwoIsNeverOfferedOnTheNightTheClockGoesForward(t *testing.T) {
	t.Parallel()
	c := catalog.Calendar{Hours: everyDay(civil.At(1, 30), civil.At(3, 30), 1)}
	// 28 March 2027 is Easter Sunday too, so an exception opens it.
	c.Exceptions = []catalog.Exception{{Date: civil.New(2027, time.March, 28), From: civil.At(1, 30), To: civil.At(3, 30), Operators: 1}}
	got := starts(catalog.Slots(c.Windows(civil.New(2027, time.March, 28)), 15*time.Minute))
	require.Equal(t, []string{"01:30 +0100", "01:45 +0100", "03:00 +0200", "03:15 +0200"}, got)
}

func TestHalfPastTwoIsOfferedTwiceOnTheNightTheClockGoesBack(t *testing.T) {
	t.Parallel()
	c := catalog.Calendar{Hours: everyDay(civil.At(2, 30), civil.At(2, 45), 1)}
	got := catalog.Slots(c.Windows(civil.New(2027, time.October, 31)), 15*time.Minute)
	require.Equal(t, []string{"02:30 +0200", "02:30 +0100"}, starts(got))
	require.Equal(t, time.Hour, got[1].Start.Sub(got[0].Start))
}

func TestEveryClockChangeUntil2035HasTheSlotsThatExist(t *testing.T) {
	t.Parallel()
	for year := 2026; year <= 2035; year++ {
		for _, change := range []struct {
			month time.Month
			slots int
		}{{time.March, 23 * 4}, {time.October, 25 * 4}} {
			last := civil.New(year, change.month+1, 0)
			sunday := last.AddDays(-(last.Weekday() % 7))
			c := catalog.Calendar{Exceptions: []catalog.Exception{{Date: sunday, To: civil.EndOfDay, Operators: 1}}}
			slots := catalog.Slots(c.Windows(sunday), catalog.Grid)
			require.Len(t, slots, change.slots, "%v", sunday)
			seen := map[time.Time]bool{}
			for _, s := range slots {
				require.False(t, seen[s.Start.UTC()])
				seen[s.Start.UTC()] = true
				require.Equal(t, sunday, civil.Of(s.Start))
				require.Zero(t, s.Start.Minute()%15)
			}
		}
	}
}

func TestSlotsOfAnyLengthStayInsideTheHoursOfAnyDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := civil.Time(rapid.IntRange(0, 1430).Draw(t, "from"))
		to := civil.Time(rapid.IntRange(int(from)+1, 1440).Draw(t, "to"))
		length := time.Duration(rapid.IntRange(1, 48).Draw(t, "length")) * 5 * time.Minute
		date := civil.New(2026, time.January, rapid.IntRange(1, 3652).Draw(t, "day"))
		c := catalog.Calendar{Hours: everyDay(from, to, 2)}
		windows := c.Windows(date)
		for _, s := range catalog.Slots(windows, length) {
			inside := false
			for _, w := range windows {
				inside = inside || (!s.Start.Before(w.From) && !s.End.After(w.To))
			}
			if !inside || s.End.Sub(s.Start) != length || s.Units != 2 || s.Start.Minute()%15 != 0 {
				t.Fatalf("slot %v in %v", s, windows)
			}
		}
	})
}

func TestASlotThatRunsIntoTheNextWindowHasTheSmallerNumberOfUnits(t *testing.T) {
	t.Parallel()
	monday := civil.New(2026, time.November, 23)
	c := catalog.Calendar{Hours: []catalog.Hours{
		{Weekday: 1, From: civil.At(9, 0), To: civil.At(10, 0), Operators: 3},
		{Weekday: 1, From: civil.At(10, 0), To: civil.At(10, 30), Operators: 1},
		{Weekday: 1, From: civil.At(11, 0), To: civil.At(11, 30), Operators: 2},
	}}
	var got []string
	for _, s := range catalog.Slots(c.Windows(monday), 30*time.Minute) {
		got = append(got, fmt.Sprint(s.Start.Format("15:04"), " x", s.Units))
	}
	require.Equal(t, []string{"09:00 x3", "09:15 x3", "09:30 x3", "09:45 x1", "10:00 x1", "11:00 x2"}, got)
	require.Empty(t, catalog.Slots(c.Windows(monday), 0))
}

func TestHoursThatStartOffTheGridOfferTheNextGridTime(t *testing.T) {
	t.Parallel()
	c := catalog.Calendar{Hours: []catalog.Hours{{Weekday: 1, From: civil.At(9, 5), To: civil.At(10, 0), Operators: 1}}}
	got := starts(catalog.Slots(c.Windows(civil.New(2026, time.November, 23)), 20*time.Minute))
	require.Equal(t, []string{"09:15 +0100", "09:30 +0100"}, got)
}

func TestExceptionsRuleOverHolidaysAndTheOfficesOwnOverAll(t *testing.T) {
	t.Parallel()
	office := catalog.OfficeID{UUID: uuid.MustParse("01930000-0000-7000-8000-000000000001")}
	christmas := civil.New(2026, time.December, 25)
	day := civil.New(2026, time.December, 23)
	patron := catalog.Patron{Day: 17, Month: time.June, Name: "San Nicandro"}
	hours := everyDay(civil.At(9, 0), civil.At(12, 0), 1)
	opening := func(o *catalog.OfficeID, d civil.Date, h int) catalog.Exception {
		return catalog.Exception{OfficeID: o, Date: d, From: civil.At(h, 0), To: civil.At(h+1, 0), Operators: 4}
	}
	closing := func(o *catalog.OfficeID, d civil.Date) catalog.Exception {
		return catalog.Exception{OfficeID: o, Date: d, Closed: true}
	}
	for _, tt := range []struct {
		name       string
		date       civil.Date
		exceptions []catalog.Exception
		want       string
	}{
		{"an ordinary day keeps the weekly hours", day, nil, "09:00-12:00x1"},
		{"a holiday is closed", christmas, nil, ""},
		{"the patron's day is closed", civil.New(2027, time.June, 17), nil, ""},
		{"an opening on a holiday opens it", christmas, []catalog.Exception{opening(nil, christmas, 10)}, "10:00-11:00x4"},
		{"a closing day is closed", day, []catalog.Exception{closing(nil, day)}, ""},
		{"the office's own opening rules over a general closing", day,
			[]catalog.Exception{closing(nil, day), opening(&office, day, 15)}, "15:00-16:00x4"},
		{"the office's own closing rules over a general opening", day,
			[]catalog.Exception{opening(nil, day, 15), closing(&office, day)}, ""},
		{"an exception of another day changes nothing", day, []catalog.Exception{closing(nil, christmas)}, "09:00-12:00x1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := catalog.Calendar{Hours: hours, Exceptions: tt.exceptions, Patron: patron}
			got := ""
			for _, w := range c.Windows(tt.date) {
				got += fmt.Sprintf("%s-%sx%d", w.From.In(clock.Rome).Format("15:04"), w.To.Format("15:04"), w.Units)
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestEasterFallsOnTheKnownSundays(t *testing.T) {
	t.Parallel()
	// Dates as published by the United States Naval Observatory.
	for year, want := range map[int]string{
		1961: "1961-04-02", 2000: "2000-04-23", 2008: "2008-03-23", 2011: "2011-04-24", 2025: "2025-04-20",
		2026: "2026-04-05", 2027: "2027-03-28", 2028: "2028-04-16", 2029: "2029-04-01", 2030: "2030-04-21",
		2031: "2031-04-13", 2032: "2032-03-28", 2033: "2033-04-17", 2034: "2034-04-09", 2035: "2035-03-25",
		2038: "2038-04-25",
	} {
		var monday civil.Date
		for _, h := range catalog.Holidays(year, catalog.Patron{}) {
			if h.Code == "easter" {
				require.Equal(t, want, h.Date.String())
				monday = h.Date.AddDays(1)
			}
		}
		h, ok := catalog.HolidayOn(monday, catalog.Patron{})
		require.True(t, ok)
		require.Equal(t, "easter_monday", h.Code)
	}
}

func TestTheFourthOfOctoberIsAHolidayFrom2026(t *testing.T) {
	t.Parallel()
	_, before := catalog.HolidayOn(civil.New(2025, time.October, 4), catalog.Patron{})
	require.False(t, before)
	h, after := catalog.HolidayOn(civil.New(2026, time.October, 4), catalog.Patron{})
	require.True(t, after)
	require.Equal(t, "saint_francis", h.Code)
	require.Len(t, catalog.Holidays(2025, catalog.Patron{}), 12)
	require.Len(t, catalog.Holidays(2026, catalog.Patron{}), 13)
}

func TestAPatronOnLeapDayHasAHolidayOnlyInLeapYears(t *testing.T) {
	t.Parallel()
	p := catalog.Patron{Day: 29, Month: time.February, Name: "Sant'Augusto"}
	require.Len(t, catalog.Holidays(2027, p), 13)
	require.Len(t, catalog.Holidays(2028, p), 14)
}

func TestTheVocabularyIsTheModels(t *testing.T) {
	t.Parallel()
	require.Len(t, catalog.Categories(), 15)
	require.Len(t, catalog.Topics(), 64)
	slugs := map[string]bool{}
	for _, c := range catalog.Categories() {
		require.NotEmpty(t, c.Description, c.Title)
		require.False(t, slugs[c.Slug])
		slugs[c.Slug] = true
	}
	for _, topic := range catalog.Topics() {
		got, ok := catalog.TopicBySlug(topic.Slug)
		require.True(t, ok)
		require.Equal(t, topic.Title, got.Title)
	}
	c, ok := catalog.CategoryBySlug("anagrafe-e-stato-civile")
	require.True(t, ok)
	require.Equal(t, "Anagrafe e stato civile", c.Title)
	_, ok = catalog.CategoryBySlug("altro")
	require.False(t, ok)
}

func TestSlugsAreSafeInAddresses(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Carta d'identità elettronica": "carta-d-identita-elettronica",
		"  TARI: riduzioni 2027 ":      "tari-riduzioni-2027",
		"😀<script>":                    "script",
		"???":                          "",
		"Perché così":                  "perche-cosi",
	} {
		require.Equal(t, want, catalog.Slugify(title))
	}
	long := catalog.Slugify("certificato di residenza storico con decorrenza per uso successione ereditaria")
	require.LessOrEqual(t, len(long), 60)
	require.Equal(t, "certificato-di-residenza-storico-con-decorrenza-per-uso", long)
}
