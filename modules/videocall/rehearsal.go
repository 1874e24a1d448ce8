package videocall

import (
	"context"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/tenant"
)

// Rehearse seats a citizen who does not exist, for one operator to practise with: they, or a colleague, play the citizen in
// another window. It is a session like any other, so that what is learned is true; it waits for this operator only, is
// marked everywhere, and counts in no queue, no statistics, no search, no rating and no bill. It gives the number of the seat.
func (s *Service) Rehearse(ctx context.Context, t tenant.Tenant, a actor.Actor) (seat uuid.UUID, err error) {
	operator, err := operatorOf(a)
	if err != nil {
		return uuid.Nil, err
	}
	var v Session
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		offices, err := s.cfg.Staff.Offices(ctx, tx, a)
		if err != nil {
			return err
		}
		if len(offices) == 0 {
			return problem.New(problem.Conflict, "videocall.no_office")
		}
		seat = tx.IDs()()
		word := func(key string) string { return i18n.T(i18n.Italian, key, nil) }
		v = Session{
			ID: id.New[Session](tx.IDs()), AppointmentID: seat, KioskID: seat, OfficeID: offices[0], ServiceID: seat,
			ServiceTitle: word("videocall.rehearsal.service"), ServiceMinutes: 15, Needed: []string{word("videocall.rehearsal.needed")},
			KioskName: word("videocall.rehearsal.kiosk"), AppointmentAt: tx.Now(), StartRequestID: seat,
			Rehearsal: true, WantedID: &operator, WantedName: a.Name,
		}
		if v.OfficeName, err = s.cfg.Labels.Office(ctx, tx, v.OfficeID); err != nil {
			return err
		}
		if err := s.sit(ctx, tx, &v, ""); err != nil {
			return err
		}
		return audit.Record(ctx, tx, a, "session.rehearsed", "session:"+v.ID.String(), nil)
	})
	if err != nil {
		return uuid.Nil, err
	}
	s.watch.add(t)
	s.hint(ctx, t, v)
	return seat, nil
}
