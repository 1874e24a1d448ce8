package documents

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// PDFs are written with fonts of our own: the fourteen that every reader has lack most of Europe's letters.

const (
	a4Short, a4Long = 210.0, 297.0 // millimetres
	margin          = 20.0
	edge            = 10.0 // around a picture that has not the shape of the sheet
	pageQuality     = 80   // of a page's JPEG
)

// Line is a fact on a page of signature: what it is, and the fact.
type Line struct{ Label, Value string }

// blank is an A4 file without pages.
func blank(title string, at time.Time) *fpdf.Fpdf {
	f := fpdf.New("P", "mm", "A4", "")
	f.AddUTF8FontFromBytes("Go", "", goregular.TTF)
	f.AddUTF8FontFromBytes("Go", "B", gobold.TTF)
	f.SetTitle(title, true)
	f.SetProducer("Sportello", true)
	f.SetCreationDate(at.UTC())
	f.SetModificationDate(at.UTC())
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(true, margin)
	return f
}

// addPicture adds a page that holds one JPEG, upright or lying as the picture is.
func addPicture(f *fpdf.Fpdf, name string, picture []byte) error {
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return err
	}
	pageW, pageH, orientation := a4Short, a4Long, "P"
	if cfg.Width > cfg.Height {
		pageW, pageH, orientation = a4Long, a4Short, "L"
	}
	w, h := fit(float64(cfg.Width), float64(cfg.Height), pageW, pageH)
	if w < pageW*0.97 || h < pageH*0.97 { // not a whole sheet
		w, h = fit(float64(cfg.Width), float64(cfg.Height), pageW-2*edge, pageH-2*edge)
	}
	f.AddPageFormat(orientation, fpdf.SizeType{Wd: a4Short, Ht: a4Long})
	options := fpdf.ImageOptions{ImageType: "JPG"}
	f.RegisterImageOptionsReader(name, options, bytes.NewReader(picture))
	f.ImageOptions(name, (pageW-w)/2, (pageH-h)/2, w, h, false, options, 0, "")
	return f.Error()
}

// fit is the size of something w by h, as large as a box allows.
func fit(w, h, boxW, boxH float64) (float64, float64) {
	scale := min(boxW/w, boxH/h)
	return w * scale, h * scale
}

// writePictures is a PDF with one page for each picture.
func writePictures(title string, at time.Time, pictures [][]byte) ([]byte, error) {
	f := blank(title, at)
	for i, p := range pictures {
		if err := addPicture(f, fmt.Sprint("page", i), p); err != nil {
			return nil, err
		}
	}
	return finish(f)
}

// writeText is a PDF of a title and a text.
func writeText(title, text string, at time.Time) ([]byte, error) {
	f := blank(title, at)
	f.AddPage()
	heading(f, title)
	f.SetFont("Go", "", 11.5)
	f.MultiCell(0, 6, text, "", "L", false)
	return finish(f)
}

// writeSigned is the pages of what was signed and, last, the page that says so.
func writeSigned(s Signature, pages [][]byte, at time.Time) ([]byte, error) {
	f := blank(s.Title, at)
	for i, p := range pages {
		if err := addPicture(f, fmt.Sprint("page", i), p); err != nil {
			return nil, err
		}
	}
	f.AddPage()
	heading(f, s.Title)
	for _, l := range s.Lines {
		f.SetFont("Go", "B", 10)
		f.MultiCell(0, 5, l.Label, "", "L", false)
		f.SetFont("Go", "", 10)
		f.MultiCell(0, 5, l.Value, "", "L", false)
		f.Ln(2)
	}
	f.Ln(3)
	if len(s.Picture) > 0 {
		options := fpdf.ImageOptions{ImageType: "PNG"}
		info := f.RegisterImageOptionsReader("signature", options, bytes.NewReader(s.Picture))
		if f.Error() == nil {
			w, h := fit(info.Width(), info.Height(), a4Short-2*margin, 60)
			y := f.GetY()
			f.Rect(margin, y, w, h, "D")
			f.ImageOptions("signature", margin, y, w, h, false, options, 0, "")
			f.SetY(y + h + 4)
		}
	}
	f.SetFont("Go", "", 10)
	f.MultiCell(0, 5, s.Closing, "", "L", false)
	return finish(f)
}

func heading(f *fpdf.Fpdf, title string) {
	f.SetFont("Go", "B", 16)
	f.MultiCell(0, 8, title, "", "L", false)
	f.Ln(4)
}

func finish(f *fpdf.Fpdf) ([]byte, error) {
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		return nil, fmt.Errorf("write PDF: %w", err)
	}
	if out.Len() > MaxBytes {
		return nil, problem.New(problem.Invalid, "documents.too_large").With("megabytes", MaxBytes>>20)
	}
	return out.Bytes(), nil
}

// page makes the JPEG of a picture that goes into a PDF; it has been through again.
func page(b []byte, mediaType string) ([]byte, error) {
	if mediaType == JPEG {
		return b, nil
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, problem.New(problem.Invalid, "documents.broken").Wrap(err)
	}
	white := image.NewRGBA(img.Bounds())
	draw.Draw(white, white.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(white, white.Bounds(), img, img.Bounds().Min, draw.Over)
	var out bytes.Buffer
	err = jpeg.Encode(&out, white, &jpeg.Options{Quality: pageQuality})
	return out.Bytes(), err
}
