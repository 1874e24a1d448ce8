package catalog

import "github.com/gofiber/fiber/v2"

func (s *Site) questions(c *fiber.Ctx) error {
	return s.entityPage(c, "site/domande-frequenti", "site.questions")
}

func (s *Site) help(c *fiber.Ctx) error { return s.entityPage(c, "site/assistenza", "site.help") }

func (s *Site) report(c *fiber.Ctx) error {
	return s.entityPage(c, "site/segnala-disservizio", "site.report")
}

func (s *Site) personalArea(c *fiber.Ctx) error {
	return s.entityPage(c, "site/area-personale", "site.personal_area")
}

func (s *Site) privacy(c *fiber.Ctx) error { return s.entityPage(c, "site/privacy", "site.privacy") }

func (s *Site) legalNotes(c *fiber.Ctx) error {
	return s.entityPage(c, "site/note-legali", "site.legal_notes")
}

func (s *Site) accessibility(c *fiber.Ctx) error {
	return s.entityPage(c, "site/accessibilita", "site.accessibility")
}
