package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/videocall"
	"github.com/sportello/sportello/tenant"
)

// walkIns tells a kiosk what one may ask for without an appointment, and keeps its time.
type walkIns struct {
	catalog  *catalog.Service
	counters *counters.Service
	urlOf    func(tenant.Tenant) string
}

func (w walkIns) sheets(ctx context.Context, tx *tenant.Tx, kiosk uuid.UUID) ([]catalog.Sheet, error) {
	k, err := w.counters.Kiosk(ctx, tx, counters.KioskID{UUID: kiosk})
	if errors.Is(err, problem.NotFound) {
		return nil, nil // a citizen's own device: who sits there has an appointment
	}
	if err != nil || k.State != counters.Active {
		return nil, err
	}
	bookable, err := w.catalog.Services(ctx, tx, catalog.Filter{Bookable: true})
	return slices.DeleteFunc(bookable, func(s catalog.Sheet) bool { return !s.WalkIn || !k.Offers(s.ID) }), err
}

func (w walkIns) Open(ctx context.Context, tx *tenant.Tx, kiosk uuid.UUID) (bool, error) {
	sheets, err := w.sheets(ctx, tx, kiosk)
	return len(sheets) > 0, err
}

func (w walkIns) Offers(ctx context.Context, tx *tenant.Tx, kiosk uuid.UUID) ([]videocall.WalkInOffer, error) {
	sheets, err := w.sheets(ctx, tx, kiosk)
	if err != nil {
		return nil, err
	}
	offers := make([]videocall.WalkInOffer, len(sheets))
	for i, s := range sheets {
		offers[i] = videocall.WalkInOffer{ServiceID: s.ID.UUID, Title: s.Title, Minutes: s.DurationMinutes}
		for _, id := range s.OfficeIDs {
			o, err := w.catalog.Office(ctx, tx, id)
			if err != nil {
				return nil, err
			}
			if now, err := answers(ctx, tx, w.catalog, id); err != nil {
				return nil, err
			} else if now && o.Active {
				offers[i].OfficeID, offers[i].Office = id.UUID, o.Name
				break
			}
		}
	}
	return offers, nil
}

// answers says whether an office is within its hours.
func answers(ctx context.Context, tx *tenant.Tx, c *catalog.Service, office catalog.OfficeID) (bool, error) {
	today := civil.Of(tx.Now().In(clock.Rome))
	windows, err := c.OfficeWindows(ctx, tx, office, today, today)
	return slices.ContainsFunc(windows, func(w catalog.Window) bool {
		return !tx.Now().Before(w.From) && tx.Now().Before(w.To)
	}), err
}

func (w walkIns) Seat(ctx context.Context, tx *tenant.Tx, kiosk, session uuid.UUID, until time.Time) (bool, error) {
	return w.counters.Reserve(ctx, tx, counters.Reservation{
		ID: session, Kiosk: counters.KioskID{UUID: kiosk}, From: tx.Now(), To: until, Purpose: "walk_in",
	})
}

func (w walkIns) Rise(ctx context.Context, tx *tenant.Tx, session uuid.UUID) error {
	return w.counters.Release(ctx, tx, session)
}

func (w walkIns) BookAt(t tenant.Tenant) string { return w.urlOf(t) + "/prenota" }
