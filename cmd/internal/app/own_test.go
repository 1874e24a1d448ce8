package app_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/tenant"
)

const sqlStartsAt = `UPDATE {t}.appointments SET starts_at = @at::timestamptz, ends_at = @at::timestamptz + interval '30 minutes' WHERE id = @id`

const sqlOnlyAtTheKiosk = `UPDATE {t}.services SET own_device = false WHERE id = @id`

// soon is an appointment that can begin now, wherever the clock stands, with the tokens of its links.
func (h *house) soon(key string) (a booking.Appointment, manage string) {
	h.t.Helper()
	a, _, manage = h.booked(key)
	t, _ := h.entity(key)
	require.NoError(h.t, h.DB.InTenant(context.Background(), t, func(tx *tenant.Tx) error {
		_, err := tenant.Exec(context.Background(), tx, sqlStartsAt, tenant.Args{"id": a.ID, "at": tx.Now().Add(time.Minute)})
		return err
	}))
	return a, manage
}

// link opens an appointment's page of the call and gives the browser's cookie.
func (h *house) link(host, manage string) *http.Cookie {
	h.t.Helper()
	res, body := h.do(http.MethodPost, host, "/appuntamento/"+manage+"/collegamento", nil, url.Values{}, "")
	require.Equal(h.t, http.StatusSeeOther, res.StatusCode, body)
	require.Equal(h.t, booking.OwnPath+"?lang=it", res.Header.Get("Location"))
	return res.Cookies()[0]
}

func TestACitizenTalksFromTheirOwnDeviceByTheLinkOfTheAppointment(t *testing.T) {
	t.Parallel()
	h := open(t, "")
	a, manage := h.soon("isernia")
	const host = "isernia.localhost:8080"
	own := func(cookie *http.Cookie, at string) (int, string) {
		res, body := h.do(http.MethodPost, at, "/api/kiosk/own", cookie, nil, `{"request_id":"`+uuid.NewString()+`"}`)
		return res.StatusCode, body
	}
	res, _ := h.do(http.MethodGet, host, booking.OwnPath, nil, nil, "")
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Contains(t, res.Header.Get("Permissions-Policy"), "camera=(self", "the page may use the camera")
	status, body := own(nil, host)
	require.Equal(t, http.StatusUnauthorized, status, body)
	require.Contains(t, body, "kiosk.own_device_unknown")
	german := httptest.NewRequest(http.MethodGet, "/api/kiosk/state", nil)
	german.Host = host
	german.Header.Set("Accept-Language", "de-AT,de;q=0.9")
	res, err := h.Fiber.Test(german, -1)
	require.NoError(t, err)
	told, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Contains(t, string(told), "Öffnen Sie diese Seite", "a refusal in the language of the screen")

	cookie := h.link(host, manage)
	require.True(t, cookie.HttpOnly)
	res, body = h.do(http.MethodGet, host, "/api/kiosk/state", cookie, nil, "")
	require.Equal(t, http.StatusOK, res.StatusCode, body)
	require.NotContains(t, body, "Canarino")

	// The link opens its own appointment at its own entity and nothing else.
	status, _ = own(cookie, "caltanissetta.localhost:8080")
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = own(cookie, "kiosk.localhost:8080")
	require.Equal(t, http.StatusNotFound, status)
	for path, json := range map[string]string{
		"/api/kiosk/sessions":  `{"code":"1234567890","request_id":"` + uuid.NewString() + `"}`,
		"/api/kiosk/walk-ins":  `{"service_id":"` + a.ServiceID.String() + `","request_id":"` + uuid.NewString() + `"}`,
		"/api/kiosk/equipment": `{"camera":false,"microphone":false}`,
		"/api/kiosk/self-test": `{"parts":{"camera":false}}`,
	} {
		res, body := h.do(http.MethodPost, host, path, cookie, nil, json)
		require.Equal(t, http.StatusForbidden, res.StatusCode, "%s %s", path, body)
	}

	status, body = own(cookie, host)
	require.Equal(t, http.StatusOK, status, body)
	require.Contains(t, body, `"state":"waiting"`)
	require.Contains(t, body, "Da casa, con il proprio dispositivo")
	// Now the code is used: no kiosk opens it.
	entity, _ := h.entity("isernia")
	res, body = h.do(http.MethodPost, "kiosk.localhost:8080", "/api/kiosk/sessions", h.kiosk("isernia", 0), nil,
		`{"code":"`+h.Booking.Code(entity.Key, a).Digits()+`","request_id":"`+uuid.NewString()+`"}`)
	require.NotEqual(t, http.StatusOK, res.StatusCode, body)
	require.Contains(t, body, "kiosk.code_used")
}

func TestOneIsToldWhenAnAppointmentCannotBeginAtHome(t *testing.T) {
	t.Parallel()
	h := open(t, "")
	a, manage := h.soon("isernia")
	const host = "isernia.localhost:8080"
	cookie := h.link(host, manage)
	entity, _ := h.entity("isernia")
	ask := func(sql tenant.SQL, args tenant.Args) string {
		require.NoError(t, h.DB.InTenant(context.Background(), entity, func(tx *tenant.Tx) error {
			_, err := tenant.Exec(context.Background(), tx, sql, args)
			return err
		}))
		_, body := h.do(http.MethodPost, host, "/api/kiosk/own", cookie, nil, `{"request_id":"`+uuid.NewString()+`"}`)
		return body
	}
	now := clock.System{}.Now()
	require.Contains(t, ask(sqlStartsAt, tenant.Args{"id": a.ID, "at": now.Add(72 * time.Hour)}), "kiosk.code_wrong_day")
	require.Contains(t, ask(sqlOnlyAtTheKiosk, tenant.Args{"id": a.ServiceID}), "kiosk.own_device_not_offered")
	_, page := h.do(http.MethodGet, host, "/appuntamento/"+manage, nil, nil, "")
	require.NotContains(t, page, "/collegamento")
}
