package booking

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// formView is the Data of booking/dettagli, booking/richiedente and booking/riepilogo.
type formView struct {
	View
	Steps  web.Steps
	Fields []form.Field
	Until  *time.Time // until when the time is kept; nil when that is over
	Token  string
	Back   string // the step before
	Time   string // the step where place and time are chosen

	ReasonText string // in the language of the page
}

// errFinished: the wizard's booking is confirmed or off already.
var errFinished = problem.New(problem.Conflict, "booking.already_confirmed")

// wizard reads the booking of a wizard for one of its last three steps.
func (p *Portal) wizard(c *fiber.Ctx, step int) (formView, error) {
	token := c.Params("token")
	v := formView{Steps: steps(spoken(c), step), Token: token}
	err := p.in(c, func(ctx context.Context, tx *tenant.Tx) error {
		a, err := p.svc.Find(ctx, tx, token)
		if err != nil {
			return err
		}
		if a.State != Held {
			return errFinished
		}
		if v.View, err = p.svc.View(ctx, tx, a); err != nil {
			return err
		}
		if v.ReasonText = v.Reason; !v.ReasonOwn() {
			v.ReasonText = label(spoken(c), "booking.other_reason")
		}
		if !a.Lapsed(tx.Now()) {
			v.Until = a.HoldExpiresAt
		}
		v.Time = asked{Service: v.Service.Slug, Office: a.OfficeID, Kiosk: a.KioskID, Token: token}.with("/prenota/data-orario")
		return nil
	})
	v.Back = map[int]string{3: v.Time, 4: "/prenota/" + token + "/dettagli", 5: "/prenota/" + token + "/richiedente"}[step]
	return v, err
}

// gone answers for a wizard that is not there: it is finished, or no time was ever chosen, or its form was deleted.
func (p *Portal) gone(c *fiber.Ctx, err error) error {
	t, ok := tenant.From(c.UserContext())
	switch {
	case !ok:
		return err
	case errors.Is(err, errFinished):
		return p.toAppointment(c, t, c.Params("token"))
	case problem.From(err).Kind == problem.NotFound:
		if _, e := p.svc.Keys.ParseHoldToken(t.Key, c.Params("token")); e == nil {
			return c.Redirect("/prenota", fiber.StatusSeeOther)
		}
	}
	return err
}

// notice tells on each step when the time that was kept is over: what still holds, and what to do.
func (v formView) notice(lang string, err error) *web.Notice {
	if err != nil {
		return danger(lang, err)
	}
	if v.Until == nil {
		return &web.Notice{Kind: "warning", Text: label(lang, "booking.lapsed", "when", v.When)}
	}
	return nil
}

func matterFields(lang string, v formView, m Matter) []form.Field {
	other := otherReason()
	reasons := []form.Option{
		{Value: v.Service.Title, Label: v.Service.Title, Own: true, Selected: m.Reason != other},
		{Value: other, Label: label(lang, "booking.other_reason"), Selected: m.Reason == other},
	}
	return []form.Field{
		{Name: "motivo-appuntamento", Label: label(lang, "booking.reason"), Hint: label(lang, "booking.reason_hint"), Type: "select", Required: true, Options: reasons},
		{
			Name: "form-details", Label: label(lang, "booking.details"), Hint: label(lang, "booking.details_hint", "max", DetailsMax),
			Type: "textarea", Value: m.Details, MaxLength: DetailsMax, Rows: 4,
		},
	}
}

// otherReason is how the office reads that it is about something else, whatever language it was booked in.
func otherReason() string { return label(i18n.Italian, "booking.other_reason") }

// ReasonOwn says whether the reason is the title of the service, which is Italian in every language.
func (v formView) ReasonOwn() bool { return v.Reason != otherReason() }

// officialNames gives the fields of a problem the names that the official model gives the inputs.
func officialNames(err error) error {
	if err == nil {
		return nil
	}
	e := *problem.From(err)
	e.Fields = append([]problem.Field(nil), e.Fields...)
	for i, f := range e.Fields {
		switch f.Name {
		case "reason":
			e.Fields[i].Name = "motivo-appuntamento"
		case "details":
			e.Fields[i].Name = "form-details"
		}
	}
	return &e
}

func (p *Portal) showMatter(c *fiber.Ctx) error {
	v, err := p.wizard(c, 3)
	if err != nil {
		return p.gone(c, err)
	}
	return p.matter(c, v, v.Matter, nil)
}

func (p *Portal) matter(c *fiber.Ctx, v formView, m Matter, err error) error {
	v.Fields = form.BlameIn(spoken(c), matterFields(spoken(c), v, m), officialNames(err))
	return p.render(c, err, "booking/dettagli", web.Page{Title: label(spoken(c), "booking.title_matter"), Notice: v.notice(spoken(c), err), Data: v})
}

