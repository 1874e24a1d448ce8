package catalog

import (
	"context"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// ServiceRow is one line of the list of services.
type ServiceRow struct {
	Title, Href, Category, State string
	Kind                         State
	Channels                     string
	Missing                      int // fields that are missing before it may be published
}

// ServiceListView is the Data of catalog/servizi.
type ServiceListView struct {
	Rows   []ServiceRow
	Query  form.Field
	States form.Field
}

func (s *Service) showServices(c *fiber.Ctx) error {
	state, query := c.Query("stato"), strings.TrimSpace(c.Query("q"))
	f := Filter{States: []State{Draft, Published, Inactive}, Query: clip(query, 100)}
	states := form.Field{Name: "stato", Label: text("catalog.state"), Type: "select", Options: []form.Option{{Value: "", Label: text("catalog.state_all")}}}
	for _, st := range []State{Published, Draft, Inactive} {
		if state == string(st) {
			f.States = []State{st}
		}
		states.Options = append(states.Options, form.Option{Value: string(st), Label: text("catalog.state." + string(st)), Selected: state == string(st)})
	}
	var sheets []Sheet
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		sheets, err = s.Services(ctx, tx, f)
		return err
	})
	if err != nil {
		return err
	}
	v := ServiceListView{States: states, Query: form.Field{Name: "q", Label: text("catalog.search"), Type: "search", Value: f.Query, MaxLength: 100}}
	for _, sh := range sheets {
		cat, _ := CategoryBySlug(sh.Category)
		v.Rows = append(v.Rows, ServiceRow{
			Title: sh.Title, Href: pathServices + "/" + sh.ID.String(), Category: cat.Title, Kind: sh.State,
			State: text("catalog.state." + string(sh.State)), Channels: channels(sh), Missing: Missing(sh),
		})
	}
	return web.Render(c, fiber.StatusOK, "catalog/servizi", web.Page{
		Title: text("catalog.services"), Breadcrumb: officeCrumbs(), Notice: done(c), Data: v,
	})
}

func channels(s Sheet) string {
	var out []string
	if s.RemoteCounter {
		out = append(out, text("catalog.channel.remote"))
	}
	if s.OnlineURL != "" {
		out = append(out, text("catalog.channel.online"))
	}
	if s.ExternalURL != "" {
		out = append(out, text("catalog.channel.external"))
	}
	return strings.Join(out, ", ")
}

// clip cuts a text to n characters.
func clip(s string, n int) string {
	if r := []rune(strings.ToValidUTF8(s, "")); len(r) > n {
		return string(r[:n])
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}

func (s *Service) showServiceNew(c *fiber.Ctx) error {
	v := url.Values{"duration_minutes": {"30"}, "remote_counter": {"true"}}
	return s.renderService(c, nil, v, nil)
}

func (s *Service) postServiceNew(c *fiber.Ctx) error {
	v := posted(c)
	var made Sheet
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		made, err = s.CreateService(ctx, tx, who(c), sheetOf(v))
		return err
	})
	if err != nil {
		return s.renderService(c, nil, v, err)
	}
	return c.Redirect(pathServices+"/"+made.ID.String()+"?esito=service_created", fiber.StatusSeeOther)
}

// readService reads the service of the path.
func (s *Service) readService(c *fiber.Ctx) (Sheet, error) {
	sheet, err := param[Sheet](c, "id")
	if err != nil {
		return Sheet{}, err
	}
	var found Sheet
	err = s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		found, err = s.ServiceByID(ctx, tx, sheet)
		return err
	})
	return found, err
}

func (s *Service) showService(c *fiber.Ctx) error {
	sheet, err := s.readService(c)
	if err != nil {
		return err
	}
	return s.renderService(c, &sheet, valuesOf(sheet), nil)
}

func (s *Service) postService(c *fiber.Ctx) error {
	was, err := s.readService(c)
	if err != nil {
		return err
	}
	v := posted(c)
	in := sheetOf(v)
	in.ID = was.ID
	err = s.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		_, err := s.UpdateService(ctx, tx, who(c), in)
		return err
	})
	if err != nil {
		return s.renderService(c, &was, v, err)
	}
	return c.Redirect(c.Path()+"?esito=service_saved", fiber.StatusSeeOther)
}

