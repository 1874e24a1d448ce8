package app

import (
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/proxy"
)

// mailbox shows the demo's outbox at posta.<host>. It exists in the demo only.
func (a *App) mailbox() {
	if a.Config.MailboxURL == "" {
		return
	}
	a.on(mailboxHost).Use(func(c *fiber.Ctx) error {
		return proxy.Do(c, a.Config.MailboxURL+c.OriginalURL())
	})
}
