package videocall

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// reasonFor is the reason that a claim needs, or "" where it needs none: it takes whoever is next anyway, or somebody who
// was set aside or waits for this operator. Whose turn it is would otherwise be passed over without a trace.
func (s *Service) reasonFor(ctx context.Context, tx *tenant.Tx, me uuid.UUID, offices []uuid.UUID, c Claim) (string, error) {
	if c.Chosen == nil {
		return "", nil
	}
	queue, err := waiting(ctx, tx, offices)
	if err != nil {
		return "", err
	}
	for _, v := range queue {
		mine := v.WantedID != nil && *v.WantedID == me
		if v.ID.UUID == *c.Chosen && (v.Parked || mine) {
			return "", nil
		}
		if v.Parked || (v.WantedID != nil && !mine) {
			continue // not next for this operator
		}
		if v.ID.UUID == *c.Chosen {
			return "", nil
		}
		break
	}
	why := strings.TrimSpace(c.Why)
	if n := utf8.RuneCountInString(why); n < 3 || n > 200 || !printable(why) {
		return "", problem.New(problem.Invalid, "videocall.chosen_why").WithField("why", "videocall.chosen_why")
	}
	return why, nil
}
