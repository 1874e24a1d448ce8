package counters

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/web"
)

// PostEnrolment is POST /api/kiosk/enrolment {"code": "12345678"}: it makes the browser that asks a kiosk's device. The
// answer is 204 with the device's cookie, or a problem.
func (s *Service) PostEnrolment(c *fiber.Ctx) error {
	var in struct {
		Code string `json:"code"`
	}
	if err := json.Unmarshal(c.Body(), &in); err != nil {
		return problem.New(problem.Invalid, "kiosk.enrolment_shape")
	}
	credential, _, err := s.Enrol(c.UserContext(), in.Code, web.IP(c))
	if err != nil {
		return err
	}
	KeepCredential(c, credential)
	return c.SendStatus(fiber.StatusNoContent)
}
