package catalog_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/identity"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/tenanttest"
)

var (
	ctx   = context.Background()
	admin = actor.Actor{Kind: actor.Staff, ID: "01930000-0000-7000-8000-0000000000aa", Roles: []actor.Role{actor.Administrator}}
	lines = []migrate.Line{
		{Name: "audit", FS: audit.Migrations}, {Name: "identity", FS: identity.Migrations}, {Name: "catalog", FS: catalog.Migrations},
	}
)

type world struct {
	*tenanttest.Stack
	svc  *catalog.Service
	ente tenant.Tenant
}

func start(t *testing.T) world {
	t.Helper()
	s := tenanttest.Start(t)
	return world{Stack: s, svc: catalog.New(s.DB), ente: s.NewTenant(t, lines...)}
}

func (w world) in(t *testing.T, f func(tx *tenant.Tx) error) {
	t.Helper()
	w.In(t, w.ente, f)
}

// try runs f in a transaction and returns its error.
func (w world) try(f func(tx *tenant.Tx) error) error { return w.DB.InTenant(ctx, w.ente, f) }

func (w world) office(t *testing.T, name string) (o catalog.Office) {
	t.Helper()
	w.in(t, func(tx *tenant.Tx) (err error) {
		o, err = w.svc.CreateOffice(ctx, tx, admin, catalog.Office{Name: name})
		return err
	})
	return o
}

func full(o catalog.Office) catalog.Sheet {
	return catalog.Sheet{
		Title: "Carta d'identità elettronica", ShortDescription: "Chiedere o rinnovare la carta d'identità.",
		AddressedTo: "A chi risiede nel Comune.", HowTo: "Prenoti un appuntamento.", NeededIntro: "Porti con sé:",
		Needed: []string{"una fototessera", "la tessera sanitaria"}, Achieved: "La carta d'identità.", Times: "Sei giorni lavorativi.",
		Conditions: "Nessuna.", Category: "anagrafe-e-stato-civile", Topics: []string{"anagrafe", "residenza"},
		RemoteCounter: true, DurationMinutes: 30, ResponsibleID: &o.ID, OfficeIDs: []catalog.OfficeID{o.ID},
	}
}

func (w world) service(t *testing.T, in catalog.Sheet) (s catalog.Sheet) {
	t.Helper()
	w.in(t, func(tx *tenant.Tx) (err error) {
		s, err = w.svc.CreateService(ctx, tx, admin, in)
		return err
	})
	return s
}

func titles(sheets []catalog.Sheet) (out []string) {
	for _, s := range sheets {
		out = append(out, s.Title)
	}
	return out
}

func TestAServiceGoesFromDraftToTheSiteAndBack(t *testing.T) {
	t.Parallel()
	w := start(t)
	o := w.office(t, "Anagrafe")
	s := w.service(t, full(o))
	require.Equal(t, "carta-d-identita-elettronica", s.Slug)
	require.Equal(t, catalog.Draft, s.State)
	require.Equal(t, []catalog.OfficeID{o.ID}, s.OfficeIDs)
	require.Equal(t, o.ID, *s.ResponsibleID)
	require.Nil(t, s.PublishedAt)
	bySlug := func() (got catalog.Sheet, err error) {
		err = w.try(func(tx *tenant.Tx) (err error) {
			got, err = w.svc.ServiceBySlug(ctx, tx, s.Slug)
			return err
		})
		return got, err
	}
	_, err := bySlug()
	require.ErrorIs(t, err, problem.NotFound, "a draft is not on the site")
	w.in(t, func(tx *tenant.Tx) error {
		require.NoError(t, w.svc.Publish(ctx, tx, admin, s.ID, 1))
		return w.svc.Publish(ctx, tx, admin, s.ID, 1) // twice
	})
	got, err := bySlug()
	require.NoError(t, err)
	require.True(t, got.Bookable())
	require.Equal(t, 2, got.Version)
	require.Equal(t, w.Clock.Now(), got.PublishedAt.UTC())
	require.Equal(t, "catalog.edited_since", problem.From(w.try(func(tx *tenant.Tx) error {
		return w.svc.Withdraw(ctx, tx, admin, s.ID, 1)
	})).Code)
	w.in(t, func(tx *tenant.Tx) error {
		return w.svc.Deactivate(ctx, tx, admin, s.ID, 2, " Ufficio chiuso per lavori. ")
	})
	got, err = bySlug()
	require.NoError(t, err)
	require.False(t, got.Bookable())
	require.Equal(t, "Ufficio chiuso per lavori.", got.StateReason)
	w.in(t, func(tx *tenant.Tx) error { return w.svc.Withdraw(ctx, tx, admin, s.ID, 3) })
	_, err = bySlug()
	require.ErrorIs(t, err, problem.NotFound)
}