func (p *Portal) postMatter(c *fiber.Ctx) error {
	v, err := p.wizard(c, 3)
	if err != nil {
		return p.gone(c, err)
	}
	var in struct {
		Reason  string `form:"motivo-appuntamento,max=120"`
		Details string `form:"form-details,max=2000"`
	}
	err = form.Decode(c, &in)
	m := Matter{Reason: in.Reason, Details: in.Details}
	if err == nil && m.Reason != v.Service.Title && m.Reason != otherReason() {
		m.Reason = v.Service.Title
	}
	if err == nil {
		_, err = p.svc.SetMatter(c.UserContext(), mustTenant(c), v.Token, m)
	}
	if err != nil {
		if problem.From(err).Code == errFinished.Code {
			return p.gone(c, errFinished)
		}
		if shown(err) {
			return p.matter(c, v, m, err)
		}
		return err
	}
	return c.Redirect("/prenota/"+v.Token+"/richiedente", fiber.StatusSeeOther)
}

// mustTenant is for handlers that came past wizard, which found the entity.
func mustTenant(c *fiber.Ctx) tenant.Tenant { t, _ := tenant.From(c.UserContext()); return t }

func citizenFields(lang string, z Citizen) []form.Field {
	return []form.Field{
		{Name: "name", Label: label(lang, "booking.name"), Type: "text", Value: z.Name, Required: true, MaxLength: NameMax, Autocomplete: "given-name"},
		{Name: "surname", Label: label(lang, "booking.surname"), Type: "text", Value: z.Surname, Required: true, MaxLength: NameMax, Autocomplete: "family-name"},
		{
			Name: "email", Label: label(lang, "booking.email"), Hint: label(lang, "booking.email_hint"), Type: "email", Value: z.Email,
			Required: true, MaxLength: EmailMax, Autocomplete: "email",
		},
		{
			Name: "phone", Label: label(lang, "booking.phone"), Hint: label(lang, "booking.phone_hint"), Type: "tel", Value: z.Phone,
			MaxLength: PhoneMax, Autocomplete: "tel",
		},
	}
}

func (p *Portal) showCitizen(c *fiber.Ctx) error {
	v, err := p.wizard(c, 4)
	if err != nil {
		return p.gone(c, err)
	}
	return p.citizen(c, v, v.Citizen, nil)
}

func (p *Portal) citizen(c *fiber.Ctx, v formView, z Citizen, err error) error {
	v.Fields = form.BlameIn(spoken(c), citizenFields(spoken(c), z), err)
	return p.render(c, err, "booking/richiedente", web.Page{Title: label(spoken(c), "booking.title_citizen"), Notice: v.notice(spoken(c), err), Data: v})
}

func (p *Portal) postCitizen(c *fiber.Ctx) error {
	v, err := p.wizard(c, 4)
	if err != nil {
		return p.gone(c, err)
	}
	var in struct {
		Name    string `form:"name,max=400"`
		Surname string `form:"surname,max=400"`
		Email   string `form:"email,max=400"`
		Phone   string `form:"phone,max=400"`
	}
	err = form.Decode(c, &in)
	z := Citizen{Name: in.Name, Surname: in.Surname, Email: in.Email, Phone: in.Phone}
	if err == nil {
		_, err = p.svc.SetCitizen(c.UserContext(), mustTenant(c), v.Token, z)
	}
	if err != nil {
		if problem.From(err).Code == errFinished.Code {
			return p.gone(c, errFinished)
		}
		if shown(err) {
			return p.citizen(c, v, z, err)
		}
		return err
	}
	return c.Redirect("/prenota/"+v.Token+"/riepilogo", fiber.StatusSeeOther)
}

func (p *Portal) showSummary(c *fiber.Ctx) error {
	v, err := p.wizard(c, 5)
	if err != nil {
		return p.gone(c, err)
	}
	if v.Citizen.Validate() != nil { // a step was left out: the first that lacks something
		return c.Redirect("/prenota/"+v.Token+"/dettagli", fiber.StatusSeeOther)
	}
	return p.render(c, nil, "booking/riepilogo", web.Page{Title: label(spoken(c), "booking.title_summary"), Notice: v.notice(spoken(c), nil), Data: v})
}

func (p *Portal) postConfirm(c *fiber.Ctx) error {
	t, err := entity(c)
	if err != nil {
		return err
	}
	token := c.Params("token")
	a, err := p.svc.Confirm(c.UserContext(), t, token)
	switch {
	case err == nil:
		return c.Redirect("/appuntamento/"+p.svc.Keys.ManageToken(t.Key, a.ID), fiber.StatusSeeOther)
	case problem.From(err).Kind == problem.NotFound:
		return p.gone(c, err)
	case problem.From(err).Kind == problem.Invalid:
		return c.Redirect("/prenota/"+token+"/dettagli", fiber.StatusSeeOther)
	case problem.From(err).Code == "booking.cancelled":
		return p.gone(c, errFinished)
	case shown(err):
		v, e := p.wizard(c, 5)
		if e != nil {
			return p.gone(c, e)
		}
		if problem.From(err).Code == "booking.too_many" { // another booking of the same address came first
			return p.citizen(c, v, v.Citizen, err)
		}
		return p.time(c, v.Service, asked{Service: v.Service.Slug, Office: v.OfficeID, Kiosk: v.KioskID, Token: token}, err)
	}
	return err
}
