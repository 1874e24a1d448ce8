package identity

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/qr"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

const staffPath = "/amministrazione/personale"

func (s *Service) staffRoutes(r fiber.Router) {
	guard := s.RequireStaff(actor.Administrator)
	r.Get(staffPath, guard, s.showStaffList)
	r.Get(staffPath+"/nuovo", guard, s.showStaffNew)
	r.Post(staffPath+"/nuovo", guard, s.postStaffNew)
	r.Get(staffPath+"/:id", guard, s.showStaff)
	r.Post(staffPath+"/:id", guard, s.postStaff)
	r.Get(staffPath+"/:id/disabilita", guard, s.showDisable)
	r.Post(staffPath+"/:id/disabilita", guard, s.postDisable)
	r.Get(staffPath+"/:id/credenziali", guard, s.showReset)
	r.Post(staffPath+"/:id/credenziali", guard, s.postReset)
}

// staffRow is one line of identity/personale.
type staffRow struct {
	Name, Email, Roles, Offices, Href string
	Disabled                          bool
	NoOffice                          bool // an operator whom no call can reach
}

// staffForm is what the form of an account sends, as typed.
type staffForm struct {
	Email   string   `form:"email"`
	Name    string   `form:"name"`
	Roles   []string `form:"roles"`
	Offices []string `form:"offices"`
	Version int      `form:"version"`
}

func (f staffForm) input() StaffInput {
	in := StaffInput{Email: f.Email, Name: f.Name, Roles: f.Roles}
	for _, o := range f.Offices {
		u, err := uuid.Parse(o)
		if err != nil {
			u = uuid.Nil // nobody's office: refused below
		}
		in.OfficeIDs = append(in.OfficeIDs, u)
	}
	return in
}

// readStaff takes the texts as typed, so that the form can show them again whatever is wrong with them.
func readStaff(c *fiber.Ctx) staffForm {
	args := c.Request().PostArgs()
	all := func(name string) (out []string) {
		for _, b := range args.PeekMulti(name) {
			out = append(out, string(b))
		}
		return out
	}
	version, _ := strconv.Atoi(string(args.Peek("version")))
	return staffForm{
		Email: string(args.Peek("email")), Name: string(args.Peek("name")),
		Roles: all("roles"), Offices: all("offices"), Version: version,
	}
}

// staffView is the Data of identity/persona.
type staffView struct {
	Fields   []form.Field
	Version  int
	ID       string // empty for a new account
	Disabled bool
	Self     bool
}

func staffFields(f staffForm, offices []OfficeLabel, isNew bool) []form.Field {
	var roles, places []form.Option
	for _, r := range []actor.Role{actor.Operator, actor.Administrator} {
		roles = append(roles, form.Option{
			Value: string(r), Label: label("identity.role." + string(r)), Note: label("identity.role_note." + string(r)),
			Selected: slices.Contains(f.Roles, string(r)),
		})
	}
	for _, o := range offices {
		places = append(places, form.Option{Value: o.ID.String(), Label: o.Name, Selected: slices.Contains(f.Offices, o.ID.String())})
	}
	fields := []form.Field{
		{Name: "name", Label: label("identity.name"), Type: "text", Value: f.Name, Required: true, MaxLength: 120, Autocomplete: "off"},
	}
	if isNew {
		fields = append(fields, form.Field{
			Name: "email", Label: label("identity.email"), Hint: label("identity.email_hint"), Type: "email", Value: f.Email,
			Required: true, MaxLength: 254, Autocomplete: "off",
		})
	} else {
		fields = append(fields, form.Field{Name: "email", Type: "hidden", Value: f.Email})
	}
	fields = append(fields, form.Field{Name: "roles", Label: label("identity.roles"), Type: "checkbox", Options: roles, Required: true})
	if len(places) > 0 {
		fields = append(fields, form.Field{Name: "offices", Label: label("identity.offices"), Hint: label("identity.offices_hint"), Type: "checkbox", Options: places})
	}
	return fields
}

var staffCrumbs = func(more ...web.Crumb) []web.Crumb {
	return append([]web.Crumb{{Text: label("identity.backoffice"), Href: "/amministrazione"}}, more...)
}

