package i18n

import (
	"embed"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/sportello/sportello/modules/kernel/clock"
)

//go:embed calendar.*.json
var calendarFiles embed.FS

// Calendar writes dates as people of one language say them, in the civil time of Rome.
type Calendar struct {
	Weekdays      []string `json:"weekdays"`       // from Sunday, as time.Weekday counts
	ShortWeekdays []string `json:"short_weekdays"` // the same in two or three letters
	Months        []string `json:"months"`         // from January
	First         string   `json:"first"`          // the first day of a month
	DayShape      string   `json:"day"`            // every other day of a month
	DateShape     string   `json:"date"`
	MomentShape   string   `json:"moment"` // a date and a time of day
	ShortShape    string   `json:"short"`  // in Go's notation, for tables
}

var calendars = func() map[string]Calendar {
	out := map[string]Calendar{}
	for _, lang := range []string{Italian, "en", "de", "fr"} {
		raw, err := calendarFiles.ReadFile("calendar." + lang + ".json")
		if err != nil {
			panic(err) // the files are part of the program
		}
		var c Calendar
		if err := json.Unmarshal(raw, &c); err != nil {
			panic(err)
		}
		out[lang] = c
	}
	return out
}()

// CalendarOf is the calendar of a language; the Italian one where there is none.
func CalendarOf(lang string) Calendar {
	if c, ok := calendars[lang]; ok {
		return c
	}
	return calendars[Italian]
}

// Date writes the civil date of t: "martedì 5 maggio 2026", "Dienstag, 5. Mai 2026".
func (c Calendar) Date(t time.Time) string {
	t = t.In(clock.Rome)
	return strings.NewReplacer("{weekday}", c.Weekday(t), "{day}", c.Day(t), "{month}", c.Month(t), "{year}", strconv.Itoa(t.Year())).Replace(c.DateShape)
}

// Day writes the day of the month: "5", "1º", "5.".
func (c Calendar) Day(t time.Time) string {
	day := t.In(clock.Rome).Day()
	if day == 1 {
		return c.First
	}
	return strings.ReplaceAll(c.DayShape, "{day}", strconv.Itoa(day))
}

// Month writes "maggio".
func (c Calendar) Month(t time.Time) string { return c.Months[t.In(clock.Rome).Month()-1] }

// DayMonth writes "5 maggio".
func (c Calendar) DayMonth(t time.Time) string { return c.Day(t) + " " + c.Month(t) }

// Weekday writes "martedì".
func (c Calendar) Weekday(t time.Time) string { return c.Weekdays[t.In(clock.Rome).Weekday()] }

// ShortWeekday writes "mar".
func (c Calendar) ShortWeekday(t time.Time) string {
	return c.ShortWeekdays[t.In(clock.Rome).Weekday()]
}

// MonthYear writes "maggio 2026".
func (c Calendar) MonthYear(t time.Time) string {
	return c.Month(t) + " " + strconv.Itoa(t.In(clock.Rome).Year())
}

// DateTime writes "martedì 5 maggio 2026, ore 10:30".
func (c Calendar) DateTime(t time.Time) string {
	return strings.NewReplacer("{date}", c.Date(t), "{time}", Time(t)).Replace(c.MomentShape)
}

// ShortDate writes "05/05/2026", for tables.
func (c Calendar) ShortDate(t time.Time) string { return t.In(clock.Rome).Format(c.ShortShape) }

// ShortDateTime writes "05/05/2026 10:30", for tables.
func (c Calendar) ShortDateTime(t time.Time) string { return c.ShortDate(t) + " " + Time(t) }

// Time writes the civil time of t in Rome, alike in every language: "10:30".
func Time(t time.Time) string { return t.In(clock.Rome).Format("15:04") }

// Date is that of the Italian calendar.
func Date(t time.Time) string { return CalendarOf(Italian).Date(t) }

// DateTime is that of the Italian calendar.
func DateTime(t time.Time) string { return CalendarOf(Italian).DateTime(t) }
