package documents

import (
	"bytes"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

var (
	kiosk = actor.Actor{Kind: actor.Kiosk, ID: uuid.NewString()}
	staff = actor.Actor{Kind: actor.Staff, ID: uuid.NewString()}
)

func pictures(all ...[]byte) (out []io.Reader) {
	for _, b := range all {
		out = append(out, bytes.NewReader(b))
	}
	return out
}

func TestCapturedPagesBecomeOnePDFOfA4Pages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, NewRenderer())
	sheet, card := withExif(jpegOf(t, picture(210, 297)), 1), pngOf(t, picture(300, 190))
	r, err := w.s.Capture(t.Context(), w.t, Captured{Name: "Contratto di affitto", Request: uuid.New(), Pictures: pictures(sheet, card, sheet), At: time.Now()})
	require.NoError(t, err)
	session := uuid.New()
	var doc Document
	var original, first, second Content
	w.In(t, w.t, func(tx *tenant.Tx) (err error) {
		if doc, err = w.s.Add(t.Context(), tx, kiosk, session, r); err != nil {
			return err
		}
		if original, err = w.s.Find(t.Context(), tx, staff, session, doc.ID, Original); err != nil {
			return err
		}
		if first, err = w.s.Find(t.Context(), tx, staff, session, doc.ID, 1); err != nil {
			return err
		}
		second, err = w.s.Find(t.Context(), tx, staff, session, doc.ID, 2)
		return err
	})
	require.Equal(t, "Contratto di affitto.pdf", doc.Name)
	require.Equal(t, PDF, doc.MediaType)
	require.Equal(t, 3, doc.Pages)
	file, err := w.s.Bytes(t.Context(), w.t, original)
	require.NoError(t, err)
	require.Equal(t, PDF, sniff(file))
	require.NotContains(t, string(file), "GPS", "what was hidden in a picture is not in the file")
	for c, lies := range map[Content]bool{first: false, second: true} {
		b, err := w.s.Bytes(t.Context(), w.t, c)
		require.NoError(t, err)
		size, err := png.DecodeConfig(bytes.NewReader(b))
		require.NoError(t, err)
		require.Equal(t, lies, size.Width > size.Height)
		require.InDelta(t, 297.0/210, float64(max(size.Width, size.Height))/float64(min(size.Width, size.Height)), 0.01, "A4")
	}
}

func TestWhatIsNoPaperMakesNoPDF(t *testing.T) {
	t.Parallel()
	w := newWorld(t, NewRenderer())
	small := jpegOf(t, picture(21, 30))
	many := make([][]byte, MaxCaptured+1)
	for i := range many {
		many[i] = small
	}
	big := bytes.Repeat([]byte("x"), 6<<20)
	for want, in := range map[string][]io.Reader{
		"documents.empty":           nil,
		"documents.too_many_pages":  pictures(many...),
		"documents.unknown_type":    pictures(small, []byte("%PDF-1.4")),
		"documents.broken":          pictures(small, []byte("\xff\xd8\xff\xe0")),
		"documents.too_large":       pictures(append(bytes.Clone(small), big...), append(bytes.Clone(small), big...)),
		"documents.too_many_pixels": pictures(pngHeader(65535, 65535, 8, 6)),
	} {
		_, err := w.s.Capture(t.Context(), w.t, Captured{Request: uuid.New(), Pictures: in})
		require.Equal(t, want, problem.From(err).Code)
	}
}

func TestOneRequestMakesOneDocumentOfASession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, NewRenderer())
	request, session := uuid.New(), uuid.New()
	r, err := w.s.Capture(t.Context(), w.t, Captured{Name: strings.Repeat("è", 200), Request: request, Pictures: pictures(jpegOf(t, picture(21, 30)))})
	require.NoError(t, err)
	w.In(t, w.t, func(tx *tenant.Tx) error {
		_, err := w.s.Made(t.Context(), tx, session, request)
		require.ErrorIs(t, err, problem.NotFound)
		doc, err := w.s.Add(t.Context(), tx, kiosk, session, r)
		require.NoError(t, err)
		require.Equal(t, strings.Repeat("è", 116)+".pdf", doc.Name)
		made, err := w.s.Made(t.Context(), tx, session, request)
		require.Equal(t, doc.ID, made.ID)
		return err
	})
}
