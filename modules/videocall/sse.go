package videocall

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// KioskEvents is GET /api/kiosk/events: the kiosk's state at once and each time it changes, as the event "state".
func (s *Service) KioskEvents(c *fiber.Ctx) error {
	t, a, err := caller(c.UserContext())
	if err != nil {
		return web.Fail(c, err)
	}
	kiosk, err := kioskOf(a)
	if err != nil {
		return web.Fail(c, err)
	}
	return web.SSE(c, func(ctx context.Context, send func(string, any) error) error {
		return s.follow(ctx, screen{
			channels: []string{kioskChannel(t, kiosk)},
			idle:     s.times.IdlePoll,
			touch:    func(ctx context.Context) { s.touch(ctx, t, KioskSide, kiosk, contact) },
			gone:     func(ctx context.Context) { _ = s.CutKiosk(ctx, t, kiosk) }, // its device was revoked
			read: func(ctx context.Context) (state any, version int64, live bool, err error) {
				k, err := s.KioskState(ctx, t, a)
				return k, k.Version, k.Session != nil, err
			},
		}, send)
	})
}

// DeskEvents is GET /api/desk/events: the operator's state at once and each time it changes, as the event "state".
func (s *Service) DeskEvents(c *fiber.Ctx) error {
	t, a, err := caller(c.UserContext())
	if err != nil {
		return web.Fail(c, err)
	}
	operator, err := operatorOf(a)
	if err != nil {
		return web.Fail(c, err)
	}
	channels, err := s.deskChannels(c.UserContext(), t, a, operator)
	if err != nil {
		return web.Fail(c, err)
	}
	return web.SSE(c, func(ctx context.Context, send func(string, any) error) error {
		return s.follow(ctx, screen{
			channels: channels,
			idle:     s.times.DeskPoll,
			touch:    func(ctx context.Context) { s.touch(ctx, t, DeskSide, operator, contact) },
			read: func(ctx context.Context) (state any, version int64, live bool, err error) {
				d, err := s.DeskState(ctx, t, a)
				return d, d.Version, d.Session != nil || len(d.Waiting) > 0, err
			},
		}, send)
	})
}

func (s *Service) deskChannels(ctx context.Context, t tenant.Tenant, a actor.Actor, operator uuid.UUID) ([]string, error) {
	channels := []string{StaffChannel(t, operator), desksChannel(t)}
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		channels = channels[:2]
		offices, err := s.cfg.Staff.Offices(ctx, tx, a)
		for _, office := range offices {
			channels = append(channels, deskChannel(t, office))
		}
		return err
	})
	return channels, err
}

// screen is what one open screen follows.
type screen struct {
	channels []string
	idle     time.Duration
	touch    func(ctx context.Context)
	gone     func(ctx context.Context) // the actor may not be here any more; may be nil
	read     func(ctx context.Context) (state any, version int64, live bool, err error)
}

// follow sends the screen's state whenever it differs from what was sent. PostgreSQL is read again on a hint, every
// LivePoll while a session is live, the last reading failed or hints do not arrive, and every idle otherwise. It ends
// with ctx, when the client is gone, or when the actor may no longer see the screen.
func (s *Service) follow(ctx context.Context, v screen, send func(string, any) error) error {
	hints, cancel := s.cfg.Hints.Subscribe(ctx, v.channels...)
	defer cancel()
	contacts := time.NewTicker(contactEvery)
	defer contacts.Stop()
	if s.left(ctx, v) {
		return nil
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	sent, first, soon := int64(0), true, false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-contacts.C:
			if s.left(ctx, v) {
				return nil
			}
			v.touch(ctx)
			if !s.cfg.Hints.Down() || soon {
				continue
			}
		case <-hints:
		case <-timer.C:
		}
		state, version, live, err := s.readScreen(ctx, v)
		switch {
		case err != nil && gone(err):
			return nil
		case err != nil:
			if ctx.Err() == nil {
				s.log.WarnContext(ctx, "screen not read", slog.Any("err", err))
			}
		case first || version != sent:
			if err := send("state", state); err != nil {
				return nil // the client is gone
			}
			sent, first = version, false
		}
		soon = live || err != nil || s.cfg.Hints.Down()
		wait := v.idle
		if soon {
			wait = s.times.LivePoll
		}
		timer.Reset(wait)
	}
}

// left asks whether the actor may still be here, and ends what they do where not.
func (s *Service) left(ctx context.Context, v screen) bool {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	if err := actor.Check(ctx); !gone(err) {
		return false
	}
	if v.gone != nil {
		v.gone(ctx)
	}
	return true
}

func (s *Service) readScreen(ctx context.Context, v screen) (any, int64, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return v.read(ctx)
}

// gone says whether the error means that the screen is not the actor's any more.
func gone(err error) bool {
	return errors.Is(err, problem.Forbidden) || errors.Is(err, problem.Unauthenticated) || errors.Is(err, problem.NotFound)
}

// caller is the entity and the actor that the middleware found.
func caller(ctx context.Context) (tenant.Tenant, actor.Actor, error) {
	t, ok := tenant.From(ctx)
	a := actor.From(ctx)
	if !ok || a.Kind == actor.Anonymous || (a.Tenant != "" && a.Tenant != string(t.Key)) {
		return t, a, problem.New(problem.Unauthenticated, "unauthenticated")
	}
	return t, a, nil
}
