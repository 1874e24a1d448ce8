package booking

import (
	"context"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// On the day when bookings open many ask the same at once: what can be asked with one voice is.

func (s *Service) newCodes(ctx context.Context, codes []control.NewCode) (taken map[control.NewCode]struct{}, err error) {
	err = s.DB.InControl(ctx, actor.Actor{Kind: actor.System}, func(tx *tenant.ControlTx) error {
		taken, err = control.ReserveNewCodes(ctx, tx, codes)
		return err
	})
	return taken, err
}

// thereOf gives those that exist, in whatever state.
func (s *Service) thereOf(ctx context.Context, asked []bookedKey) (map[bookedKey]struct{}, error) {
	of := map[tenant.Tenant][]uuid.UUID{}
	for _, k := range asked {
		of[k.in] = append(of[k.in], k.id.UUID)
	}
	found := map[bookedKey]struct{}{}
	for t, ids := range of {
		there, err := tenant.Values[AppointmentID](ctx, s.DB.Read(t), sqlThere, tenant.Args{"ids": ids})
		if err != nil {
			return nil, err
		}
		for _, id := range there {
			found[bookedKey{t, id}] = struct{}{}
		}
	}
	return found, nil
}
