package catalog

import (
	"context"
	"fmt"
	"strings"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

var (
	errForbidden = problem.New(problem.Forbidden, "catalog.forbidden")
	errEdited    = problem.New(problem.Conflict, "catalog.edited_since")
	errTaken     = problem.New(problem.Conflict, "catalog.slug_taken")
)

// maxSlugTries bounds how often a taken slug is tried with the next number.
const maxSlugTries = 50

// CreateService adds a service as a draft. Slug may be empty; then it is made from the title. Texts that could not be
// kept are problem.Invalid with every field that is wrong.
func (s *Service) CreateService(ctx context.Context, tx *tenant.Tx, a actor.Actor, in Sheet) (Sheet, error) {
	if !CanEdit(a) {
		return Sheet{}, errForbidden
	}
	if err := tidySheet(&in); err != nil {
		return Sheet{}, err
	}
	if err := checkOffices(ctx, tx, in); err != nil {
		return Sheet{}, err
	}
	in.ID, in.State, in.StateReason, in.Version = id.New[Sheet](tx.IDs()), Draft, "", 1
	err := withFreeSlug(&in.Slug, in.Title, func() (int64, error) {
		return tenant.Exec(ctx, tx, sqlInsertService, sheetArgs(in, tx.Now()))
	})
	if err != nil {
		return Sheet{}, err
	}
	if err := setServiceOffices(ctx, tx, in); err != nil {
		return Sheet{}, err
	}
	if err := audit.Record(ctx, tx, a, "service.create", "service:"+in.ID.String(), nil); err != nil {
		return Sheet{}, err
	}
	return s.ServiceByID(ctx, tx, in.ID)
}

// UpdateService changes the texts, channels and offices of a service; its slug and state stay. in.Version is the one
// that was read, else the answer is problem.Conflict with catalog.edited_since. A service on the site must stay complete.
func (s *Service) UpdateService(ctx context.Context, tx *tenant.Tx, a actor.Actor, in Sheet) (Sheet, error) {
	if !CanEdit(a) {
		return Sheet{}, errForbidden
	}
	if err := tidySheet(&in); err != nil {
		return Sheet{}, err
	}
	was, err := s.ServiceByID(ctx, tx, in.ID)
	if err != nil {
		return Sheet{}, err
	}
	if was.State != Draft {
		if err := Publishable(in); err != nil {
			return Sheet{}, err
		}
	}
	if err := checkOffices(ctx, tx, in); err != nil {
		return Sheet{}, err
	}
	n, err := tenant.Exec(ctx, tx, sqlUpdateService, sheetArgs(in, tx.Now()))
	if err != nil {
		return Sheet{}, err
	}
	if n == 0 {
		return Sheet{}, errEdited
	}
	if err := setServiceOffices(ctx, tx, in); err != nil {
		return Sheet{}, err
	}
	if err := audit.Record(ctx, tx, a, "service.update", "service:"+in.ID.String(), map[string]any{"version": in.Version + 1}); err != nil {
		return Sheet{}, err
	}
	return s.ServiceByID(ctx, tx, in.ID)
}

// Publish puts a service on the site. What it misses is problem.Invalid with catalog.service_incomplete and the fields.
func (s *Service) Publish(ctx context.Context, tx *tenant.Tx, a actor.Actor, sheet SheetID, version int) error {
	return s.setState(ctx, tx, a, sheet, version, Published, "")
}

// Withdraw takes a service off the site: it becomes a draft again. Appointments already booked stay.
func (s *Service) Withdraw(ctx context.Context, tx *tenant.Tx, a actor.Actor, sheet SheetID, version int) error {
	return s.setState(ctx, tx, a, sheet, version, Draft, "")
}

// Deactivate leaves a service on the site as not active, with the reason that citizens read. It cannot be booked.
func (s *Service) Deactivate(ctx context.Context, tx *tenant.Tx, a actor.Actor, sheet SheetID, version int, reason string) error {
	k := newChecker("catalog.service_invalid")
	k.line("reason", &reason, 255)
	k.required("reason", reason)
	if err := k.err(); err != nil {
		return err
	}
	return s.setState(ctx, tx, a, sheet, version, Inactive, reason)
}

func (s *Service) setState(ctx context.Context, tx *tenant.Tx, a actor.Actor, sheet SheetID, version int, to State, reason string) error {
	if !CanEdit(a) {
		return errForbidden
	}
	was, err := s.ServiceByID(ctx, tx, sheet)
	if err != nil {
		return err
	}
	if was.State == to && was.StateReason == reason {
		return nil // the button was pressed twice
	}
	if to != Draft {
		if err := Publishable(was); err != nil {
			return err
		}
	}
	n, err := tenant.Exec(ctx, tx, sqlSetServiceState, tenant.Args{
		"id": sheet, "version": version, "state": string(to), "reason": reason, "now": tx.Now(),
	})
	if err != nil {
		return err
	}
	if n == 0 {
		return errEdited
	}
	return audit.Record(ctx, tx, a, "service.state", "service:"+sheet.String(), map[string]any{"from": was.State, "to": to})
}

func setServiceOffices(ctx context.Context, tx *tenant.Tx, in Sheet) error {
	if _, err := tenant.Exec(ctx, tx, sqlDeleteServiceOffices, tenant.Args{"id": in.ID}); err != nil {
		return err
	}
	_, err := tenant.Exec(ctx, tx, sqlInsertServiceOffices, tenant.Args{"id": in.ID, "offices": in.OfficeIDs})
	return err
}

// checkOffices refuses offices that the entity does not have.
func checkOffices(ctx context.Context, tx *tenant.Tx, in Sheet) error {
	have, err := tenant.All[Office](ctx, tx, sqlOffices)
	if err != nil {
		return err
	}
	known := map[OfficeID]bool{}
	for _, o := range have {
		known[o.ID] = true
	}
	for _, o := range in.OfficeIDs {
		if !known[o] {
			return problem.New(problem.Invalid, "catalog.service_invalid").WithField("offices", "catalog.office_unknown")
		}
	}
	if in.ResponsibleID != nil && !known[*in.ResponsibleID] {
		return problem.New(problem.Invalid, "catalog.service_invalid").WithField("responsible", "catalog.office_unknown")
	}
	return nil
}

// withFreeSlug inserts under the slug, made from the title where it is empty; a made one that is taken gets a number.
func withFreeSlug(slug *string, title string, insert func() (int64, error)) error {
	given := *slug != ""
	base := Slugify(title)
	if given {
		base = *slug
	}
	if base == "" || base != Slugify(base) {
		return problem.New(problem.Invalid, "catalog.slug_invalid").WithField("title", "catalog.title_letters")
	}
	for try := 1; try <= maxSlugTries; try++ {
		if *slug = base; try > 1 {
			*slug = fmt.Sprintf("%s-%d", strings.TrimSuffix(base, "-"), try)
		}
		n, err := insert()
		if err != nil || n == 1 {
			return err
		}
		if given {
			break
		}
	}
	return errTaken
}

// SaveEntity keeps what the entity says about itself. e.Version is the one that was read.
func (s *Service) SaveEntity(ctx context.Context, tx *tenant.Tx, a actor.Actor, e Entity) error {
	if !CanEdit(a) {
		return errForbidden
	}
	if err := tidyEntity(&e); err != nil {
		return err
	}
	n, err := tenant.Exec(ctx, tx, sqlUpsertEntity, entityArgs(e, tx.Now()))
	if err != nil {
		return err
	}
	if n == 0 {
		return errEdited
	}
	s.forget(tx.Tenant().Key)
	return audit.Record(ctx, tx, a, "entity.update", "entity:"+string(tx.Tenant().Key), nil)
}
