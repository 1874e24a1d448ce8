package booking

import (
	"time"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/platform/i18n"
)

// When writes the date and the time in a language: "martedì 5 maggio 2026, ore 10:30". In the hour that comes twice in autumn
// it says which of the two is meant.
func When(lang string, t time.Time) string { return i18n.CalendarOf(lang).DateTime(t) + twice(lang, t) }

// Clock writes the time of day: "10:30", with the same addition.
func Clock(lang string, t time.Time) string { return i18n.Time(t) + twice(lang, t) }

func twice(lang string, t time.Time) string {
	t = t.In(clock.Rome)
	wall := func(u time.Time) string { return u.In(clock.Rome).Format("15:04") }
	switch {
	case wall(t.Add(time.Hour)) == wall(t):
		return " " + i18n.T(lang, "booking.summer_time", nil)
	case wall(t.Add(-time.Hour)) == wall(t):
		return " " + i18n.T(lang, "booking.winter_time", nil)
	}
	return ""
}
