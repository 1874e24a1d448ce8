package booking

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// ratingView is the Data of booking/valutazione.
type ratingView struct {
	View
	Fields []form.Field
	Done   bool // it was rated: thanks
	Never  bool // the encounter did not take place
}

type ratingForm struct {
	Stars  int `form:"voto"`
	Aspect int `form:"aspetto"`
}

func (p *Portal) showRating(c *fiber.Ctx) error { return p.ratingPage(c, ratingForm{}, nil) }

func (p *Portal) postRating(c *fiber.Ctx) error {
	t, err := entity(c)
	if err != nil {
		return err
	}
	var in ratingForm
	if err := form.Decode(c, &in); err != nil {
		in = ratingForm{}
	}
	err = p.svc.Rate(c.UserContext(), t, c.Params("token"), Rating(in))
	switch problem.From(err).Code {
	case "booking.stars":
		return p.ratingPage(c, in, err)
	case "booking.rated", "booking.not_met":
		err = nil // the page says it
	}
	if err != nil {
		return err
	}
	return c.Redirect("/appuntamento/"+c.Params("token")+"/valutazione", fiber.StatusSeeOther)
}

func (p *Portal) ratingPage(c *fiber.Ctx, in ratingForm, wrong error) error {
	managed, err := p.managed(c)
	if err != nil {
		return err
	}
	v := ratingView{View: managed.View, Never: managed.State != Used}
	if err := p.in(c, func(ctx context.Context, tx *tenant.Tx) (err error) {
		v.Done, err = isRated(ctx, tx, v.ID)
		return err
	}); err != nil {
		return err
	}
	v.Fields = form.BlameIn(spoken(c), ratingFields(spoken(c), in), wrong)
	return p.render(c, wrong, "booking/valutazione", web.Page{Title: label(spoken(c), "booking.title_rating"), Data: v})
}

func ratingFields(lang string, in ratingForm) []form.Field {
	options := func(key string, chosen int) (out []form.Option) {
		for i := 1; i <= 5; i++ {
			n := strconv.Itoa(i)
			out = append(out, form.Option{Value: n, Label: label(lang, "booking."+key+"_"+n), Selected: chosen == i})
		}
		return out
	}
	return []form.Field{
		{Name: "voto", Label: label(lang, "booking.stars"), Type: "radio", Required: true, Options: options("stars", in.Stars)},
		{Name: "aspetto", Label: label(lang, "booking.aspect"), Type: "radio", Options: options("aspect", in.Aspect)},
	}
}
