package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/identity"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/videocall"
	"github.com/sportello/sportello/tenant"
)

// What modules need of rooms beside or above them, each satisfied by a few lines here.

type codes struct{ booking *booking.Service }

func (c codes) Check(ctx context.Context, t tenant.Tenant, kiosk uuid.UUID, code string) (videocall.Ticket, error) {
	a, err := c.booking.Check(ctx, t, counters.KioskID{UUID: kiosk}, code)
	return ticketOf(a), err
}

func ticketOf(a booking.Appointment) videocall.Ticket {
	return videocall.Ticket{AppointmentID: a.ID.UUID, ServiceID: a.ServiceID.UUID, OfficeID: a.OfficeID.UUID, StartsAt: a.StartsAt}
}

func (c codes) CheckOwn(ctx context.Context, t tenant.Tenant, appointment uuid.UUID) (videocall.Ticket, error) {
	a, err := c.booking.CheckOwn(ctx, t, booking.AppointmentID{UUID: appointment})
	return ticketOf(a), err
}

func (c codes) Redeem(ctx context.Context, tx *tenant.Tx, kiosk, appointment uuid.UUID) error {
	if kiosk == appointment {
		a, err := c.booking.ByID(ctx, tx, booking.AppointmentID{UUID: appointment})
		if err != nil {
			return err
		}
		kiosk = a.KioskID.UUID
	}
	_, err := c.booking.Redeem(ctx, tx, booking.AppointmentID{UUID: appointment}, counters.KioskID{UUID: kiosk})
	return err
}

func (c codes) GiveBack(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID) error {
	return c.booking.GiveBack(ctx, tx, booking.AppointmentID{UUID: appointment})
}

type appointments struct {
	booking  *booking.Service
	catalog  *catalog.Service
	counters *counters.Service
}

