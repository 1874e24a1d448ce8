package notify

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// Path is the address of the list of messages.
const Path = "/amministrazione/messaggi"

// Row is one message as staff reads it. The recipient is masked: it tells whether an address was mistyped, not whose it is.
type Row struct {
	ID                              MessageID
	At                              time.Time
	What, Recipient, State, Trouble string
	Attempts                        int
	NextTryAt                       *time.Time
	Failed                          bool
}

// View is the Data of notify/messaggi.
type View struct {
	Rows   []Row
	Fields []form.Field
	Failed int64  // messages that were given up and wait for somebody
	Older  string // address of the next page, or empty
	Newest string // address of the first page, or empty when this is it
}

// Portal is the back-office page of messages.
type Portal struct{ svc *Service }

// NewPortal makes the page.
func NewPortal(svc *Service) *Portal { return &Portal{svc} }

// Routes adds the page. admin lets administrators pass only.
func (p *Portal) Routes(r fiber.Router, admin fiber.Handler) {
	r.Get(Path, admin, p.list)
	r.Post(Path+"/:id/riprova", admin, p.retry)
}

func word(key string) string { return i18n.T(i18n.Italian, key, nil) }

func (p *Portal) list(c *fiber.Ctx) error {
	ctx := c.UserContext()
	t, ok := tenant.From(ctx)
	if !ok {
		return problem.New(problem.NotFound, "not_found")
	}
	f := filterOf(c)
	view := View{Fields: []form.Field{stateField(f.State)}}
	var messages []Message
	err := p.svc.db.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if messages, err = p.svc.List(ctx, tx, f); err != nil {
			return err
		}
		if view.Failed, err = p.svc.CountFailed(ctx, tx); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor.From(ctx), "message.list", "message:all", nil)
	})
	if err != nil {
		return err
	}
	for _, m := range messages {
		view.Rows = append(view.Rows, rowOf(m))
	}
	query := url.Values{}
	if f.State != "" {
		query.Set("stato", string(f.State))
	}
	if f.BeforeID != uuid.Nil {
		view.Newest = Path + "?" + query.Encode()
	}
	if len(messages) == PageSize {
		last := messages[len(messages)-1]
		query.Set("prima", last.CreatedAt.UTC().Format(time.RFC3339Nano)+"_"+last.ID.String())
		view.Older = Path + "?" + query.Encode()
	}
	page := web.Page{
		Title: word("notify.title"), Data: view,
		Breadcrumb: []web.Crumb{{Text: word("notify.home"), Href: "/amministrazione"}},
	}
	if c.Query("esito") == "riprovato" {
		page.Notice = &web.Notice{Kind: "success", Text: word("notify.retried")}
	}
	return web.Render(c, fiber.StatusOK, "notify/messaggi", page)
}

func (p *Portal) retry(c *fiber.Ctx) error {
	ctx := c.UserContext()
	t, ok := tenant.From(ctx)
	m, err := id.Parse[Message](c.Params("id"))
	if !ok || err != nil {
		return problem.New(problem.NotFound, "not_found")
	}
	err = p.svc.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		if _, err := p.svc.message(ctx, tx, m); err != nil {
			return err
		}
		// Two clicks, or somebody else's: it is on its way all the same.
		if again, err := p.svc.Retry(ctx, tx, m); err != nil || !again {
			return err
		}
		return audit.Record(ctx, tx, actor.From(ctx), "message.retry", "message:"+m.String(), nil)
	})
	if err != nil {
		return err
	}
	return c.Redirect(Path+"?esito=riprovato", fiber.StatusSeeOther)
}

// filterOf reads the address; what it does not understand it leaves out.
func filterOf(c *fiber.Ctx) (f Filter) {
	for _, s := range states {
		if c.Query("stato") == string(s) {
			f.State = s
		}
	}
	if at, last, ok := strings.Cut(c.Query("prima"), "_"); ok {
		t, errAt := time.Parse(time.RFC3339Nano, at)
		u, errID := uuid.Parse(last)
		if errAt == nil && errID == nil {
			f.Before, f.BeforeID = t, u
		}
	}
	return f
}

var states = []State{Failed, Queued, Sent, Dropped}

func stateField(chosen State) form.Field {
	f := form.Field{Name: "stato", Label: word("notify.filter"), Type: "select",
		Options: []form.Option{{Value: "", Label: word("notify.all"), Selected: chosen == ""}}}
	for _, s := range states {
		f.Options = append(f.Options, form.Option{Value: string(s), Label: word("notify.state." + string(s)), Selected: s == chosen})
	}
	return f
}

func rowOf(m Message) Row {
	r := Row{
		ID: m.ID, At: m.CreatedAt, What: word("notify.kind." + m.Kind), Recipient: masked(m.Recipient),
		State: word("notify.state." + string(m.State)), Attempts: m.Attempts, Failed: m.State == Failed,
	}
	if m.Error != "" && m.State != Sent {
		r.Trouble = word("notify.error." + m.Error)
	}
	if m.State == Queued && m.Attempts > 0 {
		r.NextTryAt = m.NextTryAt
	}
	return r
}

// masked shows the first letter of an address and its domain.
func masked(address string) string {
	name, domain, ok := strings.Cut(address, "@")
	if !ok || name == "" {
		return "•••"
	}
	return string([]rune(name)[:1]) + "•••@" + domain
}

// PageSize is how many messages one page lists.
const PageSize = 50

// Filter chooses messages; the zero Filter the newest of all.
type Filter struct {
	State    State     // "" for all
	Before   time.Time // with BeforeID, those older than that message
	BeforeID uuid.UUID
}

// List gives the messages of a filter, the newest first, PageSize at most.
func (s *Service) List(ctx context.Context, tx *tenant.Tx, f Filter) ([]Message, error) {
	args := tenant.Args{"state": f.State, "before": nil, "id": f.BeforeID, "limit": PageSize}
	if f.BeforeID != uuid.Nil {
		args["before"] = f.Before
	}
	return tenant.All[Message](ctx, tx, sqlList, args)
}

// CountFailed counts the messages that were given up.
func (s *Service) CountFailed(ctx context.Context, tx *tenant.Tx) (int64, error) {
	return tenant.Value[int64](ctx, tx, sqlCountFailed)
}

func (s *Service) message(ctx context.Context, tx *tenant.Tx, m MessageID) (Message, error) {
	return tenant.One[Message](ctx, tx, sqlMessage, tenant.Args{"id": m})
}
