package counters

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// FaultID names a fault.
type FaultID = id.ID[Fault]

// FaultKind is what is wrong with a kiosk.
type FaultKind string

// The kinds of faults. Two of one kind are never open at a time.
const (
	Silent    FaultKind = "silent"    // its device does not answer while the place is open
	Broken    FaultKind = "broken"    // somebody who stands there or answers there says so
	Equipment FaultKind = "equipment" // its own test finds no camera, microphone or loudspeaker
	Help      FaultKind = "help"      // the host site's helper asks to be called
	Emergency FaultKind = "emergency" // an operator sees that somebody there is in danger
	Failed    FaultKind = "test"      // a part failed its guided test
	NoPrint   FaultKind = "printer"   // the printer failed it: papers stay, talking goes on
)

// Stops says whether citizens cannot use the kiosk meanwhile.
func (k FaultKind) Stops() bool { return k != Help && k != Emergency && k != NoPrint }

// byDevice says whether the kiosk's own device finds it.
func (k FaultKind) byDevice() bool { return k == Equipment || k == Failed || k == NoPrint }

// Words is the kind as staff read it.
func (k FaultKind) Words() string { return label("counters.fault." + string(k)) }

// noteMax is the length of a fault's note, in characters.
const noteMax = 300

// Fault is something wrong with a kiosk.
type Fault struct {
	ID       FaultID
	KioskID  KioskID
	Kind     FaultKind
	Note     string // what the person or the test said; no personal data is asked for
	OpenedAt time.Time
	ClosedAt *time.Time
}

// Open says whether it goes on.
func (f Fault) Open() bool { return f.ClosedAt == nil }

// mayReport: staff report what they are told, the helper what they see, a device what its own test finds, and the
// watch who is silent. Nobody but them, and the helper and the device of that kiosk only.
func mayReport(a actor.Actor, kiosk KioskID, kind FaultKind) bool {
	switch {
	case a.Kind == actor.System:
		return true
	case a.Has(actor.Operator), a.Has(actor.Administrator):
		return kind == Broken || kind == Help || kind == Emergency
	case a.Kind == actor.Helper:
		return a.ID == kiosk.String() && (kind == Broken || kind == Help)
	case a.Kind == actor.Kiosk:
		return a.ID == kiosk.String() && kind.byDevice()
	}
	return false
}

// mayClose: as mayReport; who keeps the place closes an emergency, and an administrator also
// closes what a device found, because the device may be replaced.
func mayClose(a actor.Actor, kiosk KioskID, kind FaultKind) bool {
	return mayReport(a, kiosk, kind) || a.Has(actor.Administrator) && kind.byDevice() ||
		a.Kind == actor.Helper && a.ID == kiosk.String() && kind == Emergency
}

// Report opens a fault. Reporting what is open already changes nothing and is no error.
func (s *Service) Report(ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk KioskID, kind FaultKind, note string) error {
	if !mayReport(a, kiosk, kind) {
		return problem.New(problem.Forbidden, "forbidden")
	}
	note = strings.Join(strings.Fields(note), " ")
	if utf8.RuneCountInString(note) > noteMax {
		e := problem.New(problem.Invalid, "form.invalid")
		e.Fields = append(e.Fields, problem.Field{Name: "note", Code: "form.too_long", Args: map[string]any{"max": noteMax}})
		return e
	}
	fault := id.New[Fault](tx.IDs())
	n, err := tenant.Exec(ctx, tx, sqlOpenFault, tenant.Args{"id": fault, "kiosk": kiosk, "kind": kind, "note": note, "now": tx.Now()})
	if err != nil || n == 0 {
		return err
	}
	if err := audit.Record(ctx, tx, a, "kiosk.fault_opened", "kiosk:"+kiosk.String(), map[string]any{"fault": string(kind)}); err != nil {
		return err
	}
	return tx.Publish(ctx, FaultOpened{FaultID: fault})
}

// Mended closes the open fault of a kind. Without one nothing changes.
func (s *Service) Mended(ctx context.Context, tx *tenant.Tx, a actor.Actor, kiosk KioskID, kind FaultKind) error {
	if !mayClose(a, kiosk, kind) {
		return problem.New(problem.Forbidden, "forbidden")
	}
	closed, err := tenant.Values[FaultID](ctx, tx, sqlCloseFault, tenant.Args{"kiosk": kiosk, "kind": kind, "now": tx.Now()})
	if err != nil || len(closed) == 0 {
		return err
	}
	if err := audit.Record(ctx, tx, a, "kiosk.fault_closed", "kiosk:"+kiosk.String(), map[string]any{"fault": string(kind)}); err != nil {
		return err
	}
	return tx.Publish(ctx, FaultClosed{FaultID: closed[0]})
}

// Faults lists the open faults of all kiosks, the oldest first.
func (s *Service) Faults(ctx context.Context, q tenant.Querier) (map[KioskID][]Fault, error) {
	rows, err := tenant.All[Fault](ctx, q, sqlOpenFaults)
	found := map[KioskID][]Fault{}
	for _, f := range rows {
		found[f.KioskID] = append(found[f.KioskID], f)
	}
	return found, err
}

// Fault reads one, open or closed, or problem.NotFound.
func (s *Service) Fault(ctx context.Context, tx *tenant.Tx, fault FaultID) (Fault, error) {
	return tenant.One[Fault](ctx, tx, sqlFault, tenant.Args{"id": fault})
}

// Stopped says whether a kiosk has an open fault that keeps citizens from using it.
func (s *Service) Stopped(ctx context.Context, tx *tenant.Tx, kiosk KioskID) (bool, error) {
	faults, err := s.Faults(ctx, tx)
	for _, f := range faults[kiosk] {
		if f.Kind.Stops() {
			return true, err
		}
	}
	return false, err
}
