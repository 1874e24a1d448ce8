package identity

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// Routes adds the pages of an entity's host: /accedi, /esci, /password and /amministrazione/personale. They guard
// themselves.
func (s *Service) Routes(r fiber.Router) {
	r.Get("/accedi", s.showLogin)
	r.Post("/accedi", s.postLogin)
	r.Post("/esci", s.postLogout)
	r.Get("/password", s.RequireStaff(), s.showPassword)
	r.Post("/password", s.RequireStaff(), s.postPassword)
	s.staffRoutes(r)
}

// VendorRoutes adds the pages of the vendor's console that are about accounts: /accedi and /esci.
func (s *Service) VendorRoutes(r fiber.Router) {
	r.Get("/accedi", s.showVendorLogin)
	r.Post("/accedi", s.postVendorLogin)
	r.Post("/esci", s.postVendorLogout)
}

// loginView is the Data of identity/accedi.
type loginView struct {
	Fields []form.Field
	Return string // where to go afterwards
	Entity bool   // an entity's host; else the console
}

func loginPage(entity bool, email, back string, err error) web.Page {
	fields := []form.Field{
		{Name: "email", Label: label("identity.email"), Type: "email", Value: email, Required: true, Autocomplete: "username", MaxLength: 254},
		{Name: "password", Label: label("identity.password"), Type: "password", Required: true, Autocomplete: "current-password"},
		{
			Name: "code", Label: label("identity.code"), Hint: label("identity.code_hint"), Type: "text", Required: true,
			Autocomplete: "one-time-code", InputMode: "numeric", MaxLength: 8,
		},
	}
	p := web.Page{Title: label("identity.login_title"), Data: loginView{Fields: fields, Return: back, Entity: entity}}
	if err != nil {
		p.Notice = notice("danger", err)
	}
	return p
}

