package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/cmd/internal/app"
	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/tenanttest"
)

func TestTheWallHoldsOverTheProductsTables(t *testing.T) {
	t.Parallel()
	s := tenanttest.Start(t)
	tenanttest.CheckWall(t, s, s.NewTenant(t, app.Lines()...), s.NewTenant(t, app.Lines()...))
}

// booked makes an appointment at the entity and gives it with its links' tokens.
func (h *house) booked(key string) (a booking.Appointment, hold, manage string) {
	h.t.Helper()
	t, _ := h.entity(key)
	ctx := context.Background()
	var choice booking.Choice
	var reason string
	require.NoError(h.t, h.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		sheets, err := h.Catalog.Services(ctx, tx, catalog.Filter{Bookable: true})
		if err != nil {
			return err
		}
		kiosks, err := h.Counters.Kiosks(ctx, tx)
		if err != nil {
			return err
		}
		choice = booking.Choice{Service: sheets[0].ID, Office: sheets[0].OfficeIDs[0], Kiosk: kiosks[0].ID}
		reason = sheets[0].Title
		today := civil.Of(tx.Now().In(clock.Rome))
		slots, err := h.Booking.Availability(ctx, tx, choice.Service, choice.Office, choice.Kiosk, today, today.AddDays(1))
		if err == nil {
			require.NotEmpty(h.t, slots)
			choice.Start = slots[0].Start
		}
		return err
	}))
	hold = h.Booking.NewToken(t, id.Random)
	a, err := h.Booking.Book(ctx, t, booking.Booking{
		Choice: choice, Token: hold, Citizen: booking.Citizen{Name: "Canarino", Surname: "Giallo", Email: "canarino@example.org"}, Matter: booking.Matter{Reason: reason},
	})
	require.NoError(h.t, err)
	return a, hold, h.Booking.Keys.ManageToken(t.Key, a.ID)
}

// TestAnotherEntitysIdentifiersAreNotFoundOnAnyRoute gives every route that takes an identifier each identifier of the
// other entity. The routes come from the program, so a new one is tried as soon as it exists.
func TestAnotherEntitysIdentifiersAreNotFoundOnAnyRoute(t *testing.T) {
	t.Parallel()
	h := open(t, "")
	other, facts := h.entity("caltanissetta")
	a, hold, manage := h.booked("caltanissetta")
	foreign := map[string]string{
		"appointment": a.ID.String(), "hold": hold, "manage": manage, "service": a.ServiceID.String(), "office": a.OfficeID.String(),
		"kiosk": facts.Kiosks[0].ID, "reservation": a.ReservationID.String(),
	}
	ctx := context.Background()
	require.NoError(t, h.DB.InTenant(ctx, other, func(tx *tenant.Tx) error {
		today := civil.Of(tx.Now().In(clock.Rome))
		days, err := h.Catalog.EntityExceptions(ctx, tx, today, today.AddDays(30))
		if err != nil {
			return err
		}
		foreign["exception"] = days[0].ID.String()
		kiosk, err := id.Parse[counters.Kiosk](facts.Kiosks[0].ID)
		if err != nil {
			return err
		}
		if foreign["helper"], err = h.Counters.HelperToken(ctx, tx, actor.Actor{Kind: actor.System}, kiosk); err != nil {
			return err
		}
		people, err := h.Identity.StaffList(ctx, tx, actor.Actor{Kind: actor.System})
		if err == nil {
			foreign["staff"] = people[0].ID.String()
		}
		return err
	}))
	before := h.fingerprint(other)
	cookies := map[string]*http.Cookie{"kiosk": h.kiosk("isernia", 0), "operator": h.signIn("isernia", "operator"), "administrator": h.signIn("isernia", "administrator"), "nobody": nil}
	tried := 0
	for _, route := range h.Fiber.GetRoutes(true) {
		if (route.Method != http.MethodGet && route.Method != http.MethodPost && route.Method != http.MethodPut && route.Method != http.MethodDelete) || !strings.Contains(route.Path, ":") {
			continue
		}
		host := "isernia.localhost:8080"
		if strings.HasPrefix(route.Path, "/api/kiosk/") {
			host = "kiosk.localhost:8080"
		}
		for what, value := range foreign {
			path := parameter.ReplaceAllString(route.Path, value)
			for party, cookie := range cookies {
				res, body := h.do(route.Method, host, path, cookie, nil, "")
				where := fmt.Sprintf("%s %s with the other's %s as %s", route.Method, route.Path, what, party)
				require.NotContains(t, body, "Canarino", where)
				switch res.StatusCode {
				case http.StatusNotFound, http.StatusUnauthorized, http.StatusForbidden:
				case http.StatusUnprocessableEntity:
					require.NotRegexp(t, "^[0-9a-f-]{36}$", value, where) // a token is not an identifier at all
				case http.StatusSeeOther:
					require.True(t, strings.HasPrefix(res.Header.Get("Location"), "/accedi") || strings.HasPrefix(res.Header.Get("Location"), "/prenota"), "%s: %s", where, res.Header.Get("Location"))
				default:
					t.Errorf("%s: %d", where, res.StatusCode)
				}
				tried++
			}
		}
	}
	require.Greater(t, tried, 200)
	require.Equal(t, before, h.fingerprint(other), "a row of the other entity changed")
}

func TestASessionOfOneEntityIsNobodyAtAnother(t *testing.T) {
	t.Parallel()
	h := open(t, "")
	admin := h.signIn("isernia", "administrator")
	res, _ := h.do(http.MethodGet, "isernia.localhost:8080", "/amministrazione", admin, nil, "")
	require.Equal(t, http.StatusOK, res.StatusCode)
	for _, host := range []string{"caltanissetta.localhost:8080", "console.localhost:8080"} {
		res, _ = h.do(http.MethodGet, host, map[bool]string{true: "/", false: "/amministrazione"}[strings.HasPrefix(host, "console")], admin, nil, "")
		require.Equal(t, http.StatusSeeOther, res.StatusCode, host)
		require.Contains(t, res.Header.Get("Location"), "/accedi", host)
	}
}

// fingerprint is a hash over all rows of the entity.
func (h *house) fingerprint(of tenant.Tenant) string {
	h.t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, h.Config.AdminDatabaseURL)
	require.NoError(h.t, err)
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, "select tablename from pg_tables where schemaname = $1 order by 1", of.Key.Schema())
	require.NoError(h.t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(h.t, err)
	sum := sha256.New()
	for _, name := range names {
		var all *string
		table := pgx.Identifier{of.Key.Schema(), name}.Sanitize()
		require.NoError(h.t, conn.QueryRow(ctx, "select string_agg(x::text, '|' order by x::text) from "+table+" x").Scan(&all))
		if all != nil {
			_, _ = fmt.Fprintf(sum, "%s:%s\n", name, *all)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}
