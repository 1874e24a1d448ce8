package documents

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image/png"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// MaxCaptured is how many pages of one paper are captured at a kiosk.
const MaxCaptured = 12

// Captured is a paper as the kiosk hands it in: a picture for each page.
type Captured struct {
	Name     string
	Request  uuid.UUID // the same request makes one document
	Pictures []io.Reader
	At       time.Time
}

// Capture makes one PDF of the pictures, each encoded anew, and stores it as Receive does. Together they are held to
// MaxBytes, and so is the PDF. Refusals are those of Receive, and "documents.too_many_pages".
func (s *Service) Capture(ctx context.Context, t tenant.Tenant, in Captured) (*Received, error) {
	if len(in.Pictures) > MaxCaptured {
		return nil, problem.New(problem.Invalid, "documents.too_many_pages").With("pages", MaxCaptured)
	}
	left := int64(MaxBytes)
	var pages [][]byte
	for _, r := range in.Pictures {
		b, err := io.ReadAll(io.LimitReader(r, left+1))
		switch left -= int64(len(b)); {
		case err != nil:
			return nil, problem.New(problem.Invalid, "documents.broken").Wrap(err)
		case left < 0:
			return nil, problem.New(problem.Invalid, "documents.too_large").With("megabytes", MaxBytes>>20)
		}
		one, err := s.sheet(ctx, b)
		if err != nil {
			return nil, err
		}
		pages = append(pages, one)
	}
	if len(pages) == 0 {
		return nil, problem.New(problem.Invalid, "documents.empty")
	}
	name := pdfName(in.Name)
	pdf, err := writePictures(name, in.At, pages)
	if err != nil {
		return nil, err
	}
	return s.made(ctx, t, Received{name: name, source: KioskCapture, request: &in.Request}, pdf)
}

// sheet is a picture as it goes into a PDF.
func (s *Service) sheet(ctx context.Context, b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, problem.New(problem.Invalid, "documents.empty")
	}
	mediaType := sniff(b)
	if mediaType != JPEG && mediaType != PNG {
		return nil, problem.New(problem.Invalid, "documents.unknown_type")
	}
	clean, err := s.show(ctx, b, mediaType)
	if err != nil {
		return nil, err
	}
	return page(clean[0], mediaType)
}

// Write makes a PDF of a text that an operator wrote to have it signed.
func (s *Service) Write(ctx context.Context, t tenant.Tenant, title, text string, at time.Time) (*Received, error) {
	pdf, err := writeText(title, text, at)
	if err != nil {
		return nil, err
	}
	return s.made(ctx, t, Received{name: pdfName(title), source: DeskText}, pdf)
}

// Signature is what stands on the page that a signed document ends with.
type Signature struct {
	Name    string // of the file
	Title   string
	Lines   []Line
	Picture []byte // PNG of the signature as drawn; none where a name was typed
	Closing string
	Request uuid.UUID
	At      time.Time
}

// Sign makes the PDF of a document's pages, as they were shown, and the page of signature. A picture that is none is
// "documents.broken".
func (s *Service) Sign(ctx context.Context, t tenant.Tenant, in Signature, shown []Content) (*Received, error) {
	if len(in.Picture) > 0 {
		if sniff(in.Picture) != PNG {
			return nil, problem.New(problem.Invalid, "documents.unknown_type")
		}
		clean, err := s.show(ctx, in.Picture, PNG)
		if err != nil {
			return nil, err
		}
		if in.Picture = clean[0]; empty(in.Picture) {
			return nil, problem.New(problem.Invalid, "documents.signature_empty")
		}
	}
	var pages [][]byte
	for _, c := range shown {
		b, err := s.Bytes(ctx, t, c)
		if err != nil {
			return nil, err
		}
		one, err := s.sheet(ctx, b)
		if err != nil {
			return nil, err
		}
		pages = append(pages, one)
	}
	pdf, err := writeSigned(in, pages, in.At)
	if err != nil {
		return nil, err
	}
	return s.made(ctx, t, Received{name: pdfName(in.Name), source: Signed, request: &in.Request}, pdf)
}

// empty says whether a picture is one colour all over: nobody drew on it.
func empty(picture []byte) bool {
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return true
	}
	b := img.Bounds()
	first := img.At(b.Min.X, b.Min.Y)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if img.At(x, y) != first {
				return false
			}
		}
	}
	return true
}

// made stores a PDF that was written here, with the pictures of its pages: what a screen shows is what the file holds.
func (s *Service) made(ctx context.Context, t tenant.Tenant, r Received, pdf []byte) (*Received, error) {
	r.mediaType, r.size, r.sum = PDF, int64(len(pdf)), sha256.Sum256(pdf)
	if s.pages == nil {
		return nil, problem.New(problem.Unavailable, "documents.pdf_unavailable")
	}
	shown, err := s.pages.Render(ctx, bytes.Clone(pdf), maxShown)
	if err == nil && len(shown) > maxShown {
		err = problem.New(problem.Invalid, "documents.too_many_pages").With("pages", MaxPages)
	}
	if err != nil {
		return nil, err
	}
	if err := s.store(ctx, t, &r, pdf, shown); err != nil {
		s.Discard(context.WithoutCancel(ctx), t, &r)
		return nil, fmt.Errorf("store document: %w", err)
	}
	return &r, nil
}

// pdfName is the name of a PDF that was made here.
func pdfName(title string) string {
	name := []rune(strings.TrimSuffix(cleanName(title, "documento"), ".pdf"))
	return string(name[:min(len(name), 116)]) + ".pdf"
}
