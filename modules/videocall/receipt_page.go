package videocall

import (
	"context"
	"mime"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// ReceiptPath is the address of what a citizen takes home, before its secret part.
const ReceiptPath = "/ricevuta/"

// ReceiptPage is the Data of videocall/ricevuta.
type ReceiptPage struct {
	Receipt
	When   string
	Base   string
	Days   int
	Papers []ReceiptPaper
}

// ReceiptPaper is one paper to keep.
type ReceiptPaper struct{ Name, Href, Size string }

// ReceiptRoutes adds the page. The token in the address is the key.
func (p *Portal) ReceiptRoutes(r fiber.Router) {
	r.Get(ReceiptPath+":token", web.Private, p.receipt)
	r.Get(ReceiptPath+":token/:id", web.Private, p.receiptDocument)
}

// keyed reads the entity of the request and what its address is the key to.
func keyed(c *fiber.Ctx, parse func(tenant.Tenant, string) (uuid.UUID, error)) (tenant.Tenant, uuid.UUID, error) {
	t, ok := tenant.From(c.UserContext())
	if !ok {
		return t, uuid.Nil, problem.New(problem.NotFound, "not_found")
	}
	key, err := parse(t, c.Params("token"))
	return t, key, err
}

func (p *Portal) receipt(c *fiber.Ctx) error {
	t, appointment, err := keyed(c, p.svc.cfg.Links.ParseReceipt)
	if err != nil {
		return err
	}
	v := ReceiptPage{Base: ReceiptPath + c.Params("token"), Days: receiptDays}
	err = p.svc.cfg.DB.InTenant(c.UserContext(), t, func(tx *tenant.Tx) error {
		v.Receipt, err = p.svc.Receipt(context.WithoutCancel(c.UserContext()), tx, appointment)
		return err
	})
	if err != nil {
		return err
	}
	lang := i18n.From(c.UserContext())
	v.When = i18n.CalendarOf(lang).DateTime(v.At)
	for _, d := range v.Documents {
		v.Papers = append(v.Papers, ReceiptPaper{Name: d.Name, Href: v.Base + "/" + d.ID.String(), Size: kilobytes(d.SizeBytes)})
	}
	return web.Render(c, fiber.StatusOK, "videocall/ricevuta", web.Page{Title: i18n.T(lang, "videocall.receipt.title", nil), Data: v})
}

func kilobytes(n int64) string { return strconv.FormatInt((n+1023)/1024, 10) + " kB" }

func (p *Portal) receiptDocument(c *fiber.Ctx) error {
	t, appointment, err := keyed(c, p.svc.cfg.Links.ParseReceipt)
	if err != nil {
		return err
	}
	doc, err := id.Parse[documents.Document](c.Params("id"))
	if err != nil {
		return problem.New(problem.NotFound, "not_found")
	}
	content, b, err := p.svc.ReceiptDocument(c.UserContext(), t, appointment, doc)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, content.MediaType)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": content.Name}))
	return c.Send(b)
}
