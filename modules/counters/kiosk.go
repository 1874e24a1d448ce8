// Package counters owns the kiosks: where citizens sit, when the place is open, which services are offered there,
// the device that stands there, and the times that are taken. It does not own appointments or the offices that answer.
//
// Entry points: Service for kiosks, devices and reservations; Portal for the back-office pages; RequireKiosk for routes
// that only a device may use.
package counters

import (
	"embed"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
)

// Migrations is the module's line of schema changes.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// KioskID names a kiosk.
type KioskID = id.ID[Kiosk]

// State is where a kiosk stands.
type State string

// The states of a kiosk.
const (
	Active  State = "active"  // bookable and usable
	Paused  State = "paused"  // not bookable for now; who has an appointment still finds it
	Retired State = "retired" // gone; its device is revoked
)

// Hours is one weekly opening of the place in civil time.
type Hours struct {
	Weekday  int // 1 is Monday, 7 is Sunday
	From, To civil.Time
}

// Kiosk is a place where a citizen sits down.
type Kiosk struct {
	ID            KioskID
	Slug          string
	Name          string // e.g. "Postazione San Lazzaro"
	Place         string // the building, e.g. "Scuola Tagliente"
	Address       string
	Latitude      *float64
	Longitude     *float64
	Directions    string   // how to find it inside the building
	Equipment     []string // what it has, e.g. "Stampante"
	Accessible    bool     // reachable and usable in a wheelchair
	Accessibility string   // more about it
	State         State
	Hours         []Hours           // in order
	ServiceIDs    []catalog.SheetID // what is offered there
	UpdatedAt     time.Time
}

// Interval is a stretch of instants: From belongs to it, To does not.
type Interval = civil.Interval

// Open gives the stretches in which the place is open between two dates, both included, in order. On the nights the
// clock changes these are the instants that exist.
func (k Kiosk) Open(first, last civil.Date) []Interval {
	var out []Interval
	for d := first; !last.Before(d); d = d.AddDays(1) {
		for _, h := range k.Hours {
			if h.Weekday == d.Weekday() {
				out = append(out, d.Between(h.From, h.To, clock.Rome)...)
			}
		}
	}
	return out
}

// OpenAt says whether the place is open at an instant.
func (k Kiosk) OpenAt(now time.Time) bool {
	today := civil.Of(now.In(clock.Rome))
	for _, open := range k.Open(today, today) {
		if !now.Before(open.From) && now.Before(open.To) {
			return true
		}
	}
	return false
}

// Prints says whether a printer is among its equipment.
func (k Kiosk) Prints() bool {
	return slices.ContainsFunc(k.Equipment, func(e string) bool { return strings.Contains(strings.ToLower(e), "stampante") })
}

// Offers says whether the service is offered at the kiosk.
func (k Kiosk) Offers(s catalog.SheetID) bool {
	return slices.Contains(k.ServiceIDs, s)
}

// MapURL is the place on OpenStreetMap: by its coordinates, else by its address.
func (k Kiosk) MapURL() string {
	if k.Latitude == nil || k.Longitude == nil {
		return "https://www.openstreetmap.org/search?query=" + url.QueryEscape(k.Address)
	}
	lat, lon := degrees(*k.Latitude), degrees(*k.Longitude)
	return "https://www.openstreetmap.org/?mlat=" + lat + "&mlon=" + lon + "#map=18/" + lat + "/" + lon
}

// GeoURI is the place for the map application of a phone (RFC 5870), or "" without coordinates.
func (k Kiosk) GeoURI() string {
	if k.Latitude == nil || k.Longitude == nil {
		return ""
	}
	return "geo:" + degrees(*k.Latitude) + "," + degrees(*k.Longitude)
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', 6, 64) }

// Validate refuses what could not be shown or found. Fields are named as in the form of the back office.
func (k Kiosk) Validate() error {
	p := problem.New(problem.Invalid, "counters.kiosk_invalid")
	need := func(name, value string, limit int, required bool) {
		switch {
		case required && strings.TrimSpace(value) == "":
			p = p.WithField(name, "form.required")
		case utf8.RuneCountInString(value) > limit:
			p.Fields = append(p.Fields, problem.Field{Name: name, Code: "form.too_long", Args: map[string]any{"max": limit}})
		}
	}
	need("name", k.Name, 80, true)
	need("place", k.Place, 120, true)
	need("address", k.Address, 200, true)
	need("directions", k.Directions, 500, false)
	need("accessibility", k.Accessibility, 500, false)
	if (k.Latitude == nil) != (k.Longitude == nil) {
		p = p.WithField("latitude", "counters.coordinates_both")
	}
	if k.Latitude != nil && (math.IsNaN(*k.Latitude) || math.Abs(*k.Latitude) > 90) {
		p = p.WithField("latitude", "counters.coordinate")
	}
	if k.Longitude != nil && (math.IsNaN(*k.Longitude) || math.Abs(*k.Longitude) > 180) {
		p = p.WithField("longitude", "counters.coordinate")
	}
	if len(k.Equipment) > 20 {
		p = p.WithField("equipment", "counters.equipment")
	}
	if k.State != Active && k.State != Paused && k.State != Retired {
		p = p.WithField("state", "form.value")
	}
	for _, day := range badDays(k.Hours) {
		p = p.WithField(dayField(day), "counters.hours_overlap")
	}
	if len(p.Fields) > 0 {
		return p
	}
	return nil
}

// badDays lists the weekdays whose openings are empty, run over the day or overlap.
func badDays(hours []Hours) []int {
	var out []int
	for day := 1; day <= 7; day++ {
		until := civil.Time(-1)
		for _, h := range hours {
			if h.Weekday != day {
				continue
			}
			if h.From < 0 || h.To > civil.EndOfDay || h.From >= h.To || h.From < until {
				out = append(out, day)
				break
			}
			until = h.To
		}
	}
	return out
}

func dayField(day int) string { return "hours_" + strconv.Itoa(day) }

// ParseHours reads "08:30-13:00, 15:00-17:30"; an empty text is a closed day.
func ParseHours(weekday int, text string) ([]Hours, error) {
	var out []Hours
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		from, to, ok := strings.Cut(strings.ReplaceAll(strings.TrimSpace(part), "–", "-"), "-")
		if !ok {
			return nil, problem.New(problem.Invalid, "counters.kiosk_invalid").WithField(dayField(weekday), "counters.hours")
		}
		f, err1 := civil.ParseTime(padded(from))
		t, err2 := civil.ParseTime(padded(to))
		if err1 != nil || err2 != nil {
			return nil, problem.New(problem.Invalid, "counters.kiosk_invalid").WithField(dayField(weekday), "counters.hours")
		}
		out = append(out, Hours{Weekday: weekday, From: f, To: t})
	}
	return out, nil
}

// padded accepts 8:30 and 8.30 for 08:30.
func padded(s string) string {
	s = strings.ReplaceAll(strings.TrimSpace(s), ".", ":")
	if len(s) == 4 && s[1] == ':' {
		return "0" + s
	}
	return s
}

// FormatHours is the text that ParseHours reads back.
func FormatHours(hours []Hours, weekday int) string {
	var parts []string
	for _, h := range hours {
		if h.Weekday == weekday {
			parts = append(parts, h.From.String()+"-"+h.To.String())
		}
	}
	return strings.Join(parts, ", ")
}
