package catalog

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
)

// valuesOf is a service as its form shows it.
func valuesOf(s Sheet) url.Values {
	v := url.Values{
		"version": {strconv.Itoa(s.Version)}, "title": {s.Title}, "subtitle": {s.Subtitle}, "short_description": {s.ShortDescription},
		"description": {s.Description}, "addressed_to": {s.AddressedTo}, "how_to": {s.HowTo}, "needed_intro": {s.NeededIntro},
		"needed": {strings.Join(s.Needed, "\n")}, "achieved": {s.Achieved}, "times": {s.Times}, "costs": {s.Costs},
		"conditions": {s.Conditions}, "special_cases": {s.SpecialCases}, "further_info": {s.FurtherInfo}, "category": {s.Category},
		"topics": s.Topics, "duration_minutes": {strconv.Itoa(s.DurationMinutes)},
		"notice_hours": {orNothing(s.NoticeHours)}, "horizon_days": {orNothing(s.HorizonDays)}, "online_url": {s.OnlineURL},
		"external_url": {s.ExternalURL}, "external_body": {s.ExternalBody},
	}
	if s.RemoteCounter {
		v.Set("remote_counter", "true")
	}
	if s.WalkIn {
		v.Set("walk_in", "true")
	}
	if s.OwnDevice {
		v.Set("own_device", "true")
	}
	if s.LateMinutes != nil {
		v.Set("late_minutes", strconv.Itoa(*s.LateMinutes))
	}
	if s.ResponsibleID != nil {
		v.Set("responsible", s.ResponsibleID.String())
	}
	for _, o := range s.OfficeIDs {
		v.Add("offices", o.String())
	}
	return v
}

// sheetOf reads the form of a service. An office that is none becomes the zero identifier, which is refused.
func sheetOf(v url.Values) Sheet {
	s := Sheet{
		Version: whole(v, "version"), Title: v.Get("title"), Subtitle: v.Get("subtitle"), ShortDescription: v.Get("short_description"),
		Description: v.Get("description"), AddressedTo: v.Get("addressed_to"), HowTo: v.Get("how_to"), NeededIntro: v.Get("needed_intro"),
		Needed: strings.Split(tidy(v.Get("needed")), "\n"), Achieved: v.Get("achieved"), Times: v.Get("times"), Costs: v.Get("costs"),
		Conditions: v.Get("conditions"), SpecialCases: v.Get("special_cases"), FurtherInfo: v.Get("further_info"), Category: v.Get("category"),
		Topics: v["topics"], RemoteCounter: v.Get("remote_counter") == "true", WalkIn: v.Get("walk_in") == "true", OwnDevice: v.Get("own_device") == "true",
		DurationMinutes: whole(v, "duration_minutes"),
		NoticeHours:     wholeOr(v, "notice_hours", 0), HorizonDays: wholeOr(v, "horizon_days", 0), LateMinutes: wholeIf(v, "late_minutes"),
		OnlineURL: v.Get("online_url"), ExternalURL: v.Get("external_url"), ExternalBody: v.Get("external_body"),
	}
	if r := v.Get("responsible"); r != "" {
		o, _ := id.Parse[Office](r)
		s.ResponsibleID = &o
	}
	for _, o := range v["offices"] {
		parsed, _ := id.Parse[Office](o)
		s.OfficeIDs = append(s.OfficeIDs, parsed)
	}
	return s
}

// sheetSections draws the form of a service with the values as typed.
func sheetSections(v url.Values, offices []Office) []FormSection {
	field := func(name, kind string, limit int) form.Field {
		f := form.Field{Name: name, Label: text("catalog.field." + name), Type: kind, Value: v.Get(name), MaxLength: limit}
		if key := "catalog.hint." + name; i18n.Has(key) {
			f.Hint = text(key)
		}
		return f
	}
	need := func(f form.Field) form.Field { f.Required = true; return f }
	line := func(name string, limit int) form.Field { return field(name, "text", limit) }
	area := func(name string, rows int) form.Field {
		f := field(name, "textarea", maxLong)
		f.Rows = rows
		return f
	}
	category := need(field("category", "select", 0))
	category.Options = []form.Option{{Value: "", Label: text("catalog.choose")}}
	for _, c := range categories {
		category.Options = append(category.Options, form.Option{Value: c.Slug, Label: c.Title, Selected: v.Get("category") == c.Slug})
	}
	topicBox := need(field("topics", "checkbox", 0))
	for _, t := range topics {
		topicBox.Options = append(topicBox.Options, form.Option{Value: t.Slug, Label: t.Title, Selected: slices.Contains(v["topics"], t.Slug)})
	}
	responsible, answering := need(field("responsible", "select", 0)), field("offices", "checkbox", 0)
	responsible.Options = []form.Option{{Value: "", Label: text("catalog.choose")}}
	for _, o := range offices {
		key := o.ID.String()
		if o.Active || v.Get("responsible") == key {
			responsible.Options = append(responsible.Options, form.Option{Value: key, Label: o.Name, Selected: v.Get("responsible") == key})
		}
		if chosen := slices.Contains(v["offices"], key); o.Active || chosen {
			answering.Options = append(answering.Options, form.Option{Value: key, Label: o.Name, Selected: chosen})
		}
	}
	minutes := field("duration_minutes", "number", 0)
	minutes.Required, minutes.InputMode = true, "numeric"
	number := func(name string) form.Field {
		f := field(name, "number", 0)
		f.InputMode = "numeric"
		return f
	}
	section := func(key string, fields ...form.Field) FormSection {
		return FormSection{Title: text("catalog.section." + key), Text: text("catalog.section_text." + key), Fields: fields}
	}
	counter := []form.Field{field("remote_counter", "checkbox", 0), field("walk_in", "checkbox", 0), field("own_device", "checkbox", 0), minutes}
	if len(answering.Options) > 0 {
		counter = append(counter, answering)
	}
	counter = append(counter, number("notice_hours"), number("horizon_days"), number("late_minutes"))
	return []FormSection{
		section("what", need(line("title", maxTitle)), line("subtitle", maxSubtitle), need(line("short_description", maxShort)),
			area("description", 5), category),
		section("how", need(area("addressed_to", 3)), need(area("how_to", 4)), need(area("needed_intro", 2)), need(area("needed", 5)),
			need(area("achieved", 3)), need(area("times", 3)), area("costs", 3), need(area("conditions", 3)),
			area("special_cases", 3), area("further_info", 3)),
		section("counter", counter...),
		section("elsewhere", line("online_url", 500), line("external_body", 160), line("external_url", 500)),
		section("who", responsible, topicBox),
	}
}

// orNothing leaves a field empty that says nothing.
func orNothing(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// wholeOr reads a whole number of a field that may be left empty.
func wholeOr(v url.Values, name string, empty int) int {
	if strings.TrimSpace(v.Get(name)) == "" {
		return empty
	}
	return whole(v, name)
}

func wholeIf(v url.Values, name string) *int {
	if strings.TrimSpace(v.Get(name)) == "" {
		return nil
	}
	n := whole(v, name)
	return &n
}
