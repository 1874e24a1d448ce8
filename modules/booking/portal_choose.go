package booking

import (
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// placeView is the Data of booking/luogo.
type placeView struct {
	Steps   *web.Steps // nil when an appointment is moved
	Moving  *View
	Service catalog.Sheet
	Action  string // of the form, which is sent by GET
	Hidden  []form.Field
	Office  form.Field
	Place   form.Field
	Fields  []form.Field // both, for the summary of errors
	None    bool         // no kiosk offers the service now
}

func (p *Portal) showPlace(c *fiber.Ctx) error { return p.place(c, nil) }

// place draws the first step. wrong is what the second step found missing.
func (p *Portal) place(c *fiber.Ctx, wrong error) error {
	var v placeView
	err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		a, sheet, err := p.lookup(ctx, c, tx)
		if err != nil {
			return err
		}
		if a, err = p.chosenBefore(ctx, tx, sheet, a); err != nil {
			return err
		}
		v, err = p.placeView(ctx, tx, sheet, a, wrong)
		st := steps(i18n.From(ctx), 1)
		v.Steps, v.Action = &st, "/prenota/data-orario"
		v.Hidden = hidden("servizio", a.Service, "prenotazione", a.Token)
		return err
	})
	if err != nil {
		return err
	}
	return p.render(c, wrong, "booking/luogo", web.Page{Title: label(spoken(c), "booking.title_place"), Data: v})
}

func (p *Portal) placeView(ctx context.Context, tx *tenant.Tx, sheet catalog.Sheet, a asked, wrong error) (placeView, error) {
	v, lang := placeView{Service: sheet}, i18n.From(ctx)
	offices, err := p.offices(ctx, tx, sheet)
	if err != nil {
		return v, err
	}
	v.Office = form.Field{Name: "office-choice", Label: label(lang, "booking.office"), Hint: label(lang, "booking.office_hint"), Type: "select", Required: true}
	if len(offices) > 1 {
		v.Office.Options = append(v.Office.Options, form.Option{Label: label(lang, "booking.office_choose"), Selected: a.Office.IsZero()})
	}
	v.Place = form.Field{Name: "postazione", Label: label(lang, "booking.place"), Hint: label(lang, "booking.place_hint"), Type: "radio", Required: true}
	first := map[counters.KioskID]*Slot{}
	var order []Place
	for _, o := range offices {
		v.Office.Options = append(v.Office.Options, form.Option{
			Value: o.ID.String(), Label: o.Name, Selected: o.ID == a.Office || len(offices) == 1,
		})
		if !a.Office.IsZero() && a.Office != o.ID {
			continue // the first times are those of the chosen office
		}
		places, err := p.svc.Places(ctx, tx, sheet, o.ID)
		if err != nil {
			return v, err
		}
		for _, pl := range places {
			was, seen := first[pl.Kiosk.ID]
			if !seen {
				order = append(order, pl)
			}
			if !seen || was == nil || (pl.First != nil && pl.First.Start.Before(was.Start)) {
				first[pl.Kiosk.ID] = pl.First
			}
		}
	}
	for _, pl := range order {
		v.Place.Options = append(v.Place.Options, placeOption(lang, pl.Kiosk, first[pl.Kiosk.ID], a.Kiosk))
	}
	v.None = len(order) == 0
	both := form.BlameIn(lang, []form.Field{v.Office, v.Place}, wrong)
	v.Office, v.Place, v.Fields = both[0], both[1], both
	return v, nil
}

func placeOption(lang string, k counters.Kiosk, first *Slot, chosen counters.KioskID) form.Option {
	note := k.Place + ", " + k.Address
	if first == nil {
		note += ". " + label(lang, "booking.none_free")
	} else {
		note += ". " + label(lang, "booking.first_free", "when", When(lang, first.Start))
	}
	if k.Accessible {
		note += ". " + label(lang, "booking.accessible")
	}
	return form.Option{Value: k.ID.String(), Label: k.Name, Note: note, Selected: k.ID == chosen, Disabled: first == nil}
}

// offices are those that answer for the service, by name.
func (p *Portal) offices(ctx context.Context, tx *tenant.Tx, sheet catalog.Sheet) ([]catalog.Office, error) {
	all, err := p.svc.Catalog.Offices(ctx, tx)
	return slices.DeleteFunc(all, func(o catalog.Office) bool {
		return !o.Active || !slices.Contains(sheet.OfficeIDs, o.ID)
	}), err
}

// chosen checks the first step; the fields are those of its form.
func chosen(sheet catalog.Sheet, a asked) error {
	e := problem.New(problem.Invalid, "form.invalid")
	if a.Office.IsZero() || !slices.Contains(sheet.OfficeIDs, a.Office) {
		e = e.WithField("office-choice", "booking.choose_office")
	}
	if a.Kiosk.IsZero() {
		e = e.WithField("postazione", "booking.choose_place")
	}
	return orNil(e)
}

