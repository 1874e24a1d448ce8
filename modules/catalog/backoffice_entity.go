package catalog

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// postException adds an exception: of the office in the path, or of all offices.
func (s *Service) postException(c *fiber.Ctx) error {
	v := posted(c)
	e := Exception{Closed: v.Get("kind") != "open", Reason: v.Get("reason"), Operators: whole(v, "operators")}
	back := pathOffices
	if c.Params("id") != "" {
		office, err := param[Office](c, "id")
		if err != nil {
			return err
		}
		e.OfficeID, back = &office, pathOffices+"/"+office.String()
	}
	e.Date, _ = civil.ParseDate(v.Get("date")) // no day is refused below
	if !e.Closed {
		var errFrom, errTo error
		e.From, errFrom = parseClock(v.Get("from"))
		e.To, errTo = parseEnd(v.Get("to"))
		if errFrom != nil || errTo != nil {
			e.From, e.To = 1, 0 // refused as hours that end before they begin
		}
		if v.Get("operators") == "" {
			e.Operators = 1
		}
	}
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		_, err := s.AddException(ctx, tx, who(c), e)
		return err
	})
	switch {
	case err != nil && e.OfficeID != nil:
		return s.renderOffice(c, refusedForms{exception: v, err: err})
	case err != nil:
		return s.renderOffices(c, v, err)
	}
	return c.Redirect(back+"?esito=exception_added#chiusure", fiber.StatusSeeOther)
}

// postExceptionUndo takes an exception back. One that is gone already is as it should be.
func (s *Service) postExceptionUndo(c *fiber.Ctx) error {
	exception, err := param[Exception](c, "id")
	if err != nil {
		return err
	}
	err = s.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		_, err := s.RemoveException(ctx, tx, who(c), exception)
		return err
	})
	if errors.Is(err, problem.NotFound) { // a second click, mostly: the list says how things stand
		return s.renderOffices(c, nil, problem.New(problem.NotFound, "catalog.exception_gone"))
	}
	if err != nil {
		return err
	}
	back := pathOffices
	if office, err := id.Parse[Office](posted(c).Get("office")); err == nil {
		back += "/" + office.String()
	}
	return c.Redirect(back+"?esito=exception_removed#chiusure", fiber.StatusSeeOther)
}

// EntityFormView is the Data of catalog/ente.
type EntityFormView struct {
	Version  string
	Sections []FormSection
	All      []form.Field
}

func entityValues(e Entity) url.Values {
	v := url.Values{
		"version": {strconv.Itoa(e.Version)}, "name": {e.Name}, "ipa_code": {e.IPACode}, "region": {e.Region}, "street": {e.Street},
		"postal_code": {e.PostalCode}, "locality": {e.Locality}, "province": {e.Province}, "phone": {e.Phone}, "email": {e.Email},
		"pec": {e.PEC}, "fiscal_code": {e.FiscalCode}, "patron_name": {e.PatronName}, "early_minutes": {strconv.Itoa(e.EarlyMinutes)},
		"late_minutes": {strconv.Itoa(e.LateMinutes)}, "privacy_notice": {e.PrivacyNotice}, "privacy_url": {e.PrivacyURL},
		"accessibility_url": {e.AccessibilityURL}, "reminder_hours": {hoursText(e.ReminderHours)},
		"open_limit": {orNothing(e.OpenLimit)}, "return_minutes": {orNothing(e.ReturnMinutes)}, "patience_minutes": {orNothing(e.PatienceMinutes)},
		"ready_texts": {strings.Join(e.ReadyTexts, "\n")},
	}
	if e.AskRating {
		v.Set("ask_rating", "true")
	}
	if e.PatronDay > 0 {
		v.Set("patron_day", strconv.Itoa(e.PatronDay))
		v.Set("patron_month", strconv.Itoa(e.PatronMonth))
	}
	return v
}

// hoursText writes hours as people type them: "24, 2".
func hoursText(hours []int) string {
	texts := make([]string, len(hours))
	for i, h := range hours {
		texts[i] = strconv.Itoa(h)
	}
	return strings.Join(texts, ", ")
}

// hoursOf reads them; what is no number becomes one that no reminder may have.
func hoursOf(typed string) (hours []int) {
	for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune(",; ", r) }) {
		h, err := strconv.Atoi(word)
		if err != nil {
			h = -1
		}
		hours = append(hours, h)
	}
	return hours
}

