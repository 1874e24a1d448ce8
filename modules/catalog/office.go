package catalog

import (
	"context"
	"strconv"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// maxOperators bounds how many people one window answers at once.
const maxOperators = 50

func tidyOffice(o *Office) error {
	k := newChecker("catalog.office_invalid")
	k.line("name", &o.Name, 100)
	k.required("name", o.Name)
	if o.Name != "" && Slugify(o.Name) == "" {
		k.blame("name", "catalog.title_letters", nil)
	}
	k.block("description", &o.Description, 2000)
	k.line("address", &o.Address, 200)
	k.phone("phone", &o.Phone)
	k.email("email", &o.Email)
	return k.err()
}

// CreateOffice adds an active office without hours. Slug may be empty; then it is made from the name.
func (s *Service) CreateOffice(ctx context.Context, tx *tenant.Tx, a actor.Actor, o Office) (Office, error) {
	if !CanEdit(a) {
		return Office{}, errForbidden
	}
	if err := tidyOffice(&o); err != nil {
		return Office{}, err
	}
	o.ID, o.Active, o.Version, o.UpdatedAt = id.New[Office](tx.IDs()), true, 1, tx.Now()
	err := withFreeSlug(&o.Slug, o.Name, func() (int64, error) {
		return tenant.Exec(ctx, tx, sqlInsertOffice, officeArgs(o, tx.Now()))
	})
	if err != nil {
		return Office{}, err
	}
	return o, audit.Record(ctx, tx, a, "office.create", "office:"+o.ID.String(), nil)
}

// UpdateOffice changes an office; its slug stays. o.Version is the one that was read, else problem.Conflict with
// catalog.edited_since.
func (s *Service) UpdateOffice(ctx context.Context, tx *tenant.Tx, a actor.Actor, o Office) error {
	if !CanEdit(a) {
		return errForbidden
	}
	if err := tidyOffice(&o); err != nil {
		return err
	}
	if _, err := s.Office(ctx, tx, o.ID); err != nil {
		return err
	}
	n, err := tenant.Exec(ctx, tx, sqlUpdateOffice, officeArgs(o, tx.Now()))
	if err != nil {
		return err
	}
	if n == 0 {
		return errEdited
	}
	return audit.Record(ctx, tx, a, "office.update", "office:"+o.ID.String(), map[string]any{"active": o.Active})
}

// CheckHours refuses weekly hours that make no sense: an end before its beginning, windows that overlap, no operators.
// Fields are named hours-<index>.
func CheckHours(hours []Hours) error {
	k := newChecker("catalog.hours_invalid")
	for i, h := range hours {
		name := hoursField(i)
		switch {
		case h.Weekday < 1 || h.Weekday > 7:
			k.blame(name, "catalog.weekday", nil)
		case h.From < 0 || h.To > civil.EndOfDay || h.From >= h.To:
			k.blame(name, "catalog.hours_order", nil)
		case h.Operators < 1 || h.Operators > maxOperators:
			k.blame(name, "catalog.operators", map[string]any{"max": maxOperators})
		}
		for j, other := range hours[:i] {
			if h.Weekday == other.Weekday && h.From < other.To && other.From < h.To {
				k.blame(name, "catalog.hours_overlap", map[string]any{"from": hours[j].From.String(), "to": hours[j].To.String()})
			}
		}
	}
	return k.err()
}

// SaveHours replaces the weekly hours of an office. version is the office's that was read.
func (s *Service) SaveHours(ctx context.Context, tx *tenant.Tx, a actor.Actor, office OfficeID, version int, hours []Hours) error {
	if !CanEdit(a) {
		return errForbidden
	}
	if err := CheckHours(hours); err != nil {
		return err
	}
	if _, err := s.Office(ctx, tx, office); err != nil {
		return err
	}
	n, err := tenant.Exec(ctx, tx, sqlTouchOffice, tenant.Args{"id": office, "version": version, "now": tx.Now()})
	if err != nil {
		return err
	}
	if n == 0 {
		return errEdited
	}
	if _, err := tenant.Exec(ctx, tx, sqlDeleteHours, tenant.Args{"office": office}); err != nil {
		return err
	}
	for i, h := range hours {
		n, err := tenant.Exec(ctx, tx, sqlInsertHours, tenant.Args{
			"office": office, "weekday": h.Weekday, "from": int(h.From), "to": int(h.To), "operators": h.Operators,
		})
		if err != nil {
			return err
		}
		if n == 0 { // the constraint saw an overlap
			return problem.New(problem.Invalid, "catalog.hours_invalid").WithField(hoursField(i), "catalog.hours_overlap")
		}
	}
	return audit.Record(ctx, tx, a, "office.hours", "office:"+office.String(), map[string]any{"windows": len(hours)})
}

// AddException adds a day on which the weekly hours do not hold. A day in the past, and one that is already closed or
// opened at the same time, are problem.Invalid.
func (s *Service) AddException(ctx context.Context, tx *tenant.Tx, a actor.Actor, e Exception) (Exception, error) {
	if !CanEdit(a) {
		return Exception{}, errForbidden
	}
	k := newChecker("catalog.exception_invalid")
	k.line("reason", &e.Reason, 160)
	switch today := civil.Of(tx.Now().In(rome)); {
	case e.Date.IsZero():
		k.blame("date", "catalog.date_required", nil)
	case e.Date.Before(today):
		k.blame("date", "catalog.date_past", nil)
	case today.AddDays(2 * 366).Before(e.Date):
		k.blame("date", "catalog.date_far", nil)
	}
	if e.Closed {
		e.From, e.To, e.Operators = 0, 0, 0
	} else {
		if e.From < 0 || e.To > civil.EndOfDay || e.From >= e.To {
			k.blame("from", "catalog.hours_order", nil)
		}
		if e.Operators < 1 || e.Operators > maxOperators {
			k.blame("operators", "catalog.operators", map[string]any{"max": maxOperators})
		}
	}
	if err := k.err(); err != nil {
		return Exception{}, err
	}
	if e.OfficeID != nil {
		if _, err := s.Office(ctx, tx, *e.OfficeID); err != nil {
			return Exception{}, err
		}
	}
	e.ID, e.CreatedAt = id.New[Exception](tx.IDs()), tx.Now()
	n, err := insertException(ctx, tx, e)
	if err != nil {
		return Exception{}, err
	}
	if n == 0 {
		return Exception{}, problem.New(problem.Invalid, "catalog.exception_invalid").WithField("date", "catalog.exception_exists")
	}
	return e, audit.Record(ctx, tx, a, "calendar.exception_add", exceptionObject(e), map[string]any{"date": e.Date.String(), "closed": e.Closed})
}

// RemoveException takes an exception back, so that the weekly hours hold again; it returns what it was, so that it can
// be added again. One that is gone already is problem.NotFound.
func (s *Service) RemoveException(ctx context.Context, tx *tenant.Tx, a actor.Actor, e ExceptionID) (Exception, error) {
	if !CanEdit(a) {
		return Exception{}, errForbidden
	}
	was, err := tenant.One[Exception](ctx, tx, sqlDeleteException, tenant.Args{"id": e})
	if err != nil {
		return Exception{}, err
	}
	return was, audit.Record(ctx, tx, a, "calendar.exception_remove", exceptionObject(was), map[string]any{"date": was.Date.String(), "closed": was.Closed})
}

func exceptionObject(e Exception) string {
	if e.OfficeID == nil {
		return "calendar:all"
	}
	return "office:" + e.OfficeID.String()
}

func hoursField(i int) string { return "hours-" + strconv.Itoa(i) }