func TestAnIncompleteServiceIsNotPublishedAndEveryMissingFieldIsNamed(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.service(t, catalog.Sheet{Title: "Bozza", Category: "turismo", RemoteCounter: true, DurationMinutes: 15})
	err := w.try(func(tx *tenant.Tx) error { return w.svc.Publish(ctx, tx, admin, s.ID, s.Version) })
	require.ErrorIs(t, err, problem.Invalid)
	var names []string
	for _, f := range problem.From(err).Fields {
		names = append(names, f.Name)
	}
	require.Equal(t, []string{
		"short_description", "addressed_to", "how_to", "needed_intro", "achieved", "times", "conditions",
		"needed", "topics", "responsible", "offices",
	}, names)
	require.Equal(t, 11, catalog.Missing(s))
}

func TestASecondEditOfTheSameVersionIsAConflictAndWritesNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.service(t, full(w.office(t, "Anagrafe")))
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			in := s
			in.Title = "Titolo " + string(rune('A'+i))
			errs[i] = w.try(func(tx *tenant.Tx) error {
				_, err := w.svc.UpdateService(ctx, tx, admin, in)
				return err
			})
		}()
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		require.Equal(t, "catalog.edited_since", problem.From(err).Code)
	}
	require.Equal(t, 1, won)
}

func TestAPublishedServiceMustStayComplete(t *testing.T) {
	t.Parallel()
	w := start(t)
	s := w.service(t, full(w.office(t, "Anagrafe")))
	w.in(t, func(tx *tenant.Tx) error { return w.svc.Publish(ctx, tx, admin, s.ID, 1) })
	s.Version, s.Achieved = 2, ""
	err := w.try(func(tx *tenant.Tx) error {
		_, err := w.svc.UpdateService(ctx, tx, admin, s)
		return err
	})
	require.Equal(t, "achieved", problem.From(err).Fields[0].Name)
}

func TestHostileTextIsKeptAsTextOrRefusedWithItsField(t *testing.T) {
	t.Parallel()
	w := start(t)
	o := w.office(t, `"Ufficio" <b>O'Neil</b> 😀`)
	for _, text := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'; DROP TABLE services; --`, `{{.Secret}}`, "😀 a مرحبا \u200fעברית",
		`%s %d ${x} \u0000`, `O'Neil "e" C.`,
	} {
		in := full(o)
		in.Title, in.ShortDescription, in.Description = text, text, text
		in.Needed, in.Costs = []string{text, "", "  "}, strings.Repeat("è", 10_000)
		s := w.service(t, in)
		require.Equal(t, text, s.Title)
		require.Equal(t, text, s.Description)
		require.Equal(t, []string{text}, s.Needed)
		require.Equal(t, catalog.Slugify(s.Slug), s.Slug)
	}
	for _, tt := range []struct{ text, code string }{
		{"a\x00b", "catalog.characters"},
		{"a\x1bb", "catalog.characters"},
		{"a\xff", "catalog.characters"},
		{strings.Repeat("x", 10_001), "catalog.too_long"},
	} {
		for name, set := range map[string]func(*catalog.Sheet){
			"title": func(s *catalog.Sheet) { s.Title = tt.text }, "description": func(s *catalog.Sheet) { s.Description = tt.text },
			"needed": func(s *catalog.Sheet) { s.Needed = []string{tt.text} }, "further_info": func(s *catalog.Sheet) { s.FurtherInfo = tt.text },
			"online_url": func(s *catalog.Sheet) { s.OnlineURL = tt.text }, "external_body": func(s *catalog.Sheet) { s.ExternalBody = tt.text },
		} {
			in := full(o)
			set(&in)
			err := w.try(func(tx *tenant.Tx) error {
				_, err := w.svc.CreateService(ctx, tx, admin, in)
				return err
			})
			require.ErrorIs(t, err, problem.Invalid, name)
			require.Equal(t, name, problem.From(err).Fields[0].Name)
			require.Equal(t, tt.code, problem.From(err).Fields[0].Code)
		}
	}
	in := full(o)
	in.Title = "pagina\u202eti"
	require.Equal(t, "paginati", w.service(t, in).Title, "marks that turn the direction of writing are taken out")
}

