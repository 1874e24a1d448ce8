package i18n

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sportello/sportello/modules/kernel/clock"
)

//go:embed calendar.it.json
var calendarJSON []byte

var calendar = func() (c struct {
	Weekdays []string `json:"weekdays"` // from Sunday, as time.Weekday counts
	Months   []string `json:"months"`   // from January
	Hour     string   `json:"hour"`     // the word before the time of day
}) {
	if err := json.Unmarshal(calendarJSON, &c); err != nil {
		panic(err)
	}
	return c
}()

// Date writes the civil date of t in Rome: "martedì 5 maggio 2026". The first of a month is written "1º".
func Date(t time.Time) string {
	t = t.In(clock.Rome)
	return Weekday(t) + " " + DayMonth(t) + " " + fmt.Sprint(t.Year())
}

// DayMonth writes "5 maggio".
func DayMonth(t time.Time) string {
	t = t.In(clock.Rome)
	day := fmt.Sprint(t.Day())
	if t.Day() == 1 {
		day = "1º"
	}
	return day + " " + calendar.Months[t.Month()-1]
}

// Weekday writes "martedì".
func Weekday(t time.Time) string { return calendar.Weekdays[t.In(clock.Rome).Weekday()] }

// MonthYear writes "maggio 2026".
func MonthYear(t time.Time) string {
	t = t.In(clock.Rome)
	return calendar.Months[t.Month()-1] + " " + fmt.Sprint(t.Year())
}

// Time writes the civil time of t in Rome: "10:30".
func Time(t time.Time) string { return t.In(clock.Rome).Format("15:04") }

// DateTime writes "martedì 5 maggio 2026, ore 10:30".
func DateTime(t time.Time) string { return Date(t) + ", " + calendar.Hour + " " + Time(t) }

// ShortDate writes "05/05/2026", for tables.
func ShortDate(t time.Time) string { return t.In(clock.Rome).Format("02/01/2006") }

// ShortDateTime writes "05/05/2026 10:30", for tables.
func ShortDateTime(t time.Time) string { return t.In(clock.Rome).Format("02/01/2006 15:04") }
