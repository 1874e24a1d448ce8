package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

type headers struct{ csp string }

func newHeaders(cfg Config) headers {
	connect := "connect-src 'self'"
	if scheme, rest, ok := strings.Cut(cfg.RTCURL, "://"); ok {
		host, _, _ := strings.Cut(rest, "/")
		if scheme == "wss" || scheme == "https" {
			connect += " wss://" + host + " https://" + host
		} else {
			connect += " ws://" + host + " http://" + host
		}
	}
	return headers{csp: strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:",
		"media-src 'self' blob: mediastream:", "font-src 'self'", connect, "form-action 'self'",
		"frame-ancestors 'none'", "base-uri 'none'",
	}, "; ")}
}

const (
	noMedia   = "camera=(), microphone=(), geolocation=(), display-capture=(), payment=(), usb=()"
	withMedia = "camera=(self), microphone=(self), geolocation=(), display-capture=(self), payment=(), usb=()"
)

// setHeaders puts the browser's rules on every answer. Only Static loosens Cache-Control.
func (s *state) setHeaders(c *fiber.Ctx) {
	c.Set("Content-Security-Policy", s.headers.csp)
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("Referrer-Policy", "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Cache-Control", "no-store")
	if s.media(c) {
		c.Set("Permissions-Policy", withMedia)
	} else {
		c.Set("Permissions-Policy", noMedia)
	}
	if s.secure(c) {
		c.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

// media says whether the page uses camera and microphone: the kiosk and the operator's desk only.
func (s *state) media(c *fiber.Ctx) bool {
	if s.kiosk != "" && Host(c) == s.kiosk {
		return true
	}
	for _, p := range s.cfg.MediaPaths {
		if c.Path() == p || strings.HasPrefix(c.Path(), p+"/") {
			return true
		}
	}
	return false
}

// secure says whether the browser reached us by https, directly or through a listed proxy.
func (s *state) secure(c *fiber.Ctx) bool { return s.cfg.HTTPS || c.Secure() }
