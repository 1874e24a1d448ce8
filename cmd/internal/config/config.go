// Package config is what an operator of the service can set: environment variables and flags, checked at start.
package config

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Config holds the settings of serve, worker, migrate, tenant and check.
type Config struct {
	BaseURL string `env:"BASE_URL" required:"" help:"Public address, e.g. https://sportello.example.it. Entities answer at <key>.<host>, kiosks at kiosk.<host>, the vendor's console at console.<host>."`
	Listen  string `env:"LISTEN" default:":8080" help:"Address to listen on."`

	DatabaseURL      string            `env:"DATABASE_URL" required:"" help:"Control plane's database with the application's login (sportello_app)."`
	CellURLs         map[string]string `env:"CELL_URLS" help:"Cells' databases with the application's login: name=url;name=url. Default: one cell, main, in DATABASE_URL."`
	AdminDatabaseURL string            `env:"ADMIN_DATABASE_URL" help:"Control plane's database with the login that owns it; only migrate and tenant use it."`
	AdminCellURLs    map[string]string `env:"ADMIN_CELL_URLS" help:"Cells' databases with the login that owns them."`
	RedisURL         string            `env:"REDIS_URL" required:"" help:"Redis for presence, hints between screens and rate limits. Nothing that matters is kept there."`

	LiveKitURL       string `env:"LIVEKIT_URL" required:"" help:"LiveKit's address for the server, e.g. http://livekit:7880."`
	LiveKitPublicURL string `env:"LIVEKIT_PUBLIC_URL" required:"" help:"LiveKit's address for browsers, e.g. wss://video.example.it."`
	LiveKitKey       string `env:"LIVEKIT_API_KEY" required:"" help:"LiveKit API key."`
	LiveKitSecret    string `env:"LIVEKIT_API_SECRET" required:"" help:"LiveKit API secret, at least 32 characters."`

	SMTPURL  string `env:"SMTP_URL" required:"" help:"Mail server: smtps://user:password@host:465, smtp+starttls://user:password@host:587, or smtp://host:25 without encryption for a relay on the same machine."`
	MailFrom string `env:"MAIL_FROM" required:"" help:"Address that messages come from; the entity's name is added."`
	BlobDir  string `env:"BLOB_DIR" required:"" help:"Folder for documents."`

	MasterKey      string   `env:"MASTER_KEY" required:"" help:"32 random bytes in base64; all other secrets are derived from it. Make one with: openssl rand -base64 32."`
	TrustedProxies []string `env:"TRUSTED_PROXIES" help:"Addresses or networks of the proxies whose X-Forwarded headers are believed."`
	Worker         bool     `env:"WORKER" default:"true" negatable:"" help:"Also handle jobs in the serving process."`
	MailboxURL     string   `env:"DEMO_MAILBOX_URL" hidden:"" help:"Only in the demo: the outbox shown at posta.<host>."`
}

// MainCell is the cell of a small installation: the database of the control plane.
const MainCell = "main"

// Validate says everything that is wrong, at once, and fills what follows from the rest.
func (c *Config) Validate() error {
	var errs []error
	bad := func(name, why string) { errs = append(errs, fmt.Errorf("%s: %s", name, why)) }
	if u, err := url.Parse(c.BaseURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || strings.Trim(u.Path, "/") != "" {
		bad("BASE_URL", "want http(s)://host[:port]")
	}
	if key, err := base64.StdEncoding.DecodeString(c.MasterKey); err != nil || len(key) < 32 {
		bad("MASTER_KEY", "want at least 32 bytes in base64")
	}
	if len(c.LiveKitSecret) < 32 {
		bad("LIVEKIT_API_SECRET", "want at least 32 characters")
	}
	if len(c.CellURLs) == 0 {
		c.CellURLs = map[string]string{MainCell: c.DatabaseURL}
	}
	if len(c.AdminCellURLs) == 0 && c.AdminDatabaseURL != "" {
		c.AdminCellURLs = map[string]string{MainCell: c.AdminDatabaseURL}
	}
	return errors.Join(errs...)
}

// Secret derives the 32-byte secret of one purpose from the master key (HKDF-SHA256, RFC 5869).
func (c *Config) Secret(purpose string) []byte {
	master, err := base64.StdEncoding.DecodeString(c.MasterKey)
	if err != nil {
		panic("config not validated: " + err.Error())
	}
	key, err := hkdf.Key(sha256.New, master, nil, "sportello/"+purpose, 32)
	if err != nil {
		panic(err) // only for absurd lengths
	}
	return key
}

// Scheme is http or https.
func (c *Config) Scheme() string { s, _, _ := strings.Cut(c.BaseURL, "://"); return s }

// Host is the public host, with the port where it is not the scheme's own.
func (c *Config) Host() string {
	_, h, _ := strings.Cut(strings.TrimSuffix(c.BaseURL, "/"), "://")
	return h
}

// URL is the public address of a site: an entity's key, "kiosk", "console", "posta", or "" for the choice of entity.
func (c *Config) URL(site string) string {
	if site == "" {
		return c.Scheme() + "://" + c.Host()
	}
	return c.Scheme() + "://" + site + "." + c.Host()
}