func (s *Service) showLogin(c *fiber.Ctx) error {
	t, ok := tenant.From(c.UserContext())
	if !ok {
		return problem.New(problem.NotFound, "not_found")
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	back := safeReturn(c.Query("ritorno"))
	if who, err := s.Authenticate(c.UserContext(), t, web.Cookie(c, Cookie)); err == nil {
		return c.Redirect(landing(who, back), fiber.StatusSeeOther)
	}
	return web.Render(c, fiber.StatusOK, "identity/accedi", loginPage(true, "", back, nil))
}

type loginForm struct {
	Email    string `form:"email"`
	Password string `form:"password"`
	Code     string `form:"code"`
	Return   string `form:"ritorno"`
}

// readLogin reads the form. A password is taken as typed, without trimming.
func readLogin(c *fiber.Ctx) (loginForm, LoginInput) {
	var f loginForm
	_ = form.Decode(c, &f) // what cannot be read stays empty and is refused like a wrong one
	password := string(c.Request().PostArgs().Peek("password"))
	return f, LoginInput{
		Email: f.Email, Password: password, Code: f.Code, IP: web.IP(c),
		UserAgent: c.Get(fiber.HeaderUserAgent), OldToken: web.Cookie(c, Cookie),
	}
}

func (s *Service) postLogin(c *fiber.Ctx) error {
	ctx := c.UserContext()
	t, ok := tenant.From(ctx)
	if !ok {
		return problem.New(problem.NotFound, "not_found")
	}
	f, in := readLogin(c)
	back := safeReturn(f.Return)
	token, err := s.Login(ctx, t, in)
	if err != nil {
		return refuse(c, err, loginPage(true, f.Email, back, err))
	}
	who, err := s.Authenticate(ctx, t, token)
	if err != nil {
		return err
	}
	setSession(c, token)
	return c.Redirect(landing(who, back), fiber.StatusSeeOther)
}

func (s *Service) postLogout(c *fiber.Ctx) error {
	t, ok := tenant.From(c.UserContext())
	if !ok {
		return problem.New(problem.NotFound, "not_found")
	}
	if token := web.Cookie(c, Cookie); token != "" {
		if err := s.Logout(c.UserContext(), t, token); err != nil {
			return err
		}
	}
	web.ClearCookie(c, Cookie)
	c.Set("Clear-Site-Data", `"cache", "storage"`)
	return c.Redirect("/accedi", fiber.StatusSeeOther)
}

func (s *Service) showVendorLogin(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	back := safeReturn(c.Query("ritorno"))
	if _, err := s.VendorAuthenticate(c.UserContext(), web.Cookie(c, Cookie)); err == nil {
		return c.Redirect(or(back, "/"), fiber.StatusSeeOther)
	}
	return web.Render(c, fiber.StatusOK, "identity/accedi", loginPage(false, "", back, nil))
}

func (s *Service) postVendorLogin(c *fiber.Ctx) error {
	f, in := readLogin(c)
	back := safeReturn(f.Return)
	token, err := s.VendorLogin(c.UserContext(), in)
	if err != nil {
		return refuse(c, err, loginPage(false, f.Email, back, err))
	}
	setSession(c, token)
	return c.Redirect(or(back, "/"), fiber.StatusSeeOther)
}

func (s *Service) postVendorLogout(c *fiber.Ctx) error {
	token := web.Cookie(c, Cookie)
	if who, err := s.VendorAuthenticate(c.UserContext(), token); err == nil {
		if err := s.VendorLogout(c.UserContext(), who, token); err != nil {
			return err
		}
	}
	web.ClearCookie(c, Cookie)
	return c.Redirect("/accedi", fiber.StatusSeeOther)
}

func passwordPage(err error) web.Page {
	fields := []form.Field{
		{Name: "present", Label: label("identity.password_present"), Type: "password", Required: true, Autocomplete: "current-password"},
		{
			Name: "wanted", Label: label("identity.password_new"), Hint: label("identity.password_hint"), Type: "password",
			Required: true, Autocomplete: "new-password",
		},
	}
	p := web.Page{Title: label("identity.password_title"), Data: form.Blame(fields, err)}
	if err != nil && len(problem.From(err).Fields) == 0 {
		p.Notice = notice("danger", err)
	}
	return p
}

func (s *Service) showPassword(c *fiber.Ctx) error {
	p := passwordPage(nil)
	p.Notice = done(c)
	return web.Render(c, fiber.StatusOK, "identity/password", p)
}

func (s *Service) postPassword(c *fiber.Ctx) error {
	ctx := c.UserContext()
	t, _ := tenant.From(ctx)
	args := c.Request().PostArgs()
	err := s.ChangePassword(ctx, t, actor.From(ctx), web.Cookie(c, Cookie), string(args.Peek("present")), string(args.Peek("wanted")))
	if err != nil {
		return refuse(c, err, passwordPage(err))
	}
	return c.Redirect("/password?esito=password_changed", fiber.StatusSeeOther)
}

// landing is where somebody goes after signing in: where they were going, else to their work.
func landing(a actor.Actor, back string) string {
	switch {
	case back != "":
		return back
	case a.Has(actor.Operator):
		return "/operatore"
	default:
		return "/amministrazione"
	}
}

// refuse shows the form again with what is wrong; a failure of ours goes to the boundary.
func refuse(c *fiber.Ctx, err error, page web.Page) error {
	p := problem.From(err)
	if p.Kind == problem.Internal || web.WantsJSON(c) {
		return err
	}
	name := "identity/password"
	if _, ok := page.Data.(loginView); ok {
		name = "identity/accedi"
	}
	d := web.Describe(err, i18n.Italian, "")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if wait := retryAfter(p); wait != "" {
		c.Set(fiber.HeaderRetryAfter, wait)
	}
	return web.Render(c, d.Status, name, page)
}

func notice(kind string, err error) *web.Notice {
	return &web.Notice{Kind: kind, Text: web.Describe(err, i18n.Italian, "").Detail}
}

// done is the notice that the page before asked for after a change.
func done(c *fiber.Ctx) *web.Notice {
	key := "identity.done." + c.Query("esito")
	if !i18n.Has(key) {
		return nil
	}
	return &web.Notice{Kind: "success", Text: label(key)}
}

func label(key string) string { return i18n.T(i18n.Italian, key, nil) }

func or(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// officeLabels names the offices that staff can be given.
func (s *Service) officeLabels(ctx context.Context, tx *tenant.Tx) ([]OfficeLabel, error) {
	if s.offices == nil {
		return nil, nil
	}
	return s.offices.OfficeLabels(ctx, tx)
}
