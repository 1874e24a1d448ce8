package booking

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// OnFormLeft deletes forms that were never confirmed and whose time is long over, with what was typed into them, and
// times that were released long ago.
func (s *Service) OnFormLeft(ctx context.Context, t tenant.Tenant, _ json.RawMessage) error {
	return s.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		type freed struct{ ReservationID, SeatID uuid.UUID }
		rows, err := tenant.All[freed](ctx, tx, sqlForget, tenant.Args{"before": tx.Now().Add(-keepHolds)})
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := s.Seats.Release(ctx, tx, r.ReservationID); err != nil {
				return err
			}
			if err := releaseSeat(ctx, tx, r.SeatID); err != nil {
				return err
			}
		}
		before := tx.Now().Add(-keepFreed)
		if _, err := tenant.Exec(ctx, tx, sqlPurgeSeats, tenant.Args{"before": before}); err != nil {
			return err
		}
		_, err = s.Counters.Purge(ctx, tx, before)
		return err
	})
}

// cleanBatch is how many codes are looked at in one go.
const cleanBatch = 500

// CleanCodes takes out of the registry the codes that open nothing: reserved for a booking that never committed, of a
// cancelled appointment, or of one that was over a day ago. It walks the registry, not the entities, and says how many
// it took out. A daily job calls it; find turns a key into the entity.
func (s *Service) CleanCodes(ctx context.Context, find func(context.Context, tenant.Key) (tenant.Tenant, error)) (int, error) {
	removed := 0
	after := codeRow{}
	for {
		var rows []codeRow
		err := s.DB.InControl(ctx, actor.Actor{Kind: actor.System}, func(tx *tenant.ControlTx) error {
			var err error
			rows, err = tenant.All[codeRow](ctx, tx, sqlOldCodes, tenant.Args{
				"tenant": after.Tenant, "appointment": after.AppointmentID, "before": tx.Now().Add(-HoldAtMost), "limit": cleanBatch,
			})
			return err
		})
		if err != nil || len(rows) == 0 {
			return removed, err
		}
		after = rows[len(rows)-1]
		for from := 0; from < len(rows); {
			to := from
			for to < len(rows) && rows[to].Tenant == rows[from].Tenant {
				to++
			}
			n, err := s.cleanTenant(ctx, find, rows[from:to])
			removed += n
			if err != nil {
				return removed, err
			}
			from = to
		}
	}
}

type codeRow struct {
	Tenant        tenant.Key
	AppointmentID uuid.UUID
}

func (s *Service) cleanTenant(ctx context.Context, find func(context.Context, tenant.Key) (tenant.Tenant, error), rows []codeRow) (int, error) {
	t, err := find(ctx, rows[0].Tenant)
	if err != nil {
		return 0, err
	}
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.AppointmentID
	}
	live := map[uuid.UUID]bool{}
	err = s.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		now := tx.Now()
		alive, err := tenant.Values[uuid.UUID](ctx, tx, sqlLiveCodes, tenant.Args{
			"ids": ids, "ended": now.Add(-keepCode), "held": now.Add(-time.Hour),
		})
		for _, id := range alive {
			live[id] = true
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	removed := 0
	err = s.DB.InControl(ctx, actor.Actor{Kind: actor.System}, func(tx *tenant.ControlTx) error {
		removed = 0
		for _, id := range ids {
			if live[id] {
				continue
			}
			if err := control.ReleaseCode(ctx, tx, t.Key, id); err != nil {
				return err
			}
			removed++
		}
		return nil
	})
	return removed, err
}
