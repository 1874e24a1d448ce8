package demo

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"strings"

	"github.com/sportello/sportello/cmd/internal/app"
	"github.com/sportello/sportello/cmd/internal/config"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/identity"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
	"github.com/sportello/sportello/tenant/provision"
)

var system = actor.Actor{Kind: actor.System, Name: "demo"}

// openDays is how many days from today on the demo's offices answer day and night.
const openDays = 7

const vendorEmail = "gestione@sportello.example"

// Seed tells the story once, and on every start opens the next days and gives each kiosk a fresh enrolment code.
func Seed(ctx context.Context, a *app.App, cfg config.Config) (*Facts, error) {
	admin, err := app.Admin(cfg)
	if err != nil {
		return nil, err
	}
	runner, err := app.Runner(admin)
	if err != nil {
		return nil, err
	}
	s := seeder{app: a, secret: cfg.Secret("demo accounts"), provision: provision.New(admin, runner)}
	facts := &Facts{
		BaseURL: cfg.BaseURL, MailboxURL: cfg.MailboxURL, OpenAPIURL: cfg.BaseURL + "/api/openapi.json",
		Vendor: VendorFacts{URL: cfg.URL("console"), Email: vendorEmail, Password: s.password(vendorEmail), TOTPSecret: s.totp(vendorEmail)},
	}
	for _, st := range stories() {
		e, err := s.entity(ctx, st)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", st.key, err)
		}
		e.URL = cfg.URL(st.host)
		facts.Entities = append(facts.Entities, e)
	}
	v := facts.Vendor
	if _, err := a.Identity.CreateVendorWith(ctx, system, v.Email, "Gestione Sportello", v.Password, v.TOTPSecret); err != nil && !errors.Is(err, problem.Conflict) {
		return nil, err
	}
	return facts, nil
}

type seeder struct {
	app       *app.App
	provision *provision.Service
	secret    []byte
}

// password and totp are derived, so that nothing about the accounts has to be kept between two starts.
func (s seeder) password(email string) string {
	return "Prova-" + strings.ToLower(s.derive("password", email)[:10])
}
func (s seeder) totp(email string) string { return s.derive("totp", email)[:32] }

func (s seeder) derive(what, email string) string {
	m := hmac.New(sha256.New, s.secret)
	m.Write([]byte(what + "\x00" + email))
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(m.Sum(nil))
}

func (s seeder) entity(ctx context.Context, st story) (EntityFacts, error) {
	facts := EntityFacts{Key: st.key, Name: st.entity.Name}
	t, err := control.ByKey(ctx, s.app.DB.ReadControl(), tenant.Key(st.key))
	if errors.Is(err, problem.NotFound) || (err == nil && t.State == tenant.Provisioning) {
		t, err = s.provision.Create(ctx, provision.Input{Key: st.key, Name: st.entity.Name, Hosts: []string{st.host + ".localhost"}})
	}
	if err != nil {
		return facts, err
	}
	var offices map[string]catalog.OfficeID
	err = s.app.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		there, err := s.app.Catalog.Offices(ctx, tx)
		if err != nil {
			return err
		}
		if len(there) == 0 {
			if err := s.tell(ctx, tx, st); err != nil {
				return err
			}
			if there, err = s.app.Catalog.Offices(ctx, tx); err != nil {
				return err
			}
		}
		offices = map[string]catalog.OfficeID{}
		for _, o := range there {
			offices[o.Name] = o.ID
		}
		return s.openNow(ctx, tx)
	})
	if err != nil {
		return facts, err
	}
	for _, p := range st.staff {
		in := identity.StaffInput{Email: p.email, Name: p.name, Roles: []string{p.role}}
		for _, o := range p.offices {
			in.OfficeIDs = append(in.OfficeIDs, offices[o].UUID)
		}
		account := StaffFacts{Role: p.role, Email: p.email, Password: s.password(p.email), TOTPSecret: s.totp(p.email)}
		if _, err := s.app.Identity.CreateStaffWith(ctx, t, system, in, account.Password, account.TOTPSecret); err != nil && !errors.Is(err, problem.Conflict) {
			return facts, err
		}
		facts.Staff = append(facts.Staff, account)
	}
	facts.Kiosks, err = s.codes(ctx, t)
	return facts, err
}