func TestOnlyHTTPSAddressesAreLinked(t *testing.T) {
	t.Parallel()
	w := start(t)
	o := w.office(t, "Anagrafe")
	for address, good := range map[string]bool{
		"https://servizi.comune.isernia.is.it/x?y=1": true, "": true, "http://comune.it": false, "javascript:alert(1)": false,
		"https://localhost": false, "https://a@evil.it": false, "//evil.it": false, "https://x.it/\" onclick": false, "data:text/html,x": false,
	} {
		in := full(o)
		in.OnlineURL = address
		err := w.try(func(tx *tenant.Tx) error {
			_, err := w.svc.CreateService(ctx, tx, admin, in)
			return err
		})
		require.Equal(t, good, err == nil, "%s: %v", address, err)
	}
}

func TestTheListShowsWhatIsOnTheSiteAndCanBeNarrowed(t *testing.T) {
	t.Parallel()
	w := start(t)
	o, other := w.office(t, "Anagrafe"), w.office(t, "Tributi")
	add := func(title, category string, topics []string, publish bool, change func(*catalog.Sheet)) {
		in := full(o)
		in.Title, in.Category, in.Topics = title, category, topics
		if change != nil {
			change(&in)
		}
		s := w.service(t, in)
		if publish {
			w.in(t, func(tx *tenant.Tx) error { return w.svc.Publish(ctx, tx, admin, s.ID, 1) })
		}
	}
	add("Zona traffico limitato", "mobilita-e-trasporti", []string{"ztl"}, true, func(s *catalog.Sheet) { s.RemoteCounter = false })
	add("anagrafe: residenza", "anagrafe-e-stato-civile", []string{"residenza"}, true, nil)
	add("Bozza", "turismo", []string{"turismo"}, false, nil)
	add("TARI", "tributi-finanze-e-contravvenzioni", []string{"tassa-sui-servizi"}, true, func(s *catalog.Sheet) {
		s.OfficeIDs = []catalog.OfficeID{other.ID}
	})
	list := func(f catalog.Filter) []string {
		var out []catalog.Sheet
		w.in(t, func(tx *tenant.Tx) (err error) {
			out, err = w.svc.Services(ctx, tx, f)
			return err
		})
		return titles(out)
	}
	require.Equal(t, []string{"anagrafe: residenza", "TARI", "Zona traffico limitato"}, list(catalog.Filter{}))
	require.Equal(t, []string{"Bozza"}, list(catalog.Filter{States: []catalog.State{catalog.Draft}}))
	require.Equal(t, []string{"Zona traffico limitato"}, list(catalog.Filter{Category: "mobilita-e-trasporti"}))
	require.Equal(t, []string{"TARI"}, list(catalog.Filter{Topic: "tassa-sui-servizi"}))
	require.Equal(t, []string{"Zona traffico limitato"}, list(catalog.Filter{Query: "TRAFFICO zona"}))
	require.Empty(t, list(catalog.Filter{Query: "%"}))
	require.Equal(t, []string{"anagrafe: residenza", "TARI"}, list(catalog.Filter{Bookable: true}))
	require.Equal(t, []string{"TARI"}, list(catalog.Filter{Office: &other.ID}))
	other.Active = false
	w.in(t, func(tx *tenant.Tx) error { return w.svc.UpdateOffice(ctx, tx, admin, other) })
	require.Equal(t, []string{"anagrafe: residenza"}, list(catalog.Filter{Bookable: true}), "an office that is not active answers nobody")
	rows, err := w.svc.Services(ctx, w.DB.Read(w.ente), catalog.Filter{})
	require.NoError(t, err)
	require.Len(t, rows, 3, "the short road reads the same")
}

func TestTwoServicesOfOneTitleHaveTwoAddresses(t *testing.T) {
	t.Parallel()
	w := start(t)
	o := w.office(t, "Anagrafe")
	require.Equal(t, "carta-d-identita-elettronica", w.service(t, full(o)).Slug)
	require.Equal(t, "carta-d-identita-elettronica-2", w.service(t, full(o)).Slug)
	in := full(o)
	in.Slug = "carta-d-identita-elettronica"
	err := w.try(func(tx *tenant.Tx) error {
		_, err := w.svc.CreateService(ctx, tx, admin, in)
		return err
	})
	require.Equal(t, "catalog.slug_taken", problem.From(err).Code)
}

