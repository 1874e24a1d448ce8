// Package documents keeps the papers of an encounter: what the kiosk's camera captured and what the desk
// sends to be read. Nothing that was received is shown as it came: pictures are decoded and encoded again
// (which drops position, camera and anything hidden behind the picture), a PDF is shown as pictures of its pages.
// The bytes as received are kept with their hash.
package documents

import (
	"embed"
	"encoding/hex"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/id"
)

// Migrations is this module's line of migrations.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// ID identifies a document.
type ID = id.ID[Document]

// Source says where a document came from.
type Source string

// The sources.
const (
	KioskCapture Source = "kiosk_capture" // the citizen's paper at the kiosk's camera
	DeskUpload   Source = "desk_upload"   // sent by the operator to be read at the kiosk
	DeskText     Source = "desk_text"     // written by the operator to be signed
	Signed       Source = "signed"        // a document with the page of its signature
)

// The media types that are taken.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
	PDF  = "application/pdf"
)

// Limits of one document.
const (
	MaxBytes  = 10 << 20     // of the file as received
	MaxPixels = 50_000_000   // of a picture
	MaxPages  = 20           // of a PDF
	maxShown  = MaxPages + 1 // of a PDF with its page of signature
)

// Document is one paper of one encounter.
type Document struct {
	ID        ID
	SessionID uuid.UUID
	Name      string // as shown; free of paths and control characters
	MediaType string // what was received: JPEG, PNG or PDF
	SizeBytes int64  // of the file as received
	SHA256    []byte // of the file as received
	Source    Source
	Pages     int // pictures that show it: 1 for a picture
	CreatedBy string
	CreatedAt time.Time
}

// Hash is the SHA-256 of the file as received, in hexadecimal.
func (d Document) Hash() string { return hex.EncodeToString(d.SHA256) }

// cleanName makes a name that is safe to show and to save under, or gives the fallback.
func cleanName(name, fallback string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) || strings.ContainsRune(`"<>:|?*/`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(strings.TrimSpace(name), ".")
	if runes := []rune(name); len(runes) > 120 {
		name = string(runes[:120])
	}
	if name == "" {
		return fallback
	}
	return name
}
