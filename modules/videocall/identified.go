package videocall

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// ByWhat is how an operator recognised a person: by a document of identity or of recognition (DPR 445/2000, articles 1
// and 35), or because they know them.
type ByWhat string

// The ways.
const (
	IdentityCard   ByWhat = "identity_card"
	Passport       ByWhat = "passport"
	DrivingLicence ByWhat = "driving_licence"
	OtherDocument  ByWhat = "other_document"
	Known          ByWhat = "known"
)

// Identified is the recorded step.
type Identified struct {
	ByWhat    ByWhat    `json:"by_what" enum:"identity_card,passport,driving_licence,other_document,known"`
	StaffName string    `json:"by"`
	At        time.Time `json:"at"`
}

// Identify records that the operator recognised the person in front of the camera, and by what. A second time replaces
// the first; the register of operations keeps both.
func (s *Service) Identify(ctx context.Context, t tenant.Tenant, a actor.Actor, how ByWhat) error {
	operator, err := operatorOf(a)
	if err != nil {
		return err
	}
	if !slices.Contains([]ByWhat{IdentityCard, Passport, DrivingLicence, OtherDocument, Known}, how) {
		return problem.New(problem.Invalid, "videocall.by_what").WithField("by_what", "videocall.by_what")
	}
	var v Session
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, _, err = lockMine(ctx, tx, a); err != nil {
			return err
		}
		if v.State != Connected && v.State != Held {
			return problem.New(problem.Conflict, "videocall.illegal_step") // nobody is seen
		}
		if err := setIdentified(ctx, tx, v.ID, how, operator, a.Name); err != nil {
			return err
		}
		return audit.Record(ctx, tx, a, "session.identified", "session:"+v.ID.String(), map[string]any{"by": string(how)})
	})
	if err == nil {
		s.hint(ctx, t, v)
	}
	return err
}

// identifiedOf is the step of a session, or nil.
func identifiedOf(ctx context.Context, tx *tenant.Tx, session ID) (*Identified, error) {
	found, err := findIdentified(ctx, tx, session)
	if errors.Is(err, problem.NotFound) {
		return nil, nil //nolint:nilnil // nobody has looked yet
	}
	return &found, err
}
