package catalog

import (
	"embed"
	"strings"
	"time"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/id"
)

// Migrations is the module's line of schema changes.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// OfficeID names an office.
type OfficeID = id.ID[Office]

// SheetID names a service of the catalogue.
type SheetID = id.ID[Sheet]

// ExceptionID names an exception of the calendar.
type ExceptionID = id.ID[Exception]

// Entity is what the entity says about itself; one row.
type Entity struct {
	Name             string // as people call it, e.g. "Comune di Isernia"
	IPACode          string // code in the index of public administrations, e.g. c_e335
	Region           string // shown in the slim header, e.g. "Regione Molise"
	Street           string
	PostalCode       string
	Locality         string
	Province         string // two letters
	Phone            string
	Email            string
	PEC              string
	FiscalCode       string
	PatronName       string   // the saint's day, e.g. "San Nicandro"
	PatronDay        int      // 1 to 31; 0 where the entity keeps no patron's day
	PatronMonth      int      // 1 to 12; 0 likewise
	EarlyMinutes     int      // how long before the time the code works at the kiosk
	LateMinutes      int      // how long after the time it still works
	ReminderHours    []int    // how long before an appointment its reminders leave, in hours; none where there are none
	OpenLimit        int      // how many appointments of one service one e-mail address may have ahead; 0 for any number
	ReturnMinutes    int      // how long a time that was cancelled is kept back before others can book it
	AskRating        bool     // citizens are asked after an encounter how it went
	PatienceMinutes  int      // how long somebody waits at a kiosk before the desks and the wall say so; 0 for never
	ReadyTexts       []string // sentences that operators may send without typing them
	PrivacyNotice    string   // what the kiosk shows before the call
	PrivacyURL       string   // the full notice, https; may be empty
	AccessibilityURL string   // the declaration published with AgID, https; may be empty
	Version          int      // grows by one with every change
	UpdatedAt        time.Time
}

// Address is the address on one line.
func (e Entity) Address() string {
	town := strings.TrimSpace(e.PostalCode + " " + e.Locality)
	if e.Province != "" {
		town += " (" + e.Province + ")"
	}
	if e.Street == "" {
		return town
	}
	if town == "" {
		return e.Street
	}
	return e.Street + ", " + town
}

// Patron is the day of the patron saint of the entity.
func (e Entity) Patron() Patron {
	return Patron{Day: e.PatronDay, Month: time.Month(e.PatronMonth), Name: e.PatronName}
}

// Office is a unit of the entity that answers.
type Office struct {
	ID          OfficeID
	Slug        string
	Name        string
	Description string
	Address     string
	Phone       string
	Email       string
	Active      bool // an office that is not active answers nobody and is not offered
	Version     int  // grows by one with every change, also of its hours
	UpdatedAt   time.Time
}

// Hours is one weekly window of an office.
type Hours struct {
	Weekday   int // 1 is Monday, 7 is Sunday
	From, To  civil.Time
	Operators int // how many people can be answered at once
}

// Exception is a day on which the weekly hours do not hold. The rows of one office come before those of all
// offices; opening rows replace the day's hours, also on a holiday; closing rows without an opening close it.
type Exception struct {
	ID        ExceptionID
	OfficeID  *OfficeID // nil: all offices
	Date      civil.Date
	Closed    bool
	From, To  civil.Time // only for an opening
	Operators int        // only for an opening
	Reason    string
	CreatedAt time.Time
}

// State is where a service stands.
type State string

// The states of a service.
const (
	Draft     State = "draft"     // being written; staff only
	Published State = "published" // on the site and, with a channel, usable
	Inactive  State = "inactive"  // on the site with the reason why it is not active now
)

// Sheet is one service of the catalogue, with the fields of the official service sheet ("scheda servizio" of
// the model for municipal sites). Texts are plain, with blank lines between paragraphs.
type Sheet struct {
	ID               SheetID
	Slug             string // in the address of its page; given once
	Title            string // at most 60 characters
	Subtitle         string // at most 255
	ShortDescription string // at most 160
	Description      string
	AddressedTo      string   // a chi è rivolto
	HowTo            string   // come fare
	NeededIntro      string   // cosa serve: introduction
	Needed           []string // cosa serve: the list the citizen brings
	Achieved         string   // cosa si ottiene
	Times            string   // tempi e scadenze
	Costs            string   // quanto costa
	Conditions       string   // condizioni di servizio
	SpecialCases     string   // casi particolari
	FurtherInfo      string   // ulteriori informazioni
	Category         string   // slug of one of Categories
	Topics           []string // slugs of Topics
	State            State
	StateReason      string // why it is inactive
	RemoteCounter    bool   // channel: booked and held by video at a kiosk
	WalkIn           bool   // at the kiosk without an appointment too, while an office answers
	OwnDevice        bool   // from one\'s own telephone or computer too, with an appointment
	DurationMinutes  int    // of an encounter at the remote counter
	NoticeHours      int    // how long before its time an appointment must be booked
	HorizonDays      int    // how many days ahead it can be booked, 0 for as far as anything can
	LateMinutes      *int   // how long after its time the code works; nil for the entity's own rule
	OnlineURL        string // channel: done online at this https address
	ExternalURL      string // channel: another body does it at this https address
	ExternalBody     string // its name
	ResponsibleID    *OfficeID
	OfficeIDs        []OfficeID // the offices that answer at the remote counter, by name
	Version          int        // grows by one with every change
	PublishedAt      *time.Time
	UpdatedAt        time.Time
}

// LateAfter is how long after the time of an appointment its code works.
func (s Sheet) LateAfter(e Entity) time.Duration {
	minutes := e.LateMinutes
	if s.LateMinutes != nil {
		minutes = *s.LateMinutes
	}
	return time.Duration(minutes) * time.Minute
}

// Bookable says whether a citizen can book the service at the remote counter now.
func (s Sheet) Bookable() bool {
	return s.State == Published && s.RemoteCounter && len(s.OfficeIDs) > 0
}

// Filter narrows Service.Sheets. Its zero value lists everything that is on the site.
type Filter struct {
	States   []State // empty: Published and Inactive
	Category string  // slug; empty: all
	Topic    string  // slug; empty: all
	Query    string  // words of the title or the short description; empty: all
	Bookable bool    // only those that can be booked now
	Office   *OfficeID
}
