package videocall

import (
	"bytes"
	"encoding/csv"

	"github.com/gofiber/fiber/v2"
)

// sendCSV sends a table for those who count: UTF-8, semicolons, as Italian spreadsheets expect.
func sendCSV(c *fiber.Ctx, name string, rows [][]string) error {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma = ';'
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Attachment(name + ".csv")
	return c.Send(b.Bytes())
}

// plain keeps a spreadsheet from reading a text as a formula.
func plain(s string) string {
	if s != "" && bytes.ContainsRune([]byte("=+-@\t\r"), rune(s[0])) {
		return "'" + s
	}
	return s
}
