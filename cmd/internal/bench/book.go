package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/booking"
	"github.com/sportello/sportello/modules/catalog"
	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/civil"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/modules/platform/form"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/migrate"
	"github.com/sportello/sportello/tenant/outbox"
)

const (
	bookClients = 32
	bookKiosks  = 40
	bookTime    = 3 * time.Second
	hotPlaces   = 10
	hotCitizens = 1000
)

// Book compares booking over HTTP with the bare claiming INSERT that pgbench sends: the same table with the same
// exclusion constraint, prepared, durable, as many clients. One booking is one request through the product's boundary:
// rights of the token, what the kiosk and the office offer, the code in the registry of the other plane, the kiosk's time,
// an operator's seat, the appointment, the event with its job.
func Book() []Workload {
	return []Workload{
		{
			Name: "book-spread", Peer: "pgbench -M prepared, bare INSERT under the same exclusion constraint, spread", Unit: "bookings/s",
			Gate: 0.25, Moonshot: 0.50, Run: bookSpread,
		},
		{
			Name: "book-hot", Peer: "pgbench -M prepared, losers of one slot under a unique index (uq_hot); winners are exact or the run fails",
			Unit: "answers/s", Gate: 0.3, Moonshot: 0.7, Run: bookHot,
		},
	}
}

// counter is one entity with one office, one service and many kiosks, open day and night.
type counter struct {
	place  *place
	db     *tenant.DB
	t      tenant.Tenant
	svc    *booking.Service
	sheet  catalog.SheetID
	office catalog.OfficeID
	kiosks []counters.KioskID
	app    *fiber.App
	client *fasthttp.HostClient
}

var manager = actor.Actor{Kind: actor.Staff, ID: "01980000-0000-7000-8000-000000000001", Roles: []actor.Role{actor.Administrator}}

func newCounter(ctx context.Context, operators int) (c *counter, err error) {
	c = &counter{}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if c.place, err = newPlace(ctx); err != nil {
		return c, err
	}
	made, err := c.place.fill(ctx, 0, 1,
		migrate.Line{Name: "audit", FS: audit.Migrations}, migrate.Line{Name: "catalog", FS: catalog.Migrations},
		migrate.Line{Name: "notify", FS: notify.Migrations}, migrate.Line{Name: "counters", FS: counters.Migrations},
		migrate.Line{Name: "booking", FS: booking.Migrations})
	if err != nil {
		return c, err
	}
	c.t = made[0]
	if err := c.place.durable(ctx); err != nil {
		return c, err
	}
	if c.db, err = c.place.open(ctx, 1, bookClients); err != nil {
		return c, err
	}
	o := outbox.New(c.db, outbox.Config{})
	o.Subscribe(booking.KindConfirmed, "bench", nil) // its job is written, nobody works it here
	cat := catalog.New(c.db)
	kiosks := counters.New(counters.Config{DB: c.db, Secret: make([]byte, 32)})
	c.svc = booking.New(booking.Config{
		DB: c.db, Catalog: cat, Counters: kiosks, Keys: booking.NewKeys(bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)),
		BaseURL: func(tenant.Tenant) string { return "" }, Logger: slog.New(slog.DiscardHandler),
	})
	if err := c.seed(ctx, cat, kiosks, operators); err != nil {
		return c, err
	}
	return c, c.listen()
}

