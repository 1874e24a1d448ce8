package booking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/counters"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/notify"
	"github.com/sportello/sportello/tenant"
)

// A kiosk that cannot be used: who is booked there soon is told before they walk, with the other kiosks, and told again
// when it works.
const (
	stoppedAhead = 2 * time.Hour    // how long before the appointment; as long as counters keeps new bookings away
	stoppedAgain = 15 * time.Minute // how often those who come into that time are looked for
	backAhead    = 24 * time.Hour   // more than stoppedAhead: whoever was told is found
)

// KioskStopped: the fault of a kiosk goes on; who is booked there soon is to be told.
type KioskStopped struct {
	FaultID counters.FaultID `json:"fault_id"`
}

// Kind implements tenant.Event.
func (KioskStopped) Kind() string { return KindKioskStopped }

// OnFault tells those who are booked at a kiosk with an open fault, and comes again while it is open. It handles
// counters.FaultOpened and KioskStopped, which name the fault alike.
func (m *Messages) OnFault(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error {
	return m.atFault(ctx, t, payload, func(tx *tenant.Tx, f counters.Fault) error {
		if !f.Open() || !f.Kind.Stops() {
			return nil
		}
		soon, err := m.svc.Coming(ctx, tx, f.KioskID, stoppedAhead)
		if err != nil {
			return err
		}
		for _, a := range soon {
			if err := m.queueAbout(ctx, tx, messageKioskDown, a, f.ID.UUID); err != nil {
				return err
			}
		}
		return tx.PublishAt(ctx, KioskStopped{FaultID: f.ID}, tx.Now().Add(stoppedAgain))
	})
}

// OnFaultClosed tells those who were told, unless something else is wrong with the kiosk.
func (m *Messages) OnFaultClosed(ctx context.Context, t tenant.Tenant, payload json.RawMessage) error {
	return m.atFault(ctx, t, payload, func(tx *tenant.Tx, f counters.Fault) error {
		if f.Open() || !f.Kind.Stops() {
			return nil
		}
		if stopped, err := m.svc.Counters.Stopped(ctx, tx, f.KioskID); err != nil || stopped {
			return err
		}
		coming, err := m.svc.Coming(ctx, tx, f.KioskID, backAhead)
		if err != nil {
			return err
		}
		for _, a := range coming {
			told, err := m.toldOf(ctx, tx, messageKioskDown, a, f.ID.UUID)
			if err != nil {
				return err
			}
			if !told {
				continue
			}
			if err := m.queueAbout(ctx, tx, messageKioskBack, a, f.ID.UUID); err != nil {
				return err
			}
		}
		return nil
	})
}

func (m *Messages) atFault(ctx context.Context, t tenant.Tenant, payload json.RawMessage, f func(*tenant.Tx, counters.Fault) error) error {
	var e struct {
		FaultID counters.FaultID `json:"fault_id"`
	}
	if err := json.Unmarshal(payload, &e); err != nil {
		return err
	}
	return m.svc.DB.InTenant(ctx, t, func(tx *tenant.Tx) error {
		fault, err := m.svc.Counters.Fault(ctx, tx, e.FaultID)
		if errors.Is(err, problem.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return f(tx, fault)
	})
}

// aboutKey names the message of a kind about a cause and an appointment as it is now.
func aboutKey(kind string, a Appointment, cause uuid.UUID) string {
	return fmt.Sprintf("%s:%s:%d:%s", kind, a.ID, a.Version, cause)
}

func (m *Messages) queueAbout(ctx context.Context, tx *tenant.Tx, kind string, a Appointment, cause uuid.UUID) error {
	_, err := m.notify.Queue(ctx, tx, notify.Request{
		DedupeKey: aboutKey(kind, a, cause), Kind: kind, SubjectID: a.ID.UUID, Recipient: a.Email,
	})
	return err
}

// toldOf says whether the message left or is about to.
func (m *Messages) toldOf(ctx context.Context, tx *tenant.Tx, kind string, a Appointment, cause uuid.UUID) (bool, error) {
	about, err := m.notify.About(ctx, tx, a.ID.UUID)
	for _, msg := range about {
		if msg.DedupeKey == aboutKey(kind, a, cause) && (msg.State == notify.Queued || msg.State == notify.Sent) {
			return true, err
		}
	}
	return false, err
}

// faultOf is the fault that a message of messageKioskDown is about.
func faultOf(msg notify.Message) (counters.FaultID, error) {
	return id.Parse[counters.Fault](msg.DedupeKey[strings.LastIndexByte(msg.DedupeKey, ':')+1:])
}

// Elsewhere is another kiosk where an appointment could be kept.
type Elsewhere struct {
	Kiosk counters.Kiosk
	When  string
	Link  string // to the page where one more tap moves it there
}

// elsewhere lists the other kiosks with the same office and the first free time of each from the appointment's on.
func (m *Messages) elsewhere(ctx context.Context, tx *tenant.Tx, v View) ([]Elsewhere, error) {
	kiosks, err := m.svc.Counters.Offering(ctx, tx, v.ServiceID)
	if err != nil {
		return nil, err
	}
	var out []Elsewhere
	for _, k := range kiosks {
		if k.ID == v.KioskID {
			continue
		}
		c := v.choice()
		c.Kiosk = k.ID
		free, err := m.svc.NextFree(ctx, tx, c, 1)
		if err != nil {
			return nil, err
		}
		if len(free) == 0 {
			continue
		}
		q := url.Values{"office-choice": {v.OfficeID.String()}, "postazione": {k.ID.String()}, "inizio": {free[0].Start.UTC().Format(time.RFC3339)}}
		out = append(out, Elsewhere{Kiosk: k, When: When(v.Lang, free[0].Start), Link: v.Link + "/sposta/riepilogo?" + q.Encode()})
	}
	return out, nil
}
