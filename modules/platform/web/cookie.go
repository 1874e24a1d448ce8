package web

import (
	"time"

	"github.com/gofiber/fiber/v2"
)

// SetCookie keeps a secret at the browser: HttpOnly, SameSite=Lax, this host only. By https its name gets the prefix
// __Host- and it is Secure. A maxAge of 0 makes a cookie that ends with the browser.
func SetCookie(c *fiber.Ctx, name, value string, maxAge time.Duration) {
	c.Cookie(&fiber.Cookie{
		Name: cookieName(c, name), Value: value, Path: "/", MaxAge: int(maxAge / time.Second),
		HTTPOnly: true, Secure: isSecure(c), SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: maxAge == 0,
	})
}

// Cookie reads what SetCookie kept, or "". By https a cookie without the prefix is not believed: another host of the
// same domain could have planted it.
func Cookie(c *fiber.Ctx, name string) string { return c.Cookies(cookieName(c, name)) }

// ClearCookie makes the browser forget.
func ClearCookie(c *fiber.Ctx, name string) {
	c.Cookie(&fiber.Cookie{
		Name: cookieName(c, name), Path: "/", Expires: time.Unix(1, 0), MaxAge: -1,
		HTTPOnly: true, Secure: isSecure(c), SameSite: fiber.CookieSameSiteLaxMode,
	})
}

func cookieName(c *fiber.Ctx, name string) string {
	if isSecure(c) {
		return "__Host-" + name
	}
	return name
}

func isSecure(c *fiber.Ctx) bool {
	if s, ok := c.Locals(stateKey{}).(*state); ok {
		return s.secure(c)
	}
	return c.Secure()
}
