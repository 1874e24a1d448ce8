package videocall

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// The operator asks something of the citizen at the kiosk: a paper, captured page by page, or a signature. One thing at a
// time; it stays asked while the call drops, is held or passes to a colleague, until it is answered or withdrawn.

const askName = 80 // characters of what a paper is called

// AskKind is what is asked for.
type AskKind string

// The kinds.
const (
	AskPaper     AskKind = "paper"
	AskSignature AskKind = "signature"
)

// AskState is what became of it.
type AskState string

// The states.
const (
	AskOpen      AskState = "open"
	AskDone      AskState = "done"
	AskRefused   AskState = "refused"
	AskWithdrawn AskState = "withdrawn"
)

// Ask is one thing that was asked for.
type Ask struct {
	ID         uuid.UUID
	SessionID  ID
	Kind       AskKind
	Name       string
	Pages      int // how many the operator expects; 0 where they did not say
	DocumentID *uuid.UUID
	State      AskState
	ResultID   *uuid.UUID
	AskedAt    time.Time
	AnsweredAt *time.Time
}

// AskView is the same on a screen.
type AskView struct {
	ID         uuid.UUID  `json:"id"`
	Kind       AskKind    `json:"kind" enum:"paper,signature"`
	Name       string     `json:"name"`
	Pages      int        `json:"pages" doc:"How many the operator expects; 0 where they did not say"`
	DocumentID *uuid.UUID `json:"document_id" doc:"What is to be signed"`
	State      AskState   `json:"state" enum:"open,done,refused,withdrawn"`
	ResultID   *uuid.UUID `json:"result_id" doc:"The document that came of it"`
	AskedAt    time.Time  `json:"asked_at"`
	AnsweredAt *time.Time `json:"answered_at"`
}

func askView(a Ask) AskView {
	return AskView{a.ID, a.Kind, a.Name, a.Pages, a.DocumentID, a.State, a.ResultID, a.AskedAt, a.AnsweredAt}
}

// AskForPaper asks the citizen for a paper by its name, and for so many pages where that is known (0: not). While
// something else is asked it is "videocall.ask_open".
func (s *Service) AskForPaper(ctx context.Context, t tenant.Tenant, a actor.Actor, name string, pages int) error {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || utf8.RuneCountInString(name) > askName || !printable(name) {
		return problem.New(problem.Invalid, "videocall.ask_name").WithField("name", "videocall.ask_name")
	}
	if pages < 0 || pages > documents.MaxCaptured {
		return problem.New(problem.Invalid, "videocall.ask_pages").WithField("pages", "videocall.ask_pages")
	}
	return s.ask(ctx, t, a, Ask{Kind: AskPaper, Name: name, Pages: pages}, EventPaperAsked, nil)
}

// ask writes what is asked; before writing, ready fills in what only the transaction knows.
func (s *Service) ask(ctx context.Context, t tenant.Tenant, a actor.Actor, asked Ask, event EventKind, ready func(*tenant.Tx, Session, *Ask) error) error {
	operator, err := operatorOf(a)
	if err != nil {
		return err
	}
	var v Session
	err = s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		one := asked
		if v, err = calling(ctx, tx, a); err != nil {
			return err
		}
		if ready != nil {
			if err := ready(tx, v, &one); err != nil {
				return err
			}
		}
		one.ID, one.SessionID = tx.IDs()(), v.ID
		fresh, err := insertAsk(ctx, tx, one, operator)
		if err != nil || !fresh {
			return either(err, problem.New(problem.Conflict, "videocall.ask_open"))
		}
		if err := appendEvent(ctx, tx, v.ID, line{kind: event, staff: &operator, at: tx.Now()}); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, a, "session."+string(event), "session:"+v.ID.String(), nil); err != nil {
			return err
		}
		return save(ctx, tx, &v)
	})
	if err == nil {
		s.hint(ctx, t, v)
	}
	return err
}

// calling locks the actor's session, which must have somebody in it or on their way.
func calling(ctx context.Context, tx *tenant.Tx, a actor.Actor) (Session, error) {
	v, _, err := lockMine(ctx, tx, a)
	if err == nil && !v.State.Calling() {
		err = problem.New(problem.Conflict, "videocall.illegal_step")
	}
	return v, err
}

// WithdrawAsk takes back what the operator asked; what was answered meanwhile stays as it is.
func (s *Service) WithdrawAsk(ctx context.Context, t tenant.Tenant, a actor.Actor, ask uuid.UUID) error {
	operator, err := operatorOf(a)
	if err != nil {
		return err
	}
	return s.turnDown(ctx, t, a, ask, "", AskWithdrawn, line{kind: EventAskWithdrawn, staff: &operator})
}

// turnDown ends an open ask, of one kind or of any, without a result.
func (s *Service) turnDown(ctx context.Context, t tenant.Tenant, a actor.Actor, ask uuid.UUID, kind AskKind, to AskState, l line) error {
	var v Session
	err := s.cfg.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if v, err = calling(ctx, tx, a); err != nil {
			return err
		}
		open, err := openAsk(ctx, tx, v.ID)
		if errors.Is(err, problem.NotFound) || (err == nil && (open.ID != ask || (kind != "" && open.Kind != kind))) {
			return nil // it is answered already: both may touch at once
		}
		if err != nil {
			return err
		}
		if err := s.answered(ctx, tx, a, v.ID, ask, to, nil, l); err != nil {
			return err
		}
		return save(ctx, tx, &v)
	})
	if err == nil {
		s.hint(ctx, t, v)
	}
	return err
}

// answered writes what became of an ask, in ledger and register. The caller saves the session.
func (s *Service) answered(ctx context.Context, tx *tenant.Tx, a actor.Actor, session ID, ask uuid.UUID, to AskState, result *uuid.UUID, l line) error {
	if err := answerAsk(ctx, tx, ask, to, result); err != nil {
		return err
	}
	l.at = tx.Now()
	if err := appendEvent(ctx, tx, session, l); err != nil {
		return err
	}
	return audit.Record(ctx, tx, a, "session."+string(l.kind), "session:"+session.String(), nil)
}

// askedNow is what is asked of the citizen, or nil.
func askedNow(ctx context.Context, tx *tenant.Tx, session ID) (*AskView, error) {
	open, err := openAsk(ctx, tx, session)
	if errors.Is(err, problem.NotFound) {
		return nil, nil //nolint:nilnil // nothing is asked
	}
	v := askView(open)
	return &v, err
}

// askedSoFar is everything that was asked in the session.
func askedSoFar(ctx context.Context, tx *tenant.Tx, session ID) ([]AskView, error) {
	all, err := asks(ctx, tx, session)
	out := make([]AskView, len(all))
	for i, a := range all {
		out[i] = askView(a)
	}
	return out, err
}