// timeView is the Data of booking/orario.
type timeView struct {
	Steps   *web.Steps // nil when an appointment is moved
	Moving  *View
	Service catalog.Sheet
	Office  catalog.Office
	Kiosk   counters.Kiosk
	Show    string // where another month is asked for, by GET
	Action  string // where the choice goes
	Method  string // of the choice: post, or get when an appointment is moved
	Hidden  []form.Field
	Month   form.Field
	Days    []dayLink
	Slots   form.Field
	Fields  []form.Field // for the summary of errors
	Day     time.Time
	Offered form.Field // the next free times, when the chosen one was taken
	None    bool
	Back    string
}

type dayLink struct {
	Text    string // lun 23
	More    string // novembre: for screen readers
	Href    string
	Current bool
}

func (p *Portal) showTime(c *fiber.Ctx) error {
	var a asked
	var sheet catalog.Sheet
	if err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		var err error
		a, sheet, err = p.lookup(ctx, c, tx)
		return err
	}); err != nil {
		return err
	}
	if wrong := chosen(sheet, a); wrong != nil {
		return p.place(c, wrong)
	}
	return p.time(c, sheet, a, nil)
}

// time draws the second step. wrong is why the choice could not be taken.
func (p *Portal) time(c *fiber.Ctx, sheet catalog.Sheet, a asked, wrong error) error {
	var v timeView
	err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		var err error
		if a.own, err = p.own(ctx, tx, sheet, a); err != nil {
			return err
		}
		v, err = p.timeView(ctx, tx, sheet, a, "/prenota/data-orario", wrong)
		st := steps(i18n.From(ctx), 2)
		v.Steps, v.Action, v.Method, v.Back = &st, "/prenota/data-orario", "post", a.with("/prenota/luogo")
		return err
	})
	if err != nil {
		return err
	}
	return p.render(c, wrong, "booking/orario", web.Page{Title: label(spoken(c), "booking.title_time"), Data: v})
}

func (p *Portal) timeView(ctx context.Context, tx *tenant.Tx, sheet catalog.Sheet, a asked, show string, wrong error) (timeView, error) {
	v, lang := timeView{Service: sheet, Show: show}, i18n.From(ctx)
	var err error
	if v.Office, err = p.svc.Catalog.Office(ctx, tx, a.Office); err != nil {
		return v, err
	}
	if v.Kiosk, err = p.svc.Counters.Kiosk(ctx, tx, a.Kiosk); err != nil {
		return v, err
	}
	first, last := Horizon(tx.Now())
	free, err := p.svc.Availability(ctx, tx, sheet.ID, a.Office, a.Kiosk, first, last)
	if err != nil {
		return v, err
	}
	v.Hidden = hidden("servizio", a.Service, "office-choice", a.Office.String(), "postazione", a.Kiosk.String(), "prenotazione", a.Token)
	if o := a.own; o != nil && o.OfficeID == a.Office && o.KioskID == a.Kiosk {
		free = with(free, Slot{Start: o.StartsAt, End: o.EndsAt})
		if a.Day == "" && a.Month == "" {
			a.Day = civil.Of(o.StartsAt.In(clock.Rome)).String()
		}
		if a.Start == "" {
			a.Start = o.StartsAt.UTC().Format(time.RFC3339)
		}
	}
	v.None = len(free) == 0
	v.fill(lang, free, a, show)
	if offered, ok := problem.From(wrong).Data.(Alternatives); ok {
		v.Offered = form.Field{Name: "inizio", Label: label(lang, "booking.next_free"), Type: "radio", Required: true}
		for _, s := range offered.Slots {
			v.Offered.Options = append(v.Offered.Options, form.Option{Value: s.Start.UTC().Format(time.RFC3339), Label: When(lang, s.Start)})
		}
	}
	v.Fields = form.BlameIn(lang, []form.Field{v.Slots}, wrong)
	v.Slots = v.Fields[0]
	return v, nil
}

// fill chooses the month and the day that are shown and lists their times.
func (v *timeView) fill(lang string, free []Slot, a asked, show string) {
	v.Month = form.Field{Name: "appointment", Label: label(lang, "booking.month"), Type: "select"}
	v.Slots = form.Field{Name: "inizio", Label: label(lang, "booking.times"), Type: "radio", Required: true}
	calendar := i18n.CalendarOf(lang)
	month, day := pick(free, a)
	var lastMonth string
	var lastDay civil.Date
	for _, s := range free {
		at := s.Start.In(clock.Rome)
		if m := at.Format("2006-01"); m != lastMonth {
			lastMonth = m
			v.Month.Options = append(v.Month.Options, form.Option{Value: m, Label: calendar.MonthYear(at), Selected: m == month})
		}
		if lastMonth != month {
			continue
		}
		d := civil.Of(at)
		if d != lastDay {
			lastDay = d
			v.Days = append(v.Days, dayLink{
				Text: calendar.ShortWeekday(at) + " " + calendar.Day(at), More: calendar.Month(at), Current: d == day,
				Href: a.with(show, "appointment", month, "giorno", d.String()) + "#orari",
			})
		}
		if d == day {
			v.Day = at
			value := s.Start.UTC().Format(time.RFC3339)
			v.Slots.Options = append(v.Slots.Options, form.Option{Value: value, Label: Clock(lang, s.Start), Selected: value == a.Start})
		}
	}
}

