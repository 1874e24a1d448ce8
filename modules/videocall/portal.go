package videocall

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// StatisticsPath is the address of the statistics.
const StatisticsPath = "/amministrazione/statistiche"

// longest stretch of days that statistics are made of
const longest = 366

// Portal is the back-office page of statistics.
type Portal struct{ svc *Service }

// NewPortal makes the page.
func NewPortal(svc *Service) *Portal { return &Portal{svc} }

// Routes adds the page. admin lets administrators pass only.
func (p *Portal) Routes(r fiber.Router, admin fiber.Handler) {
	r.Get(StatisticsPath, admin, p.page)
	r.Get(StatisticsPath+".csv", admin, p.csv)
}

// Bar is one line of a chart.
type Bar struct {
	Name, Text string
	Percent    int // of the longest
}

// Chart is a table whose numbers are drawn as well.
type Chart struct {
	Title, Head string
	None        string // what is said where there are no bars; "" for the usual words
	Bars        []Bar
}

// StatisticsView is the Data of videocall/statistiche.
type StatisticsView struct {
	Fields     []form.Field
	Encounters string
	Wait, Talk string // medians; "" where there are too few
	Charts     []Chart
	Demand     *DemandMap // nil when nobody wanted anything
	CSV        string     // address of the same figures for programs
}

func digit(n int) string { return strconv.Itoa(n) }

// hourOf names an hour of the day.
func hourOf[T int | string](hour T) string {
	return i18n.T(i18n.Italian, "videocall.hour", map[string]any{"hour": hour})
}

func word(key string) string { return i18n.T(i18n.Italian, key, nil) }

func (p *Portal) page(c *fiber.Ctx) error {
	first, last, fields, err := p.days(c)
	view := StatisticsView{Fields: form.Blame(fields, err)}
	page := web.Page{
		Title: word("videocall.statistics"), Data: view,
		Breadcrumb: []web.Crumb{{Text: word("videocall.home"), Href: "/amministrazione"}},
	}
	if err != nil {
		return web.Render(c, fiber.StatusUnprocessableEntity, "videocall/statistiche", page)
	}
	f, err := p.figures(c, first, last)
	if err != nil {
		return err
	}
	view.Encounters = told(f.Encounters)
	view.Wait, view.Talk = minutes(f.MedianWait), minutes(f.MedianTalk)
	view.CSV = StatisticsPath + ".csv?dal=" + first.String() + "&al=" + last.String()
	view.Charts = []Chart{capacity(f)}
	for _, t := range tables(f) {
		chart := Chart{Title: word("videocall.by." + t.key), Head: word("videocall.head." + t.key)}
		most := 1
		for _, r := range t.rows {
			most = max(most, r.N)
		}
		for _, r := range t.rows {
			bar := Bar{Name: t.name(r.Name), Text: told(r)}
			if !r.Hidden() {
				bar.Percent = 100 * r.N / most
			}
			chart.Bars = append(chart.Bars, bar)
		}
		view.Charts = append(view.Charts, chart)
	}
	view.Charts = append(view.Charts, satisfaction(f))
	view.Demand = demandMap(f.Demand)
	page.Data = view
	return web.Render(c, fiber.StatusOK, "videocall/statistiche", page)
}

// csv gives the same figures as a table.
func (p *Portal) csv(c *fiber.Ctx) error {
	first, last, _, err := p.days(c)
	if err != nil {
		return err
	}
	f, err := p.figures(c, first, last)
	if err != nil {
		return err
	}
	rows := [][]string{
		{word("videocall.csv.table"), word("videocall.csv.row"), word("videocall.csv.encounters"), word("videocall.csv.served")},
		{word("videocall.capacity"), word("videocall.planned"), strconv.Itoa(f.PlannedMinutes), ""},
		{word("videocall.capacity"), word("videocall.booked"), strconv.Itoa(f.BookedMinutes), ""},
		{word("videocall.capacity"), word("videocall.served"), strconv.Itoa(f.ServedMinutes), ""},
	}
	for _, t := range tables(f) {
		for _, r := range t.rows {
			served := told(Count{N: r.Served})
			if r.Hidden() {
				served = ""
			}
			rows = append(rows, []string{word("videocall.by." + t.key), plain(t.name(r.Name)), told(r), served})
		}
	}
	for _, d := range f.Demand {
		rows = append(rows, []string{word("videocall.demand"), word("videocall.day."+digit(d.Weekday)) + ", " + hourOf(d.Hour), told(Count{N: d.N}), ""})
	}
	for _, r := range f.Ratings {
		rows = append(rows, []string{word("videocall.ratings"), plain(r.Service), told(Count{N: r.N}), stars(r)})
	}
	return sendCSV(c, "statistiche-"+first.String()+"-"+last.String(), rows)
}

