package counters

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// PostEquipment is POST /api/kiosk/equipment {"camera": true, "microphone": false}: what the device finds of what a call
// needs, said when it starts and when something is plugged in or out. What is missing is a fault until it is back. The
// answer is 204.
func (s *Service) PostEquipment(c *fiber.Ctx) error {
	var in struct {
		Camera     bool `json:"camera"`
		Microphone bool `json:"microphone"`
	}
	if err := json.Unmarshal(c.Body(), &in); err != nil {
		return problem.New(problem.Invalid, "form.invalid").Wrap(err)
	}
	var missing []string
	if !in.Camera {
		missing = append(missing, label("counters.camera"))
	}
	if !in.Microphone {
		missing = append(missing, label("counters.microphone"))
	}
	err := s.atKiosk(c, func(ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk KioskID) error {
		if len(missing) == 0 {
			return s.Mended(ctx, tx, a, kiosk, Equipment)
		}
		return s.Report(ctx, tx, a, kiosk, Equipment, strings.Join(missing, ", "))
	})
	if err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