func entityOf(v url.Values) Entity {
	return Entity{
		Version: whole(v, "version"), Name: v.Get("name"), IPACode: v.Get("ipa_code"), Region: v.Get("region"), Street: v.Get("street"),
		PostalCode: v.Get("postal_code"), Locality: v.Get("locality"), Province: v.Get("province"), Phone: v.Get("phone"),
		Email: v.Get("email"), PEC: v.Get("pec"), FiscalCode: v.Get("fiscal_code"), PatronName: v.Get("patron_name"),
		PatronDay: wholeOr(v, "patron_day", 0), PatronMonth: wholeOr(v, "patron_month", 0), EarlyMinutes: whole(v, "early_minutes"),
		LateMinutes: whole(v, "late_minutes"), PrivacyNotice: v.Get("privacy_notice"), PrivacyURL: v.Get("privacy_url"),
		AccessibilityURL: v.Get("accessibility_url"), ReminderHours: hoursOf(v.Get("reminder_hours")),
		OpenLimit: wholeOr(v, "open_limit", 0), ReturnMinutes: wholeOr(v, "return_minutes", 0),
		PatienceMinutes: wholeOr(v, "patience_minutes", 0), AskRating: v.Get("ask_rating") == "true",
		ReadyTexts: strings.Split(tidy(v.Get("ready_texts")), "\n"),
	}
}

func entitySections(v url.Values) []FormSection {
	field := func(name, kind string, limit int) form.Field {
		f := form.Field{Name: name, Label: text("catalog.entity." + name), Type: kind, Value: v.Get(name), MaxLength: limit}
		if key := "catalog.entity_hint." + name; hasText(key) {
			f.Hint = text(key)
		}
		return f
	}
	name := field("name", "text", 120)
	name.Required = true
	day := field("patron_day", "number", 0)
	day.InputMode = "numeric"
	month := field("patron_month", "select", 0)
	month.Options = []form.Option{{Value: "", Label: text("catalog.choose")}}
	for m := 1; m <= 12; m++ {
		value := strconv.Itoa(m)
		month.Options = append(month.Options, form.Option{Value: value, Label: text("catalog.month." + value), Selected: v.Get("patron_month") == value})
	}
	minutes := func(name string) form.Field {
		f := field(name, "number", 0)
		f.Required, f.InputMode = true, "numeric"
		return f
	}
	optional := func(name string) form.Field {
		f := field(name, "number", 0)
		f.InputMode = "numeric"
		return f
	}
	notice := field("privacy_notice", "textarea", 4000)
	notice.Rows = 6
	texts := field("ready_texts", "textarea", 4500)
	texts.Rows = 6
	section := func(key string, fields ...form.Field) FormSection {
		return FormSection{Title: text("catalog.entity_section." + key), Text: text("catalog.entity_section_text." + key), Fields: fields}
	}
	return []FormSection{
		section("name", name, field("region", "text", 80), field("ipa_code", "text", 40), field("fiscal_code", "text", 11)),
		section("contacts", field("street", "text", 160), field("postal_code", "text", 5), field("locality", "text", 80),
			field("province", "text", 2), field("phone", "tel", 40), field("email", "email", 254), field("pec", "email", 254)),
		section("patron", field("patron_name", "text", 80), day, month),
		section("lateness", minutes("early_minutes"), minutes("late_minutes")),
		section("fairness", optional("open_limit"), optional("return_minutes")),
		section("desk", optional("patience_minutes"), texts),
		section("reminders", field("reminder_hours", "text", 40), field("ask_rating", "checkbox", 0)),
		section("privacy", notice, field("privacy_url", "url", 500), field("accessibility_url", "url", 500)),
	}
}

func (s *Service) showEntity(c *fiber.Ctx) error { return s.renderEntity(c, nil, nil) }

func (s *Service) postEntity(c *fiber.Ctx) error {
	v := posted(c)
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) error { return s.SaveEntity(ctx, tx, who(c), entityOf(v)) })
	if err != nil {
		return s.renderEntity(c, v, err)
	}
	return c.Redirect(pathEntity+"?esito=entity_saved", fiber.StatusSeeOther)
}

func (s *Service) renderEntity(c *fiber.Ctx, v url.Values, problemOf error) error {
	var e Entity
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		e, err = s.Entity(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	fresh := entityValues(e)
	if v == nil {
		v = fresh
	}
	view := EntityFormView{Version: v.Get("version"), Sections: entitySections(v)}
	if problem.From(problemOf).Code == errEdited.Code {
		view.Version = fresh.Get("version")
	}
	for i := range view.Sections {
		form.Blame(view.Sections[i].Fields, problemOf)
		view.All = append(view.All, view.Sections[i].Fields...)
	}
	page := web.Page{Title: text("catalog.entity"), Breadcrumb: officeCrumbs(), Notice: done(c), Data: view}
	if problemOf != nil {
		return redone(c, problemOf, "catalog/ente", page, view.All)
	}
	return web.Render(c, fiber.StatusOK, "catalog/ente", page)
}
