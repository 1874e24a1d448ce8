package videocall

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

// few is the smallest number that is told: under it a figure could be about somebody whom a reader knows.
const few = 5

// Figures says what happened at the counter in a stretch of days. It names no citizen and no member of staff.
type Figures struct {
	PlannedMinutes int // what the offices were open for, times the people who answered at once
	BookedMinutes  int // what citizens had booked of it
	ServedMinutes  int // what was talked
	Encounters     Count
	MedianWait     *time.Duration // from sitting down to being called; nil under few
	MedianTalk     *time.Duration
	ByOutcome      []Count // Name is an Outcome
	ByService      []Count
	ByKiosk        []Count
	Ratings        []Rated // by service, the most first
	ByHour         []Count // Name is the hour in Rome at which they sat down, "9"
	Demand         []Demand
}

// Count is how many encounters a row is about, and how many of them were talks.
type Count struct {
	Name   string
	N      int
	Served int
}

// Hidden says whether the number is too small to be told.
func (c Count) Hidden() bool { return c.N > 0 && c.N < few }

// Capacity tells what was planned and booked. catalog and booking satisfy it, by way of cmd/internal/app.
type Capacity interface {
	// Planned gives the minutes that offices answered, or were to, between two dates, both included.
	Planned(ctx context.Context, tx *tenant.Tx, first, last civil.Date) (minutes int, err error)
	// Booked gives the minutes of the appointments between two dates, both included.
	Booked(ctx context.Context, tx *tenant.Tx, first, last civil.Date) (minutes int, err error)
	// Ratings gives what citizens said of each service between two dates, both included, the most first.
	Ratings(ctx context.Context, tx *tenant.Tx, first, last civil.Date) ([]Rated, error)
	// Demand counts the appointments between two dates, both included, by the weekday and the hour at which they begin.
	Demand(ctx context.Context, tx *tenant.Tx, first, last civil.Date) ([]Demand, error)
}

// Rated is what citizens said of a service.
type Rated struct {
	Service string
	N       int
	Stars   float64 // on average, 1 to 5
}

type cell struct {
	Outcome, Service, Kiosk string
	Hour, N, Served         int
	TalkSeconds             int
}

// Statistics gathers the figures of the encounters that began between two dates, both included. What still goes on
// is left out.
func (s *Service) Statistics(ctx context.Context, tx *tenant.Tx, first, last civil.Date) (f Figures, err error) {
	args := tenant.Args{"from": first.Start(clock.Rome), "to": last.AddDays(1).Start(clock.Rome)}
	cells, err := tenant.All[cell](ctx, tx, sqlFigures, args)
	if err != nil {
		return f, err
	}
	if f.PlannedMinutes, err = s.cfg.Capacity.Planned(ctx, tx, first, last); err != nil {
		return f, err
	}
	if f.BookedMinutes, err = s.cfg.Capacity.Booked(ctx, tx, first, last); err != nil {
		return f, err
	}
	if f.Ratings, err = s.cfg.Capacity.Ratings(ctx, tx, first, last); err != nil {
		return f, err
	}
	if f.Demand, err = s.demand(ctx, tx, first, last, args); err != nil {
		return f, err
	}
	fold(&f, cells)
	type medians struct{ Wait, Talk *float64 }
	m, err := tenant.One[medians](ctx, tx, sqlMedians, args)
	if f.Encounters.N >= few {
		f.MedianWait = seconds(m.Wait)
	}
	if f.Encounters.Served >= few {
		f.MedianTalk = seconds(m.Talk)
	}
	return f, err
}

func seconds(s *float64) *time.Duration {
	if s == nil {
		return nil
	}
	d := time.Duration(*s * float64(time.Second))
	return &d
}

// fold adds the cells up along each side.
func fold(f *Figures, cells []cell) {
	talk := 0
	outcome, service, kiosk, hour := map[string]Count{}, map[string]Count{}, map[string]Count{}, map[string]Count{}
	for _, c := range cells {
		talk += c.TalkSeconds
		f.Encounters.N += c.N
		f.Encounters.Served += c.Served
		for _, side := range []struct {
			of   map[string]Count
			name string
		}{{outcome, c.Outcome}, {service, c.Service}, {kiosk, c.Kiosk}, {hour, strconv.Itoa(c.Hour)}} {
			sum := side.of[side.name]
			side.of[side.name] = Count{Name: side.name, N: sum.N + c.N, Served: sum.Served + c.Served}
		}
	}
	f.ServedMinutes = (talk + 30) / 60
	f.ByOutcome, f.ByService, f.ByKiosk = byNumber(outcome), byNumber(service), byNumber(kiosk)
	f.ByHour = byNumber(hour)
	slices.SortFunc(f.ByHour, func(a, b Count) int {
		x, _ := strconv.Atoi(a.Name)
		y, _ := strconv.Atoi(b.Name)
		return x - y
	})
}

// byNumber puts the greatest first; those too small to be told stand in the order of their names, which tells nothing.
func byNumber(of map[string]Count) []Count {
	out := make([]Count, 0, len(of))
	for _, c := range of {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Count) int {
		x, y := a.N, b.N
		if a.Hidden() {
			x = 0
		}
		if b.Hidden() {
			y = 0
		}
		if x != y {
			return y - x
		}
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out
}
