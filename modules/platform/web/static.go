package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"mime"
	"path"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
)

type asset struct {
	mediaType string
	etag      string
	immutable bool
	body      []byte
	brotli    []byte
	gzip      []byte
}

// hashed: a name with the hash of its content in it, as vite writes it: portal-B3x_9aQd.css
var hashed = regexp.MustCompile(`-[A-Za-z0-9_-]{8}\.[a-z0-9]+$`)

// Static serves files under /assets/. They are read once. name.br and name.gz beside name are sent to browsers that
// take them; text without a .gz is compressed here. Names with a hash in them are kept by browsers for a year, others
// are asked for again each time (ETag).
func Static(app fiber.Router, files fs.FS) error {
	assets, err := readAssets(files)
	if err != nil {
		return err
	}
	app.Get("/assets/*", func(c *fiber.Ctx) error {
		a, ok := assets[c.Params("*")]
		if !ok {
			return fiber.ErrNotFound
		}
		c.Set(fiber.HeaderCacheControl, "no-cache")
		if a.immutable {
			c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
		}
		c.Set(fiber.HeaderETag, a.etag)
		c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
		if c.Get(fiber.HeaderIfNoneMatch) == a.etag {
			return c.SendStatus(fiber.StatusNotModified)
		}
		c.Set(fiber.HeaderContentType, a.mediaType)
		accept := c.Get(fiber.HeaderAcceptEncoding)
		switch {
		case a.brotli != nil && strings.Contains(accept, "br"):
			c.Set(fiber.HeaderContentEncoding, "br")
			return c.Send(a.brotli)
		case a.gzip != nil && strings.Contains(accept, "gzip"):
			c.Set(fiber.HeaderContentEncoding, "gzip")
			return c.Send(a.gzip)
		}
		return c.Send(a.body)
	})
	return nil
}

func readAssets(files fs.FS) (map[string]*asset, error) {
	assets := map[string]*asset{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		ext := path.Ext(name)
		if err != nil || d.IsDir() || ext == ".br" || ext == ".gz" || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		a := &asset{mediaType: mediaType(ext), immutable: hashed.MatchString(name)}
		if a.body, err = fs.ReadFile(files, name); err != nil {
			return err
		}
		sum := sha256.Sum256(a.body)
		a.etag = `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
		a.brotli, _ = fs.ReadFile(files, name+".br")
		if a.gzip, err = fs.ReadFile(files, name+".gz"); err != nil && compressible(a.mediaType) && len(a.body) > 1024 {
			a.gzip = compress(a.body)
		}
		assets[name] = a
		return nil
	})
	return assets, err
}

func compress(b []byte) []byte {
	var buf bytes.Buffer
	w, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	_, _ = w.Write(b)
	_ = w.Close()
	return buf.Bytes()
}

// The machine's own table is not asked: the answer must not depend on what is installed.
var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8",
	".map": "application/json", ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png",
	".jpg": "image/jpeg", ".webp": "image/webp", ".ico": "image/x-icon", ".woff2": "font/woff2", ".woff": "font/woff",
	".ttf": "font/ttf", ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".wav": "audio/wav", ".wasm": "application/wasm",
	".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8", ".webmanifest": "application/manifest+json",
}

func mediaType(ext string) string {
	if t, ok := mediaTypes[ext]; ok {
		return t
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

func compressible(t string) bool {
	return strings.HasPrefix(t, "text/") || strings.Contains(t, "json") || strings.Contains(t, "svg")
}
