package catalog

import (
	"slices"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// The longest texts of a service. The first three are the model's.
const (
	maxTitle    = 60
	maxShort    = 160
	maxSubtitle = 255
	maxLong     = 10_000
	maxEntries  = 40
)

// tidySheet tidies a service and refuses what could not even be kept as a draft.
func tidySheet(s *Sheet) error {
	k := newChecker("catalog.service_invalid")
	k.line("title", &s.Title, maxTitle)
	k.required("title", s.Title)
	if s.Title != "" && Slugify(s.Title) == "" {
		k.blame("title", "catalog.title_letters", nil)
	}
	k.line("subtitle", &s.Subtitle, maxSubtitle)
	k.line("short_description", &s.ShortDescription, maxShort)
	for _, f := range []struct {
		name string
		text *string
	}{
		{"description", &s.Description}, {"addressed_to", &s.AddressedTo}, {"how_to", &s.HowTo},
		{"needed_intro", &s.NeededIntro}, {"achieved", &s.Achieved}, {"times", &s.Times}, {"costs", &s.Costs},
		{"conditions", &s.Conditions}, {"special_cases", &s.SpecialCases}, {"further_info", &s.FurtherInfo},
	} {
		k.block(f.name, f.text, maxLong)
	}
	k.list("needed", &s.Needed, maxEntries, 300)
	if _, ok := CategoryBySlug(s.Category); !ok {
		k.blame("category", "catalog.category_required", nil)
	}
	s.Topics = unique(s.Topics)
	for _, t := range s.Topics {
		if _, ok := TopicBySlug(t); !ok {
			k.blame("topics", "catalog.topic_unknown", nil)
		}
	}
	if s.DurationMinutes < 5 || s.DurationMinutes > 240 || s.DurationMinutes%5 != 0 {
		k.blame("duration_minutes", "catalog.duration", nil)
	}
	k.between("notice_hours", s.NoticeHours, 0, 30*24)
	k.between("horizon_days", s.HorizonDays, 0, 60)
	if s.LateMinutes != nil {
		k.between("late_minutes", *s.LateMinutes, 0, 120)
	}
	if s.HorizonDays > 0 && s.NoticeHours >= 24*s.HorizonDays {
		k.blame("notice_hours", "catalog.notice", nil)
	}
	k.address("online_url", &s.OnlineURL)
	k.address("external_url", &s.ExternalURL)
	k.line("external_body", &s.ExternalBody, 160)
	if s.ExternalURL != "" && s.ExternalBody == "" {
		k.blame("external_body", "catalog.external_body", nil)
	}
	if s.ExternalBody != "" && s.ExternalURL == "" {
		k.blame("external_url", "catalog.external_url", nil)
	}
	s.OfficeIDs = unique(s.OfficeIDs)
	return k.err()
}

// Publishable says what is missing before the service may stand on the site: the mandatory fields of the model's sheet,
// and at least one way to use it. Without anything missing it is nil.
func Publishable(s Sheet) error {
	k := newChecker("catalog.service_incomplete")
	for _, f := range []struct{ name, text string }{
		{"title", s.Title}, {"short_description", s.ShortDescription}, {"addressed_to", s.AddressedTo}, {"how_to", s.HowTo},
		{"needed_intro", s.NeededIntro}, {"achieved", s.Achieved}, {"times", s.Times}, {"conditions", s.Conditions},
	} {
		k.required(f.name, f.text)
	}
	if len(s.Needed) == 0 {
		k.blame("needed", "catalog.needed_required", nil)
	}
	if len(s.Topics) == 0 {
		k.blame("topics", "catalog.topics_required", nil)
	}
	if s.ResponsibleID == nil {
		k.blame("responsible", "catalog.responsible_required", nil)
	}
	if s.RemoteCounter && len(s.OfficeIDs) == 0 {
		k.blame("offices", "catalog.offices_required", nil)
	}
	return k.err()
}

// Missing counts what Publishable misses, for lists.
func Missing(s Sheet) int {
	if err := Publishable(s); err != nil {
		return len(problem.From(err).Fields)
	}
	return 0
}

func unique[T comparable](in []T) []T {
	out := []T{}
	for _, v := range in {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
