package catalog

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sportello/sportello/modules/kernel/civil"
)

var (
	fiscalCodeShape = regexp.MustCompile(`^[0-9]{11}$`)
	postalCodeShape = regexp.MustCompile(`^[0-9]{5}$`)
	provinceShape   = regexp.MustCompile(`^[A-Z]{2}$`)
	ipaCodeShape    = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)
)

// Limits of reminders: nobody wants more of them, or earlier than two weeks before.
const (
	maxReminders     = 4
	maxReminderHours = 14 * 24
)

// maxReadyTexts is how many sentences an operator can still look through.
const maxReadyTexts = 20

// tidyEntity tidies the entity's particulars and collects all that is wrong with them.
func tidyEntity(e *Entity) error {
	k := newChecker("catalog.entity_invalid")
	k.line("name", &e.Name, 120)
	k.required("name", e.Name)
	k.line("region", &e.Region, 80)
	k.line("street", &e.Street, 160)
	k.line("locality", &e.Locality, 80)
	e.Province = strings.ToUpper(e.Province)
	shaped := func(name string, s *string, shape *regexp.Regexp, code string) {
		k.line(name, s, 60)
		if *s != "" && !shape.MatchString(*s) {
			k.blame(name, code, nil)
		}
	}
	shaped("ipa_code", &e.IPACode, ipaCodeShape, "catalog.ipa_code")
	shaped("postal_code", &e.PostalCode, postalCodeShape, "catalog.postal_code")
	shaped("province", &e.Province, provinceShape, "catalog.province")
	shaped("fiscal_code", &e.FiscalCode, fiscalCodeShape, "catalog.fiscal_code")
	k.phone("phone", &e.Phone)
	k.email("email", &e.Email)
	k.email("pec", &e.PEC)
	k.line("patron_name", &e.PatronName, 80)
	// A year with 29 February, so that the day may be it.
	day := civil.New(2028, time.Month(e.PatronMonth), e.PatronDay)
	switch {
	case e.PatronDay == 0 && e.PatronMonth == 0:
		if e.PatronName != "" {
			k.blame("patron_day", "catalog.patron_day", nil)
		}
	case e.PatronMonth < 1 || e.PatronMonth > 12 || day.Day != e.PatronDay || int(day.Month) != e.PatronMonth:
		k.blame("patron_day", "catalog.patron_day", nil)
	default:
		k.required("patron_name", e.PatronName)
	}
	k.between("early_minutes", e.EarlyMinutes, 0, 120)
	k.between("late_minutes", e.LateMinutes, 0, 120)
	k.between("open_limit", e.OpenLimit, 0, 20)
	k.between("patience_minutes", e.PatienceMinutes, 0, 240)
	k.list("ready_texts", &e.ReadyTexts, maxReadyTexts, 200)
	k.between("return_minutes", e.ReturnMinutes, 0, 24*60)
	if len(e.ReminderHours) > maxReminders || slices.ContainsFunc(e.ReminderHours, func(h int) bool { return h < 1 || h > maxReminderHours }) {
		k.blame("reminder_hours", "catalog.reminder_hours", nil)
	}
	slices.SortFunc(e.ReminderHours, func(a, b int) int { return b - a })
	e.ReminderHours = slices.Compact(e.ReminderHours)
	k.block("privacy_notice", &e.PrivacyNotice, 4000)
	k.address("privacy_url", &e.PrivacyURL)
	k.address("accessibility_url", &e.AccessibilityURL)
	return k.err()
}
