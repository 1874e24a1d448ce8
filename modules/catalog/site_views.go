package catalog

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/platform/i18n"
)

// EntityView is what pages show that speak of the entity only.
type EntityView struct{ Entity Entity }

// Card is one service in a list.
type Card struct {
	Title, Href, Text      string
	Category, CategoryHref string
	Bookable, Inactive     bool
}

// OfficeView is one office with its week.
type OfficeView struct {
	Office   Office
	Hours    []DayHours
	Services []Card
	Entity   Entity
}

// DayHours are the hours of one weekday as text; a day without hours is not listed.
type DayHours struct{ Day, Hours string }

// PlaceView is one kiosk.
type PlaceView struct {
	Place
	Week []DayHours
}

// HomeView is the home page.
type HomeView struct {
	Entity   Entity
	Featured []Card
	Offices  []Office
	Places   []PlaceView
	Topics   []Topic
}

// AdministrationView is the page of offices and kiosks.
type AdministrationView struct {
	Entity  Entity
	Offices []OfficeView
	Places  []PlaceView
}

// Notification is something citizens should know: a closing day, special hours, a service that is not active.
type Notification struct {
	Kind  string // closed, open, service
	Date  time.Time
	Title string
	Own   bool // the title is the entity's own words
	Text  string
	Href  string
}

// NewsView is the page of news and notices.
type NewsView struct {
	Entity        Entity
	Notifications []Notification
}

// LiveView is the page of places.
type LiveView struct {
	Entity Entity
	Places []PlaceView
}

// ServicesView is a list of services: all, of a category, or of a topic.
type ServicesView struct {
	Title       string
	Own         bool // the title is of the vocabulary, which is Italian
	Description string
	TextOwn     bool // so is the description
	Query       string
	Searched    bool
	Total       int
	Cards       []Card
	Page, Pages int
	Base        string // address of a page of the list, without the number
	Categories  []Category
}

// TopicsView lists the topics that services have.
type TopicsView struct{ Topics []Topic }

// SheetView is the page of one service.
type SheetView struct {
	Entity      Entity
	Sheet       Sheet
	Category    Category
	Topics      []Topic
	Responsible *Office
	Offices     []Office
	Places      []PlaceView
	Bookable    bool
	Metatag     Metatag
}

// text is for the back office, which is Italian.
func text(key string) string { return i18n.T(i18n.Italian, key, nil) }

// say is for the site, in the language of the request.
func say(c *fiber.Ctx, key string) string { return i18n.T(i18n.From(c.UserContext()), key, nil) }

// categoryTitle names a category of the official vocabulary in a language.
func categoryTitle(lang string, cat Category) string {
	return i18n.T(lang, "site.category."+cat.Slug, nil)
}

func cardOf(lang string, s Sheet) Card {
	c := Card{Title: s.Title, Href: "/servizi/" + s.Slug, Text: s.ShortDescription, Bookable: s.Bookable(), Inactive: s.State == Inactive}
	if cat, ok := CategoryBySlug(s.Category); ok {
		c.Category, c.CategoryHref = categoryTitle(lang, cat), "/servizi/categoria/"+cat.Slug
	}
	return c
}

func cardsOf(lang string, sheets []Sheet) []Card {
	out := make([]Card, 0, len(sheets))
	for _, s := range sheets {
		out = append(out, cardOf(lang, s))
	}
	return out
}

// monday is a Monday, to name weekdays by.
var monday = time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)

// week writes weekly hours as people read them: "lunedì", "09:00–13:00, 15:00–17:00".
func week(lang string, hours []Hours) []DayHours {
	var out []DayHours
	for _, h := range hours {
		day := i18n.CalendarOf(lang).Weekday(monday.AddDate(0, 0, h.Weekday-1))
		span := h.From.String() + "–" + h.To.String()
		if n := len(out); n > 0 && out[n-1].Day == day {
			out[n-1].Hours += ", " + span
			continue
		}
		out = append(out, DayHours{day, span})
	}
	return out
}

func placeViews(lang string, places []Place) []PlaceView {
	out := make([]PlaceView, 0, len(places))
	for _, p := range places {
		out = append(out, PlaceView{p, week(lang, p.Hours)})
	}
	return out
}

// active drops the offices that answer nobody.
func active(offices []Office) []Office {
	var out []Office
	for _, o := range offices {
		if o.Active {
			out = append(out, o)
		}
	}
	return out
}
