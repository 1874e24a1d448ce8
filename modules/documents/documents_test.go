package documents

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/blob"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

func picture(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), 100, 255})
		}
	}
	img.Set(0, 0, color.White)
	return img
}

func jpegOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}))
	return b.Bytes()
}

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

// withExif puts an EXIF segment with an orientation and a secret behind a JPEG's start.
func withExif(b []byte, orientation byte) []byte {
	body := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string([]byte{orientation}) + "\x00\x00\x00\x00\x00\x00GPS 41.59 N 14.23 E")
	head := []byte{0xff, 0xd8, 0xff, 0xe1, 0, 0}
	binary.BigEndian.PutUint16(head[4:], uint16(len(body)+2))
	return append(append(head, body...), b[2:]...)
}

// pngHeader is a PNG that says it is w times h and has hardly any data: a decompression bomb's front.
func pngHeader(w, h uint32, depth, kind byte) []byte {
	chunk := func(name string, body []byte) []byte {
		out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
		out = append(append(out, name...), body...)
		return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
	}
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	ihdr = append(ihdr, depth, kind, 0, 0, 0)
	var z bytes.Buffer
	zw := zlib.NewWriter(&z)
	_, _ = zw.Write(make([]byte, 1000))
	_ = zw.Close()
	out := []byte("\x89PNG\r\n\x1a\n")
	return append(append(append(out, chunk("IHDR", ihdr)...), chunk("IDAT", z.Bytes())...), chunk("IEND", nil)...)
}

func TestPicturesAreEncodedAnewWithoutWhatIsNotThePicture(t *testing.T) {
	t.Parallel()
	dirty := append(withExif(jpegOf(t, picture(60, 40)), 1), "<script>alert(1)</script>PK\x03\x04"...)
	clean, err := again(dirty, JPEG)
	require.NoError(t, err)
	require.NotContains(t, string(clean), "GPS")
	require.NotContains(t, string(clean), "script")
	img, err := jpeg.Decode(bytes.NewReader(clean))
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, 60, 40), img.Bounds())

	clean, err = again(append(pngOf(t, picture(60, 40)), "<script>"...), PNG)
	require.NoError(t, err)
	require.NotContains(t, string(clean), "script")
}

func TestPicturesOfPhonesStandUpright(t *testing.T) {
	t.Parallel()
	src := picture(60, 40)
	for o, corner := range map[int]image.Point{1: {0, 0}, 2: {59, 0}, 3: {59, 39}, 4: {0, 39}, 5: {0, 0}, 6: {39, 0}, 7: {39, 59}, 8: {0, 59}} {
		require.Equal(t, o, orientation(withExif(jpegOf(t, src), byte(o))))
		turned := upright(src, o)
		if o >= 5 {
			require.Equal(t, image.Rect(0, 0, 40, 60), turned.Bounds(), o)
		}
		require.Equal(t, color.RGBA{255, 255, 255, 255}, turned.At(corner.X, corner.Y), "orientation %d", o)
	}
	require.Equal(t, 1, orientation(jpegOf(t, src)))
	require.Equal(t, 1, orientation([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff")), "an offset beyond the end")
}

func TestPicturesThatWouldTakeTooMuchMemoryAreRefusedBeforeTheyAreDecoded(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"4.29 gigapixels":             pngHeader(65535, 65535, 8, 6),
		"fifty-one megapixels":        pngHeader(10200, 5000, 8, 2),
		"forty megapixels of 64 bits": pngHeader(8000, 5000, 16, 6),
	} {
		_, err := again(b, PNG)
		require.Equal(t, "documents.too_many_pixels", problem.From(err).Code, name)
	}
	require.False(t, progressive(jpegOf(t, picture(9, 9))))
	require.True(t, progressive([]byte("\xff\xd8\xff\xc2\x00\x04ab")))
	require.True(t, progressive([]byte("\xff\xd8")), "what cannot be read counts as the worst")
}

func TestNamesAreSafeToShowAndToSave(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"modulo.pdf": "modulo.pdf", "../../etc/passwd": "passwd", `C:\Users\x\foto.png`: "foto.png",
		"a\r\nSet-Cookie: x": "aSet-Cookie x", `"quotes".jpg`: "quotes.jpg", "": "documento.jpg", "...": "documento.jpg",
		"carta d'identità.png": "carta d'identità.png", "\u202egnp.exe": "gnp.exe", strings.Repeat("è", 300): strings.Repeat("è", 120),
	} {
		require.Equal(t, want, cleanName(in, "documento.jpg"), "%q", in)
	}
}

// world is the service on real rows and files.
type world struct {
	*tenanttest.Stack
	t     tenant.Tenant
	s     *Service
	files *blob.Files
}

func newWorld(t *testing.T, pages Pages) *world {
	t.Helper()
	w := &world{Stack: tenanttest.Start(t)}
	w.t = w.NewTenant(t, migrate.Line{Name: "audit", FS: audit.Migrations}, migrate.Line{Name: "documents", FS: Migrations})
	var err error
	w.files, err = blob.NewFiles(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.files.Close() })
	w.s = New(w.files, pages, id.Random)
	return w
}

