package catalog

import (
	"slices"
	"time"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
)

// Grid is the step at which appointments may begin.
const Grid = 15 * time.Minute

// Window is a stretch of instants in which an office answers Units people at once. From belongs to it, To does not.
type Window struct {
	From, To time.Time // in clock.Rome
	Units    int
}

// Calendar is what is needed to say when one office, or one kiosk, is open. It does no I/O.
type Calendar struct {
	Hours      []Hours
	Exceptions []Exception // of this office and of all offices
	Patron     Patron
}

// Windows gives the windows of a date in order. An exception of the office itself rules over one of all offices,
// any exception rules over a holiday, and a holiday rules over the weekly hours. On the nights the clock changes
// the windows hold the instants that exist: the skipped hour gives none, the repeated hour gives two.
func (c Calendar) Windows(date civil.Date) []Window {
	var out []Window
	for _, h := range c.hoursOf(date) {
		for _, iv := range date.Between(h.From, h.To, clock.Rome) {
			out = append(out, Window{From: iv.From, To: iv.To, Units: h.Operators})
		}
	}
	slices.SortFunc(out, func(a, b Window) int { return a.From.Compare(b.From) })
	return out
}

// WindowsBetween gives the windows of every date from first to last, both included.
func (c Calendar) WindowsBetween(first, last civil.Date) []Window {
	var out []Window
	for d := first; !last.Before(d); d = d.AddDays(1) {
		out = append(out, c.Windows(d)...)
	}
	return out
}

// hoursOf gives the hours that hold on the date.
func (c Calendar) hoursOf(date civil.Date) []Hours {
	if ex := c.exceptionsOn(date); len(ex) > 0 {
		var out []Hours
		for _, e := range ex {
			if !e.Closed {
				out = append(out, Hours{Weekday: date.Weekday(), From: e.From, To: e.To, Operators: e.Operators})
			}
		}
		return out
	}
	if _, holiday := HolidayOn(date, c.Patron); holiday {
		return nil
	}
	var out []Hours
	for _, h := range c.Hours {
		if h.Weekday == date.Weekday() {
			out = append(out, h)
		}
	}
	return out
}

// exceptionsOn gives the exceptions that rule the date: the office's own, else those of all offices.
func (c Calendar) exceptionsOn(date civil.Date) []Exception {
	var own, all []Exception
	for _, e := range c.Exceptions {
		switch {
		case e.Date != date:
		case e.OfficeID != nil:
			own = append(own, e)
		default:
			all = append(all, e)
		}
	}
	if len(own) > 0 {
		return own
	}
	return all
}

// Slot is a time at which an appointment can be held.
type Slot struct {
	Start, End time.Time // in clock.Rome
	Units      int       // people that can be answered at once during the whole slot
}

// Slots gives the slots of the length that start on the 15-minute grid of civil time and fit into the windows,
// which must be in order. A slot may run over from one window into the next that follows at once; it has the
// smaller of their units.
func Slots(windows []Window, length time.Duration) []Slot {
	if length <= 0 {
		return nil
	}
	var out []Slot
	for i, w := range windows {
		for start := ceilGrid(w.From); start.Before(w.To); start = start.Add(Grid) {
			end := start.Add(length)
			if units := unitsThrough(windows[i:], end); units > 0 {
				out = append(out, Slot{Start: start, End: end, Units: units})
			}
		}
	}
	return out
}

// unitsThrough is the smallest number of units from the first window on until the end, and 0 when they have a gap.
func unitsThrough(windows []Window, end time.Time) int {
	units := windows[0].Units
	reached := windows[0].To
	for _, w := range windows[1:] {
		if !reached.Before(end) {
			break
		}
		if !w.From.Equal(reached) {
			return 0
		}
		units = min(units, w.Units)
		reached = w.To
	}
	if reached.Before(end) {
		return 0
	}
	return units
}

// ceilGrid is the first instant not before t at which the wall clock shows a multiple of the grid. Rome's offset is
// a whole number of hours, so the grid of civil time is the grid of instants.
func ceilGrid(t time.Time) time.Time {
	if down := t.Truncate(Grid); down.Before(t) {
		return down.Add(Grid).In(clock.Rome)
	}
	return t.In(clock.Rome)
}
