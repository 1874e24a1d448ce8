package counters

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// Portal is the back-office pages of kiosks: /amministrazione/postazioni.
type Portal struct {
	svc     *Service
	catalog *catalog.Service
}

// NewPortal makes the pages.
func NewPortal(svc *Service, c *catalog.Service) *Portal { return &Portal{svc: svc, catalog: c} }

const base = "/amministrazione/postazioni"

// Routes adds the pages. admin lets administrators pass only.
func (p *Portal) Routes(r fiber.Router, admin fiber.Handler) {
	r.Get(base, admin, p.list)
	r.Get(base+"/nuova", admin, p.showNew)
	r.Post(base+"/nuova", admin, p.postNew)
	r.Get(base+"/:id", admin, p.show)
	r.Post(base+"/:id", admin, p.post)
	r.Post(base+"/:id/codice", admin, p.postCode)
	r.Get(base+"/:id/revoca", admin, p.showRevoke)
	r.Post(base+"/:id/revoca", admin, p.postRevoke)
	r.Post(base+"/:id/sblocca", admin, p.postUnlock)
	r.Post(base+"/:id/guasta", admin, p.postFault)
	r.Post(base+"/:id/risolto/:kind", admin, p.postMended)
	r.Get(base+"/:id/presidio", admin, p.showHelperLink)
	r.Post(base+"/:id/presidio", admin, p.postHelperLink)
}

func label(key string) string { return i18n.T(i18n.Italian, key, nil) }

func crumbs(more ...web.Crumb) []web.Crumb {
	return append([]web.Crumb{{Text: label("counters.home"), Href: "/amministrazione"}}, more...)
}

var listCrumb = func() web.Crumb { return web.Crumb{Text: label("counters.title"), Href: base} }

// outcomes are the notices after an action, by the value in the address.
var outcomes = map[string]string{
	"salvata": "counters.saved", "creata": "counters.created", "revocata": "counters.revoked", "sbloccata": "counters.unlocked",
	"guasta": "counters.fault_noted", "funziona": "counters.fault_over", "rinnovato": "counters.helper_renewed",
}

func outcome(c *fiber.Ctx) *web.Notice {
	if key, ok := outcomes[c.Query("esito")]; ok {
		return &web.Notice{Kind: "success", Text: label(key)}
	}
	return nil
}

func (p *Portal) in(c *fiber.Ctx, f func(ctx context.Context, tx *tenant.Tx) error) (tenant.Tenant, error) {
	t, ok := tenant.From(c.UserContext())
	if !ok {
		return t, problem.New(problem.NotFound, "not_found")
	}
	return t, p.svc.db.InTenant(c.UserContext(), t, func(tx *tenant.Tx) error { return f(c.UserContext(), tx) })
}

// row is one kiosk in the list.
type row struct {
	Kiosk
	StateText  string
	DeviceText string
	Trouble    string // why it takes no codes now
	Faults     []faultRow
}

func describe(k Kiosk, d Device, faults []faultRow) row {
	r := row{Kiosk: k, Faults: faults, StateText: label("counters.short." + string(k.State))}
	switch {
	case d.EnrolledAt == nil:
		r.DeviceText = label("counters.device.none")
	case d.Present:
		r.DeviceText = label("counters.device.present")
	default:
		r.DeviceText = label("counters.device.absent")
	}
	if d.CodeEntry != nil {
		r.Trouble = web.Describe(d.CodeEntry, i18n.Italian, "").Detail
	}
	return r
}

