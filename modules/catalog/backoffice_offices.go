package catalog

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// OfficeRow is one line of the list of offices.
type OfficeRow struct {
	Name, Href string
	Active     bool
	Hours      []DayHours
}

// OfficeListView is the Data of catalog/uffici.
type OfficeListView struct {
	Rows     []OfficeRow
	Calendar CalendarView // of all offices
	Holidays []HolidayRow
}

// HolidayRow is a day on which everything is closed by itself.
type HolidayRow struct {
	Date time.Time
	Name string
}

// OfficeFormView is the Data of catalog/ufficio.
type OfficeFormView struct {
	Office   *Office // nil for a new one
	Version  string
	Fields   []form.Field
	Week     []WeekRow
	HoursAny bool // something is wrong with the hours
	Calendar CalendarView
	Next     []NextDay
}

// NextDay says when the office answers on one of the next days.
type NextDay struct {
	Date  time.Time
	Hours string // empty when it is closed
	Why   string // when it is closed by a holiday or an exception
}

func (s *Service) showOffices(c *fiber.Ctx) error { return s.renderOffices(c, nil, nil) }

// renderOffices draws the list; v and problemOf are of an exception for all offices that was refused.
func (s *Service) renderOffices(c *fiber.Ctx, v url.Values, problemOf error) error {
	var view OfficeListView
	today := civil.Of(s.db.Clock().Now().In(rome))
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		offices, err := s.Offices(ctx, tx)
		if err != nil {
			return err
		}
		hours, err := tenant.All[officeHours](ctx, tx, sqlAllHours)
		if err != nil {
			return err
		}
		for _, o := range offices {
			row := OfficeRow{Name: o.Name, Href: pathOffices + "/" + o.ID.String(), Active: o.Active}
			var mine []Hours
			for _, h := range hours {
				if h.OfficeID == o.ID {
					mine = append(mine, Hours{Weekday: h.Weekday, From: h.From, To: h.To, Operators: h.Operators})
				}
			}
			row.Hours = week(i18n.Italian, mine)
			view.Rows = append(view.Rows, row)
		}
		all, err := s.EntityExceptions(ctx, tx, today, today.AddDays(2*366))
		if err != nil {
			return err
		}
		var ids []OfficeID
		for _, o := range offices {
			ids = append(ids, o.ID)
		}
		booked, err := s.touched(ctx, tx, who(c), all, ids)
		if err != nil {
			return err
		}
		view.Calendar = calendarView(pathOffices+"/chiusure", "", all, booked, v, problemOf)
		e, err := s.Entity(ctx, tx)
		view.Holidays = nextHolidays(today, e.Patron())
		return err
	})
	if err != nil {
		return err
	}
	page := web.Page{Title: text("catalog.offices"), Breadcrumb: officeCrumbs(), Notice: done(c), Data: view}
	if problemOf != nil {
		return redone(c, problemOf, "catalog/uffici", page, view.Calendar.Fields)
	}
	return web.Render(c, fiber.StatusOK, "catalog/uffici", page)
}

// nextHolidays are those of the coming twelve months.
func nextHolidays(today civil.Date, patron Patron) (out []HolidayRow) {
	for _, year := range []int{today.Year, today.Year + 1} {
		for _, h := range Holidays(year, patron) {
			if h.Date.Before(today) || !h.Date.Before(today.AddDays(365)) {
				continue
			}
			out = append(out, HolidayRow{Date: h.Date.Start(rome), Name: holidayName(h)})
		}
	}
	return out
}

func holidayName(h Holiday) string {
	if h.Name != "" {
		return h.Name
	}
	return text("catalog.holiday." + h.Code)
}

func officeValues(o Office) url.Values {
	v := url.Values{
		"version": {strconv.Itoa(o.Version)}, "name": {o.Name}, "description": {o.Description}, "address": {o.Address},
		"phone": {o.Phone}, "email": {o.Email},
	}
	if o.Active {
		v.Set("active", "true")
	}
	return v
}

func officeOf(v url.Values) Office {
	return Office{
		Version: whole(v, "version"), Name: v.Get("name"), Description: v.Get("description"), Address: v.Get("address"),
		Phone: v.Get("phone"), Email: v.Get("email"), Active: v.Get("active") == "true",
	}
}

func officeFields(v url.Values, isNew bool) []form.Field {
	fields := []form.Field{
		{Name: "name", Label: text("catalog.office.name"), Hint: text("catalog.office.name_hint"), Type: "text", Value: v.Get("name"), Required: true, MaxLength: 100},
		{Name: "description", Label: text("catalog.office.description"), Type: "textarea", Rows: 3, Value: v.Get("description"), MaxLength: 2000},
		{Name: "address", Label: text("catalog.office.address"), Type: "text", Value: v.Get("address"), MaxLength: 200},
		{Name: "phone", Label: text("catalog.office.phone"), Type: "tel", Value: v.Get("phone"), MaxLength: 40},
		{Name: "email", Label: text("catalog.office.email"), Type: "email", Value: v.Get("email"), MaxLength: 254},
	}
	if !isNew {
		fields = append(fields, form.Field{
			Name: "active", Label: text("catalog.office.active"), Hint: text("catalog.office.active_hint"), Type: "checkbox", Value: v.Get("active"),
		})
	}
	return fields
}

func (s *Service) showOfficeNew(c *fiber.Ctx) error {
	return web.Render(c, fiber.StatusOK, "catalog/ufficio", officeNewPage(url.Values{}, nil))
}

func officeNewPage(v url.Values, problemOf error) web.Page {
	return web.Page{
		Title: text("catalog.office_new"), Breadcrumb: officeCrumbs(web.Crumb{Text: text("catalog.offices"), Href: pathOffices}),
		Data: OfficeFormView{Fields: form.Blame(officeFields(v, true), problemOf)},
	}
}

