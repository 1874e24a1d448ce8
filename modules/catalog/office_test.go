package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

func TestTheHoursOfAnOfficeDecideWhenItAnswers(t *testing.T) {
	t.Parallel()
	w := start(t)
	o := w.office(t, "Anagrafe")
	hours := []catalog.Hours{
		{Weekday: 1, From: civil.At(9, 0), To: civil.At(12, 0), Operators: 2},
		{Weekday: 1, From: civil.At(15, 0), To: civil.At(17, 0), Operators: 1},
		{Weekday: 3, From: civil.At(9, 0), To: civil.EndOfDay, Operators: 1},
	}
	w.in(t, func(tx *tenant.Tx) error { return w.svc.SaveHours(ctx, tx, admin, o.ID, 1, hours) })
	require.Equal(t, "catalog.edited_since", problem.From(w.try(func(tx *tenant.Tx) error {
		return w.svc.SaveHours(ctx, tx, admin, o.ID, 1, hours)
	})).Code)
	monday := civil.New(2026, time.May, 11)
	windows := func(first, last civil.Date) (out []catalog.Window) {
		w.in(t, func(tx *tenant.Tx) (err error) {
			out, err = w.svc.OfficeWindows(ctx, tx, o.ID, first, last)
			return err
		})
		return out
	}
	require.Len(t, windows(monday, monday), 2)
	require.Len(t, windows(monday, monday.AddDays(13)), 6)

	var closing catalog.Exception
	w.in(t, func(tx *tenant.Tx) (err error) {
		closing, err = w.svc.AddException(ctx, tx, admin, catalog.Exception{Date: monday, Closed: true, Reason: "Santo patrono"})
		return err
	})
	require.Empty(t, windows(monday, monday))
	w.in(t, func(tx *tenant.Tx) error {
		_, err := w.svc.AddException(ctx, tx, admin, catalog.Exception{
			OfficeID: &o.ID, Date: monday, From: civil.At(10, 0), To: civil.At(11, 0), Operators: 3,
		})
		return err
	})
	require.Equal(t, 3, windows(monday, monday)[0].Units)
	w.in(t, func(tx *tenant.Tx) error {
		mine, err := w.svc.Exceptions(ctx, tx, o.ID, monday, monday)
		require.NoError(t, err)
		require.Len(t, mine, 2)
		all, err := w.svc.EntityExceptions(ctx, tx, monday, monday)
		require.NoError(t, err)
		require.Equal(t, []catalog.Exception{closing}, utc(all))
		for _, e := range mine {
			was, err := w.svc.RemoveException(ctx, tx, admin, e.ID)
			require.NoError(t, err)
			require.Equal(t, e.Date, was.Date)
		}
		_, err = w.svc.RemoveException(ctx, tx, admin, closing.ID)
		require.ErrorIs(t, err, problem.NotFound, "twice")
		return nil
	})
	require.Len(t, windows(monday, monday), 2, "undone")
	o.Version, o.Active = 2, false
	w.in(t, func(tx *tenant.Tx) error { return w.svc.UpdateOffice(ctx, tx, admin, o) })
	require.Empty(t, windows(monday, monday.AddDays(13)))
}

func utc(in []catalog.Exception) []catalog.Exception {
	for i := range in {
		in[i].CreatedAt = in[i].CreatedAt.UTC()
	}
	return in
}

func TestHoursAndExceptionsThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	w := start(t)
	o := w.office(t, "Anagrafe")
	h := func(day, from, to, operators int) catalog.Hours {
		return catalog.Hours{Weekday: day, From: civil.Time(from), To: civil.Time(to), Operators: operators}
	}
	for _, bad := range [][]catalog.Hours{
		{h(0, 540, 720, 1)}, {h(8, 540, 720, 1)}, {h(1, 720, 540, 1)}, {h(1, 540, 540, 1)}, {h(1, 540, 1441, 1)},
		{h(1, 540, 720, 0)}, {h(1, 540, 720, 51)}, {h(1, 540, 720, 1), h(1, 719, 800, 1)},
	} {
		err := w.try(func(tx *tenant.Tx) error { return w.svc.SaveHours(ctx, tx, admin, o.ID, 1, bad) })
		require.ErrorIs(t, err, problem.Invalid, "%v", bad)
	}
	w.in(t, func(tx *tenant.Tx) error {
		return w.svc.SaveHours(ctx, tx, admin, o.ID, 1, []catalog.Hours{h(1, 540, 720, 1), h(1, 720, 800, 1)})
	})
	day := civil.New(2026, time.June, 1)
	add := func(e catalog.Exception) error {
		return w.try(func(tx *tenant.Tx) error {
			_, err := w.svc.AddException(ctx, tx, admin, e)
			return err
		})
	}
	for _, bad := range []catalog.Exception{
		{Closed: true}, {Date: civil.New(2026, time.May, 4), Closed: true}, {Date: civil.New(2030, time.May, 4), Closed: true},
		{Date: day, From: 600, To: 540, Operators: 1}, {Date: day, From: 540, To: 600}, {Date: day, Closed: true, Reason: "a\x00"},
	} {
		require.ErrorIs(t, add(bad), problem.Invalid, "%v", bad)
	}
	require.NoError(t, add(catalog.Exception{Date: day, Closed: true}))
	require.ErrorIs(t, add(catalog.Exception{Date: day, Closed: true}), problem.Invalid, "twice")
	require.ErrorIs(t, add(catalog.Exception{Date: day, From: 540, To: 600, Operators: 1}), problem.Invalid, "closed and open")
	require.NoError(t, add(catalog.Exception{OfficeID: &o.ID, Date: day, From: 540, To: 600, Operators: 1}))
	require.NoError(t, add(catalog.Exception{OfficeID: &o.ID, Date: day, From: 600, To: 660, Operators: 1}))
	require.ErrorIs(t, add(catalog.Exception{OfficeID: &o.ID, Date: day, From: 650, To: 700, Operators: 1}), problem.Invalid, "overlap")
	foreign := catalog.OfficeID{UUID: uuid.New()}
	require.ErrorIs(t, add(catalog.Exception{OfficeID: &foreign, Date: day, Closed: true}), problem.NotFound)
}

