package counters

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/ephemeral"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// How devices are enrolled.
const (
	EnrolmentDigits = 8
	EnrolmentTime   = 24 * time.Hour
	authTime        = 2 * time.Second // how long a device stays known without asking; revoking cuts it off within this
	presenceTime    = 40 * time.Second
)

// enrolLimit: guessing one of a hundred million codes, a few of which are live for a day, five times in ten minutes.
var (
	enrolLimit      = ephemeral.Limit{Name: "enrol", Count: 5, Per: 10 * time.Minute}
	enrolFleetLimit = ephemeral.Limit{Name: "enrol-all", Count: 200, Per: time.Hour}
)

// hash keys what the control plane keeps, so that its rows open nothing.
func (s *Service) hash(sort, text string) []byte {
	h := hmac.New(sha256.New, s.secret)
	h.Write([]byte(sort + "\x00" + text))
	return h.Sum(nil)
}

// NewEnrolmentCode makes the one-time code that enrols a device as the kiosk: 8 digits, shown once, good for 24 hours. An
// earlier unused code of the kiosk is worth nothing from then on.
func (s *Service) NewEnrolmentCode(ctx context.Context, a actor.Actor, t tenant.Tenant, kiosk KioskID) (string, error) {
	if err := s.allowed(ctx, a, t, kiosk, "kiosk.enrolment_code_made"); err != nil {
		return "", err
	}
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		return "", err
	}
	code := fmt.Sprintf("%0*d", EnrolmentDigits, n)
	err = s.db.InControl(ctx, a, func(tx *tenant.ControlTx) error {
		return control.NewEnrolment(ctx, tx, s.hash("enrolment", code),
			control.Device{Tenant: t.Key, KioskID: kiosk.UUID}, tx.Now().Add(EnrolmentTime))
	})
	return code, err
}

// Enrol uses up a code and gives the device its credential: 256 random bits, kept nowhere but at the device. A device that
// was enrolled earlier as the same kiosk is cut off. from is the address the try came from. Tries are limited by it and
// altogether; without the limiter none is allowed.
func (s *Service) Enrol(ctx context.Context, code, from string) (credential string, d control.Device, err error) {
	code = strings.NewReplacer(" ", "", "-", "", ".", "").Replace(code)
	if len(code) != EnrolmentDigits || strings.Trim(code, "0123456789") != "" {
		return "", d, problem.New(problem.Invalid, "kiosk.enrolment_shape")
	}
	if err := s.limitEnrol(ctx, from); err != nil {
		return "", d, err
	}
	secret := make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		return "", d, err
	}
	credential = base64.RawURLEncoding.EncodeToString(secret)
	err = s.db.InControl(ctx, actor.Actor{Kind: actor.Kiosk}, func(tx *tenant.ControlTx) error {
		var err error
		d, err = control.Enrol(ctx, tx, s.hash("enrolment", code), s.hash("credential", credential))
		return err
	})
	if err != nil {
		return "", control.Device{}, err
	}
	s.devices.forget(d)
	return credential, d, nil
}

func (s *Service) limitEnrol(ctx context.Context, from string) error {
	if s.limiter == nil {
		return problem.New(problem.Unavailable, "kiosk.enrolment_unavailable")
	}
	for _, l := range []struct {
		limit ephemeral.Limit
		key   string
	}{{enrolLimit, from}, {enrolFleetLimit, "all"}} {
		ok, wait, err := s.limiter.Allow(ctx, l.limit, l.key)
		if err != nil {
			return problem.New(problem.Unavailable, "kiosk.enrolment_unavailable").Wrap(err)
		}
		if !ok {
			minutes := int((wait + time.Minute - 1) / time.Minute)
			return problem.New(problem.TooMany, "kiosk.enrolment_limit").With("minutes", minutes).
				With("retry_after", int(wait/time.Second)+1)
		}
	}
	return nil
}

// Revoke cuts off the device of a kiosk, within authTime on every machine, and ends what goes on there. Revoking twice is
// no error. Should the process fall in between, the event ends the encounter all the same.
func (s *Service) Revoke(ctx context.Context, a actor.Actor, t tenant.Tenant, kiosk KioskID) error {
	if err := mustEdit(a); err != nil {
		return err
	}
	err := s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		if err := s.recorded(ctx, tx, a, kiosk, "kiosk.device_revoked"); err != nil {
			return err
		}
		return tx.PublishAt(ctx, Revoked{KioskID: kiosk}, tx.Now().Add(time.Second))
	})
	if err != nil {
		return err
	}
	d := control.Device{Tenant: t.Key, KioskID: kiosk.UUID}
	err = s.db.InControl(ctx, a, func(tx *tenant.ControlTx) error { return control.RevokeCredential(ctx, tx, d) })
	s.devices.forget(d)
	if err == nil && s.cutter != nil {
		err = s.cutter.CutKiosk(ctx, t, kiosk.UUID)
	}
	return err
}