type table struct {
	key  string
	rows []Count
	name func(string) string
}

func tables(f Figures) []table {
	same := func(s string) string { return s }
	return []table{
		{"outcome", f.ByOutcome, func(s string) string { return word("videocall.outcome." + s) }},
		{"service", f.ByService, same},
		{"kiosk", f.ByKiosk, same},
		{"hour", f.ByHour, func(s string) string { return hourOf(s) }},
	}
}

// capacity draws what was planned against what was booked and served.
func capacity(f Figures) Chart {
	out := Chart{Title: word("videocall.capacity"), Head: word("videocall.head.capacity")}
	most := max(1, f.PlannedMinutes, f.BookedMinutes, f.ServedMinutes)
	for _, r := range []struct {
		key string
		n   int
	}{{"planned", f.PlannedMinutes}, {"booked", f.BookedMinutes}, {"served", f.ServedMinutes}} {
		hours := i18n.T(i18n.Italian, "videocall.hours", map[string]any{"hours": strconv.Itoa(r.n / 60), "minutes": strconv.Itoa(r.n % 60)})
		out.Bars = append(out.Bars, Bar{Name: word("videocall." + r.key), Text: hours, Percent: 100 * r.n / most})
	}
	return out
}

// satisfaction draws what citizens said; of a service with few ratings only that there are few.
func satisfaction(f Figures) Chart {
	out := Chart{Title: word("videocall.ratings"), Head: word("videocall.head.service"), None: word("videocall.no_ratings")}
	for _, r := range f.Ratings {
		bar := Bar{Name: r.Service, Text: told(Count{N: r.N})}
		if s := stars(r); s != "" {
			bar.Text = i18n.T(i18n.Italian, "videocall.stars", map[string]any{"stars": s, "n": strconv.Itoa(r.N)})
			bar.Percent = int(r.Stars * 20)
		}
		out.Bars = append(out.Bars, bar)
	}
	return out
}

// stars writes an average as Italians do, "" where there are too few ratings to tell one.
func stars(r Rated) string {
	if r.N < few {
		return ""
	}
	return strings.Replace(strconv.FormatFloat(r.Stars, 'f', 1, 64), ".", ",", 1)
}

func told(c Count) string {
	if c.Hidden() {
		return word("videocall.few")
	}
	return strconv.Itoa(c.N)
}

func minutes(d *time.Duration) string {
	if d == nil {
		return ""
	}
	return i18n.T(i18n.Italian, "videocall.minutes", map[string]any{"minutes": strconv.Itoa(int((*d + 30*time.Second) / time.Minute))})
}

func (p *Portal) figures(c *fiber.Ctx, first, last civil.Date) (f Figures, err error) {
	t, ok := tenant.From(c.UserContext())
	if !ok {
		return f, problem.New(problem.NotFound, "not_found")
	}
	err = p.svc.cfg.DB.InTenant(c.UserContext(), t, func(tx *tenant.Tx) (err error) {
		f, err = p.svc.Statistics(context.WithoutCancel(c.UserContext()), tx, first, last)
		return err
	})
	return f, err
}

// days reads two dates of the calendar of Rome, both included; without them it is the last thirty days.
func (p *Portal) days(c *fiber.Ctx) (first, last civil.Date, fields []form.Field, err error) {
	last = civil.Of(p.svc.cfg.DB.Clock().Now().In(clock.Rome))
	first = last.AddDays(-29)
	wrong := problem.New(problem.Invalid, "form.invalid")
	read := func(name string, d *civil.Date) {
		typed := c.Query(name)
		if typed == "" {
			return
		}
		got, err := civil.ParseDate(typed)
		if err != nil {
			wrong = wrong.WithField(name, "form.date")
			return
		}
		*d = got
	}
	read("dal", &first)
	read("al", &last)
	if len(wrong.Fields) == 0 && (last.Before(first) || first.AddDays(longest).Before(last)) {
		wrong = wrong.WithField("al", "videocall.days")
	}
	shown := func(name string, d civil.Date) string {
		if typed := c.Query(name); typed != "" {
			return typed
		}
		return d.String()
	}
	fields = []form.Field{
		{Name: "dal", Label: word("videocall.from"), Type: "date", Value: shown("dal", first)},
		{Name: "al", Label: word("videocall.to"), Type: "date", Value: shown("al", last)},
	}
	if len(wrong.Fields) > 0 {
		return first, last, fields, wrong
	}
	return first, last, fields, nil
}