func (a appointments) People(ctx context.Context, tx *tenant.Tx, ids []uuid.UUID) (map[uuid.UUID]videocall.Person, error) {
	found, err := a.booking.ByIDs(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	people := make(map[uuid.UUID]videocall.Person, len(found))
	for _, p := range found {
		people[p.ID.UUID] = videocall.Person{Name: p.Name, Surname: p.Surname, Details: p.Details}
	}
	return people, nil
}

func (a appointments) Day(ctx context.Context, tx *tenant.Tx, offices []uuid.UUID, from, _ time.Time) ([]videocall.DayEntry, error) {
	ids := make([]catalog.OfficeID, len(offices))
	for i, o := range offices {
		ids[i] = catalog.OfficeID{UUID: o}
	}
	rows, err := a.booking.Day(ctx, tx, civil.Of(from.In(clock.Rome)), ids)
	if err != nil {
		return nil, err
	}
	services, err := a.catalog.Services(ctx, tx, catalog.Filter{})
	if err != nil {
		return nil, err
	}
	titles := map[catalog.SheetID]string{}
	for _, s := range services {
		titles[s.ID] = s.Title
	}
	kiosks, err := a.counters.Kiosks(ctx, tx)
	if err != nil {
		return nil, err
	}
	places := map[counters.KioskID]string{}
	for _, k := range kiosks {
		places[k.ID] = k.Name
	}
	day := make([]videocall.DayEntry, len(rows))
	for i, r := range rows {
		day[i] = videocall.DayEntry{ID: r.ID.UUID, StartsAt: r.StartsAt, Citizen: r.Name + " " + r.Surname,
			Service: titles[r.ServiceID], Kiosk: places[r.KioskID], State: string(r.State)}
	}
	return day, nil
}

// changes moves and cancels an appointment from the kiosk.
type changes struct{ booking *booking.Service }

// otherTimes is how many other times a kiosk offers: a screen full, each a large button.
const otherTimes = 6

func (c changes) Times(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID) ([]time.Time, error) {
	a, err := c.booking.ByID(ctx, tx, booking.AppointmentID{UUID: appointment})
	if err != nil {
		return nil, err
	}
	slots, err := c.booking.NextFree(ctx, tx, booking.Choice{Service: a.ServiceID, Office: a.OfficeID, Kiosk: a.KioskID, Start: a.EndsAt}, otherTimes)
	times := make([]time.Time, len(slots))
	for i, s := range slots {
		times[i] = s.Start
	}
	return times, err
}

func (c changes) Move(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID, start time.Time) error {
	_, err := c.booking.MoveIn(ctx, tx, booking.AppointmentID{UUID: appointment}, booking.Choice{Start: start})
	return err
}

func (c changes) Cancel(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID) error {
	_, err := c.booking.CancelIn(ctx, tx, booking.AppointmentID{UUID: appointment})
	return err
}

// emergencies calls who is near a kiosk.
type emergencies struct{ counters *counters.Service }

func (e emergencies) Raise(ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk uuid.UUID) (bool, error) {
	id := counters.KioskID{UUID: kiosk}
	if _, err := e.counters.Kiosk(ctx, tx, id); errors.Is(err, problem.NotFound) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	return true, e.counters.Report(ctx, tx, a, id, counters.Emergency, "")
}

// links are the secret addresses of what has no account.
type links struct {
	booking  *booking.Service
	messages *booking.Messages
}

func (r links) Receipt(t tenant.Tenant, appointment uuid.UUID) string {
	return r.booking.ReceiptLink(t, booking.AppointmentID{UUID: appointment})
}

func (r links) ParseReceipt(t tenant.Tenant, token string) (uuid.UUID, error) {
	id, err := r.booking.Keys.ParseReceiptToken(t.Key, token)
	return id.UUID, err
}

func (r links) MailReceipt(ctx context.Context, tx *tenant.Tx, appointment uuid.UUID) error {
	return r.messages.SendReceipt(ctx, tx, booking.AppointmentID{UUID: appointment})
}

func (r links) Guest(t tenant.Tenant, guest uuid.UUID) string {
	return r.booking.BaseURL(t) + videocall.GuestPath + r.booking.Keys.GuestToken(t.Key, guest)
}

func (r links) ParseGuest(t tenant.Tenant, token string) (uuid.UUID, error) {
	return r.booking.Keys.ParseGuestToken(t.Key, token)
}

type labels struct{ catalog *catalog.Service }

func (l labels) Service(ctx context.Context, tx *tenant.Tx, service uuid.UUID) (videocall.ServiceLabel, error) {
	s, err := l.catalog.ServiceByID(ctx, tx, catalog.SheetID{UUID: service})
	return videocall.ServiceLabel{Title: s.Title, Needed: s.Needed, Minutes: s.DurationMinutes}, err
}

func (l labels) Office(ctx context.Context, tx *tenant.Tx, office uuid.UUID) (string, error) {
	o, err := l.catalog.Office(ctx, tx, catalog.OfficeID{UUID: office})
	return o.Name, err
}

func (l labels) Entity(ctx context.Context, tx *tenant.Tx) (videocall.EntityLabel, error) {
	e, err := l.catalog.Entity(ctx, tx)
	return videocall.EntityLabel{Name: e.Name, Phone: e.Phone, PrivacyNotice: e.PrivacyNotice, ReadyTexts: e.ReadyTexts,
		Patience: time.Duration(e.PatienceMinutes) * time.Minute}, err
}

type kioskLabels struct {
	counters *counters.Service
	booking  *booking.Service
}

func (k kioskLabels) Kiosk(ctx context.Context, tx *tenant.Tx, kiosk uuid.UUID) (videocall.KioskLabel, error) {
	found, err := k.counters.Kiosk(ctx, tx, counters.KioskID{UUID: kiosk})
	if errors.Is(err, problem.NotFound) {
		if _, err := k.booking.ByID(ctx, tx, booking.AppointmentID{UUID: kiosk}); err != nil {
			return videocall.KioskLabel{}, err
		}
		return videocall.KioskLabel{Name: i18n.T(i18n.Italian, "videocall.own_device", nil)}, nil
	}
	return videocall.KioskLabel{Name: found.Name, Place: found.Place, Address: found.Address, Printer: found.Prints()}, err
}

type staff struct{ identity *identity.Service }

func (s staff) Offices(ctx context.Context, tx *tenant.Tx, a actor.Actor) ([]uuid.UUID, error) {
	return s.identity.OfficesOf(ctx, tx, a)
}

func (s staff) Operators(ctx context.Context, tx *tenant.Tx, office uuid.UUID) ([]uuid.UUID, error) {
	return s.identity.OperatorsOf(ctx, tx, office)
}

func (s staff) Colleagues(ctx context.Context, tx *tenant.Tx, office uuid.UUID) ([]videocall.Colleague, error) {
	names, err := s.identity.NamesOf(ctx, tx, office)
	found := make([]videocall.Colleague, len(names))
	for i, n := range names {
		found[i] = videocall.Colleague(n)
	}
	return found, err
}

// booked tells the catalogue whom a closing day concerns, and tells them.
type booked struct {
	booking  *booking.Service
	messages *booking.Messages
}

func (b booked) BookedOn(ctx context.Context, tx *tenant.Tx, date civil.Date, offices []catalog.OfficeID, closing catalog.ExceptionID) ([]catalog.Booked, error) {
	day, err := b.booking.Day(ctx, tx, date, offices)
	if err != nil {
		return nil, err
	}
	found := make([]catalog.Booked, len(day))
	for i, a := range day {
		found[i] = catalog.Booked{At: a.StartsAt, Name: a.Name + " " + a.Surname, Phone: a.Phone, Email: a.Email}
		if found[i].Informed, err = b.messages.Informed(ctx, tx, a, closing.UUID); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (b booked) InformBooked(ctx context.Context, tx *tenant.Tx, date civil.Date, offices []catalog.OfficeID, closing catalog.ExceptionID) (int, error) {
	return b.messages.InformDay(ctx, tx, date, offices, closing.UUID)
}

type officeLabels struct{ catalog *catalog.Service }

func (o officeLabels) OfficeLabels(ctx context.Context, tx *tenant.Tx) ([]identity.OfficeLabel, error) {
	offices, err := o.catalog.Offices(ctx, tx)
	if err != nil {
		return nil, err
	}
	found := make([]identity.OfficeLabel, len(offices))
	for i, office := range offices {
		found[i] = identity.OfficeLabel{ID: office.ID.UUID, Name: office.Name}
	}
	return found, nil
}

type places struct{ counters *counters.Service }

func (p places) Places(ctx context.Context, tx *tenant.Tx) ([]catalog.Place, error) {
	kiosks, err := p.counters.Kiosks(ctx, tx)
	if err != nil {
		return nil, err
	}
	var found []catalog.Place
	for _, k := range kiosks {
		if k.State == counters.Retired {
			continue
		}
		place := catalog.Place{
			Slug: k.Slug, Name: k.Name, Building: k.Place, Address: k.Address, Directions: k.Directions, MapURL: k.MapURL(),
			Accessible: k.Accessible, Paused: k.State == counters.Paused, Equipment: k.Equipment, Services: k.ServiceIDs,
		}
		for _, h := range k.Hours {
			place.Hours = append(place.Hours, catalog.Hours{Weekday: h.Weekday, From: h.From, To: h.To})
		}
		found = append(found, place)
	}
	return found, nil
}

// capacity tells statistics what was planned and booked.
type capacity struct {
	catalog *catalog.Service
	booking *booking.Service
}

func (c capacity) Planned(ctx context.Context, tx *tenant.Tx, first, last civil.Date) (minutes int, err error) {
	offices, err := c.catalog.Offices(ctx, tx)
	for _, o := range offices {
		windows, err := c.catalog.OfficeWindows(ctx, tx, o.ID, first, last)
		if err != nil {
			return 0, err
		}
		for _, w := range windows {
			minutes += int(w.To.Sub(w.From)/time.Minute) * w.Units
		}
	}
	return minutes, err
}

func (c capacity) Ratings(ctx context.Context, tx *tenant.Tx, first, last civil.Date) ([]videocall.Rated, error) {
	found, err := c.booking.Ratings(ctx, tx, first, last)
	if err != nil {
		return nil, err
	}
	out := make([]videocall.Rated, len(found))
	for i, r := range found {
		sheet, err := c.catalog.ServiceByID(ctx, tx, r.ServiceID)
		if err != nil {
			return nil, err
		}
		out[i] = videocall.Rated{Service: sheet.Title, N: r.N, Stars: float64(r.Stars) / float64(r.N)}
	}
	slices.SortFunc(out, func(a, b videocall.Rated) int { return cmp.Or(b.N-a.N, strings.Compare(a.Service, b.Service)) })
	return out, nil
}

func (c capacity) Demand(ctx context.Context, tx *tenant.Tx, first, last civil.Date) ([]videocall.Demand, error) {
	found, err := c.booking.Demand(ctx, tx, first, last)
	out := make([]videocall.Demand, len(found))
	for i, d := range found {
		out[i] = videocall.Demand(d)
	}
	return out, err
}

func (c capacity) Booked(ctx context.Context, tx *tenant.Tx, first, last civil.Date) (int, error) {
	return c.booking.BookedMinutes(ctx, tx, first, last)
}

// floor tells the live wall which offices answer and which kiosks there are.
type floor struct {
	db       *tenant.DB
	catalog  *catalog.Service
	identity *identity.Service
	counters *counters.Service
}

func (f floor) Desks(ctx context.Context, tx *tenant.Tx) ([]videocall.FloorOffice, error) {
	offices, err := f.catalog.Offices(ctx, tx)
	if err != nil {
		return nil, err
	}
	offices = slices.DeleteFunc(offices, func(o catalog.Office) bool { return !o.Active })
	found := make([]videocall.FloorOffice, len(offices))
	for i, o := range offices {
		found[i] = videocall.FloorOffice{ID: o.ID.UUID, Name: o.Name}
		if found[i].Answers, err = answers(ctx, tx, f.catalog, o.ID); err != nil {
			return nil, err
		}
		if found[i].Operators, err = f.identity.OperatorsOf(ctx, tx, o.ID.UUID); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (f floor) Kiosks(ctx context.Context, t tenant.Tenant) ([]videocall.FloorKiosk, error) {
	var kiosks []counters.Kiosk
	var faults map[counters.KioskID][]counters.Fault
	err := f.db.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if kiosks, err = f.counters.Kiosks(ctx, tx); err != nil {
			return err
		}
		faults, err = f.counters.Faults(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	kiosks = slices.DeleteFunc(kiosks, func(k counters.Kiosk) bool { return k.State == counters.Retired })
	connected := f.counters.Connected(ctx, t, kiosks)
	found := make([]videocall.FloorKiosk, len(kiosks))
	for i, k := range kiosks {
		found[i] = videocall.FloorKiosk{ID: k.ID.UUID, Name: k.Name, Place: k.Place, Paused: k.State == counters.Paused, Connected: connected[k.ID]}
		for _, fault := range faults[k.ID] {
			if fault.Kind != counters.Silent || !connected[k.ID] {
				found[i].Fault = fault.Kind.Words()
			}
		}
	}
	return found, nil
}