// pick is the month and the day that were asked for, else the first that have a free time.
func pick(free []Slot, a asked) (month string, day civil.Date) {
	if len(free) == 0 {
		return "", civil.Date{}
	}
	want, _ := civil.ParseDate(a.Day)
	for _, s := range free {
		at := s.Start.In(clock.Rome)
		switch {
		case civil.Of(at) == want && (a.Month == "" || at.Format("2006-01") == a.Month):
			return at.Format("2006-01"), want
		case month == "" && at.Format("2006-01") == a.Month:
			month, day = a.Month, civil.Of(at)
		}
	}
	if month == "" {
		at := free[0].Start.In(clock.Rome)
		month, day = at.Format("2006-01"), civil.Of(at)
	}
	return month, day
}

// own is the time that this very booking holds now, or nil: to everybody else it is taken, to its citizen it is chosen.
func (p *Portal) own(ctx context.Context, tx *tenant.Tx, sheet catalog.Sheet, a asked) (*Appointment, error) {
	id, err := p.svc.Keys.ParseHoldToken(tx.Tenant().Key, a.Token)
	if err != nil {
		return nil, nil //nolint:nilerr // a token that is none holds nothing
	}
	held, err := read(ctx, tx, id)
	switch {
	case notFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	case held.State != Held || held.Lapsed(tx.Now()) || held.ServiceID != sheet.ID:
		return nil, nil
	}
	return &held, nil
}

// chosenBefore fills in the office and the place of a booking that was already further on: its citizen came back.
func (p *Portal) chosenBefore(ctx context.Context, tx *tenant.Tx, sheet catalog.Sheet, a asked) (asked, error) {
	held, err := p.own(ctx, tx, sheet, a)
	if err == nil && held != nil && a.Office.IsZero() && a.Kiosk.IsZero() {
		a.Office, a.Kiosk = held.OfficeID, held.KioskID
	}
	return a, err
}

// with puts a slot among others at its place in time.
func with(free []Slot, s Slot) []Slot {
	i, there := slices.BinarySearchFunc(free, s, func(a, b Slot) int { return a.Start.Compare(b.Start) })
	if there {
		return free
	}
	return slices.Insert(slices.Clone(free), i, s)
}

// start reads the chosen time.
func (a asked) start() (time.Time, error) {
	t, err := time.Parse(time.RFC3339, a.Start)
	if a.Start == "" || err != nil {
		return t, problem.New(problem.Invalid, "form.invalid").WithField("inizio", "booking.choose_time")
	}
	return t, nil
}

func (p *Portal) postTime(c *fiber.Ctx) error {
	t, err := entity(c)
	if err != nil {
		return err
	}
	var a asked
	var sheet catalog.Sheet
	if err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		a, sheet, err = p.lookup(ctx, c, tx)
		return err
	}); err != nil {
		return err
	}
	if wrong := chosen(sheet, a); wrong != nil {
		return p.place(c, wrong)
	}
	start, err := a.start()
	if err != nil {
		return p.time(c, sheet, a, err)
	}
	if err := p.allowHold(c); err != nil {
		return p.time(c, sheet, a, err)
	}
	held, err := p.svc.Hold(c.UserContext(), t, a.Token, Choice{Service: sheet.ID, Office: a.Office, Kiosk: a.Kiosk, Start: start})
	switch {
	case err == nil:
	case problem.From(err).Code == "booking.already_confirmed":
		return p.toAppointment(c, t, a.Token)
	case problem.From(err).Code == "booking.cancelled": // the wizard of a booking that is off: a new one
		return c.Redirect("/prenota?servizio="+a.Service, fiber.StatusSeeOther)
	case shown(err):
		return p.time(c, sheet, a, err)
	default:
		return err
	}
	if ready(held) == nil { // chosen again: nothing is asked twice
		return c.Redirect("/prenota/"+a.Token+"/riepilogo", fiber.StatusSeeOther)
	}
	return c.Redirect("/prenota/"+a.Token+"/dettagli", fiber.StatusSeeOther)
}

// toAppointment leads from a finished wizard to the appointment that came of it.
func (p *Portal) toAppointment(c *fiber.Ctx, t tenant.Tenant, token string) error {
	a, err := p.svc.Keys.ParseHoldToken(t.Key, token)
	if err != nil {
		return err
	}
	return c.Redirect("/appuntamento/"+p.svc.Keys.ManageToken(t.Key, a), fiber.StatusSeeOther)
}
