package catalog

import (
	"context"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// Feedback is what a citizen said about a page: no name, no address.
type Feedback struct {
	Page   string // path on this site
	Rating int    // stars, 1 to 5
	Aspect int    // which of the five prescribed answers, 1 to 5; 0 is none
	Text   string // at most 200 characters
}

type feedbackForm struct {
	Page     string `form:"pagina,max=200"`
	Rating   int    `form:"voto"`
	Positive int    `form:"aspetto_positivo"`
	Negative int    `form:"aspetto_negativo"`
	Text     string `form:"dettagli,max=200"`
}

// ThanksView is the page after a rating.
type ThanksView struct{ Back string }

// rate stores the rating of a page. Without JavaScript the browser goes on to the thanks.
func (s *Site) rate(c *fiber.Ctx) error {
	var in feedbackForm
	if err := form.Decode(c, &in); err != nil {
		return err
	}
	back := localPath(in.Page)
	f := Feedback{Page: withoutToken(back), Rating: in.Rating, Aspect: in.Negative, Text: in.Text}
	if f.Rating >= 4 {
		f.Aspect = in.Positive
	}
	err := s.in(c, func(ctx context.Context, tx *tenant.Tx) error { return s.catalog.Rate(ctx, tx, f) })
	if err != nil {
		return err
	}
	return c.Redirect("/valutazione?pagina="+url.QueryEscape(back), fiber.StatusSeeOther)
}

func (s *Site) thanks(c *fiber.Ctx) error {
	return web.Render(c, fiber.StatusOK, "site/grazie", web.Page{
		Title: say(c, "site.thanks"), Breadcrumb: trail(c), Data: ThanksView{Back: localPath(c.Query("pagina"))},
	})
}

// localPath is the path if it is one of this site, else the home page: never another host.
func localPath(p string) string {
	u, err := url.Parse(p)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(p, "\\\r\n") {
		return "/"
	}
	return u.EscapedPath()
}

// withoutToken takes the personal part out of the addresses of bookings and appointments: it opens them, and nobody who
// reads ratings may have it.
func withoutToken(p string) string {
	parts := strings.Split(p, "/")
	if len(parts) > 2 && (parts[1] == "prenota" || parts[1] == "appuntamento") && len(parts[2]) >= 32 {
		parts[2] = "-"
	}
	return strings.Join(parts, "/")
}

// Rate stores what a citizen said about a page. More than maxRatings in a minute are thanked for and dropped, so that
// nobody fills the table.
func (s *Service) Rate(ctx context.Context, tx *tenant.Tx, f Feedback) error {
	if f.Rating < 1 || f.Rating > 5 {
		return problem.New(problem.Invalid, "site.rating").WithField("voto", "form.required")
	}
	if f.Aspect < 0 || f.Aspect > 5 {
		f.Aspect = 0
	}
	_, err := tenant.Exec(ctx, tx, sqlInsertFeedback, tenant.Args{
		"id": id.New[Feedback](tx.IDs()), "page": f.Page, "rating": f.Rating, "aspect": f.Aspect, "text": f.Text,
		"now": tx.Now(), "limit": maxRatings,
	})
	return err
}

const maxRatings = 60 // ratings an entity keeps of one minute