func (c *counter) seed(ctx context.Context, cat *catalog.Service, kiosks *counters.Service, operators int) error {
	return c.db.InTenant(ctx, c.t, func(tx *tenant.Tx) error {
		office, err := cat.CreateOffice(ctx, tx, manager, catalog.Office{Name: "Anagrafe", Active: true})
		if err != nil {
			return err
		}
		var week []catalog.Hours
		var open []counters.Hours
		for d := 1; d <= 7; d++ {
			week = append(week, catalog.Hours{Weekday: d, From: 0, To: civil.EndOfDay, Operators: operators})
			open = append(open, counters.Hours{Weekday: d, From: 0, To: civil.EndOfDay})
		}
		if err := cat.SaveHours(ctx, tx, manager, office.ID, office.Version, week); err != nil {
			return err
		}
		sheet, err := cat.CreateService(ctx, tx, manager, catalog.Sheet{
			Title: "Carta d'identità", ShortDescription: "x", AddressedTo: "x", HowTo: "x", NeededIntro: "x", Needed: []string{"x"},
			Achieved: "x", Times: "x", Conditions: "x", Category: "anagrafe-e-stato-civile", RemoteCounter: true, DurationMinutes: 15,
			OfficeIDs: []catalog.OfficeID{office.ID}, ResponsibleID: &office.ID, Topics: []string{catalog.Slugify("Anagrafe")},
		})
		if err != nil {
			return err
		}
		if err := cat.Publish(ctx, tx, manager, sheet.ID, sheet.Version); err != nil {
			return err
		}
		c.office, c.sheet = office.ID, sheet.ID
		for i := range bookKiosks {
			k, err := kiosks.Create(ctx, tx, manager, counters.Kiosk{
				Name: fmt.Sprintf("Postazione %d", i), Place: "x", Address: "x", Hours: open, ServiceIDs: []catalog.SheetID{sheet.ID},
			})
			if err != nil {
				return err
			}
			c.kiosks = append(c.kiosks, k.ID)
		}
		return nil
	})
}

