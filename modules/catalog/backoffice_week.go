package catalog

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
)

// The week of an office as a form without JavaScript: for every weekday as many windows as there are, and at least two.
// The inputs of a window are named <day>-<number>-from, -to and -operators. A window whose two times are empty is none.

const (
	minWindows = 2 // morning and afternoon
	maxWindows = 12
)

// WeekRow is one window of the form.
type WeekRow struct {
	Day       string // in words
	First     bool   // of its day
	Number    int    // of the window in its day, from 1
	Name      string // <day>-<number>, the beginning of the inputs' names
	From, To  string
	Operators string
	Error     string
}

// weekRows draws the week: as it is, or as it was typed.
func weekRows(hours []Hours, typed url.Values) []WeekRow {
	var out []WeekRow
	for day := 1; day <= 7; day++ {
		var mine []Hours
		for _, h := range hours {
			if h.Weekday == day {
				mine = append(mine, h)
			}
		}
		n := max(minWindows, min(len(mine)+1, maxWindows))
		for i := range n {
			row := WeekRow{Day: text("catalog.day." + strconv.Itoa(day)), First: i == 0, Number: i + 1, Name: strconv.Itoa(day) + "-" + strconv.Itoa(i+1)}
			switch {
			case typed != nil:
				row.From, row.To, row.Operators = typed.Get(row.Name+"-from"), typed.Get(row.Name+"-to"), typed.Get(row.Name+"-operators")
			case i < len(mine):
				row.From, row.To, row.Operators = mine[i].From.String(), inputTime(mine[i].To), strconv.Itoa(mine[i].Operators)
			}
			out = append(out, row)
		}
	}
	return out
}

// inputTime is the end of a window as a time input takes it: midnight at the end of the day is 00:00.
func inputTime(t civil.Time) string {
	if t == civil.EndOfDay {
		return "00:00"
	}
	return t.String()
}

// parseEnd reads the end of a window; 00:00 is the end of the day.
func parseEnd(s string) (civil.Time, error) {
	t, err := parseClock(s)
	if err == nil && t == 0 {
		t = civil.EndOfDay
	}
	return t, err
}

// parseClock reads a time input; some browsers send seconds.
func parseClock(s string) (civil.Time, error) {
	if len(s) == len("10:30:00") {
		s = strings.TrimSuffix(s, ":00")
	}
	return civil.ParseTime(s)
}

// readWeek reads the form. places names the inputs of each window that was read, for what CheckHours says about it.
func readWeek(v url.Values) (hours []Hours, places []string, err error) {
	p := problem.New(problem.Invalid, "catalog.hours_invalid")
	for day := 1; day <= 7; day++ {
		for i := 1; i <= maxWindows; i++ {
			name := strconv.Itoa(day) + "-" + strconv.Itoa(i)
			from, to, operators := v.Get(name+"-from"), v.Get(name+"-to"), v.Get(name+"-operators")
			if from == "" && to == "" {
				continue
			}
			h := Hours{Weekday: day}
			var errFrom, errTo error
			h.From, errFrom = parseClock(from)
			h.To, errTo = parseEnd(to)
			if h.Operators = whole(v, name+"-operators"); operators == "" {
				h.Operators = 1
			}
			if errFrom != nil || errTo != nil {
				p = p.WithField(hoursField(len(hours)), "catalog.hours_both")
			}
			hours, places = append(hours, h), append(places, name)
		}
	}
	if len(p.Fields) > 0 {
		return nil, places, p
	}
	order := make([]int, len(hours))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if hours[a].Weekday != hours[b].Weekday {
			return hours[a].Weekday - hours[b].Weekday
		}
		return int(hours[a].From - hours[b].From)
	})
	sorted, named := make([]Hours, len(hours)), make([]string, len(hours))
	for i, j := range order {
		sorted[i], named[i] = hours[j], places[j]
	}
	return sorted, named, nil
}

// blameWeek puts what is wrong beside the windows it is about and says whether there was anything.
func blameWeek(rows []WeekRow, places []string, err error) bool {
	found := false
	for _, f := range problem.From(err).Fields {
		n, convErr := strconv.Atoi(strings.TrimPrefix(f.Name, "hours-"))
		if convErr != nil || n < 0 || n >= len(places) {
			continue
		}
		for i := range rows {
			if rows[i].Name == places[n] {
				rows[i].Error, found = form.Sentence(f), true
			}
		}
	}
	return found
}

// CalendarView is the list of exceptions of one office, or of all, with the form that adds one.
type CalendarView struct {
	Action string
	Office string // identifier; empty for all offices
	Rows   []ExceptionRow
	Fields []form.Field
}

// ExceptionRow is one exception as text.
type ExceptionRow struct {
	ID, Office string // Office is the page the undo leads back to
	Day        string
	Exception  Exception
	Text       string // closed, or from when to when with how many
	ForAll     bool
	Booked     []Booked // who is to be told, where it closes the day
	ToInform   bool     // somebody was not told yet
}

func calendarView(action, office string, exceptions []Exception, booked map[ExceptionID][]Booked, v url.Values, problemOf error) CalendarView {
	view := CalendarView{Action: action, Office: office}
	for _, e := range exceptions {
		row := ExceptionRow{ID: e.ID.String(), Office: office, Day: i18n.Date(e.Date.Start(rome)), Exception: e, Text: text("catalog.closed"), ForAll: e.OfficeID == nil, Booked: booked[e.ID],
			ToInform: slices.ContainsFunc(booked[e.ID], func(b Booked) bool { return !b.Informed })}
		if !e.Closed {
			row.Text = e.From.String() + "–" + e.To.String() + ", " + counted("catalog.operators_n", e.Operators)
		}
		view.Rows = append(view.Rows, row)
	}
	kind := v.Get("kind")
	view.Fields = form.Blame([]form.Field{
		{Name: "date", Label: text("catalog.exception.date"), Type: "date", Value: v.Get("date"), Required: true},
		{Name: "reason", Label: text("catalog.exception.reason"), Hint: text("catalog.exception.reason_hint"), Type: "text", Value: v.Get("reason"), MaxLength: 160},
		{Name: "kind", Label: text("catalog.exception.kind"), Type: "radio", Options: []form.Option{
			{Value: "closed", Label: text("catalog.exception.closed"), Selected: kind != "open"},
			{Value: "open", Label: text("catalog.exception.open"), Selected: kind == "open", Note: text("catalog.exception.open_hint")},
		}},
		{Name: "from", Label: text("catalog.exception.from"), Type: "time", Value: v.Get("from")},
		{Name: "to", Label: text("catalog.exception.to"), Type: "time", Value: v.Get("to")},
		{Name: "operators", Label: text("catalog.exception.operators"), Type: "number", InputMode: "numeric", Value: v.Get("operators")},
	}, problemOf)
	return view
}
