package booking

import (
	"context"
	"sort"
	"time"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// Alternatives is what a taken time is answered with.
type Alternatives struct {
	Slots []Slot `json:"slots"` // the next free times at the same kiosk and office, at most three
}

// Horizon is the first and the last date on which one can book.
func Horizon(now time.Time) (first, last civil.Date) {
	first = civil.Of(now.In(clock.Rome))
	return first, first.AddDays(HorizonDays)
}

// Availability lists the free times of a service at a kiosk with one office, between two dates, both included, in
// order. It costs the same few statements whatever the dates. A service or a kiosk that cannot be booked has none.
func (s *Service) Availability(ctx context.Context, tx *tenant.Tx, service catalog.SheetID, office catalog.OfficeID,
	kiosk counters.KioskID, first, last civil.Date,
) ([]Slot, error) {
	sheet, err := s.Catalog.ServiceByID(ctx, tx, service)
	if err != nil {
		return nil, err
	}
	k, err := s.Counters.Kiosk(ctx, tx, kiosk)
	if err != nil {
		return nil, err
	}
	if !bookable(sheet, office, k) {
		return nil, nil
	}
	q, err := s.ask(ctx, tx, sheet, office, k, first, last)
	if err != nil {
		return nil, err
	}
	return q.free(), nil
}

func bookable(sheet catalog.Sheet, office catalog.OfficeID, k counters.Kiosk) bool {
	if !sheet.Bookable() || k.State != counters.Active || !k.Offers(sheet.ID) {
		return false
	}
	for _, o := range sheet.OfficeIDs {
		if o == office {
			return true
		}
	}
	return false
}

// ask gathers what decides the free times of one kiosk and one office.
func (s *Service) ask(ctx context.Context, tx *tenant.Tx, sheet catalog.Sheet, office catalog.OfficeID, k counters.Kiosk,
	first, last civil.Date,
) (question, error) {
	q := newQuestion(tx.Now(), sheet)
	first, last = q.within(first, last)
	if last.Before(first) {
		return q, nil
	}
	var err error
	if q.Windows, err = s.Catalog.OfficeWindows(ctx, tx, office, first, last); err != nil {
		return q, err
	}
	from, to := first.Start(clock.Rome), last.AddDays(1).Start(clock.Rome)
	busy, err := s.Counters.Busy(ctx, tx, []counters.KioskID{k.ID}, from, to)
	if err != nil {
		return q, err
	}
	seats, err := busySeats(ctx, tx, []catalog.OfficeID{office}, from, to)
	if err != nil {
		return q, err
	}
	q.Open, q.Busy, q.Seats = k.Open(first, last), busy[k.ID], seats[office]
	return q, nil
}

func newQuestion(now time.Time, sheet catalog.Sheet) question {
	first, last := Horizon(now)
	if sheet.HorizonDays > 0 && sheet.HorizonDays < HorizonDays {
		last = first.AddDays(sheet.HorizonDays)
	}
	return question{
		Length: time.Duration(sheet.DurationMinutes) * time.Minute,
		// what begins now is too late, notice or not
		Earliest: now.Add(time.Duration(sheet.NoticeHours)*time.Hour + time.Nanosecond),
		Latest:   last.AddDays(1).Start(clock.Rome),
	}
}

// within keeps dates inside the horizon.
func (q question) within(first, last civil.Date) (civil.Date, civil.Date) {
	if d := civil.Of(q.Earliest.In(clock.Rome)); first.Before(d) {
		first = d
	}
	if d := civil.Of(q.Latest.Add(-1).In(clock.Rome)); d.Before(last) {
		last = d
	}
	return first, last
}

// rememberedOffer is the service and the kiosk of a choice as they were a moment ago.
func (s *Service) rememberedOffer(ctx context.Context, tx *tenant.Tx, c Choice) (sheet catalog.Sheet, k counters.Kiosk, err error) {
	t := tx.Tenant().Key
	sheet, err = remembered(ctx, s.memo, t, c.Service, memoTime,
		func() (catalog.Sheet, error) { return s.Catalog.ServiceByID(ctx, tx, c.Service) })
	if err != nil {
		return sheet, k, err
	}
	k, err = remembered(ctx, s.memo, t, c.Kiosk, memoTime,
		func() (counters.Kiosk, error) { return s.Counters.Kiosk(ctx, tx, c.Kiosk) })
	return sheet, k, err
}

// offered is what a choice would consume.
type offered struct {
	title  string
	length time.Duration
	units  int
}

// offer checks that the choice is one that the kiosk and the office offer at all, whoever has it now. A choice that is
// not is answered like a taken one: the page the citizen chose from may be old.
func (s *Service) offer(ctx context.Context, tx *tenant.Tx, c Choice) (offered, error) {
	sheet, k, err := s.rememberedOffer(ctx, tx, c)
	if err != nil {
		return offered{}, err
	}
	if !bookable(sheet, c.Office, k) {
		return offered{}, problem.New(problem.Conflict, "booking.not_offered")
	}
	q := newQuestion(tx.Now(), sheet)
	if c.Start.Before(q.Earliest) || !c.Start.Before(q.Latest) {
		return offered{}, s.taken(ctx, tx, c)
	}
	windows, err := remembered(ctx, s.memo, tx.Tenant().Key, c.Office, memoTime, func() ([]catalog.Window, error) {
		first, last := Horizon(tx.Now())
		return s.Catalog.OfficeWindows(ctx, tx, c.Office, first, last.AddDays(1))
	})
	if err != nil {
		return offered{}, err
	}
	day := civil.Of(c.Start.In(clock.Rome))
	q.Windows, q.Open = around(windows, c.Start, c.Start.Add(q.Length)), k.Open(day, day.AddDays(1))
	units := q.unitsOf(c.Start)
	if units == 0 {
		return offered{}, s.taken(ctx, tx, c)
	}
	return offered{title: sheet.Title, length: q.Length, units: units}, nil
}

// around are the windows that meet the stretch; windows are in order.
func around(windows []catalog.Window, from, to time.Time) []catalog.Window {
	i := sort.Search(len(windows), func(i int) bool { return windows[i].To.After(from) })
	j := i
	for j < len(windows) && windows[j].From.Before(to) {
		j++
	}
	return windows[i:j]
}

// taken is the conflict that tells the next free times. It may be asked in the transaction that lost.
func (s *Service) taken(ctx context.Context, tx *tenant.Tx, c Choice) error {
	next, err := remembered(ctx, s.memo, tx.Tenant().Key, c.key(), takenTime, func() ([]Slot, error) {
		return s.NextFree(ctx, tx, c, alternates)
	})
	if err != nil {
		return err
	}
	return slotTaken(next)
}

func slotTaken(next []Slot) error {
	return problem.New(problem.Conflict, "booking.slot_taken").WithData(Alternatives{Slots: next})
}

// key makes equal choices equal: a time.Time also carries a zone.
func (c Choice) key() Choice { c.Start = c.Start.UTC(); return c }

// lostLately spares everybody who asks for a time that was just found taken the way through both planes, when the booking
// is not already there: it may be the one that has the time.
func (s *Service) lostLately(ctx context.Context, t tenant.Tenant, a AppointmentID, c Choice) error {
	v, ok := s.memo.find(t.Key, c.key())
	if !ok {
		return nil
	}
	if _, there, err := s.there.Ask(ctx, bookedKey{t, a}); err == nil && !there {
		return slotTaken(v.([]Slot))
	}
	return nil // the long way tells more
}

// NextFree lists the first n free times at the same kiosk and office, from the chosen time on; when there are not
// enough, from now on. It looks at two weeks first and at the whole horizon only when it must.
func (s *Service) NextFree(ctx context.Context, tx *tenant.Tx, c Choice, n int) ([]Slot, error) {
	sheet, k, err := s.rememberedOffer(ctx, tx, c)
	if err != nil || !bookable(sheet, c.Office, k) {
		return nil, err
	}
	first, last := Horizon(tx.Now())
	from := civil.Of(c.Start.In(clock.Rome))
	if from.Before(first) || last.Before(from) {
		from = first
	}
	for _, dates := range [][2]civil.Date{{from, from.AddDays(14)}, {first, last}} {
		q, err := s.ask(ctx, tx, sheet, c.Office, k, dates[0], dates[1])
		if err != nil {
			return nil, err
		}
		free := q.free()
		i := sort.Search(len(free), func(i int) bool { return !free[i].Start.Before(c.Start) })
		if len(free)-i >= n {
			return free[i : i+n], nil
		}
		if dates[1] == last {
			i = max(0, min(i, len(free)-n)) // too few after it: the last ones before it
			return free[i:min(len(free), i+n)], nil
		}
	}
	return nil, nil
}

// Place is one kiosk as the first step of the wizard shows it.
type Place struct {
	Kiosk counters.Kiosk
	First *Slot // the first free time with the chosen office; nil when there is none within the horizon
}

// PlaceSlots is one kiosk with its free times, in order.
type PlaceSlots struct {
	Kiosk counters.Kiosk
	Slots []Slot
}

// Everywhere lists the free times of a service with one office at each kiosk where it is offered, between two dates, both
// included, by the kiosks' names. It costs the same few statements however many kiosks there are.
func (s *Service) Everywhere(ctx context.Context, tx *tenant.Tx, sheet catalog.Sheet, office catalog.OfficeID,
	first, last civil.Date,
) ([]PlaceSlots, error) {
	kiosks, err := s.Counters.Offering(ctx, tx, sheet.ID)
	if err != nil || len(kiosks) == 0 {
		return nil, err
	}
	q := newQuestion(tx.Now(), sheet)
	first, last = q.within(first, last)
	from, to := first.Start(clock.Rome), last.AddDays(1).Start(clock.Rome)
	if q.Windows, err = s.Catalog.OfficeWindows(ctx, tx, office, first, last); err != nil {
		return nil, err
	}
	ids := make([]counters.KioskID, len(kiosks))
	for i, k := range kiosks {
		ids[i] = k.ID
	}
	busy, err := s.Counters.Busy(ctx, tx, ids, from, to)
	if err != nil {
		return nil, err
	}
	seats, err := busySeats(ctx, tx, []catalog.OfficeID{office}, from, to)
	if err != nil {
		return nil, err
	}
	q.Seats = seats[office]
	out := make([]PlaceSlots, len(kiosks))
	for i, k := range kiosks {
		q.Open, q.Busy = k.Open(first, last), busy[k.ID]
		out[i] = PlaceSlots{k, q.free()}
	}
	return out, nil
}

// Places lists the kiosks at which the service is offered with the first free time of each, by that time.
func (s *Service) Places(ctx context.Context, tx *tenant.Tx, sheet catalog.Sheet, office catalog.OfficeID) ([]Place, error) {
	first, last := Horizon(tx.Now())
	found, err := s.Everywhere(ctx, tx, sheet, office, first, last)
	if err != nil {
		return nil, err
	}
	out := make([]Place, len(found))
	for i, f := range found {
		out[i].Kiosk = f.Kiosk
		if len(f.Slots) > 0 {
			out[i].First = &f.Slots[0]
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i].First, out[j].First
		return a != nil && (b == nil || a.Start.Before(b.Start))
	})
	return out, nil
}
