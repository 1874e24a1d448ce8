package catalog

import (
	"context"
	"strings"

	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// Service is the catalogue of an entity. Its reads are public data and take no actor, only a
// Tx or, for one short read, a Reader; its changes take one, need
// CanEdit, and leave an audit row in the same transaction. It is safe for concurrent use.
type Service struct {
	db       *tenant.DB
	bookings Bookings
	sites    sites
	pages    pages
}

// New makes the service.
func New(db *tenant.DB) *Service { return &Service{db: db} }

// Entity reads what the entity says about itself. Before it was ever saved it is the name the vendor gave (where q
// is a Tx), with the default minutes and version 0.
func (s *Service) Entity(ctx context.Context, q tenant.Querier) (Entity, error) {
	rows, err := tenant.All[Entity](ctx, q, sqlEntity)
	if err != nil || len(rows) > 0 {
		return first(rows), err
	}
	var name string
	if tx, ok := q.(*tenant.Tx); ok {
		name = tx.Tenant().Name
	}
	return Entity{Name: name, EarlyMinutes: 15, LateMinutes: 10, ReminderHours: []int{24}, PatienceMinutes: 15, AskRating: true}, nil
}

// Services lists services by title. The zero Filter lists what is on the site.
func (s *Service) Services(ctx context.Context, q tenant.Querier, f Filter) ([]Sheet, error) {
	states := f.States
	if len(states) == 0 {
		states = []State{Published, Inactive}
	}
	texts := make([]string, len(states))
	for i, st := range states {
		texts[i] = string(st)
	}
	return tenant.All[Sheet](ctx, q, sqlServices, tenant.Args{
		"states": texts, "category": f.Category, "topic": f.Topic, "bookable": f.Bookable, "office": f.Office,
		"words": orEmpty(strings.Fields(strings.ToLower(f.Query))),
	})
}

// ServiceBySlug reads a service that is on the site. A draft is problem.NotFound like one that does not exist.
func (s *Service) ServiceBySlug(ctx context.Context, q tenant.Querier, slug string) (Sheet, error) {
	id, err := tenant.Value[SheetID](ctx, q, sqlServiceIDBySlug, tenant.Args{"slug": slug})
	if err != nil {
		return Sheet{}, err
	}
	sheet, err := s.ServiceByID(ctx, q, id)
	if err == nil && sheet.State == Draft {
		return Sheet{}, problem.New(problem.NotFound, "not_found")
	}
	return sheet, err
}

// ServiceByID reads a service in any state, or problem.NotFound.
func (s *Service) ServiceByID(ctx context.Context, q tenant.Querier, id SheetID) (Sheet, error) {
	return tenant.One[Sheet](ctx, q, sqlServiceByID, tenant.Args{"id": id})
}

// Offices lists all offices, the active ones first, by name.
func (s *Service) Offices(ctx context.Context, q tenant.Querier) ([]Office, error) {
	return tenant.All[Office](ctx, q, sqlOffices)
}

// Office reads one office, or problem.NotFound.
func (s *Service) Office(ctx context.Context, q tenant.Querier, id OfficeID) (Office, error) {
	return tenant.One[Office](ctx, q, sqlOffice, tenant.Args{"id": id})
}

// OfficeBySlug reads one office, or problem.NotFound.
func (s *Service) OfficeBySlug(ctx context.Context, q tenant.Querier, slug string) (Office, error) {
	return tenant.One[Office](ctx, q, sqlOfficeBySlug, tenant.Args{"slug": slug})
}

// OfficeHours reads the weekly hours of an office in order.
func (s *Service) OfficeHours(ctx context.Context, q tenant.Querier, id OfficeID) ([]Hours, error) {
	return tenant.All[Hours](ctx, q, sqlHours, tenant.Args{"office": id})
}

// Exceptions reads the exceptions of one office and of all offices within dates, both included.
func (s *Service) Exceptions(ctx context.Context, q tenant.Querier, id OfficeID, first, last civil.Date) ([]Exception, error) {
	return officeExceptions(ctx, q, id, first, last)
}

// EntityExceptions reads the exceptions of all offices within dates, both included. With the patron they are the
// closing days that a kiosk keeps too.
func (s *Service) EntityExceptions(ctx context.Context, q tenant.Querier, first, last civil.Date) ([]Exception, error) {
	return tenant.All[Exception](ctx, q, sqlEntityExceptions, tenant.Args{"first": first, "last": last})
}

// OfficeCalendar reads all that decides when an office is open between two dates, both included. An office that is
// not active has no hours and no exceptions, so it never opens.
func (s *Service) OfficeCalendar(ctx context.Context, q tenant.Querier, id OfficeID, first, last civil.Date) (Calendar, error) {
	office, err := s.Office(ctx, q, id)
	if err != nil || !office.Active {
		return Calendar{}, err
	}
	var c Calendar
	if c.Hours, err = s.OfficeHours(ctx, q, id); err != nil {
		return Calendar{}, err
	}
	if c.Exceptions, err = officeExceptions(ctx, q, id, first, last); err != nil {
		return Calendar{}, err
	}
	entity, err := s.Entity(ctx, q)
	c.Patron = entity.Patron()
	return c, err
}

// OfficeWindows gives the windows in which an office answers between two dates, both included.
func (s *Service) OfficeWindows(ctx context.Context, q tenant.Querier, id OfficeID, first, last civil.Date) ([]Window, error) {
	c, err := s.OfficeCalendar(ctx, q, id, first, last)
	if err != nil {
		return nil, err
	}
	return c.WindowsBetween(first, last), nil
}

func first[T any](rows []T) T {
	var zero T
	if len(rows) == 0 {
		return zero
	}
	return rows[0]
}
