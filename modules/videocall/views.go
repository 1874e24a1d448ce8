package videocall

import (
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/documents"
)

// KioskState is everything a kiosk's screen shows.
type KioskState struct {
	Kiosk      KioskView     `json:"kiosk"`
	Entity     EntityView    `json:"entity"`
	ServerTime time.Time     `json:"server_time"`
	Version    int64         `json:"version" doc:"Another number whenever anything but server_time differs; it is not an order"`
	WalkIn     bool          `json:"walk_in" doc:"Some services may be asked for without an appointment; told while the kiosk is free"`
	Session    *KioskSession `json:"session"`
}

// KioskView is the kiosk itself.
type KioskView struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	Place   string    `json:"place"`
	Address string    `json:"address"`
	Printer bool      `json:"printer" doc:"It has a printer"`
}

// EntityView is the body that runs the counter.
type EntityView struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Phone string `json:"phone"`
}

// ServiceView is what someone came for.
type ServiceView struct {
	Title  string   `json:"title"`
	Needed []string `json:"needed" doc:"What to have at hand"`
}

// KioskSession is the encounter as the citizen sees it.
type KioskSession struct {
	ID              ID             `json:"id"`
	State           State          `json:"state" enum:"waiting,called,connected,held,dropped,closed,abandoned,no_show"`
	Service         ServiceView    `json:"service"`
	Lacks           []string       `json:"lacks" doc:"What the citizen said they lack"`
	Office          string         `json:"office"`
	OperatorName    *string        `json:"operator_name" doc:"Null until an operator calls"`
	Titolare        string         `json:"titolare" doc:"The body that answers for the personal data"`
	PrivacyNotice   string         `json:"privacy_notice"`
	Ticket          *int           `json:"ticket" doc:"The number of who came without an appointment"`
	AppointmentAt   time.Time      `json:"appointment_at"`
	Rings           int            `json:"rings" doc:"Grows each time the operator calls or calls again"`
	Parked          bool           `json:"parked" doc:"The operator set them aside and will call again"`
	Position        *int           `json:"position" doc:"1 is next; null when not waiting"`
	EstimateMinutes *int           `json:"estimate_minutes" doc:"Null when it cannot be said: nobody serves now"`
	Operators       *int           `json:"operators" doc:"How many operators serve now; null when not waiting"`
	Chat            []ChatView     `json:"chat"`
	Documents       []DocumentView `json:"documents"`
	Ended           *EndView       `json:"ended"`
	Ask             *AskView       `json:"ask" doc:"What the operator asks for now"`
	Guests          []GuestEntry   `json:"guests" doc:"Who else was invited"`
}

// ReceiptView is what the citizen may take home.
type ReceiptView struct {
	URL  string `json:"url"`
	QR   string `json:"qr" doc:"The address as an SVG picture"`
	Mail bool   `json:"mail" doc:"It can be sent to the address of the appointment"`
}

// EndView is how the encounter ended.
type EndView struct {
	Outcome Outcome      `json:"outcome"`
	Text    string       `json:"text" doc:"For the person, in Italian"`
	Receipt *ReceiptView `json:"receipt" doc:"Null when nobody was spoken with"`
}

