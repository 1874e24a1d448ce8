package videocall

import (
	"context"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// Emergencies calls who is near a kiosk. counters satisfies it, by way of cmd/internal/app.
type Emergencies interface {
	// Raise tells the office and the host site. It says false where the kiosk is a citizen's own device: nobody is near.
	Raise(ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk uuid.UUID) (bool, error)
}

// Emergency: somebody at the kiosk is unwell or in danger. The office and who keeps the place are told at once, and the
// operator reads the address for 112 (the number of all rescue services, law 124/2015, article 8). The call goes on.
func (s *Service) Emergency(ctx context.Context, t tenant.Tenant, a actor.Actor) (out EmergencyView, err error) {
	if _, err := operatorOf(a); err != nil {
		return out, err
	}
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		v, _, err := lockMine(ctx, tx, a)
		if err != nil {
			return err
		}
		if v.Rehearsal {
			return problem.New(problem.Conflict, "videocall.rehearsal")
		}
		if out.Told, err = s.cfg.Emergencies.Raise(ctx, tx, a, v.KioskID); err != nil {
			return err
		}
		label, err := s.cfg.Kiosks.Kiosk(ctx, tx, v.KioskID)
		if err != nil {
			return err
		}
		out.Kiosk, out.Place, out.Address = label.Name, label.Place, label.Address
		return audit.Record(ctx, tx, a, "session.emergency", "session:"+v.ID.String(), nil)
	})
	if err == nil {
		s.hintDesks(ctx, t)
	}
	return out, err
}

// EmergencyView is what the operator reads out to the rescue services.
type EmergencyView struct {
	Told    bool   `json:"told" doc:"The office and who keeps the place were told; not for a citizen's own device"`
	Kiosk   string `json:"kiosk"`
	Place   string `json:"place"`
	Address string `json:"address"`
}