func (p *Portal) list(c *fiber.Ctx) error {
	var kiosks []Kiosk
	var faults map[KioskID][]Fault
	t, err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		var err error
		if kiosks, err = p.svc.Kiosks(ctx, tx); err != nil {
			return err
		}
		faults, err = p.svc.Faults(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	devices, err := p.svc.Devices(c.UserContext(), actor.From(c.UserContext()), t, kiosks)
	if err != nil {
		return err
	}
	rows := make([]row, len(kiosks))
	for i, k := range kiosks {
		rows[i] = describe(k, devices[k.ID], faultRows(faults[k.ID], actor.From(c.UserContext())))
	}
	return web.Render(c, fiber.StatusOK, "counters/postazioni", web.Page{
		Title: label("counters.title"), Breadcrumb: crumbs(), Notice: outcome(c), Data: rows,
	})
}

// kioskForm is what the form sends.
type kioskForm struct {
	Name          string   `form:"name,max=400"`
	Place         string   `form:"place,max=400"`
	Address       string   `form:"address,max=400"`
	Latitude      string   `form:"latitude,max=40"`
	Longitude     string   `form:"longitude,max=40"`
	Directions    string   `form:"directions,max=2000"`
	Equipment     string   `form:"equipment,max=2000"`
	Accessible    bool     `form:"accessible"`
	Accessibility string   `form:"accessibility,max=2000"`
	State         string   `form:"state,max=20"`
	Services      []string `form:"services"`
	Hours1        string   `form:"hours_1,max=200"`
	Hours2        string   `form:"hours_2,max=200"`
	Hours3        string   `form:"hours_3,max=200"`
	Hours4        string   `form:"hours_4,max=200"`
	Hours5        string   `form:"hours_5,max=200"`
	Hours6        string   `form:"hours_6,max=200"`
	Hours7        string   `form:"hours_7,max=200"`
}

func (f kioskForm) hours() [7]string {
	return [7]string{f.Hours1, f.Hours2, f.Hours3, f.Hours4, f.Hours5, f.Hours6, f.Hours7}
}

func formOf(k Kiosk) kioskForm {
	f := kioskForm{
		Name: k.Name, Place: k.Place, Address: k.Address, Latitude: coordinate(k.Latitude), Longitude: coordinate(k.Longitude),
		Directions: k.Directions, Equipment: strings.Join(k.Equipment, "\n"), Accessible: k.Accessible,
		Accessibility: k.Accessibility, State: string(k.State),
	}
	for day, at := range []*string{&f.Hours1, &f.Hours2, &f.Hours3, &f.Hours4, &f.Hours5, &f.Hours6, &f.Hours7} {
		*at = FormatHours(k.Hours, day+1)
	}
	for _, s := range k.ServiceIDs {
		f.Services = append(f.Services, s.String())
	}
	return f
}

func coordinate(f *float64) string {
	if f == nil {
		return ""
	}
	return strconv.FormatFloat(*f, 'f', -1, 64)
}

// kiosk reads the form into k and collects everything that is wrong with it.
func (f kioskForm) kiosk(k Kiosk) (Kiosk, error) {
	p := problem.New(problem.Invalid, "counters.kiosk_invalid")
	k.Name, k.Place, k.Address, k.Directions = f.Name, f.Place, f.Address, f.Directions
	k.Accessible, k.Accessibility, k.State = f.Accessible, f.Accessibility, State(f.State)
	k.Equipment, k.ServiceIDs, k.Hours = nil, nil, nil
	for _, line := range strings.Split(f.Equipment, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			k.Equipment = append(k.Equipment, line)
		}
	}
	k.Latitude, p = parseCoordinate(p, "latitude", f.Latitude)
	k.Longitude, p = parseCoordinate(p, "longitude", f.Longitude)
	for _, s := range f.Services {
		sheet, err := id.Parse[catalog.Sheet](s)
		if err != nil {
			p = p.WithField("services", "form.value")
			continue
		}
		k.ServiceIDs = append(k.ServiceIDs, sheet)
	}
	for i, text := range f.hours() {
		h, err := ParseHours(i+1, text)
		if err != nil {
			p.Fields = append(p.Fields, problem.From(err).Fields...)
		}
		k.Hours = append(k.Hours, h...)
	}
	if err := k.Validate(); err != nil {
		p.Fields = append(p.Fields, problem.From(err).Fields...)
	}
	if len(p.Fields) > 0 {
		return k, p
	}
	return k, nil
}

