// Package civil holds dates and times of day as people write them, without a place on the time line until a
// zone is given. Offices open by civil time; appointments happen at instants.
package civil

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"
)

// Date is a day of the Gregorian calendar. The zero Date is no day. It reads from and writes to PostgreSQL
// date columns and JSON strings of the form 2026-05-05.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// New puts its parts in order as time.Date does: 32 January is 1 February.
func New(year int, month time.Month, day int) Date {
	return Of(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// Of is the date that a calendar on the wall of t's zone shows.
func Of(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads 2026-05-05, the form of HTML date inputs. Years from 1900 to 2200.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1900 || t.Year() > 2200 {
		return Date{}, fmt.Errorf("not a date: %q", s)
	}
	return Of(t), nil
}

// IsZero says whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// String is 2026-05-05, and empty for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Start is the first instant of the day in the zone.
func (d Date) Start(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// AddDays is the date n days later, or earlier for a negative n.
func (d Date) AddDays(n int) Date { return New(d.Year, d.Month, d.Day+n) }

// Weekday counts as ISO 8601 does: 1 is Monday, 7 is Sunday.
func (d Date) Weekday() int {
	w := int(d.Start(time.UTC).Weekday())
	if w == 0 {
		return 7
	}
	return w
}

// Before says whether d comes before other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// Compare is negative, zero or positive as d comes before, is, or comes after other.
func (d Date) Compare(other Date) int {
	if d.Year != other.Year {
		return d.Year - other.Year
	}
	if d.Month != other.Month {
		return int(d.Month - other.Month)
	}
	return d.Day - other.Day
}

// Scan implements sql.Scanner for date columns; NULL is no day.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		*d = Of(v)
		return nil
	default:
		return fmt.Errorf("a date from %T", src)
	}
}

// Value implements driver.Valuer; no day is NULL.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.Start(time.UTC), nil
}

// MarshalJSON writes "2026-05-05".
func (d Date) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads "2026-05-05"; an empty string is no day.
func (d *Date) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if s == "" {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(s)
	*d = v
	return err
}

// Time is a time of day in minutes since midnight, 0 to 1440; 1440 is the end of the day. PostgreSQL keeps it
// as an integer.
type Time int

// EndOfDay is 24:00.
const EndOfDay Time = 24 * 60

// At is the time of day h:m.
func At(h, m int) Time { return Time(h*60 + m) }

// ParseTime reads 08:30, the form of HTML time inputs, and 24:00.
func ParseTime(s string) (Time, error) {
	if len(s) != 5 || s[2] != ':' {
		return 0, fmt.Errorf("not a time of day: %q", s)
	}
	digit := func(i int) int { return int(s[i]) - '0' }
	for _, i := range []int{0, 1, 3, 4} {
		if digit(i) < 0 || digit(i) > 9 {
			return 0, fmt.Errorf("not a time of day: %q", s)
		}
	}
	h, m := digit(0)*10+digit(1), digit(3)*10+digit(4)
	if m > 59 || h > 24 || (h == 24 && m != 0) {
		return 0, fmt.Errorf("not a time of day: %q", s)
	}
	return At(h, m), nil
}

// String is 08:30.
func (t Time) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// Interval is a stretch of instants: From belongs to it, To does not.
type Interval struct{ From, To time.Time }

// Between gives the instants of the day at which a clock on the wall of the zone shows at least from and less
// than to. It is one interval on most days. On the night the clock goes forward the skipped hour gives nothing;
// on the night it goes back the repeated hour counts twice, so there may be two intervals.
func (d Date) Between(from, to Time, zone *time.Location) []Interval {
	var out []Interval
	midnight := d.Start(time.UTC)
	end := d.AddDays(1).Start(zone)
	for at := d.Start(zone); at.Before(end); {
		_, offset := at.Zone()
		_, until := at.ZoneBounds()
		if until.IsZero() || until.After(end) {
			until = end
		}
		shift := -time.Duration(offset) * time.Second
		a := later(at, midnight.Add(time.Duration(from)*time.Minute+shift).In(zone))
		b := earlier(until, midnight.Add(time.Duration(to)*time.Minute+shift).In(zone))
		if a.Before(b) {
			if n := len(out); n > 0 && out[n-1].To.Equal(a) {
				out[n-1].To = b
			} else {
				out = append(out, Interval{a, b})
			}
		}
		at = until
	}
	return out
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