func (w *world) receive(in Upload) (*Received, error) {
	return w.s.Receive(context.Background(), w.t, in)
}

func TestWhatIsNotAPictureOrAPDFIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t, NewRenderer())
	big := append(jpegOf(t, picture(9, 9)), make([]byte, MaxBytes)...)
	for want, files := range map[string][]string{
		"documents.empty": {""},
		"documents.unknown_type": {"<html>", "<svg onload=alert(1)>", "GIF89a", "PK\x03\x04", "MZ", "#!/bin/sh", " %PDF-1.4",
			"%!PS", "RIFF....WEBP", "\x00\x00\x00\x1cftypheic"},
		"documents.broken":     {"\xff\xd8\xff", "\x89PNG\r\n\x1a\n", string(jpegOf(t, picture(200, 200))[:900]), string(pngHeader(40, 40, 8, 6))},
		"documents.too_large":  {string(big)},
		"documents.pdf_broken": {"%PDF-1.4", "%PDF-1.4\n" + strings.Repeat("x", 5000)},
	} {
		for _, file := range files {
			_, err := w.receive(Upload{Name: "x", Source: DeskUpload, Body: strings.NewReader(file)})
			require.Equal(t, want, problem.From(err).Code, "%.20q: %v", file, err)
		}
	}
	_, err := w.receive(Upload{Name: "x", Source: KioskCapture, Body: strings.NewReader(pdf(1, ""))})
	require.Equal(t, "documents.unknown_type", problem.From(err).Code, "a kiosk sends pictures only")
	_, err = w.receive(Upload{Name: "x", Source: KioskCapture, Body: io.MultiReader(strings.NewReader("\xff\xd8\xff"), broken{})})
	require.Equal(t, "documents.broken", problem.From(err).Code)
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the line fell") }

// pdf has the pages, each with the content stream.
func pdf(pages int, content string) string {
	kids := strings.Repeat("3 0 R ", pages)
	return fmt.Sprintf("%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[%s]/Count %d>>endobj\n"+
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R>>endobj\n4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"+
		"trailer<</Root 1 0 R>>\n%%%%EOF\n", kids, pages, len(content), content)
}

func TestAPDFIsShownAsPicturesOfItsPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, NewRenderer())
	file, err := w.receive(Upload{Name: "modulo.pdf", Source: DeskUpload, Body: strings.NewReader(pdf(3, "1 0 0 rg 0 0 200 100 re f"))})
	require.NoError(t, err)
	var doc Document
	session := uuid.New()
	kiosk := actor.Actor{Kind: actor.Kiosk, ID: uuid.NewString()}
	w.In(t, w.t, func(tx *tenant.Tx) (err error) {
		doc, err = w.s.Add(context.Background(), tx, kiosk, session, file)
		return err
	})
	require.Equal(t, 3, doc.Pages)
	require.Equal(t, PDF, doc.MediaType)
	for page, want := range map[int]string{1: PNG, 3: PNG, Original: PDF} {
		var c Content
		w.In(t, w.t, func(tx *tenant.Tx) (err error) {
			c, err = w.s.Find(context.Background(), tx, kiosk, session, doc.ID, page)
			return err
		})
		require.Equal(t, want, c.MediaType)
		b, err := w.s.Bytes(t.Context(), w.t, c)
		require.NoError(t, err)
		if page != Original {
			img, err := png.Decode(bytes.NewReader(b))
			require.NoError(t, err)
			require.Equal(t, 1600, img.Bounds().Dx())
			r, g, _, _ := img.At(800, 400).RGBA()
			require.Greater(t, r, 0xf000*uint32(1), "the page is red")
			require.Less(t, g, uint32(0x1000))
		}
	}
	_, err = w.receive(Upload{Name: "lungo.pdf", Source: DeskUpload, Body: strings.NewReader(pdf(MaxPages+1, ""))})
	require.Equal(t, "documents.too_many_pages", problem.From(err).Code)
	_, err = newWorld(t, nil).receive(Upload{Name: "x.pdf", Source: DeskUpload, Body: strings.NewReader(pdf(1, ""))})
	require.Equal(t, "documents.pdf_unavailable", problem.From(err).Code)
}

