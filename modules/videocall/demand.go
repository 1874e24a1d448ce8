package videocall

import (
	"cmp"
	"context"
	"slices"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/tenant"
)

// Demand is how many people wanted an hour of a weekday: who had booked it, and who came without an appointment.
type Demand struct {
	Weekday int // 1 is Monday, 7 is Sunday
	Hour    int // in Rome
	N       int
}

// demand adds those who came without an appointment to those who had one, in the order of the week.
func (s *Service) demand(ctx context.Context, tx *tenant.Tx, first, last civil.Date, args tenant.Args) ([]Demand, error) {
	booked, err := s.cfg.Capacity.Demand(ctx, tx, first, last)
	if err != nil {
		return nil, err
	}
	came, err := tenant.All[Demand](ctx, tx, sqlCame, args)
	type hour struct{ weekday, hour int }
	sum := map[hour]int{}
	for _, d := range slices.Concat(booked, came) {
		sum[hour{d.Weekday, d.Hour}] += d.N
	}
	out := make([]Demand, 0, len(sum))
	for h, n := range sum {
		out = append(out, Demand{Weekday: h.weekday, Hour: h.hour, N: n})
	}
	slices.SortFunc(out, func(a, b Demand) int { return cmp.Or(a.Weekday-b.Weekday, a.Hour-b.Hour) })
	return out, err
}

// DemandMap is the week as a table: a row for each hour that anybody wanted, and for those between.
type DemandMap struct {
	Days []string
	Rows []DemandRow
}

// DemandRow is an hour on the seven days.
type DemandRow struct {
	Hour  string
	Cells []DemandCell
}

// DemandCell is an hour of a day. Heat goes from 0 to 4, from nobody to the most.
type DemandCell struct {
	Text string
	Heat int
}

// heat is the depth of a cell's colour. What is too small to be told looks like the smallest.
func heat(n, most int) int {
	switch {
	case n == 0:
		return 0
	case n < few:
		return 1
	}
	return 1 + (3*n+most-1)/most
}

func demandMap(of []Demand) *DemandMap {
	if len(of) == 0 {
		return nil
	}
	first, last, most := 23, 0, few
	at := map[[2]int]int{}
	for _, d := range of {
		first, last, most = min(first, d.Hour), max(last, d.Hour), max(most, d.N)
		at[[2]int{d.Weekday, d.Hour}] = d.N
	}
	out := &DemandMap{}
	for day := 1; day <= 7; day++ {
		out.Days = append(out.Days, word("videocall.day."+digit(day)))
	}
	for hour := first; hour <= last; hour++ {
		row := DemandRow{Hour: hourOf(hour)}
		for day := 1; day <= 7; day++ {
			n := at[[2]int{day, hour}]
			c := DemandCell{Text: told(Count{N: n}), Heat: heat(n, most)}
			if n == 0 {
				c.Text = "–"
			}
			row.Cells = append(row.Cells, c)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