func (s *Service) showStaffList(c *fiber.Ctx) error {
	ctx := c.UserContext()
	t, _ := tenant.From(ctx)
	var staff []Staff
	var offices []OfficeLabel
	err := s.db.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		if staff, err = s.StaffList(ctx, tx, actor.From(ctx)); err != nil {
			return err
		}
		offices, err = s.officeLabels(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	rows := make([]staffRow, len(staff))
	for i, m := range staff {
		rows[i] = staffRow{
			Name: m.Name, Email: m.Email, Disabled: m.DisabledAt != nil, Href: staffPath + "/" + m.ID.String(),
			Roles: strings.Join(roleNames(m), ", "), Offices: strings.Join(officeNames(m, offices), ", "),
			NoOffice: m.DisabledAt == nil && m.Has(actor.Operator) && len(m.OfficeIDs) == 0,
		}
	}
	return web.Render(c, fiber.StatusOK, "identity/personale", web.Page{
		Title: label("identity.staff_title"), Breadcrumb: staffCrumbs(), Notice: done(c), Data: rows,
	})
}

func roleNames(m Staff) (out []string) {
	for _, r := range m.Roles {
		out = append(out, label("identity.role."+r))
	}
	return out
}

func officeNames(m Staff, offices []OfficeLabel) (out []string) {
	for _, o := range offices {
		if slices.Contains(m.OfficeIDs, o.ID) {
			out = append(out, o.Name)
		}
	}
	return out
}

func (s *Service) showStaffNew(c *fiber.Ctx) error {
	return s.renderStaff(c, fiber.StatusOK, staffForm{Roles: []string{string(actor.Operator)}}, nil, nil)
}

func (s *Service) postStaffNew(c *fiber.Ctx) error {
	ctx := c.UserContext()
	t, _ := tenant.From(ctx)
	f := readStaff(c)
	_, cred, err := s.CreateStaff(ctx, t, actor.From(ctx), f.input())
	if err != nil {
		return s.renderStaff(c, 0, f, nil, err)
	}
	return renderCredentials(c, cred)
}

func (s *Service) staffOf(c *fiber.Ctx) (Staff, error) {
	ctx := c.UserContext()
	t, _ := tenant.From(ctx)
	staff, err := id.Parse[Staff](c.Params("id"))
	if err != nil {
		return Staff{}, problem.New(problem.NotFound, "not_found")
	}
	var found Staff
	err = s.db.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		found, err = s.StaffByID(ctx, tx, actor.From(ctx), staff)
		return err
	})
	return found, err
}

func (s *Service) showStaff(c *fiber.Ctx) error {
	m, err := s.staffOf(c)
	if err != nil {
		return err
	}
	f := staffForm{Email: m.Email, Name: m.Name, Roles: m.Roles, Version: m.Version}
	for _, o := range m.OfficeIDs {
		f.Offices = append(f.Offices, o.String())
	}
	return s.renderStaff(c, fiber.StatusOK, f, &m, nil)
}

func (s *Service) postStaff(c *fiber.Ctx) error {
	ctx := c.UserContext()
	t, _ := tenant.From(ctx)
	m, err := s.staffOf(c)
	if err != nil {
		return err
	}
	f := readStaff(c)
	f.Email = m.Email
	if err := s.UpdateStaff(ctx, t, actor.From(ctx), m.ID, f.Version, f.input()); err != nil {
		return s.renderStaff(c, 0, f, &m, err)
	}
	return c.Redirect(staffPath+"?esito=staff_saved", fiber.StatusSeeOther)
}