func TestAPDFThatWouldKeepTheMachineBusyIsStopped(t *testing.T) {
	t.Parallel()
	hog := "q " + strings.Repeat("0 0 200 100 re f ", 400_000) + "Q"
	began := time.Now()
	_, err := NewRenderer().Render(t.Context(), []byte(pdf(20, hog)), MaxPages)
	require.Less(t, time.Since(began), 30*time.Second)
	if err != nil {
		require.Equal(t, "documents.pdf_broken", problem.From(err).Code)
	}
}

func TestTheSandboxHasNoNetworkAndNoFilesOfTheMachine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, err := sandboxed(t.Context(), dir, "sh", "-c", "ls /; ls /etc /root /home /var 2>/dev/null; cat /proc/net/dev; env; ulimit -v").CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, absent := range []string{"passwd", "eth0", "DATABASE_URL", "/root", "home"} {
		require.NotContains(t, string(out), absent)
	}
	require.Contains(t, string(out), "524288")
}

func TestDocumentsBelongToOneSessionAndStaffReadsAreAudited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	session := uuid.New()
	staff := actor.Actor{Kind: actor.Staff, ID: uuid.NewString()}
	file, err := w.receive(Upload{Name: "foto.jpg", Source: KioskCapture, Body: bytes.NewReader(jpegOf(t, picture(50, 50)))})
	require.NoError(t, err)
	var doc Document
	w.In(t, w.t, func(tx *tenant.Tx) (err error) {
		doc, err = w.s.Add(context.Background(), tx, staff, session, file)
		require.NoError(t, err)
		_, err = w.s.Find(context.Background(), tx, staff, uuid.New(), doc.ID, 1)
		require.ErrorIs(t, err, problem.NotFound)
		_, err = w.s.Find(context.Background(), tx, staff, session, doc.ID, 2)
		require.ErrorIs(t, err, problem.NotFound)
		_, err = w.s.Find(context.Background(), tx, staff, session, doc.ID, 1)
		require.NoError(t, err)
		list, err := w.s.List(context.Background(), tx, session)
		require.Len(t, list, 1)
		require.Len(t, list[0].Hash(), 64)
		require.NoError(t, err)
		const sqlAudits = `SELECT action FROM {t}.audit_log ORDER BY action`
		actions, err := tenant.Values[string](context.Background(), tx, sqlAudits)
		require.Equal(t, []string{"document.added", "document.read"}, actions)
		return err
	})
}

func TestOneSessionCannotGatherDocumentsWithoutEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	session := uuid.New()
	kiosk := actor.Actor{Kind: actor.Kiosk, ID: uuid.NewString()}
	w.In(t, w.t, func(tx *tenant.Tx) error {
		file := &Received{name: "x", mediaType: PNG, source: KioskCapture, size: 1, original: stored{"o", 1}, shown: stored{"s", 1}, pages: []stored{{"s", 1}}}
		for range maxPerSession {
			_, err := w.s.Add(context.Background(), tx, kiosk, session, file)
			require.NoError(t, err)
		}
		_, err := w.s.Add(context.Background(), tx, kiosk, session, file)
		require.Equal(t, "documents.too_many", problem.From(err).Code)
		return nil
	})
}

func TestADiscardedFileLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	file, err := w.receive(Upload{Name: "foto.jpg", Source: KioskCapture, Body: bytes.NewReader(jpegOf(t, picture(50, 50)))})
	require.NoError(t, err)
	w.s.Discard(t.Context(), w.t, file)
	for _, one := range append(file.pages, file.original) {
		_, err := w.files.Open(t.Context(), string(w.t.Key), one.key)
		require.ErrorIs(t, err, blob.ErrNotFound)
	}
}

func FuzzPictures(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00\x2a"))
	f.Add(pngHeader(4, 4, 8, 6))
	f.Fuzz(func(t *testing.T, b []byte) {
		if kind := sniff(b); kind == JPEG || kind == PNG {
			orientation(b)
			progressive(b)
			_, _ = again(b, kind)
		}
	})
}
