package audit

import (
	"context"
	"fmt"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// Path is the address of the register.
const Path = "/amministrazione/registro"

// Names gives the names of members of staff by their identifiers. identity.Service is one.
type Names interface {
	StaffNames(ctx context.Context, tx *tenant.Tx, ids []string) (map[string]string, error)
}

// Row is one line of the register as people read it.
type Row struct {
	At                          time.Time
	Who, What, Object, Link, On string // Link narrows the list to the object
}

// View is the Data of audit/registro.
type View struct {
	Rows   []Row
	Fields []form.Field
	Object string
	Older  string // address of the next page, or empty
	Newest string // address of the first page, or empty when this is it
}

// Routes adds the page of the register. The guard lets administrators through; reading it leaves a row too.
func Routes(r fiber.Router, db *tenant.DB, names Names, guard fiber.Handler) {
	r.Get(Path, guard, func(c *fiber.Ctx) error { return show(c, db, names) })
}

func show(c *fiber.Ctx, db *tenant.DB, names Names) error {
	ctx := c.UserContext()
	who := actor.From(ctx)
	t, ok := tenant.From(ctx)
	if !ok {
		return problem.New(problem.NotFound, "not_found")
	}
	if !CanRead(who) {
		return problem.New(problem.Forbidden, "audit.forbidden")
	}
	f, fields, err := readFilter(c)
	view := View{Fields: form.Blame(fields, err), Object: f.Object}
	page := web.Page{
		Title: i18n.T(i18n.Italian, "audit.title", nil), Data: view,
		Breadcrumb: []web.Crumb{{Text: i18n.T(i18n.Italian, "audit.home", nil), Href: "/amministrazione"}},
	}
	if err != nil {
		return web.Render(c, fiber.StatusUnprocessableEntity, "audit/registro", page)
	}
	var entries []Entry
	var staff map[string]string
	err = db.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if entries, err = List(ctx, tx, f); err != nil {
			return err
		}
		var ids []string
		for _, e := range entries {
			if e.ActorKind == actor.Staff {
				ids = append(ids, e.ActorID)
			}
		}
		if staff, err = names.StaffNames(ctx, tx, ids); err != nil {
			return err
		}
		return Record(ctx, tx, who, "audit.read", "audit:all", nil)
	})
	if err != nil {
		return err
	}
	for _, e := range entries {
		view.Rows = append(view.Rows, row(e, staff))
	}
	query := url.Values{}
	for _, name := range []string{"dal", "al", "oggetto"} {
		if v := c.Query(name); v != "" {
			query.Set(name, v)
		}
	}
	if !f.Before.At.IsZero() {
		view.Newest = Path + "?" + query.Encode()
	}
	if len(entries) == PageSize {
		last := entries[len(entries)-1]
		query.Set("prima", last.At.UTC().Format(time.RFC3339Nano)+"_"+last.ID.String())
		view.Older = Path + "?" + query.Encode()
	}
	page.Data = view
	return web.Render(c, fiber.StatusOK, "audit/registro", page)
}

// readFilter reads dates of the calendar of Rome, both included, and the cursor.
func readFilter(c *fiber.Ctx) (Filter, []form.Field, error) {
	label := func(key string) string { return i18n.T(i18n.Italian, key, nil) }
	fields := []form.Field{
		{Name: "dal", Label: label("audit.from"), Type: "date", Value: c.Query("dal")},
		{Name: "al", Label: label("audit.to"), Type: "date", Value: c.Query("al")},
	}
	var f Filter
	p := problem.New(problem.Invalid, "form.invalid")
	read := func(name string) civil.Date {
		s := c.Query(name)
		if s == "" {
			return civil.Date{}
		}
		d, err := civil.ParseDate(s)
		if err != nil {
			p = p.WithField(name, "form.date")
		}
		return d
	}
	if d := read("dal"); !d.IsZero() {
		f.From = d.Start(clock.Rome)
	}
	if d := read("al"); !d.IsZero() {
		f.To = d.AddDays(1).Start(clock.Rome)
	}
	if o := c.Query("oggetto"); len(o) <= 200 && !strings.ContainsRune(o, 0) {
		f.Object = strings.ToValidUTF8(o, "")
	}
	if at, id, ok := strings.Cut(c.Query("prima"), "_"); ok {
		t, errAt := time.Parse(time.RFC3339Nano, at)
		u, errID := uuid.Parse(id)
		if errAt == nil && errID == nil {
			f.Before = Cursor{At: t, ID: u}
		}
	}
	if len(p.Fields) > 0 {
		return f, fields, p
	}
	return f, fields, nil
}

// row puts an entry into words. An action or an object without words is shown as it is.
func row(e Entry, staff map[string]string) Row {
	word := func(key, other string) string {
		if i18n.Has(key) {
			return i18n.T(i18n.Italian, key, nil)
		}
		return other
	}
	kind, id, _ := strings.Cut(e.Object, ":")
	out := Row{
		At: e.At, Who: word("audit.actor."+string(e.ActorKind), string(e.ActorKind)), What: word("audit.action."+e.Action, e.Action),
		Object: word("audit.object."+kind, kind), Link: Path + "?oggetto=" + url.QueryEscape(e.Object), On: detail(e.Detail),
	}
	if name := staff[e.ActorID]; name != "" {
		out.Who = name
	}
	if len(id) == len(uuid.Nil.String()) {
		out.Object += " " + id[len(id)-6:]
	}
	return out
}

// detail is what the row says beyond its action, in a fixed order; what has no words is not shown.
func detail(d map[string]any) string {
	var parts []string
	for k, v := range d {
		if key := "audit.detail." + k; i18n.Has(key) {
			parts = append(parts, i18n.T(i18n.Italian, key, nil)+": "+value(v))
		}
	}
	sort.Strings(parts)
	return strings.Join(parts, "; ")
}

// value puts one value of a detail into words.
func value(v any) string {
	switch v := v.(type) {
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, value(e))
		}
		return strings.Join(all, ", ")
	case string:
		if d, err := civil.ParseDate(v); err == nil {
			return i18n.Date(d.Start(clock.Rome))
		}
		if i18n.Has("audit.value." + v) {
			return i18n.T(i18n.Italian, "audit.value."+v, nil)
		}
		return v
	case bool:
		return i18n.T(i18n.Italian, "audit.value."+strconv.FormatBool(v), nil)
	}
	return fmt.Sprint(v)
}
