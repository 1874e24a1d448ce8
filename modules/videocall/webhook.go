package videocall

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/rtc"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// Webhook is POST /api/livekit/webhook: it checks the signature over the raw body and notes the report once. Reports
// change no state and no minute; late, twice, in any order or never, the ledger says the same. find gives the entity
// of a key; the path is on any host.
func (s *Service) Webhook(find func(ctx context.Context, key tenant.Key) (tenant.Tenant, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx := c.UserContext()
		e, err := s.cfg.Rooms.Webhook(c.Body(), c.Get(fiber.HeaderAuthorization))
		if err != nil {
			return web.Fail(c, err)
		}
		key, err := entityOf(e.Room)
		if err != nil { // a room that is not ours
			return c.SendStatus(fiber.StatusNoContent)
		}
		t, err := find(ctx, key)
		if errors.Is(err, problem.NotFound) {
			return c.SendStatus(fiber.StatusNoContent)
		}
		if err == nil {
			err = s.Confirm(ctx, t, e)
		}
		if err != nil {
			return web.Fail(c, err) // LiveKit tries again
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

// Confirm notes a report of LiveKit once.
func (s *Service) Confirm(ctx context.Context, t tenant.Tenant, e rtc.Event) error {
	return s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		var session *uuid.UUID
		found, err := byRoom(ctx, tx, e.Room)
		switch {
		case err == nil:
			session = &found
		case !errors.Is(err, problem.NotFound):
			return err
		}
		_, err = insertLiveKitEvent(ctx, tx, confirmation{id: e.ID, kind: e.Kind, identity: e.Identity, session: session, at: e.At})
		return err
	})
}
