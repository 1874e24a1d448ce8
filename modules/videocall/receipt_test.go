package videocall

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

func TestTheCitizenTakesHomeWhatTheOfficeWroteAndNothingElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, v := h.wait(t)
	operator := h.operator()
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
	_, err := h.s.Beat(t.Context(), h.t, kiosk, true)
	require.NoError(t, err)
	_, err = h.s.Beat(t.Context(), h.t, operator, true)
	require.NoError(t, err)
	require.NoError(t, h.s.Say(t.Context(), h.t, operator, "Torni con la fototessera", uuid.New()))
	require.NoError(t, h.s.Say(t.Context(), h.t, kiosk, "sono malato", uuid.New()))
	read := func() (r Receipt, err error) {
		e := h.DB.InTenant(t.Context(), h.t, func(tx *tenant.Tx) error {
			r, err = h.s.Receipt(t.Context(), tx, v.AppointmentID)
			return nil
		})
		require.NoError(t, e)
		return r, err
	}
	_, err = read()
	require.ErrorIs(t, err, problem.NotFound, "it goes on")
	require.NoError(t, h.s.Close(t.Context(), h.t, operator, ToComplete, "nota per l'ufficio"))

	r, err := read()
	require.NoError(t, err)
	require.Equal(t, []string{"Torni con la fototessera"}, r.Lines)
	require.Contains(t, r.Outcome, "va completata")
	state, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Equal(t, "https://ente.example/ricevuta/"+v.AppointmentID.String(), state.Session.Ended.Receipt.URL)
	require.Contains(t, state.Session.Ended.Receipt.QR, "<svg")
	require.True(t, state.Session.Ended.Receipt.Mail)

	require.NoError(t, h.s.MailReceipt(t.Context(), h.t, kiosk, v.ID))
	require.Equal(t, []uuid.UUID{v.AppointmentID}, h.mailed)
	require.ErrorIs(t, h.s.MailReceipt(t.Context(), h.t, h.kiosk(), v.ID), problem.NotFound)
	h.Clock.Advance(receiptAsk + time.Second)
	require.ErrorIs(t, h.s.MailReceipt(t.Context(), h.t, kiosk, v.ID), problem.NotFound, "whoever sits there by now sends nothing")
	h.Clock.Advance(receiptDays * 24 * time.Hour)
	_, err = read()
	require.ErrorIs(t, err, problem.NotFound)
}

func TestWhoSpokeWithNobodyTakesNothingHome(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kiosk, v := h.wait(t)
	operator := h.operator()
	require.NoError(t, h.s.Next(t.Context(), h.t, operator, uuid.New()))
	require.NoError(t, h.s.Do(t.Context(), h.t, operator, Miss))
	state, err := h.s.KioskState(t.Context(), h.t, kiosk)
	require.NoError(t, err)
	require.Nil(t, state.Session.Ended.Receipt)
	require.ErrorIs(t, h.s.MailReceipt(t.Context(), h.t, kiosk, v.ID), problem.NotFound)
}