func TestTheEntitysParticularsAreCheckedAndKept(t *testing.T) {
	t.Parallel()
	w := start(t)
	read := func() (e catalog.Entity) {
		w.in(t, func(tx *tenant.Tx) (err error) {
			e, err = w.svc.Entity(ctx, tx)
			return err
		})
		return e
	}
	e := read()
	require.Equal(t, w.ente.Name, e.Name)
	require.Equal(t, 15, e.EarlyMinutes)
	require.Zero(t, e.Version)
	e.Region, e.Street, e.PostalCode, e.Locality, e.Province = "Regione Molise", "Piazza Marconi 3", "86170", "Isernia", "is"
	e.Phone, e.Email, e.PEC, e.FiscalCode, e.IPACode = "+39 0865 4491", "a@comune.isernia.it", "b@pec.comune.isernia.it", "00034670943", "c_e335"
	e.PatronName, e.PatronDay, e.PatronMonth = "Santi Cosma e Damiano", 26, 9
	e.ReadyTexts = []string{" Buongiorno. ", "", "Mi  mostri il documento."}
	save := func(e catalog.Entity) error {
		return w.try(func(tx *tenant.Tx) error { return w.svc.SaveEntity(ctx, tx, admin, e) })
	}
	require.NoError(t, save(e))
	got := read()
	require.Equal(t, "Piazza Marconi 3, 86170 Isernia (IS)", got.Address())
	require.Equal(t, 1, got.Version)
	require.Equal(t, []string{"Buongiorno.", "Mi mostri il documento."}, got.ReadyTexts)
	require.Equal(t, catalog.Patron{Day: 26, Month: time.September, Name: "Santi Cosma e Damiano"}, got.Patron())
	require.NoError(t, save(got))
	require.Equal(t, "catalog.edited_since", problem.From(save(got)).Code)
	for name, spoil := range map[string]func(*catalog.Entity){
		"name":        func(e *catalog.Entity) { e.Name = "" },
		"fiscal_code": func(e *catalog.Entity) { e.FiscalCode = "123" },
		"postal_code": func(e *catalog.Entity) { e.PostalCode = "8617" },
		"province":    func(e *catalog.Entity) { e.Province = "ISE" },
		"email":       func(e *catalog.Entity) { e.Email = "no" },
		"pec":         func(e *catalog.Entity) { e.PEC = "<b@c.it>" },
		"phone":       func(e *catalog.Entity) { e.Phone = "chiami qui" },
		"patron_day":  func(e *catalog.Entity) { e.PatronDay, e.PatronMonth = 31, 2 },
		"patron_name": func(e *catalog.Entity) { e.PatronName = "" },
		"early_minutes": func(e *catalog.Entity) {
			e.EarlyMinutes = 121
		},
		"late_minutes":   func(e *catalog.Entity) { e.LateMinutes = -1 },
		"ready_texts":    func(e *catalog.Entity) { e.ReadyTexts = []string{strings.Repeat("x", 201)} },
		"privacy_url":    func(e *catalog.Entity) { e.PrivacyURL = "javascript:x" },
		"privacy_notice": func(e *catalog.Entity) { e.PrivacyNotice = "\x00" },
	} {
		bad := read()
		spoil(&bad)
		err := save(bad)
		require.ErrorIs(t, err, problem.Invalid, name)
		require.Equal(t, name, problem.From(err).Fields[0].Name)
	}
	leap := read()
	leap.PatronDay, leap.PatronMonth = 29, 2
	require.NoError(t, save(leap))
}