// ChatView is one line of the chat.
type ChatView struct {
	ID   uuid.UUID `json:"id"`
	Side Side      `json:"side" enum:"kiosk,desk"`
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// DocumentView is one paper of the session. Its url is a picture, of the first page where there are several.
type DocumentView struct {
	ID        documents.ID     `json:"id"`
	Name      string           `json:"name"`
	MediaType string           `json:"media_type" doc:"Of the pictures at url and pages"`
	SizeBytes int64            `json:"size_bytes"`
	Source    documents.Source `json:"source" enum:"kiosk_capture,desk_upload,desk_text,signed"`
	At        time.Time        `json:"at"`
	URL       string           `json:"url" doc:"A picture of the first page"`
	Pages     []string         `json:"pages" doc:"A picture of each page"`
}

// DeskState is everything an operator's screen shows.
type DeskState struct {
	Entity     DeskEntity     `json:"entity"`
	Operator   OperatorView   `json:"operator"`
	ServerTime time.Time      `json:"server_time"`
	Version    int64          `json:"version" doc:"Another number whenever anything but server_time differs; it is not an order"`
	Waiting    []WaitingEntry `json:"waiting"`
	Standby    string         `json:"standby" doc:"Room of whoever is next or comes near: a free page may stand by in it; empty where there is none"`
	BreakSince *time.Time     `json:"break_since" doc:"The operator has a break since then; null while they work"`
	Session    *DeskSession   `json:"session"`
	Invitation *Invitation    `json:"invitation" doc:"A colleague asks the operator to take part"`
}

// DeskEntity is the body in whose name the operator speaks.
type DeskEntity struct {
	Key        string   `json:"key"`
	Name       string   `json:"name"`
	ReadyTexts []string `json:"ready_texts" doc:"Sentences to send without typing them"`
}

// OperatorView is the operator.
type OperatorView struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// WaitingEntry is one person in the queue.
type WaitingEntry struct {
	ID            ID        `json:"id"`
	Service       string    `json:"service"`
	Kiosk         string    `json:"kiosk"`
	Citizen       string    `json:"citizen"`
	Ticket        *int      `json:"ticket" doc:"The number of who came without an appointment; then appointment_at is when they took it"`
	Rehearsal     bool      `json:"rehearsal" doc:"Staff practise; nobody is there"`
	Since         time.Time `json:"since"`
	Long          bool      `json:"long" doc:"They wait longer than the entity wants"`
	AppointmentAt time.Time `json:"appointment_at"`
	Parked        bool      `json:"parked" doc:"Set aside: called only by choosing them"`
	Wanted        string    `json:"wanted" doc:"The operator they wait for; empty for anybody"`
	Yours         bool      `json:"yours" doc:"That operator is you"`
	PassedBy      string    `json:"passed_by"`
	PassedWhy     string    `json:"passed_why"`
}

// DeskSession is the encounter as the operator sees it.
type DeskSession struct {
	ID            ID             `json:"id"`
	State         State          `json:"state" enum:"waiting,called,connected,held,dropped,closed,abandoned,no_show"`
	Citizen       CitizenView    `json:"citizen"`
	Ticket        *int           `json:"ticket" doc:"The number of who came without an appointment"`
	Rehearsal     bool           `json:"rehearsal" doc:"Staff practise; nobody is there"`
	Service       ServiceView    `json:"service"`
	Lacks         []string       `json:"lacks" doc:"What the citizen said they lack"`
	Kiosk         string         `json:"kiosk"`
	Office        string         `json:"office"`
	AppointmentAt time.Time      `json:"appointment_at"`
	Identified    *Identified    `json:"identified" doc:"How an operator recognised the person; null when none did"`
	PassedBy      string         `json:"passed_by" doc:"Who passed them on; empty for nobody"`
	PassedWhy     string         `json:"passed_why"`
	CalledAt      *time.Time     `json:"called_at"`
	ConnectedAt   *time.Time     `json:"connected_at"`
	Chat          []ChatView     `json:"chat"`
	Documents     []DocumentView `json:"documents"`
	Asks          []AskView      `json:"asks" doc:"What was asked of the citizen so far"`
	Details       string         `json:"details"`
	Guests        []GuestEntry   `json:"guests" doc:"Who else was invited"`
}

// CitizenView is who sits at the kiosk.
type CitizenView struct {
	Name    string `json:"name"`
	Surname string `json:"surname"`
}

// DayView is the day's list.
type DayView struct {
	Appointments []DayAppointment `json:"appointments"`
}

// DayAppointment is one line of the day's list.
type DayAppointment struct {
	ID       uuid.UUID `json:"id"`
	StartsAt time.Time `json:"starts_at"`
	Citizen  string    `json:"citizen"`
	Service  string    `json:"service"`
	Kiosk    string    `json:"kiosk"`
	State    string    `json:"state"`
}

// AdmissionView is the way into the video room of a session.
type AdmissionView struct {
	URL      string `json:"url" doc:"Where LiveKit is"`
	Token    string `json:"token" doc:"Good for two minutes, for one room and one identity"`
	Identity string `json:"identity"`
}