// tell writes the entity, its offices, its catalogue and its kiosks.
func (s seeder) tell(ctx context.Context, tx *tenant.Tx, st story) error {
	c := s.app.Catalog
	entity := st.entity
	if was, err := c.Entity(ctx, tx); err == nil {
		entity.Version = was.Version
	} else if !errors.Is(err, problem.NotFound) {
		return err
	}
	entity.ReadyTexts, entity.PatienceMinutes, entity.AskRating = readyTexts, 15, true
	if err := c.SaveEntity(ctx, tx, system, entity); err != nil {
		return err
	}
	offices := map[string]catalog.OfficeID{}
	for _, o := range st.offices {
		made, err := c.CreateOffice(ctx, tx, system, catalog.Office{
			Name: o.name, Description: o.description, Address: entity.Address(), Phone: entity.Phone, Email: entity.Email, Active: true,
		})
		if err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		if err := c.SaveHours(ctx, tx, system, made.ID, made.Version, officeWeek(o.operators)); err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
		offices[o.name] = made.ID
	}
	var remote []catalog.SheetID
	for _, v := range st.services {
		sheet, err := c.CreateService(ctx, tx, system, v.sheet(offices[v.office]))
		if err != nil {
			return fmt.Errorf("%s: %w", v.title, err)
		}
		if err := c.Publish(ctx, tx, system, sheet.ID, sheet.Version); err != nil {
			return fmt.Errorf("%s: %w", v.title, err)
		}
		if sheet.RemoteCounter {
			remote = append(remote, sheet.ID)
		}
	}
	for _, k := range st.kiosks {
		if _, err := s.app.Counters.Create(ctx, tx, system, counters.Kiosk{
			Name: k.name, Place: k.place, Address: k.address, Directions: k.directions, Latitude: &k.latitude, Longitude: &k.longitude,
			Equipment: []string{"Telecamera per i documenti", "Microfono e altoparlanti"}, Accessible: true,
			Accessibility: "Ingresso senza gradini, tavolo ad altezza di carrozzina.", State: counters.Active, Hours: always(), ServiceIDs: remote,
		}); err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
	}
	return nil
}

func (v serviceStory) sheet(office catalog.OfficeID) catalog.Sheet {
	topics := make([]string, len(v.topics))
	for i, t := range v.topics {
		topics[i] = catalog.Slugify(t)
	}
	sheet := catalog.Sheet{
		Title: v.title, ShortDescription: v.short, Description: v.short, AddressedTo: "A tutti i cittadini, anche non residenti se hanno un rapporto con il Comune.",
		HowTo:       "Prenoti un appuntamento, scelga la postazione più comoda e all'ora fissata digiti il codice: le risponde in video un operatore del Comune.",
		NeededIntro: "Porti con sé:", Needed: v.needed, Achieved: v.achieved, Times: v.times, Costs: v.costs,
		Conditions: "Il servizio è gratuito salvo dove indicato. Se non può venire, annulli l'appuntamento dal messaggio di conferma: lascia il posto a un'altra persona.",
		Category:   v.category, Topics: topics, RemoteCounter: v.minutes > 0, WalkIn: v.walkIn, OwnDevice: v.minutes > 0, DurationMinutes: max(v.minutes, 15), ResponsibleID: &office,
		ExternalBody: v.externalBody, ExternalURL: v.externalURL,
	}
	if sheet.RemoteCounter {
		sheet.OfficeIDs = []catalog.OfficeID{office}
	} else if v.externalURL == "" {
		sheet.HowTo = "Presenti la domanda all'ufficio indicato, negli orari di apertura."
	}
	return sheet
}

// openNow opens the offices day and night for the next days, so that the demo can be tried at any hour.
func (s seeder) openNow(ctx context.Context, tx *tenant.Tx) error {
	today := civil.Of(tx.Now().In(clock.Rome))
	there, err := s.app.Catalog.EntityExceptions(ctx, tx, today, today.AddDays(openDays))
	if err != nil {
		return err
	}
	days := map[civil.Date]bool{}
	for _, e := range there {
		days[e.Date] = true
	}
	for n := range openDays {
		day := today.AddDays(n)
		if days[day] {
			continue
		}
		if _, err := s.app.Catalog.AddException(ctx, tx, system, catalog.Exception{
			Date: day, From: 0, To: civil.EndOfDay, Operators: 2, Reason: "Apertura straordinaria per la dimostrazione",
		}); err != nil {
			return err
		}
	}
	return nil
}

// codes gives every kiosk an enrolment code; a device that was enrolled before stays enrolled until the new code is used.
func (s seeder) codes(ctx context.Context, t tenant.Tenant) ([]KioskFacts, error) {
	var kiosks []counters.Kiosk
	if err := s.app.DB.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		kiosks, err = s.app.Counters.Kiosks(ctx, tx)
		return err
	}); err != nil {
		return nil, err
	}
	facts := make([]KioskFacts, len(kiosks))
	for i, k := range kiosks {
		code, err := s.app.Counters.NewEnrolmentCode(ctx, system, t, k.ID)
		if err != nil {
			return nil, err
		}
		facts[i] = KioskFacts{ID: k.ID.String(), Name: k.Name, EnrolmentCode: code}
	}
	return facts, nil
}
