package counters

// KindRevoked is the kind of Revoked.
const KindRevoked = "counters.kiosk_revoked.v1"

// Revoked: the device of a kiosk was cut off. Whoever keeps something open with it ends that.
type Revoked struct {
	KioskID KioskID `json:"kiosk_id"`
}

// Kind implements tenant.Event.
func (Revoked) Kind() string { return KindRevoked }