func TestWhoMayNotEditChangesNothing(t *testing.T) {
	t.Parallel()
	w := start(t)
	o := w.office(t, "Anagrafe")
	s := w.service(t, full(o))
	for _, a := range []actor.Actor{
		{}, {Kind: actor.Anonymous}, {Kind: actor.Citizen}, {Kind: actor.Kiosk}, {Kind: actor.Vendor, Roles: admin.Roles},
		{Kind: actor.Staff, Roles: []actor.Role{actor.Operator}},
	} {
		for name, f := range map[string]func(tx *tenant.Tx) error{
			"CreateService": func(tx *tenant.Tx) error { _, err := w.svc.CreateService(ctx, tx, a, full(o)); return err },
			"UpdateService": func(tx *tenant.Tx) error { _, err := w.svc.UpdateService(ctx, tx, a, s); return err },
			"Publish":       func(tx *tenant.Tx) error { return w.svc.Publish(ctx, tx, a, s.ID, 1) },
			"Withdraw":      func(tx *tenant.Tx) error { return w.svc.Withdraw(ctx, tx, a, s.ID, 1) },
			"Deactivate":    func(tx *tenant.Tx) error { return w.svc.Deactivate(ctx, tx, a, s.ID, 1, "x") },
			"CreateOffice":  func(tx *tenant.Tx) error { _, err := w.svc.CreateOffice(ctx, tx, a, o); return err },
			"UpdateOffice":  func(tx *tenant.Tx) error { return w.svc.UpdateOffice(ctx, tx, a, o) },
			"SaveHours":     func(tx *tenant.Tx) error { return w.svc.SaveHours(ctx, tx, a, o.ID, 1, nil) },
			"AddException":  func(tx *tenant.Tx) error { _, err := w.svc.AddException(ctx, tx, a, catalog.Exception{}); return err },
			"RemoveException": func(tx *tenant.Tx) error {
				_, err := w.svc.RemoveException(ctx, tx, a, catalog.ExceptionID{})
				return err
			},
			"SaveEntity": func(tx *tenant.Tx) error { return w.svc.SaveEntity(ctx, tx, a, catalog.Entity{Name: "x"}) },
		} {
			require.ErrorIs(t, w.try(f), problem.Forbidden, "%s as %s", name, a.Kind)
		}
	}
}

func TestEveryChangeLeavesAnAuditRow(t *testing.T) {
	t.Parallel()
	w := start(t)
	o := w.office(t, "Anagrafe")
	s := w.service(t, full(o))
	w.in(t, func(tx *tenant.Tx) error {
		require.NoError(t, w.svc.Publish(ctx, tx, admin, s.ID, 1))
		require.NoError(t, w.svc.SaveHours(ctx, tx, admin, o.ID, 1, nil))
		require.NoError(t, w.svc.SaveEntity(ctx, tx, admin, catalog.Entity{Name: "Comune"}))
		_, err := w.svc.AddException(ctx, tx, admin, catalog.Exception{Date: civil.New(2026, time.June, 3), Closed: true})
		return err
	})
	var got []string
	w.in(t, func(tx *tenant.Tx) error {
		list, err := audit.List(ctx, tx, audit.Filter{})
		for _, e := range list {
			require.Equal(t, admin.ID, e.ActorID)
			got = append(got, e.Action)
		}
		return err
	})
	require.ElementsMatch(t, []string{
		"office.create", "service.create", "service.state", "office.hours", "entity.update", "calendar.exception_add",
	}, got)
}

func TestWhatPagesSayAboutTheEntityFollowsItsChanges(t *testing.T) {
	t.Parallel()
	w := start(t)
	site, err := w.svc.Site(ctx, w.ente)
	require.NoError(t, err)
	require.Equal(t, w.ente.Name, site.Name)
	require.Equal(t, "entity", site.Kind)
	w.in(t, func(tx *tenant.Tx) error {
		return w.svc.SaveEntity(ctx, tx, admin, catalog.Entity{Name: "Comune di Isernia"})
	})
	w.Clock.Advance(5 * time.Second)
	site, err = w.svc.Site(ctx, w.ente)
	require.NoError(t, err)
	require.Equal(t, "Comune di Isernia", site.Name)
}
