package web

import "github.com/gofiber/fiber/v2"

// Private keeps pages whose address is a key out of caches, search engines and the addresses sent to other sites.
func Private(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Robots-Tag", "noindex")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	return c.Next()
}