// postState publishes, withdraws or deactivates. What is missing before publishing is shown beside its fields.
func (s *Service) postState(c *fiber.Ctx) error {
	was, err := s.readService(c)
	if err != nil {
		return err
	}
	v := posted(c)
	version := whole(v, "version")
	esito := "service_withdrawn"
	err = s.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		switch v.Get("azione") {
		case "pubblica":
			esito = "service_published"
			return s.Publish(ctx, tx, who(c), was.ID, version)
		case "ritira":
			return s.Withdraw(ctx, tx, who(c), was.ID, version)
		case "sospendi":
			esito = "service_deactivated"
			return s.Deactivate(ctx, tx, who(c), was.ID, version, v.Get("reason"))
		}
		return problem.New(problem.Invalid, "form.value")
	})
	if err != nil {
		values := valuesOf(was)
		values.Set("reason", v.Get("reason"))
		return s.renderService(c, &was, values, err)
	}
	return c.Redirect(pathServices+"/"+was.ID.String()+"?esito="+esito, fiber.StatusSeeOther)
}

// ServiceFormView is the Data of catalog/servizio.
type ServiceFormView struct {
	Sheet    *Sheet // nil for a new one
	Version  string
	State    string // in words
	Sections []FormSection
	Reason   form.Field // of deactivating
	All      []form.Field
}

// FormSection is a group of inputs under one heading.
type FormSection struct {
	Title, Text string
	Fields      []form.Field
}

func (s *Service) renderService(c *fiber.Ctx, was *Sheet, v url.Values, problemOf error) error {
	var offices []Office
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		offices, err = s.Offices(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	view := ServiceFormView{Sheet: was, Version: v.Get("version"), Sections: sheetSections(v, offices)}
	for i := range view.Sections {
		form.Blame(view.Sections[i].Fields, problemOf)
		view.All = append(view.All, view.Sections[i].Fields...)
	}
	reason := []form.Field{{
		Name: "reason", Label: text("catalog.reason"), Hint: text("catalog.reason_hint"), Type: "text", Value: v.Get("reason"), MaxLength: 255,
	}}
	view.Reason = form.Blame(reason, problemOf)[0]
	view.All = append(view.All, view.Reason)
	page := web.Page{Title: text("catalog.service_new"), Breadcrumb: officeCrumbs(web.Crumb{Text: text("catalog.services"), Href: pathServices}), Notice: done(c)}
	if was != nil {
		page.Title, view.State = was.Title, text("catalog.state."+string(was.State))
		if view.Version == "" || problem.From(problemOf).Code == errEdited.Code {
			fresh, err := s.readService(c)
			if err != nil {
				return err
			}
			view.Sheet, view.Version = &fresh, valuesOf(fresh).Get("version")
		}
	}
	page.Data = view
	if problemOf != nil {
		return redone(c, problemOf, "catalog/servizio", page, view.All)
	}
	return web.Render(c, fiber.StatusOK, "catalog/servizio", page)
}

// showPreview draws a service as citizens will see it, in whatever state it is.
func (s *Service) showPreview(c *fiber.Ctx) error {
	sheet, err := s.readService(c)
	if err != nil {
		return err
	}
	view := SheetView{Sheet: sheet}
	err = s.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		if view.Entity, err = s.Entity(ctx, tx); err != nil {
			return err
		}
		offices, err := s.Offices(ctx, tx)
		view.arrange(i18n.Italian, offices, nil)
		return err
	})
	if err != nil {
		return err
	}
	view.Metatag = metatag(view, web.Origin(c))
	return web.Render(c, fiber.StatusOK, "site/servizio", web.Page{
		Title: sheet.Title, Description: sheet.ShortDescription, Data: view,
		Notice:     &web.Notice{Kind: "info", Text: text("catalog.preview_notice")},
		Breadcrumb: officeCrumbs(web.Crumb{Text: text("catalog.services"), Href: pathServices}, web.Crumb{Text: sheet.Title, Href: pathServices + "/" + sheet.ID.String()}),
	})
}
