package videocall

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

// mostPast is how many encounters a search shows; whoever gets more narrows it.
const mostPast = 200

// PastFilter narrows a search. Empty texts and outcomes let everything through.
type PastFilter struct {
	First, Last civil.Date // days on which people sat down, both included
	Name        string     // a part of the citizen's name
	Service     string     // a part of the service's title
	Outcome     Outcome
}

// Past is one encounter that ended.
type Past struct {
	At       time.Time
	Citizen  string // "" when the appointment is not kept any more
	Service  string
	Office   string
	Kiosk    string
	Operator string
	Outcome  Outcome
	Talk     time.Duration // from the first connection to the end; zero where nobody was connected
	ByWhat   ByWhat        // how the person was recognised, "" where nobody recorded it
	Note     string
}

type pastRow struct {
	Session
	ByWhat ByWhat
}

// Past finds encounters that ended, the latest first: an operator's own offices', an administrator's whole entity. The
// search leaves an audit row. more says that there are others beyond those given.
func (s *Service) Past(ctx context.Context, t tenant.Tenant, a actor.Actor, f PastFilter) (found []Past, more bool, err error) {
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		found, more = nil, false
		var offices []uuid.UUID
		if !a.Has(actor.Administrator) {
			if offices, err = s.cfg.Staff.Offices(ctx, tx, a); err != nil {
				return err
			}
		}
		rows, err := past(ctx, tx, f, a.Has(actor.Administrator), offices)
		if err != nil {
			return err
		}
		appointments := make([]uuid.UUID, len(rows))
		for i, v := range rows {
			appointments[i] = v.AppointmentID
		}
		people, err := s.cfg.Appointments.People(ctx, tx, appointments)
		if err != nil {
			return err
		}
		for _, v := range rows {
			p := personOf(&v.Session, people)
			name := strings.TrimSpace(p.Name + " " + p.Surname)
			if !strings.Contains(strings.ToLower(name), strings.ToLower(strings.TrimSpace(f.Name))) {
				continue
			}
			if more = len(found) == mostPast; more {
				break
			}
			found = append(found, pastOf(&v, name))
		}
		detail := map[string]any{"from": f.First.String(), "to": f.Last.String(), "by_name": f.Name != "", "found": len(found)}
		return audit.Record(ctx, tx, a, "sessions.searched", "day:"+f.Last.String(), detail)
	})
	return found, more, err
}

func pastOf(v *pastRow, name string) Past {
	out := Past{
		At: v.StartedAt.In(clock.Rome), Citizen: name, Service: v.ServiceTitle, Office: v.OfficeName, Kiosk: v.KioskName,
		Operator: v.OperatorName, Outcome: v.Outcome, ByWhat: v.ByWhat, Note: v.Note,
	}
	if v.ConnectedAt != nil && v.ClosedAt != nil {
		out.Talk = v.ClosedAt.Sub(*v.ConnectedAt)
	}
	return out
}