// listen serves one route: a whole booking in one form.
func (c *counter) listen() error {
	c.app = web.New(web.Config{Logger: slog.New(slog.DiscardHandler)})
	c.app.Post("/prenota", func(f *fiber.Ctx) error {
		var in struct {
			Kiosk   counters.KioskID `form:"postazione"`
			Start   string           `form:"inizio"`
			Name    string           `form:"name"`
			Surname string           `form:"surname"`
			Email   string           `form:"email"`
			Token   string           `form:"prenotazione"`
		}
		if err := form.Decode(f, &in); err != nil {
			return err
		}
		start, err := time.Parse(time.RFC3339, in.Start)
		if err != nil {
			return problem.New(problem.Invalid, "form.invalid")
		}
		a, err := c.svc.Book(f.UserContext(), c.t, booking.Booking{
			Choice:  booking.Choice{Service: c.sheet, Office: c.office, Kiosk: in.Kiosk, Start: start},
			Citizen: booking.Citizen{Name: in.Name, Surname: in.Surname, Email: in.Email}, Token: in.Token,
		})
		if err != nil {
			return err
		}
		return f.SendString(c.svc.Code(c.t.Key, a).Grouped())
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c.client = &fasthttp.HostClient{Addr: l.Addr().String(), MaxConns: bookClients}
	go func() { _ = c.app.Listener(l) }()
	return nil
}

func (c *counter) close() {
	if c.app != nil {
		_ = c.app.Shutdown()
	}
	if c.db != nil {
		c.db.Close()
	}
	if c.place != nil {
		c.place.close()
	}
}

// book sends one booking and gives the status.
func (c *counter) book(kiosk counters.KioskID, start time.Time) (int, error) {
	body := url.Values{
		"postazione": {kiosk.String()}, "inizio": {start.UTC().Format(time.RFC3339)}, "name": {"Maria"}, "surname": {"Rossi"},
		"email": {"maria.rossi@example.it"}, "prenotazione": {c.svc.NewToken(c.t, id.Random)},
	}.Encode()
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	req.SetRequestURI("http://" + c.client.Addr + "/prenota")
	req.Header.SetMethod(http.MethodPost)
	req.Header.SetContentType("application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.SetBodyString(body)
	err := c.client.Do(req, res)
	return res.StatusCode(), err
}

// clientsFor runs f in every client until the time is over and gives how many were done a second.
func clientsFor(d time.Duration, f func() error) (float64, error) {
	var done atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, bookClients)
	begin := time.Now()
	for i := range bookClients {
		wg.Go(func() {
			for time.Since(begin) < d {
				if errs[i] = f(); errs[i] != nil {
					return
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	return float64(done.Load()) / time.Since(begin).Seconds(), errors.Join(errs...)
}

func bookSpread(ctx context.Context, rounds int) (product, peer []float64, err error) {
	c, err := newCounter(ctx, 50)
	if err != nil {
		return nil, nil, err
	}
	defer c.close()
	if err := c.peers(ctx); err != nil {
		return nil, nil, err
	}
	free, err := c.free(ctx)
	if err != nil {
		return nil, nil, err
	}
	// every slot of every kiosk once, in an order without pattern
	slots := rand.Perm(bookKiosks * len(free)) //nolint:gosec // any order will do
	var next atomic.Int64
	for round := range rounds + 1 {
		one, err := clientsFor(bookTime, func() error {
			n := slots[next.Add(1)-1]
			status, err := c.book(c.kiosks[n%bookKiosks], free[n/bookKiosks].Start)
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("booking answered %d", status)
			}
			return err
		})
		if err != nil {
			return nil, nil, err
		}
		other, err := c.pgbench(ctx, "spread.sql")
		if err != nil {
			return nil, nil, err
		}
		if round > 0 { // the first round warms both up
			product, peer = append(product, one), append(peer, other)
		}
	}
	return product, peer, nil
}

// free lists the times that every kiosk offers: holidays are closed.
func (c *counter) free(ctx context.Context) (free []booking.Slot, err error) {
	err = c.db.InTenant(ctx, c.t, func(tx *tenant.Tx) error {
		first, last := booking.Horizon(tx.Now())
		free, err = c.svc.Availability(ctx, tx, c.sheet, c.office, c.kiosks[0], first.AddDays(1), last)
		return err
	})
	return free, err
}

// bookHot lets a thousand citizens ask for the last ten places of one time: ten kiosks, ten operators. Each round takes
// another time. It fails unless exactly ten win.
func bookHot(ctx context.Context, rounds int) (product, peer []float64, err error) {
	c, err := newCounter(ctx, hotPlaces)
	if err != nil {
		return nil, nil, err
	}
	defer c.close()
	if err := c.peers(ctx); err != nil {
		return nil, nil, err
	}
	free, err := c.free(ctx)
	if err != nil {
		return nil, nil, err
	}
	for round := range rounds + 1 {
		start := free[20*round].Start
		var left, won, lost atomic.Int64
		left.Store(hotCitizens)
		begin := time.Now()
		_, err := clientsFor(time.Hour, func() error {
			n := left.Add(-1)
			if n < 0 {
				return errDone
			}
			status, err := c.book(c.kiosks[n%hotPlaces], start)
			switch {
			case err != nil:
				return err
			case status == http.StatusOK:
				won.Add(1)
			case status == http.StatusConflict:
				lost.Add(1)
			default:
				return fmt.Errorf("booking answered %d", status)
			}
			return nil
		})
		if err != nil && !onlyDone(err) {
			return nil, nil, err
		}
		if won.Load() != hotPlaces || lost.Load() != hotCitizens-hotPlaces {
			return nil, nil, fmt.Errorf("%d won and %d lost: want exactly %d winners", won.Load(), lost.Load(), hotPlaces)
		}
		one := hotCitizens / time.Since(begin).Seconds()
		other, err := c.pgbench(ctx, "hot.sql")
		if err != nil {
			return nil, nil, err
		}
		if round > 0 {
			product, peer = append(product, one), append(peer, other)
		}
	}
	return product, peer, nil
}

var errDone = errors.New("done")

func onlyDone(err error) bool {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return errors.Is(err, errDone)
	}
	for _, e := range joined.Unwrap() {
		if !errors.Is(e, errDone) {
			return false
		}
	}
	return true
}
