package counters

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// The guided test: whoever sets up or keeps a kiosk tries its parts one after the other, at its own screen.

// Part is what the guided test tries.
type Part string

// parts is every part in the order of the test.
var parts = []Part{"camera", "microphone", "speaker", "touch", "printer", "network"}

// printer is the one part without which people can still talk.
const printer Part = "printer"

// Words is the part as staff read it.
func (p Part) Words() string { return label("counters.part." + string(p)) }

// Tested is what the latest test of a part found.
type Tested struct {
	Part     Part
	OK       bool
	TestedAt time.Time
}

// Tests lists what was ever tried at a kiosk, in the order of the test.
func (s *Service) Tests(ctx context.Context, q tenant.Querier, kiosk KioskID) ([]Tested, error) {
	rows, err := tenant.All[Tested](ctx, q, sqlTests, tenant.Args{"kiosk": kiosk})
	slices.SortFunc(rows, func(a, b Tested) int { return slices.Index(parts, a.Part) - slices.Index(parts, b.Part) })
	return rows, err
}

// Test notes what a test found; a part that was not tried keeps what was known of it. What failed is a fault until a
// test passes.
func (s *Service) Test(ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk KioskID, found map[Part]bool) error {
	if !mayReport(a, kiosk, Failed) {
		return problem.New(problem.Forbidden, "forbidden")
	}
	for part, ok := range found {
		if !slices.Contains(parts, part) {
			return problem.New(problem.Invalid, "form.invalid").WithField("parts", "form.value")
		}
		if _, err := tenant.Exec(ctx, tx, sqlTested, tenant.Args{"kiosk": kiosk, "part": part, "ok": ok, "now": tx.Now()}); err != nil {
			return err
		}
	}
	if err := audit.Record(ctx, tx, a, "kiosk.tested", "kiosk:"+kiosk.String(), nil); err != nil {
		return err
	}
	all, err := s.Tests(ctx, tx, kiosk)
	if err != nil {
		return err
	}
	var failed []string
	printerFailed := false
	for _, one := range all {
		switch {
		case one.OK:
		case one.Part == printer:
			printerFailed = true
		default:
			failed = append(failed, strings.ToLower(one.Part.Words()))
		}
	}
	if err := s.judged(ctx, tx, a, kiosk, Failed, len(failed) > 0, strings.Join(failed, ", ")); err != nil {
		return err
	}
	return s.judged(ctx, tx, a, kiosk, NoPrint, printerFailed, "")
}

func (s *Service) judged(ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk KioskID, kind FaultKind, failed bool, note string) error {
	if failed {
		return s.Report(ctx, tx, a, kiosk, kind, note)
	}
	return s.Mended(ctx, tx, a, kiosk, kind)
}

// PostTest is POST /api/kiosk/self-test {"parts": {"camera": true, "printer": false}}: what a guided test found; parts
// that were not tried are left out. The answer is 204.
func (s *Service) PostTest(c *fiber.Ctx) error {
	var in struct {
		Parts map[Part]bool `json:"parts"`
	}
	if err := json.Unmarshal(c.Body(), &in); err != nil {
		return problem.New(problem.Invalid, "form.invalid").Wrap(err)
	}
	if err := s.atKiosk(c, func(ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk KioskID) error {
		return s.Test(ctx, tx, a, kiosk, in.Parts)
	}); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// atKiosk does something as the device that asks.
func (s *Service) atKiosk(c *fiber.Ctx, f func(ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk KioskID) error) error {
	ctx := c.UserContext()
	a := actor.From(ctx)
	t, ok := tenant.From(ctx)
	device, err := uuid.Parse(a.ID)
	if !ok || err != nil {
		return problem.New(problem.NotFound, "not_found")
	}
	return s.db.InTenant(ctx, t, func(tx *tenant.Tx) error { return f(ctx, tx, a, KioskID{UUID: device}) })
}
