package videocall

import (
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
)

// PastPath is the address of the search over past encounters.
const PastPath = "/operatore/colloqui"

// PastView is the Data of videocall/colloqui.
type PastView struct {
	Fields  []form.Field
	Asked   bool // the dates make sense, so something was looked for
	Rows    []PastRowView
	More    bool
	Most    int
	CSV     string
	Columns []string
}

// PastRowView is one encounter.
type PastRowView struct {
	Cells []string
	Note  string
}

// PastRoutes adds the search. staff lets operators and administrators pass only.
func (p *Portal) PastRoutes(r fiber.Router, staff fiber.Handler) {
	r.Get(PastPath, staff, p.past)
	r.Get(PastPath+".csv", staff, p.pastCSV)
}

var pastColumns = []string{"at", "citizen", "service", "office", "kiosk", "operator", "outcome", "talk", "by_what"}

func (p *Portal) pastFilter(c *fiber.Ctx) (f PastFilter, fields []form.Field, err error) {
	f.First, f.Last, fields, err = p.days(c)
	if c.Query("dal") == "" && err == nil {
		f.First = f.Last.AddDays(-6)
		fields[0].Value = f.First.String()
	}
	f.Name, f.Service, f.Outcome = clip(c.Query("nome")), clip(c.Query("servizio")), Outcome(clip(c.Query("esito")))
	outcome := form.Field{Name: "esito", Label: word("videocall.head.outcome"), Type: "select", Options: []form.Option{{Label: word("videocall.past.any")}}}
	for _, o := range []Outcome{Resolved, ToComplete, Redirected, NotResolved, Left, Gone, KioskOff, Missed} {
		outcome.Options = append(outcome.Options, form.Option{Value: string(o), Label: word("videocall.outcome." + string(o)), Selected: f.Outcome == o})
	}
	return f, append(fields,
		form.Field{Name: "nome", Label: word("videocall.past.name"), Type: "search", Value: f.Name, MaxLength: 100},
		form.Field{Name: "servizio", Label: word("videocall.head.service"), Type: "search", Value: f.Service, MaxLength: 100}, outcome), err
}

// clip keeps a searched text short enough to be one.
func clip(s string) string {
	if r := []rune(s); len(r) > 100 {
		return string(r[:100])
	}
	return s
}

func (p *Portal) past(c *fiber.Ctx) error {
	t, a, err := caller(c.UserContext())
	if err != nil {
		return err
	}
	f, fields, wrong := p.pastFilter(c)
	view := PastView{Fields: form.Blame(fields, wrong), Most: mostPast}
	status := fiber.StatusUnprocessableEntity
	if wrong == nil {
		found, more, err := p.svc.Past(c.UserContext(), t, a, f)
		if err != nil {
			return err
		}
		status = fiber.StatusOK
		view.Asked, view.More = true, more
		view.CSV = PastPath + ".csv?" + url.Values{
			"dal": {f.First.String()}, "al": {f.Last.String()}, "nome": {f.Name}, "servizio": {f.Service}, "esito": {string(f.Outcome)},
		}.Encode()
		for _, one := range found {
			view.Rows = append(view.Rows, PastRowView{Cells: cells(one), Note: one.Note})
		}
	}
	for _, column := range pastColumns {
		view.Columns = append(view.Columns, word("videocall.past."+column))
	}
	return web.Render(c, status, "videocall/colloqui", web.Page{
		Title: word("videocall.past"), Breadcrumb: []web.Crumb{backOf(a)}, Data: view,
	})
}

// backOf is the way back of whoever reads a page for all staff.
func backOf(a actor.Actor) web.Crumb {
	if a.Has(actor.Administrator) {
		return web.Crumb{Text: word("videocall.home"), Href: "/amministrazione"}
	}
	return web.Crumb{Text: word("videocall.desk"), Href: "/operatore"}
}

func cells(v Past) []string {
	talk := ""
	if v.Talk > 0 {
		talk = strconv.Itoa(int((v.Talk + 30*time.Second) / time.Minute))
	}
	by := ""
	if v.ByWhat != "" {
		by = word("videocall.by_what." + string(v.ByWhat))
	}
	return []string{
		i18n.Date(v.At) + ", " + i18n.Time(v.At), v.Citizen, v.Service, v.Office, v.Kiosk, v.Operator,
		word("videocall.outcome." + string(v.Outcome)), talk, by,
	}
}

func (p *Portal) pastCSV(c *fiber.Ctx) error {
	t, a, err := caller(c.UserContext())
	if err != nil {
		return err
	}
	f, _, err := p.pastFilter(c)
	if err != nil {
		return err
	}
	found, _, err := p.svc.Past(c.UserContext(), t, a, f)
	if err != nil {
		return err
	}
	var head []string
	for _, column := range append(pastColumns, "note") {
		head = append(head, word("videocall.past."+column))
	}
	rows := [][]string{head}
	for _, one := range found {
		row := append(cells(one), one.Note)
		row[0] = civil.Of(one.At).String() + " " + one.At.Format("15:04")
		for i := range row {
			row[i] = plain(row[i])
		}
		rows = append(rows, row)
	}
	return sendCSV(c, "colloqui-"+f.First.String()+"-"+f.Last.String(), rows)
}
