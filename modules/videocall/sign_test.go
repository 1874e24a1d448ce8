package videocall

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// drawing is a stroke on white.
func drawing(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 300, 100))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for x := 20; x < 280; x++ {
		img.Set(x, 50+x%7, color.Black)
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, img))
	return b.Bytes()
}

// readPDF is the text of a document's file, without the breaks that its columns make.
func (h *house) readPDF(t *testing.T, operator actor.Actor, doc documents.ID) string {
	t.Helper()
	c, file, err := h.s.Document(t.Context(), h.t, operator, doc, documents.Original)
	require.NoError(t, err)
	require.Equal(t, documents.PDF, c.MediaType)
	path := filepath.Join(t.TempDir(), "in.pdf")
	require.NoError(t, os.WriteFile(path, file, 0o600))
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", path, "-").Output()
	require.NoError(t, err)
	return strings.Join(strings.Fields(string(out)), " ")
}

func TestATextIsSignedByDrawing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	for want, bad := range map[string]ToSign{
		"videocall.sign_title": {Text: "Ricevo"}, "videocall.sign_text": {Title: "Ricevuta", Text: " \r\n "},
	} {
		require.Equal(t, want, code(h.s.AskForSignature(t.Context(), h.t, operator, bad)))
	}
	require.ErrorIs(t, h.s.AskForSignature(t.Context(), h.t, kiosk, ToSign{Title: "a", Text: "b"}), problem.Forbidden)
	require.NoError(t, h.s.AskForSignature(t.Context(), h.t, operator, ToSign{Title: "Ricevuta", Text: "Ricevo la carta d'identità.\nIsernia, perché così è."}))
	state := h.kioskState(t, kiosk).Session
	require.Equal(t, AskSignature, state.Ask.Kind)
	require.Len(t, state.Documents, 1, "the citizen sees what they sign")
	require.Equal(t, documents.DeskText, state.Documents[0].Source)
	require.Equal(t, state.Documents[0].ID.UUID, *state.Ask.DocumentID)
	require.Contains(t, h.readPDF(t, operator, state.Documents[0].ID), "Ricevo la carta d'identità. Isernia, perché così è.")

	in := Signature{Ask: state.Ask.ID, Request: uuid.New(), Drawing: drawing(t)}
	for want, bad := range map[string]Signature{
		"videocall.sign_typed":      {Ask: in.Ask, Request: in.Request},
		"videocall.ask_gone":        {Ask: uuid.New(), Request: in.Request, Drawing: in.Drawing},
		"documents.signature_empty": {Ask: in.Ask, Request: in.Request, Drawing: []byte(pngOf(t))},
		"documents.unknown_type":    {Ask: in.Ask, Request: in.Request, Drawing: []byte("<svg>")},
	} {
		_, err := h.s.Sign(t.Context(), h.t, kiosk, bad)
		require.Equal(t, want, code(err))
	}
	signed, err := h.s.Sign(t.Context(), h.t, kiosk, in)
	require.NoError(t, err)
	again, err := h.s.Sign(t.Context(), h.t, kiosk, in)
	require.NoError(t, err)
	require.Equal(t, signed.ID, again.ID, "signed once, though the answer was lost")
	require.Equal(t, "Ricevuta - firmato.pdf", signed.Name)
	require.Len(t, signed.Pages, 2, "the document and its page of signature")

	text := h.readPDF(t, operator, signed.ID)
	require.Contains(t, text, "Firma elettronica semplice")
	require.Contains(t, text, "articolo 25 del Regolamento (UE) n. 910/2014 (eIDAS)")
	require.Contains(t, text, "articolo 20 del decreto legislativo 7 marzo 2005, n. 82 (CAD)")
	require.Contains(t, text, v.ID.String())
	var doc documents.Document
	h.In(t, h.t, func(tx *tenant.Tx) (err error) {
		doc, err = h.s.cfg.Documents.Get(context.Background(), tx, v.ID.UUID, state.Documents[0].ID)
		return err
	})
	require.Contains(t, text, doc.Hash(), "the hash of what was signed")
	require.Nil(t, h.kioskState(t, kiosk).Session.Ask)
	asks := h.desk(t, operator).Session.Asks
	require.Equal(t, AskDone, asks[0].State)
	require.Equal(t, signed.ID.UUID, *asks[0].ResultID)
	require.Equal(t, []EventKind{EventSignatureAsked, EventSigned}, h.asked(t, v.ID))
	require.EqualValues(t, 1, h.audits(t, "session.signed"))

	// It goes home with the citizen, and the time of the talk is what it was.
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, Resolved, ""))
	h.In(t, h.t, func(tx *tenant.Tx) error {
		r, err := h.s.Receipt(context.Background(), tx, v.AppointmentID)
		require.Len(t, r.Documents, 1)
		require.Equal(t, signed.ID, r.Documents[0].ID)
		return err
	})
}

func TestWhoCannotDrawWritesTheirNameAndWhoDoesNotSignSaysSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	paper, err := h.handIn(t, kiosk, "Delega", pngOf(t), uuid.New())
	require.NoError(t, err)
	require.ErrorIs(t, h.s.AskForSignature(t.Context(), h.t, operator, ToSign{Document: uuid.New()}), problem.NotFound)
	require.NoError(t, h.s.AskForSignature(t.Context(), h.t, operator, ToSign{Document: paper.ID.UUID}))
	ask := h.kioskState(t, kiosk).Session.Ask
	require.Equal(t, "Delega.pdf", ask.Name)
	require.NoError(t, h.s.RefuseToSign(t.Context(), h.t, kiosk, ask.ID))
	require.NoError(t, h.s.RefuseToSign(t.Context(), h.t, kiosk, ask.ID), "said twice")
	require.Equal(t, AskRefused, h.desk(t, operator).Session.Asks[0].State)
	require.Equal(t, Connected, h.session(t, v.ID).State, "the encounter goes on")
	_, err = h.s.Sign(t.Context(), h.t, kiosk, Signature{Ask: ask.ID, Request: uuid.New(), Typed: "Łucja Żółć"})
	require.Equal(t, "videocall.ask_gone", code(err))

	require.NoError(t, h.s.AskForSignature(t.Context(), h.t, operator, ToSign{Document: paper.ID.UUID}))
	ask = h.kioskState(t, kiosk).Session.Ask
	_, err = h.s.Sign(t.Context(), h.t, kiosk, Signature{Ask: ask.ID, Request: uuid.New(), Typed: strings.Repeat("a", 101)})
	require.Equal(t, "videocall.sign_typed", code(err))
	signed, err := h.s.Sign(t.Context(), h.t, kiosk, Signature{Ask: ask.ID, Request: uuid.New(), Typed: " Łucja  Żółć "})
	require.NoError(t, err)
	text := h.readPDF(t, operator, signed.ID)
	require.Contains(t, text, "Nome scritto al posto della firma Łucja Żółć")
	require.Contains(t, text, "Ho letto il documento e lo confermo")
	require.Equal(t, []EventKind{EventPaperGiven, EventSignatureAsked, EventNotSigned, EventSignatureAsked, EventSigned}, h.asked(t, v.ID))

	// What is asked for as a paper is not turned down as a signature.
	require.NoError(t, h.s.AskForPaper(t.Context(), h.t, operator, "Contratto", 0))
	require.NoError(t, h.s.RefuseToSign(t.Context(), h.t, kiosk, h.kioskState(t, kiosk).Session.Ask.ID))
	require.NotNil(t, h.kioskState(t, kiosk).Session.Ask)
}
