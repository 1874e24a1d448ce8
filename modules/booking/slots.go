package booking

import (
	"slices"
	"time"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
)

// seatBusy is one taken seat of an office.
type seatBusy struct {
	Seat     int
	From, To time.Time
}

// question is all that decides which times are free, as values: no I/O.
type question struct {
	Windows  []catalog.Window    // of the office, in order
	Open     []counters.Interval // of the kiosk, in order
	Busy     []counters.Interval // taken times of the kiosk
	Seats    []seatBusy          // taken seats of the office
	Length   time.Duration
	Earliest time.Time // first instant a slot may start
	Latest   time.Time // a slot starts before it
}

// free gives the free slots in order: on the 15-minute grid of civil time, inside an opening of the kiosk and inside
// the office's windows, with the kiosk free and at least one of the office's seats free during all of it.
func (q question) free() []Slot {
	var out []Slot
	open := merged(q.Open)
	busy := newByDay(len(q.Busy))
	for _, b := range q.Busy {
		busy.add(b.From, b.To, -1)
	}
	seats := newByDay(len(q.Seats))
	for _, b := range q.Seats {
		seats.add(b.From, b.To, b.Seat)
	}
	i := 0
	for _, s := range catalog.Slots(q.Windows, q.Length) {
		if s.Start.Before(q.Earliest) || !s.Start.Before(q.Latest) {
			continue
		}
		for i < len(open) && !open[i].To.After(s.Start) {
			i++
		}
		if i == len(open) {
			break
		}
		if s.Start.Before(open[i].From) || s.End.After(open[i].To) {
			continue
		}
		if busy.taken(s.Start, s.End) > 0 || seats.taken(s.Start, s.End) >= s.Units {
			continue
		}
		out = append(out, Slot{Start: s.Start, End: s.End})
	}
	return out
}

// unitsOf is how many people the office answers at once during all of the slot, 0 when the slot is not one that the
// office and the kiosk could offer at all.
func (q question) unitsOf(start time.Time) int {
	for _, o := range merged(q.Open) {
		if start.Before(o.From) || start.Add(q.Length).After(o.To) {
			continue
		}
		for _, s := range catalog.Slots(q.Windows, q.Length) {
			if s.Start.Equal(start) {
				return s.Units
			}
		}
	}
	return 0
}

// merged joins openings that touch or overlap.
func merged(in []counters.Interval) []counters.Interval {
	sorted := slices.Clone(in)
	slices.SortFunc(sorted, func(a, b counters.Interval) int { return a.From.Compare(b.From) })
	var out []counters.Interval
	for _, iv := range sorted {
		if n := len(out); n > 0 && !iv.From.After(out[n-1].To) {
			if iv.To.After(out[n-1].To) {
				out[n-1].To = iv.To
			}
			continue
		}
		out = append(out, iv)
	}
	return out
}

// byDay finds what overlaps a stretch without looking at all of it.
type byDay map[int64][]seatBusy

func newByDay(n int) byDay { return make(byDay, n/8+1) }

const daySeconds = 24 * 60 * 60

func (b byDay) add(from, to time.Time, seat int) {
	last := to.Add(-1).Unix() / daySeconds
	for d := from.Unix() / daySeconds; d <= last; d++ {
		b[d] = append(b[d], seatBusy{Seat: seat, From: from, To: to})
	}
}

// taken counts the different seats that are taken at some time within the stretch. Seats count by number, because a
// person keeps one seat for all of it.
func (b byDay) taken(from, to time.Time) int {
	var seen [64]bool
	n := 0
	last := to.Add(-1).Unix() / daySeconds
	for d := from.Unix() / daySeconds; d <= last; d++ {
		for _, s := range b[d] {
			if !s.From.Before(to) || !from.Before(s.To) {
				continue
			}
			if k := s.Seat + 1; k >= 0 && k < len(seen) && !seen[k] {
				seen[k] = true
				n++
			}
		}
	}
	return n
}
