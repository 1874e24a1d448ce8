package counters

import (
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

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
	ctx := c.UserContext()
	a := actor.From(ctx)
	t, ok := tenant.From(ctx)
	device, err := uuid.Parse(a.ID)
	if !ok || err != nil {
		return problem.New(problem.NotFound, "not_found")
	}
	var missing []string
	if !in.Camera {
		missing = append(missing, label("counters.camera"))
	}
	if !in.Microphone {
		missing = append(missing, label("counters.microphone"))
	}
	err = s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		if len(missing) == 0 {
			return s.Mended(ctx, tx, a, KioskID{UUID: device}, Equipment)
		}
		return s.Report(ctx, tx, a, KioskID{UUID: device}, Equipment, strings.Join(missing, ", "))
	})
	if err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
