package catalog

import (
	"slices"
	"time"

	"github.com/sportello/sportello/modules/kernel/civil"
)

// Patron is the yearly day of an entity's patron saint. A zero Day means none.
type Patron struct {
	Day   int
	Month time.Month
	Name  string
}

// Holiday is a day on which offices are closed unless an exception opens them.
type Holiday struct {
	Date civil.Date
	Code string // the text is catalog.holiday.<code>
	Name string // for the code "patron": the saint's day
}

// Holidays lists the national holidays of the year by date (law 260/1949 with its changes; 4 October from 2026 by
// law 151/2025) and the patron's day. Two on one day are both listed.
func Holidays(year int, patron Patron) []Holiday {
	easter := easterSunday(year)
	fixed := func(m time.Month, d int, code string) Holiday {
		return Holiday{Date: civil.New(year, m, d), Code: code}
	}
	all := []Holiday{
		fixed(time.January, 1, "new_year"),
		fixed(time.January, 6, "epiphany"),
		{Date: easter, Code: "easter"},
		{Date: easter.AddDays(1), Code: "easter_monday"},
		fixed(time.April, 25, "liberation"),
		fixed(time.May, 1, "labour"),
		fixed(time.June, 2, "republic"),
		fixed(time.August, 15, "assumption"),
	}
	if year >= 2026 {
		all = append(all, fixed(time.October, 4, "saint_francis"))
	}
	all = append(all,
		fixed(time.November, 1, "all_saints"),
		fixed(time.December, 8, "immaculate"),
		fixed(time.December, 25, "christmas"),
		fixed(time.December, 26, "saint_stephen"),
	)
	if patron.Day > 0 {
		// 29 February is no day of most years; such a patron has no holiday then.
		if d := civil.New(year, patron.Month, patron.Day); d.Day == patron.Day && d.Month == patron.Month {
			all = append(all, Holiday{Date: d, Code: "patron", Name: patron.Name})
		}
	}
	slices.SortStableFunc(all, func(a, b Holiday) int { return a.Date.Compare(b.Date) })
	return all
}

// HolidayOn says whether the date is a holiday, and which.
func HolidayOn(date civil.Date, patron Patron) (Holiday, bool) {
	for _, h := range Holidays(date.Year, patron) {
		if h.Date == date {
			return h, true
		}
	}
	return Holiday{}, false
}

// easterSunday by the anonymous Gregorian computus (Meeus, Jones and Butcher).
func easterSunday(year int) civil.Date {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return civil.New(year, time.Month(n/31), n%31+1)
}