// renderStaff shows the form of an account, new where m is nil. A status of 0 is that of the error.
func (s *Service) renderStaff(c *fiber.Ctx, status int, f staffForm, m *Staff, problemOf error) error {
	ctx := c.UserContext()
	t, _ := tenant.From(ctx)
	var offices []OfficeLabel
	err := s.db.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		offices, err = s.officeLabels(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	view := staffView{Fields: form.Blame(staffFields(f, offices, m == nil), problemOf), Version: f.Version}
	page := web.Page{Title: label("identity.staff_new"), Breadcrumb: staffCrumbs(web.Crumb{Text: label("identity.staff_title"), Href: staffPath})}
	if m != nil {
		page.Title, view.ID, view.Disabled = m.Name, m.ID.String(), m.DisabledAt != nil
		view.Self = actor.From(ctx).ID == m.ID.String()
		if problem.From(problemOf).Code == errEditedSince.Code {
			view.Version = m.Version // what was typed may be saved over the other change, knowingly
		}
	}
	if problemOf != nil {
		d := web.Describe(problemOf, i18n.Italian, "")
		if status = d.Status; status >= fiber.StatusInternalServerError {
			return problemOf
		}
		if len(form.Errors(view.Fields)) == 0 {
			page.Notice = &web.Notice{Kind: "danger", Text: d.Detail}
		}
	}
	page.Data = view
	return web.Render(c, status, "identity/persona", page)
}

// confirmView is the Data of identity/conferma.
type confirmView struct {
	Title, Text, Action, Button, Kind, Cancel string
}

func (s *Service) confirm(c *fiber.Ctx, what, kind string) error {
	m, err := s.staffOf(c)
	if err != nil {
		return err
	}
	self := staffPath + "/" + m.ID.String()
	text := func(part string) string {
		return i18n.T(i18n.Italian, "identity."+what+"_"+part, map[string]any{"name": m.Name})
	}
	return web.Render(c, fiber.StatusOK, "identity/conferma", web.Page{
		Title:      text("title"),
		Breadcrumb: staffCrumbs(web.Crumb{Text: label("identity.staff_title"), Href: staffPath}, web.Crumb{Text: m.Name, Href: self}),
		Data:       confirmView{Title: text("question"), Text: text("text"), Action: c.Path(), Button: text("button"), Kind: kind, Cancel: self},
	})
}

func (s *Service) showDisable(c *fiber.Ctx) error { return s.confirm(c, "disable", "danger") }

func (s *Service) postDisable(c *fiber.Ctx) error {
	ctx := c.UserContext()
	t, _ := tenant.From(ctx)
	m, err := s.staffOf(c)
	if err != nil {
		return err
	}
	if err := s.DisableStaff(ctx, t, actor.From(ctx), m.ID); err != nil {
		return err
	}
	return c.Redirect(staffPath+"?esito=staff_disabled", fiber.StatusSeeOther)
}

func (s *Service) showReset(c *fiber.Ctx) error { return s.confirm(c, "reset", "warning") }

func (s *Service) postReset(c *fiber.Ctx) error {
	ctx := c.UserContext()
	t, _ := tenant.From(ctx)
	m, err := s.staffOf(c)
	if err != nil {
		return err
	}
	cred, err := s.ResetStaff(ctx, t, actor.From(ctx), m.ID)
	if err != nil {
		return err
	}
	return renderCredentials(c, cred)
}

// credentialsView is the Data of identity/credenziali: shown once, to be printed or read out.
type credentialsView struct {
	Credentials
	QR      template.HTML
	Secret  string // in groups of four, to type where a camera is missing
	LoginAt string
	MadeAt  time.Time
}

func renderCredentials(c *fiber.Ctx, cred Credentials) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	var groups []string
	for chunk := range slices.Chunk([]byte(cred.TOTPSecret), 4) {
		groups = append(groups, string(chunk))
	}
	return web.Render(c, fiber.StatusOK, "identity/credenziali", web.Page{
		Title:      label("identity.credentials_title"),
		Breadcrumb: staffCrumbs(web.Crumb{Text: label("identity.staff_title"), Href: staffPath}),
		Data: credentialsView{
			Credentials: cred, QR: template.HTML(qr.SVG(cred.TOTPURI)), //nolint:gosec // drawn by us, holds no text
			Secret: strings.Join(groups, " "), LoginAt: fmt.Sprintf("%s://%s/accedi", c.Protocol(), c.Get(fiber.HeaderHost)),
		},
	})
}

func retryAfter(p *problem.Error) string {
	switch v := p.Args["retry_after"].(type) {
	case time.Duration:
		return strconv.Itoa(int((v + time.Second - 1) / time.Second))
	case int:
		return strconv.Itoa(v)
	}
	return ""
}
