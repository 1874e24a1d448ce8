package videocall

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// To is where an operator passes a person: to another office or to one colleague of the same office.
type To struct {
	Office    uuid.UUID // or the zero number
	Colleague uuid.UUID // or the zero number
	Why       string    // for whoever answers, 3 to 200 characters
}

// Park sets the operator's person aside: they wait at the kiosk until the operator calls them again. "Avanti il prossimo"
// passes them by; any operator of the office may call them by choosing them.
func (s *Service) Park(ctx context.Context, t tenant.Tenant, a actor.Actor) error {
	operator, err := operatorOf(a)
	if err != nil {
		return err
	}
	return s.act(ctx, t, a, Park, func(v *Session) { v.Parked, v.WantedID, v.WantedName = true, &operator, a.Name })
}

// Pass sends the operator's person back into the queue for somebody else, with the reason. They keep their place by the
// time of their appointment. Refusals: the problem "videocall.pass" with its fields when the place is none or the reason
// is missing.
func (s *Service) Pass(ctx context.Context, t tenant.Tenant, a actor.Actor, to To) error {
	operator, err := operatorOf(a)
	if err != nil {
		return err
	}
	to.Why = strings.TrimSpace(to.Why)
	wrong := problem.New(problem.Invalid, "videocall.pass")
	if n := utf8.RuneCountInString(to.Why); n < 3 || n > 200 || !printable(to.Why) {
		wrong = wrong.WithField("why", "videocall.pass_why")
	}
	var office string
	var colleague Colleague
	var v Session
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, _, err = mine(ctx, tx, a); err != nil {
			return err
		}
		if to.Office != uuid.Nil {
			office, err = s.officeTo(ctx, tx, v, to.Office)
		} else {
			colleague, err = s.colleagueTo(ctx, tx, v, operator, to.Colleague)
		}
		return err
	})
	if err != nil {
		return err
	}
	if office == "" && colleague.ID == uuid.Nil {
		wrong = wrong.WithField("to", "videocall.pass_to")
	}
	if len(wrong.Fields) > 0 {
		return wrong
	}
	before := v.OfficeID
	err = s.actWith(ctx, t, a, Pass, func(tx *tenant.Tx, v *Session) error {
		v.PassedBy, v.PassedWhy, v.Parked, v.WantedID, v.WantedName = a.Name, to.Why, false, nil, ""
		if office != "" {
			v.OfficeID, v.OfficeName = to.Office, office
		} else {
			v.WantedID, v.WantedName = &colleague.ID, colleague.Name
		}
		detail := map[string]any{"office": v.OfficeID.String(), "colleague": colleague.Name}
		return audit.Record(ctx, tx, a, "session.passed", "session:"+v.ID.String(), detail)
	})
	if err == nil {
		v.OfficeID = before
		s.hint(ctx, t, v) // they left this queue
	}
	return err
}

// officeTo is the name of another office that citizens can talk to, or "".
func (s *Service) officeTo(ctx context.Context, tx *tenant.Tx, v Session, office uuid.UUID) (string, error) {
	desks, err := s.cfg.Floor.Desks(ctx, tx)
	i := slices.IndexFunc(desks, func(o FloorOffice) bool { return o.ID == office && o.ID != v.OfficeID })
	if err != nil || i < 0 {
		return "", err
	}
	return desks[i].Name, nil
}

// colleagueTo is another operator of the person's office, or the zero one.
func (s *Service) colleagueTo(ctx context.Context, tx *tenant.Tx, v Session, me, wanted uuid.UUID) (Colleague, error) {
	all, err := s.cfg.Staff.Colleagues(ctx, tx, v.OfficeID)
	i := slices.IndexFunc(all, func(c Colleague) bool { return c.ID == wanted && c.ID != me })
	if err != nil || i < 0 {
		return Colleague{}, err
	}
	return all[i], nil
}

// Targets is where the operator's person can be passed.
type Targets struct {
	Offices    []TargetOffice    `json:"offices"`
	Colleagues []TargetColleague `json:"colleagues"`
}

// TargetOffice is another office.
type TargetOffice struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	Answers bool      `json:"answers" doc:"It is within its hours"`
	Desks   int       `json:"desks" doc:"How many of its desks are open"`
}

// TargetColleague is another operator of the person's office.
type TargetColleague struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	Present bool      `json:"present" doc:"Their desk is open"`
	Busy    bool      `json:"busy" doc:"They are in a call"`
}

// PassTargets lists where the operator's person can be passed.
func (s *Service) PassTargets(ctx context.Context, t tenant.Tenant, a actor.Actor) (out Targets, err error) {
	operator, err := operatorOf(a)
	if err != nil {
		return out, err
	}
	out = Targets{Offices: []TargetOffice{}, Colleagues: []TargetColleague{}}
	var v Session
	var desks []FloorOffice
	var colleagues []Colleague
	busy := map[uuid.UUID]bool{}
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, _, err = mine(ctx, tx, a); err != nil {
			return err
		}
		if desks, err = s.cfg.Floor.Desks(ctx, tx); err != nil {
			return err
		}
		if colleagues, err = s.cfg.Staff.Colleagues(ctx, tx, v.OfficeID); err != nil {
			return err
		}
		going, err := live(ctx, tx)
		for _, one := range going {
			if one.OperatorID != nil {
				busy[*one.OperatorID] = true
			}
		}
		return err
	})
	if err != nil {
		return out, err
	}
	here := s.desksOpen(ctx, t, desks)
	for _, o := range desks {
		if o.ID == v.OfficeID {
			continue
		}
		one := TargetOffice{ID: o.ID, Name: o.Name, Answers: o.Answers}
		for _, who := range o.Operators {
			if here[who] || busy[who] {
				one.Desks++
			}
		}
		out.Offices = append(out.Offices, one)
	}
	for _, c := range colleagues {
		if c.ID != operator {
			out.Colleagues = append(out.Colleagues, TargetColleague{c.ID, c.Name, here[c.ID] || busy[c.ID], busy[c.ID]})
		}
	}
	return out, nil
}