// Authenticate says which device holds the credential and whose it is, or answers kiosk.not_enrolled. What it found is
// believed for authTime. A suspended entity's devices are refused.
func (s *Service) Authenticate(ctx context.Context, credential string) (tenant.Tenant, control.Device, error) {
	key := string(s.hash("credential", credential))
	if e, ok := s.devices.find(key); ok {
		return e.tenant, e.device, e.refused()
	}
	var e deviceEntry
	err := s.db.InControl(ctx, actor.Actor{Kind: actor.Kiosk}, func(tx *tenant.ControlTx) error {
		var err error
		if e.device, err = control.FindCredential(ctx, tx, []byte(key)); err != nil {
			return err
		}
		e.tenant, err = control.ByKey(ctx, tx, e.device.Tenant)
		return err
	})
	if err != nil && !errors.Is(err, problem.NotFound) {
		return tenant.Tenant{}, control.Device{}, err
	}
	e.known = err == nil
	s.devices.keep(key, e)
	return e.tenant, e.device, e.refused()
}

// Seen notes that the device is there; a lost note does no harm.
func (s *Service) Seen(ctx context.Context, d control.Device) {
	if err := s.presence.Touch(ctx, presenceKey(d), presenceTime); err != nil {
		s.log.DebugContext(ctx, "presence not noted", "err", err)
	}
}

func presenceKey(d control.Device) string {
	return string(d.Tenant) + ":kiosk:" + d.KioskID.String()
}

// Device is what the back office shows about the device of a kiosk.
type Device struct {
	EnrolledAt *time.Time // nil: none is enrolled
	Present    bool
	CodeEntry  error // why it takes no codes now, or nil
}

// Devices reads what is known about the devices of the entity's kiosks.
func (s *Service) Devices(ctx context.Context, a actor.Actor, t tenant.Tenant, kiosks []Kiosk) (map[KioskID]Device, error) {
	var enrolled map[uuid.UUID]time.Time
	locks := map[uuid.UUID]error{}
	err := s.db.InControl(ctx, a, func(tx *tenant.ControlTx) error {
		var err error
		if enrolled, err = control.Enrolled(ctx, tx, t.Key); err != nil {
			return err
		}
		for id := range enrolled {
			err := s.CodeEntry(ctx, tx, control.Device{Tenant: t.Key, KioskID: id})
			if err != nil && !errors.Is(err, problem.TooMany) {
				return err
			}
			locks[id] = err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	present := s.Connected(ctx, t, kiosks)
	out := make(map[KioskID]Device, len(kiosks))
	for _, k := range kiosks {
		d := Device{Present: present[k.ID], CodeEntry: locks[k.ID.UUID]}
		if at, ok := enrolled[k.ID.UUID]; ok {
			d.EnrolledAt = &at
		}
		out[k.ID] = d
	}
	return out, nil
}

// Connected says which of the entity's kiosks have a device that was seen lately. Without an answer none has: presence
// is a hint.
func (s *Service) Connected(ctx context.Context, t tenant.Tenant, kiosks []Kiosk) map[KioskID]bool {
	keys := make([]string, len(kiosks))
	for i, k := range kiosks {
		keys[i] = presenceKey(control.Device{Tenant: t.Key, KioskID: k.ID.UUID})
	}
	present, err := s.presence.Present(ctx, keys...)
	if err != nil {
		s.log.DebugContext(ctx, "presence not read", "err", err)
	}
	out := make(map[KioskID]bool, len(kiosks))
	for i, k := range kiosks {
		out[k.ID] = present[keys[i]]
	}
	return out
}

// deviceCache spares the control plane a look at every request of a device.
type deviceCache struct {
	clock   clock.Clock
	mu      sync.Mutex
	entries map[string]deviceEntry
}

type deviceEntry struct {
	tenant tenant.Tenant
	device control.Device
	known  bool
	until  time.Time
}

func (e deviceEntry) refused() error {
	switch {
	case !e.known:
		return problem.New(problem.Unauthenticated, "kiosk.not_enrolled")
	case e.tenant.State != tenant.Active:
		return problem.New(problem.Unavailable, "site.suspended")
	}
	return nil
}

// cacheSize bounds the memory that unknown credentials can take.
const cacheSize = 5000

func newDeviceCache(c clock.Clock) *deviceCache {
	return &deviceCache{clock: c, entries: map[string]deviceEntry{}}
}

func (c *deviceCache) find(key string) (deviceEntry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	return e, ok && c.clock.Now().Before(e.until)
}

func (c *deviceCache) keep(key string, e deviceEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.entries) >= cacheSize {
		c.entries = map[string]deviceEntry{}
	}
	e.until = c.clock.Now().Add(authTime)
	c.entries[key] = e
}

func (c *deviceCache) forget(d control.Device) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, e := range c.entries {
		if e.device == d {
			delete(c.entries, k)
		}
	}
}