func parseCoordinate(p *problem.Error, name, s string) (*float64, *problem.Error) {
	if s == "" {
		return nil, p
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", "."), 64)
	if err != nil {
		return nil, p.WithField(name, "counters.coordinate")
	}
	return &f, p
}

// Broken says whether somebody reported it so.
func (r row) Broken() bool {
	return slices.ContainsFunc(r.Faults, func(f faultRow) bool { return f.Kind == Broken })
}

// kioskView is the Data of counters/postazione.
type kioskView struct {
	FaultNote form.Field
	Kiosk     Kiosk
	Row       row
	Tests     []Tested
	Device    Device
	Fields    []form.Field // of the place
	Hours     []form.Field
	New       bool
	Code      string // the enrolment code, once
	Until     time.Time
	All       []form.Field // for the summary of errors
}

func fields(f kioskForm, sheets []catalog.Sheet) (place, hours []form.Field) {
	text := func(name, value string, limit int, required bool, hint string) form.Field {
		fl := form.Field{Name: name, Label: label("counters." + name), Type: "text", Value: value, MaxLength: limit, Required: required}
		if hint != "" {
			fl.Hint = label(hint)
		}
		return fl
	}
	states := form.Field{Name: "state", Label: label("counters.state"), Type: "radio", Required: true}
	for _, s := range []State{Active, Paused, Retired} {
		states.Options = append(states.Options, form.Option{
			Value: string(s), Label: label("counters.state." + string(s)), Selected: f.State == string(s),
		})
	}
	services := form.Field{Name: "services", Label: label("counters.services"), Type: "checkboxes"}
	for _, s := range sheets {
		services.Options = append(services.Options, form.Option{
			Value: s.ID.String(), Label: s.Title, Selected: slices.Contains(f.Services, s.ID.String()),
		})
	}
	area := func(name, value, hint string) form.Field {
		fl := text(name, value, 500, false, hint)
		fl.Type, fl.Rows = "textarea", 3
		return fl
	}
	place = []form.Field{
		text("name", f.Name, 80, true, "counters.name_hint"), text("place", f.Place, 120, true, "counters.place_hint"),
		text("address", f.Address, 200, true, ""), text("latitude", f.Latitude, 20, false, "counters.coordinates_hint"),
		text("longitude", f.Longitude, 20, false, "counters.coordinates_hint"),
		area("directions", f.Directions, "counters.directions_hint"), area("equipment", f.Equipment, "counters.equipment_hint"),
		{Name: "accessible", Label: label("counters.accessible"), Type: "checkbox", Value: strconv.FormatBool(f.Accessible)},
		area("accessibility", f.Accessibility, ""), states,
	}
	if len(services.Options) > 0 {
		place = append(place, services)
	}
	for i, value := range f.hours() {
		hours = append(hours, form.Field{
			Name: dayField(i + 1), Label: label("counters.day." + strconv.Itoa(i+1)), Type: "text", Value: value,
			MaxLength: 100, Hint: label("counters.hours_hint"),
		})
	}
	return place, hours
}

// page draws one kiosk: f is what stands in the form, wrong what is wrong with it.
func (p *Portal) page(c *fiber.Ctx, v kioskView, f kioskForm, sheets []catalog.Sheet, wrong error, n *web.Notice) error {
	place, hours := fields(f, sheets)
	v.All = form.Blame(append(place, hours...), wrong)
	v.Fields, v.Hours = v.All[:len(place)], v.All[len(place):]
	v.FaultNote = noteField("", wrong)
	title, status := v.Kiosk.Name, fiber.StatusOK
	if v.New {
		title = label("counters.title_new")
	}
	if wrong != nil {
		status = web.Status(problem.From(wrong).Kind)
		n = &web.Notice{Kind: "danger", Text: web.Describe(wrong, i18n.Italian, "").Detail}
	}
	return web.Render(c, status, "counters/postazione", web.Page{Title: title, Breadcrumb: crumbs(listCrumb()), Notice: n, Data: v})
}

func (p *Portal) sheets(ctx context.Context, tx *tenant.Tx) ([]catalog.Sheet, error) {
	all, err := p.catalog.Services(ctx, tx, catalog.Filter{States: []catalog.State{catalog.Published, catalog.Inactive, catalog.Draft}})
	return slices.DeleteFunc(all, func(s catalog.Sheet) bool { return !s.RemoteCounter }), err
}

func (p *Portal) showNew(c *fiber.Ctx) error {
	var sheets []catalog.Sheet
	if _, err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		var err error
		sheets, err = p.sheets(ctx, tx)
		return err
	}); err != nil {
		return err
	}
	return p.page(c, kioskView{New: true}, kioskForm{State: string(Active)}, sheets, nil, nil)
}

func (p *Portal) postNew(c *fiber.Ctx) error {
	var f kioskForm
	wrong := form.Decode(c, &f)
	if wrong != nil && !errors.Is(wrong, problem.Invalid) {
		return wrong
	}
	var sheets []catalog.Sheet
	var made Kiosk
	_, err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		var err error
		if sheets, err = p.sheets(ctx, tx); err != nil || wrong != nil {
			return err
		}
		k, err := f.kiosk(Kiosk{})
		if err != nil {
			return err
		}
		made, err = p.svc.Create(ctx, tx, actor.From(ctx), k)
		return err
	})
	if wrong == nil && errors.Is(err, problem.Invalid) {
		wrong, err = err, nil
	}
	switch {
	case err != nil:
		return err
	case wrong != nil:
		return p.page(c, kioskView{New: true}, f, sheets, wrong, nil)
	}
	return c.Redirect(base+"/"+made.ID.String()+"?esito=creata", fiber.StatusSeeOther)
}

// load reads the kiosk of the address with all that its page shows.
func (p *Portal) load(c *fiber.Ctx) (t tenant.Tenant, v kioskView, sheets []catalog.Sheet, err error) {
	kiosk, err := id.Parse[Kiosk](c.Params("id"))
	if err != nil {
		return t, v, nil, problem.New(problem.NotFound, "not_found")
	}
	var faults map[KioskID][]Fault
	t, err = p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		var err error
		if v.Kiosk, err = p.svc.Kiosk(ctx, tx, kiosk); err != nil {
			return err
		}
		if faults, err = p.svc.Faults(ctx, tx); err != nil {
			return err
		}
		if v.Tests, err = p.svc.Tests(ctx, tx, kiosk); err != nil {
			return err
		}
		sheets, err = p.sheets(ctx, tx)
		return err
	})
	if err != nil {
		return t, v, nil, err
	}
	devices, err := p.svc.Devices(c.UserContext(), actor.From(c.UserContext()), t, []Kiosk{v.Kiosk})
	v.Device = devices[kiosk]
	v.Row = describe(v.Kiosk, v.Device, faultRows(faults[kiosk], actor.From(c.UserContext())))
	return t, v, sheets, err
}