func (s *Service) postOfficeNew(c *fiber.Ctx) error {
	v := posted(c)
	var made Office
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		made, err = s.CreateOffice(ctx, tx, who(c), officeOf(v))
		return err
	})
	if err != nil {
		page := officeNewPage(v, err)
		return redone(c, err, "catalog/ufficio", page, page.Data.(OfficeFormView).Fields)
	}
	return c.Redirect(pathOffices+"/"+made.ID.String()+"?esito=office_created", fiber.StatusSeeOther)
}

func (s *Service) showOffice(c *fiber.Ctx) error { return s.renderOffice(c, refusedForms{}) }

func (s *Service) postOffice(c *fiber.Ctx) error {
	office, err := param[Office](c, "id")
	if err != nil {
		return err
	}
	v := posted(c)
	err = s.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		in := officeOf(v)
		in.ID = office
		return s.UpdateOffice(ctx, tx, who(c), in)
	})
	if err != nil {
		return s.renderOffice(c, refusedForms{office: v, err: err})
	}
	return c.Redirect(c.Path()+"?esito=office_saved", fiber.StatusSeeOther)
}

func (s *Service) postHours(c *fiber.Ctx) error {
	office, err := param[Office](c, "id")
	if err != nil {
		return err
	}
	v := posted(c)
	hours, places, err := readWeek(v)
	if err == nil {
		err = s.in(c, func(ctx context.Context, tx *tenant.Tx) error {
			return s.SaveHours(ctx, tx, who(c), office, whole(v, "version"), hours)
		})
	}
	if err != nil {
		return s.renderOffice(c, refusedForms{week: v, places: places, err: err})
	}
	return c.Redirect(pathOffices+"/"+office.String()+"?esito=hours_saved", fiber.StatusSeeOther)
}

// refusedForms is what was typed into the one form of the page of an office that was refused.
type refusedForms struct {
	office, week, exception url.Values
	places                  []string // for each of the week's windows the name of its inputs
	err                     error
}

func (s *Service) renderOffice(c *fiber.Ctx, r refusedForms) error {
	office, err := param[Office](c, "id")
	if err != nil {
		return err
	}
	var o Office
	var cal Calendar
	var booked map[ExceptionID][]Booked
	today := civil.Of(s.db.Clock().Now().In(rome))
	err = s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		if o, err = s.Office(ctx, tx, office); err != nil {
			return err
		}
		if cal.Hours, err = s.OfficeHours(ctx, tx, office); err != nil {
			return err
		}
		if cal.Exceptions, err = s.Exceptions(ctx, tx, office, today, today.AddDays(2*366)); err != nil {
			return err
		}
		if booked, err = s.touched(ctx, tx, who(c), cal.Exceptions, []OfficeID{office}); err != nil {
			return err
		}
		e, err := s.Entity(ctx, tx)
		cal.Patron = e.Patron()
		return err
	})
	if err != nil {
		return err
	}
	view := OfficeFormView{Office: &o, Version: strconv.Itoa(o.Version)}
	values := officeValues(o)
	if r.office != nil {
		values = r.office
		if problem.From(r.err).Code != errEdited.Code {
			view.Version = r.office.Get("version")
		}
		view.Fields = form.Blame(officeFields(values, false), r.err)
	} else {
		view.Fields = officeFields(values, false)
	}
	view.Week = weekRows(cal.Hours, r.week)
	if r.week != nil {
		if problem.From(r.err).Code != errEdited.Code {
			view.Version = r.week.Get("version")
		}
		view.HoursAny = blameWeek(view.Week, r.places, r.err)
	}
	view.Calendar = calendarView(pathOffices+"/"+o.ID.String()+"/chiusure", o.ID.String(), cal.Exceptions, booked, r.exception, onlyIf(r.exception != nil, r.err))
	view.Next = nextDays(cal, today, o.Active)
	page := web.Page{
		Title: o.Name, Breadcrumb: officeCrumbs(web.Crumb{Text: text("catalog.offices"), Href: pathOffices}), Notice: done(c), Data: view,
	}
	if r.err != nil {
		all := append(append([]form.Field{}, view.Fields...), view.Calendar.Fields...)
		if view.HoursAny {
			all = append(all, form.Field{Error: text("problem.catalog.hours_invalid")})
		}
		return redone(c, r.err, "catalog/ufficio", page, all)
	}
	return web.Render(c, fiber.StatusOK, "catalog/ufficio", page)
}

func onlyIf(yes bool, err error) error {
	if yes {
		return err
	}
	return nil
}

// nextDays says when the office answers on the coming fourteen days.
func nextDays(cal Calendar, today civil.Date, active bool) (out []NextDay) {
	if !active {
		return nil
	}
	for i := range 14 {
		date := today.AddDays(i)
		day := NextDay{Date: date.Start(rome)}
		for j, w := range cal.Windows(date) {
			if j > 0 {
				day.Hours += ", "
			}
			day.Hours += w.From.Format("15:04") + "–" + endOf(w.To, date)
		}
		if ex := cal.exceptionsOn(date); len(ex) > 0 {
			day.Why = ex[0].Reason
			if day.Why == "" {
				day.Why = text("catalog.exceptional")
			}
		} else if h, ok := HolidayOn(date, cal.Patron); ok {
			day.Why = holidayName(h)
		}
		out = append(out, day)
	}
	return out
}

func endOf(t time.Time, date civil.Date) string {
	if civil.Of(t) != date {
		return civil.EndOfDay.String()
	}
	return t.Format("15:04")
}
