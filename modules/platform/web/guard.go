package web

import (
	"bytes"
	"net"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// guard refuses requests that another party on the way could read differently from us (request smuggling), and
// bodies that grow when they are read.
func guard(c *fiber.Ctx) error {
	if code := ambiguous(c); code != 0 {
		c.Context().SetConnectionClose() // whatever follows on the connection is not a request of anybody
		return fiber.NewError(code)
	}
	return c.Next()
}

func ambiguous(c *fiber.Ctx) int {
	h := &c.Request().Header
	if v := string(h.Protocol()); v != "HTTP/1.1" && v != "HTTP/1.0" {
		return fiber.StatusHTTPVersionNotSupported
	}
	var hosts, lengths, encodings int
	raw := h.RawHeaders()
	for line := range bytes.Lines(raw) {
		if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
			return fiber.StatusBadRequest // obs-fold, RFC 9112 section 5.2
		}
		if !bytes.HasSuffix(line, []byte("\r\n")) && bytes.HasSuffix(line, []byte("\n")) {
			return fiber.StatusBadRequest // bare LF
		}
		name, _, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Host")):
			hosts++
		case bytes.EqualFold(name, []byte("Content-Length")):
			lengths++
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			encodings++
		case bytes.EqualFold(name, []byte("Content-Encoding")):
			return fiber.StatusUnsupportedMediaType
		}
	}
	if hosts != 1 || lengths > 1 || encodings > 1 || lengths+encodings > 1 {
		return fiber.StatusBadRequest
	}
	if encodings == 1 && !h.IsHTTP11() {
		return fiber.StatusBadRequest
	}
	if (h.IsGet() || h.IsHead()) && (encodings == 1 || h.ContentLength() > 0) {
		return fiber.StatusBadRequest // no page reads the body of a GET; a cache on the way might
	}
	host := string(h.Host())
	if !plainHost(host) {
		return fiber.StatusBadRequest
	}
	uri := string(h.RequestURI())
	if strings.HasPrefix(uri, "/") {
		return 0
	}
	u, err := url.Parse(uri)
	if err != nil || u.User != nil || !strings.EqualFold(u.Host, host) {
		return fiber.StatusBadRequest // absolute form for another host, "*", authority form
	}
	return 0
}

// plainHost: a name or an address with an optional port, nothing that two parsers read in two ways.
func plainHost(s string) bool {
	if s == "" || len(s) > 260 {
		return false
	}
	for i := range len(s) {
		ch := s[i]
		switch {
		case ch >= 'a' && ch <= 'z', ch >= 'A' && ch <= 'Z', ch >= '0' && ch <= '9':
		case ch == '.', ch == '-', ch == ':', ch == '[', ch == ']':
		default:
			return false
		}
	}
	return true
}

// Host is the name the request was sent to: small letters, no port, no trailing dot. X-Forwarded-Host is never read;
// a proxy in front passes Host on.
func Host(c *fiber.Ctx) string { return hostOf(string(c.Request().Header.Host())) }

// Origin is scheme, host and port as the browser knows them, e.g. https://isernia.example, for links in mails and QR
// codes. The caller has checked the host: an unknown one gets no page.
func Origin(c *fiber.Ctx) string {
	scheme := "http"
	if isSecure(c) {
		scheme = "https"
	}
	return scheme + "://" + strings.ToLower(string(c.Request().Header.Host()))
}

func hostOf(s string) string {
	if h, _, err := net.SplitHostPort(s); err == nil {
		s = h
	}
	return strings.TrimSuffix(strings.ToLower(s), ".")
}

// IP is the address of the client: the peer's, or behind listed proxies the last address of X-Forwarded-For that is
// not itself a listed proxy. What a client wrote into the header before is not believed.
func IP(c *fiber.Ctx) string {
	peer := c.Context().RemoteIP().String()
	if !c.IsProxyTrusted() {
		return peer
	}
	s, _ := c.Locals(stateKey{}).(*state)
	parts := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for i := len(parts) - 1; i >= 0; i-- {
		ip := net.ParseIP(strings.TrimSpace(parts[i]))
		if ip == nil {
			break
		}
		if s == nil || !listed(s.cfg.TrustedProxies, ip) {
			return ip.String()
		}
		peer = ip.String()
	}
	return peer
}

func listed(proxies []string, ip net.IP) bool {
	for _, p := range proxies {
		if _, n, err := net.ParseCIDR(p); err == nil && n.Contains(ip) {
			return true
		}
		if q := net.ParseIP(p); q != nil && q.Equal(ip) {
			return true
		}
	}
	return false
}

// sameOrigin refuses state-changing requests that a page of another site sent (CSRF): the logic of Go's
// http.CrossOriginProtection. Clients that are not browsers send neither header and have no cookie to abuse.
func (s *state) sameOrigin(c *fiber.Ctx) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return c.Next()
	}
	for _, p := range s.cfg.WebhookPaths {
		if c.Path() == p {
			return c.Next()
		}
	}
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return c.Next()
	case "":
		origin := c.Get(fiber.HeaderOrigin)
		if origin == "" {
			return c.Next()
		}
		if u, err := url.Parse(origin); err == nil && u.Host != "" && strings.EqualFold(u.Host, string(c.Request().Header.Host())) {
			return c.Next()
		}
	}
	return problem.New(problem.Forbidden, "http.cross_site")
}
