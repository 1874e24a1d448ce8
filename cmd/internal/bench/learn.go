package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/cmd/internal/demo"
	"github.com/sportello/sportello/modules/identity"
)

const (
	learnDesks  = 250
	learnKiosks = 250
	learnEvents = 12 // people who sit down in a round
	// what a person at a desk does not notice
	learnLimit = 300.0
)

// Learn opens 250 desks and 250 kiosks, lets people sit down without an appointment and takes the time from the request
// of the kiosk to the event at each desk of the office. The figure is the median over desks and people; the peer is the
// limit of 300 ms, so the ratio says how much of it is used.
func Learn() Workload {
	return Workload{
		Name: "desk-learns", Peer: "300 ms, which nobody at a desk notices", Unit: "ms", Lower: true,
		Gate: 1.0, Moonshot: 0.2, Run: learn,
	}
}

func learn(ctx context.Context, rounds int) (product, limit []float64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h, err := newHouse(ctx, "GOMEMLIMIT=64MiB")
	if err != nil {
		return nil, nil, err
	}
	defer h.close()
	o, err := h.openAll(ctx)
	if err != nil {
		return nil, nil, err
	}
	for range rounds {
		var took []float64
		for range learnEvents {
			ms, err := o.sit(ctx)
			if err != nil {
				return nil, nil, err
			}
			took = append(took, ms...)
		}
		product, limit = append(product, Median(took)), append(limit, learnLimit)
	}
	return product, limit, nil
}

// office is the open screens around one kiosk: its desks are those that must learn.
type office struct {
	h       *house
	kiosk   string // cookie
	service uuid.UUID
	mu      sync.Mutex
	wanted  string // the session looked for
	since   time.Time
	heard   chan float64
	desks   int
}

func (h *house) openAll(ctx context.Context) (*office, error) {
	o := &office{h: h, heard: make(chan float64, learnDesks)}
	var kiosks, desks []string
	for i, e := range h.Entities {
		for _, k := range e.Kiosks {
			cookie, err := h.enrol(ctx, k.EnrolmentCode)
			if err != nil {
				return nil, err
			}
			kiosks = append(kiosks, cookie)
		}
		for _, s := range e.Staff {
			if s.Role != "operator" {
				continue
			}
			cookie, err := h.signIn(ctx, e.Key, s)
			if err != nil {
				return nil, err
			}
			desks = append(desks, fmt.Sprintf("%d %s", i, cookie))
		}
	}
	o.kiosk = kiosks[0]
	time.Sleep(3 * time.Second)
	before, err := resident(h.Processes["sportello"])
	if err != nil {
		return nil, err
	}
	for i := range learnKiosks { // the kiosk at which people sit has one screen, as any other would
		cookie := o.kiosk
		if i > 0 {
			cookie = kiosks[1+i%(len(kiosks)-1)]
		}
		if _, err := h.stream(ctx, cookie); err != nil {
			return nil, err
		}
	}
	for i := range learnDesks {
		who := desks[i%len(desks)]
		entity, cookie, _ := strings.Cut(who, " ")
		first := i%len(desks) == 0 // the operator of the office that is looked at
		if err := o.desk(ctx, h.host(h.Entities[int(entity[0]-'0')].Key), cookie, first); err != nil {
			return nil, err
		}
		if first {
			o.desks++
		}
	}
	time.Sleep(3 * time.Second)
	after, err := resident(h.Processes["sportello"])
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "%d screens: %.0f MB before, %.0f MB with them ... ", learnKiosks+learnDesks, before, after)
	o.service, err = o.walkIn(ctx)
	return o, err
}

// desk opens one desk's events; those of the office say when they learn.
func (o *office) desk(ctx context.Context, host, cookie string, looked bool) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+o.h.address()+"/api/desk/events", nil)
	if err != nil {
		return err
	}
	req.Host = host
	req.Header.Set("Cookie", cookie)
	req.Header.Set("Accept", "text/event-stream")
	res, err := http.DefaultClient.Do(req) //nolint:bodyclose // open until ctx ends
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("desk events: %s", res.Status)
	}
	go func() {
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(make([]byte, 64<<10), 4<<20)
		for lines.Scan() {
			if looked {
				o.read(lines.Bytes())
			}
		}
	}()
	return nil
}

func (o *office) read(line []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.wanted != "" && bytes.Contains(line, []byte(o.wanted)) {
		select {
		case o.heard <- float64(time.Since(o.since).Microseconds()) / 1000:
		default: // a later state with the same person
		}
	}
}

// sit seats a person and gives how long each desk took to learn of it. Desks know a person by the number of their request's
// session, which only the answer tells, so the number of the day is looked for.
func (o *office) sit(ctx context.Context) ([]float64, error) {
	o.mu.Lock()
	o.wanted, o.since = `"Numero `, time.Now()
	o.mu.Unlock()
	raw, err := o.ask(ctx, http.MethodPost, "/api/kiosk/walk-ins", map[string]any{"service_id": o.service, "request_id": uuid.New()})
	if err != nil {
		return nil, err
	}
	var seated struct {
		Session struct {
			ID string `json:"id"`
		} `json:"session"`
	}
	if err := json.Unmarshal(raw, &seated); err != nil {
		return nil, err
	}
	var took []float64
	for range o.desks {
		select {
		case ms := <-o.heard:
			took = append(took, ms)
		case <-time.After(10 * time.Second):
			return nil, fmt.Errorf("%d of %d desks never learnt", o.desks-len(took), o.desks)
		}
	}
	o.mu.Lock()
	o.wanted = ""
	o.mu.Unlock()
	if _, err := o.ask(ctx, http.MethodPost, "/api/kiosk/session/leave", map[string]any{"session_id": seated.Session.ID}); err != nil {
		return nil, err
	}
	time.Sleep(1500 * time.Millisecond) // all screens are at rest again
	for len(o.heard) > 0 {
		<-o.heard
	}
	return took, nil
}

// walkIn is the first service that an office answers for without an appointment.
func (o *office) walkIn(ctx context.Context) (uuid.UUID, error) {
	raw, err := o.ask(ctx, http.MethodGet, "/api/kiosk/walk-ins", nil)
	if err != nil {
		return uuid.Nil, err
	}
	var list struct {
		Services []struct {
			ID      uuid.UUID `json:"service_id"`
			Answers bool      `json:"answers"`
		} `json:"services"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return uuid.Nil, err
	}
	for _, s := range list.Services {
		if s.Answers {
			return s.ID, nil
		}
	}
	return uuid.Nil, errors.New("no service without an appointment")
}

func (o *office) ask(ctx context.Context, method, path string, body any) ([]byte, error) {
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+o.h.address()+path, in)
	if err != nil {
		return nil, err
	}
	req.Host = o.h.host("kiosk")
	req.Header.Set("Cookie", o.kiosk)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %s: %s", method, path, res.Status, raw)
	}
	return raw, err
}

// signIn gives the cookie of a member of staff.
func (h *house) signIn(ctx context.Context, key string, who demo.StaffFacts) (string, error) {
	code, err := identity.TOTPCode(who.TOTPSecret, time.Now())
	if err != nil {
		return "", err
	}
	form := url.Values{"email": {who.Email}, "password": {who.Password}, "code": {code}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+h.address()+"/accedi", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Host = h.host(key)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	if len(res.Cookies()) == 0 {
		return "", fmt.Errorf("sign in of %s: %s", who.Email, res.Status)
	}
	return res.Cookies()[0].Name + "=" + res.Cookies()[0].Value, nil
}
