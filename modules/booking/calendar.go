package booking

import (
	"strings"

	ics "github.com/arran4/golang-ical"

	"github.com/sportello/sportello/modules/platform/i18n"
)

// Calendar is the appointment as an iCalendar file (RFC 5545). Times are instants in UTC, so that every calendar shows the
// right hour. It keeps its identifier when the appointment is moved, and its sequence grows. The code is not in it:
// calendars are shared.
func (s *Service) Calendar(v View) ([]byte, error) {
	cal := ics.NewCalendar()
	cal.SetMethod(ics.MethodPublish)
	cal.SetProductId("-//Sportello//Appuntamenti//IT")
	cal.SetCalscale("GREGORIAN")
	e := cal.AddEvent(v.ID.String() + "@sportello")
	e.SetDtStampTime(s.DB.Clock().Now())
	e.SetStartAt(v.StartsAt)
	e.SetEndAt(v.EndsAt)
	e.SetSequence(v.Version - 1)
	e.SetStatus(ics.ObjectStatusConfirmed)
	if v.State == Cancelled {
		e.SetStatus(ics.ObjectStatusCancelled)
	}
	e.SetSummary(oneLine(v.Service.Title) + " - " + oneLine(v.Entity.Name))
	e.SetLocation(oneLine(v.Kiosk.Place + ", " + v.Kiosk.Address))
	if v.Kiosk.Latitude != nil && v.Kiosk.Longitude != nil {
		e.SetGeo(*v.Kiosk.Latitude, *v.Kiosk.Longitude)
	}
	e.SetURL(v.Link)
	lines := []string{i18n.T(v.Lang, "booking.ics.where", map[string]any{"kiosk": v.Kiosk.Name, "directions": v.Kiosk.Directions})}
	if len(v.Service.Needed) > 0 {
		lines = append(lines, i18n.T(v.Lang, "booking.ics.needed", nil))
		for _, n := range v.Service.Needed {
			lines = append(lines, "- "+oneLine(n))
		}
	}
	lines = append(lines, i18n.T(v.Lang, "booking.ics.manage", map[string]any{"link": v.Link}))
	e.SetDescription(strings.Join(lines, "\n"))
	alarm := e.AddAlarm()
	alarm.SetAction(ics.ActionDisplay)
	alarm.SetTrigger("-PT2H")
	alarm.SetProperty(ics.ComponentPropertyDescription, oneLine(v.Service.Title))
	return []byte(cal.Serialize()), nil //nolint:misspell // the name is the library's
}
