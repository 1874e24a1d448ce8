package videocall

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/documents"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// handIn hands in a paper of one page.
func (h *house) handIn(t *testing.T, kiosk actor.Actor, name, page string, request uuid.UUID) (DocumentView, error) {
	t.Helper()
	return h.s.HandIn(t.Context(), h.t, kiosk, documents.Captured{Name: name, Request: request, Pictures: []io.Reader{strings.NewReader(page)}})
}

func (h *house) audits(t *testing.T, action string) (rows int64) {
	t.Helper()
	h.In(t, h.t, func(tx *tenant.Tx) (err error) {
		rows, err = tenant.Value[int64](t.Context(), tx, sqlTestAudits, tenant.Args{"action": action})
		return err
	})
	return rows
}

func TestAPaperIsAskedForHandedInOnceAndTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	for _, bad := range []string{"", " ", strings.Repeat("a", 81), "a\x00"} {
		require.Equal(t, "videocall.ask_name", code(h.s.AskForPaper(t.Context(), h.t, operator, bad, 0)), bad)
	}
	require.Equal(t, "videocall.ask_pages", code(h.s.AskForPaper(t.Context(), h.t, operator, "Contratto", 13)))
	require.ErrorIs(t, h.s.AskForPaper(t.Context(), h.t, kiosk, "Contratto", 1), problem.Forbidden)
	require.NoError(t, h.s.AskForPaper(t.Context(), h.t, operator, " Contratto  di affitto ", 2))
	require.Equal(t, "videocall.ask_open", code(h.s.AskForPaper(t.Context(), h.t, operator, "Altro", 0)))

	seen := h.kioskState(t, kiosk).Session.Ask
	require.Equal(t, "Contratto di affitto", seen.Name)
	require.Equal(t, 2, seen.Pages)
	require.NoError(t, h.s.Do(t.Context(), h.t, operator, Hold))
	require.NotNil(t, h.kioskState(t, kiosk).Session.Ask, "a hold takes nothing back")
	require.NoError(t, h.s.Do(t.Context(), h.t, operator, Resume))

	request := uuid.New()
	doc, err := h.handIn(t, kiosk, "Contratto di affitto", pngOf(t), request)
	require.NoError(t, err)
	again, err := h.handIn(t, kiosk, "Contratto di affitto", pngOf(t), request)
	require.NoError(t, err)
	require.Equal(t, doc.ID, again.ID, "the answer was lost, not the paper")
	require.Nil(t, h.kioskState(t, kiosk).Session.Ask)
	asks := h.desk(t, operator).Session.Asks
	require.Len(t, asks, 1)
	require.Equal(t, AskDone, asks[0].State)
	require.Equal(t, doc.ID.UUID, *asks[0].ResultID)
	require.Len(t, h.desk(t, operator).Session.Documents, 1)

	// One that the citizen shows without being asked.
	_, err = h.handIn(t, kiosk, "", pngOf(t), uuid.New())
	require.NoError(t, err)
	require.Equal(t, []EventKind{EventPaperAsked, EventPaperGiven, EventPaperGiven}, h.asked(t, v.ID))
	require.EqualValues(t, 1, h.audits(t, "session.paper_asked"))
	require.EqualValues(t, 2, h.audits(t, "session.paper_given"))
}

func TestWhatIsAskedCanBeWithdrawn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, operator, v := h.talk(t)
	require.NoError(t, h.s.AskForPaper(t.Context(), h.t, operator, "Contratto", 0))
	ask := h.kioskState(t, kiosk).Session.Ask.ID
	require.NoError(t, h.s.WithdrawAsk(t.Context(), h.t, operator, uuid.New()), "another, or one answered already: nothing happens")
	require.NotNil(t, h.kioskState(t, kiosk).Session.Ask)
	require.NoError(t, h.s.WithdrawAsk(t.Context(), h.t, operator, ask))
	require.Nil(t, h.kioskState(t, kiosk).Session.Ask)
	require.NoError(t, h.s.AskForPaper(t.Context(), h.t, operator, "Altro", 0))
	require.Equal(t, []EventKind{EventPaperAsked, EventAskWithdrawn, EventPaperAsked}, h.asked(t, v.ID))
	_, stranger, _ := h.talk(t)
	require.NoError(t, h.s.WithdrawAsk(t.Context(), h.t, stranger, h.kioskState(t, kiosk).Session.Ask.ID))
	require.NotNil(t, h.kioskState(t, kiosk).Session.Ask, "nobody takes back what another asked")
}

func (h *house) kioskState(t *testing.T, kiosk actor.Actor) KioskState {
	t.Helper()
	state, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	return state
}

// asked is what the ledger tells of papers and signatures.
func (h *house) asked(t *testing.T, session ID) (kinds []EventKind) {
	t.Helper()
	for _, kind := range h.ledger(t, session) {
		if slices.Contains([]EventKind{EventPaperAsked, EventPaperGiven, EventSignatureAsked, EventSigned, EventNotSigned, EventAskWithdrawn}, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}
