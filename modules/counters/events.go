package counters

// The kinds of this module's events.
const (
	KindRevoked     = "counters.kiosk_revoked.v1"
	KindFaultOpened = "counters.fault_opened.v1"
	KindFaultClosed = "counters.fault_closed.v1"
)

// Revoked: the device of a kiosk was cut off. Whoever keeps something open with it ends that.
type Revoked struct {
	KioskID KioskID `json:"kiosk_id"`
}

// Kind implements tenant.Event.
func (Revoked) Kind() string { return KindRevoked }

// FaultOpened: something is wrong with a kiosk.
type FaultOpened struct {
	FaultID FaultID `json:"fault_id"`
}

// Kind implements tenant.Event.
func (FaultOpened) Kind() string { return KindFaultOpened }

// FaultClosed: it is in order again.
type FaultClosed struct {
	FaultID FaultID `json:"fault_id"`
}

// Kind implements tenant.Event.
func (FaultClosed) Kind() string { return KindFaultClosed }
