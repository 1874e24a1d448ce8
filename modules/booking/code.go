package booking

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// codeDigits is the length of a pickup code; codeSpace is how many there are.
const (
	codeDigits = 10
	codeSpace  = 10_000_000_000
)

// PickupCode is what the citizen types at the kiosk: ten digits. It is never stored and never logged: printing or
// logging the value shows stars. Digits and Grouped are for the citizen's own eyes.
type PickupCode struct{ digits string }

// ParseCode reads a code as people type it or as a QR code holds it: ten digits, with spaces, dots or dashes between.
func ParseCode(s string) (PickupCode, error) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" .-\u00a0\u202f\t", r):
		default:
			return PickupCode{}, problem.New(problem.Invalid, "kiosk.code_shape")
		}
		if b.Len() > codeDigits {
			return PickupCode{}, problem.New(problem.Invalid, "kiosk.code_shape")
		}
	}
	if b.Len() != codeDigits {
		return PickupCode{}, problem.New(problem.Invalid, "kiosk.code_shape")
	}
	return PickupCode{b.String()}, nil
}

// Digits is the ten digits: the text of the QR code.
func (c PickupCode) Digits() string { return c.digits }

// Grouped is the code as people read it aloud: 482 719 3506.
func (c PickupCode) Grouped() string {
	if len(c.digits) != codeDigits {
		return ""
	}
	return c.digits[:3] + " " + c.digits[3:6] + " " + c.digits[6:]
}

// String hides the code.
func (PickupCode) String() string { return "**********" }

// Format hides the code whatever the verb.
func (c PickupCode) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// LogValue hides the code.
func (PickupCode) LogValue() slog.Value { return slog.StringValue("**********") }

// MarshalText hides the code, so that no JSON holds it by accident.
func (PickupCode) MarshalText() ([]byte, error) { return []byte("**********"), nil }

// Keys derives everything secret about an appointment, so that none of it is stored: the pickup code, the token of the
// wizard and the token of the manage link. Whoever has the database has none of them.
type Keys struct {
	secret []byte // derives codes and tokens
	pepper []byte // keys the hashes in the registry
}

// NewKeys takes two independent secrets of at least 32 bytes.
func NewKeys(secret, pepper []byte) Keys {
	if len(secret) < 32 || len(pepper) < 32 {
		panic("booking: a secret has less than 32 bytes")
	}
	return Keys{secret: secret, pepper: pepper}
}

func mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts { // length before text: no two lists of parts look the same
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// Code derives the code of an appointment. The attempt grows when a code is already somebody's, or was replaced.
func (k Keys) Code(t tenant.Key, appointment AppointmentID, attempt int) PickupCode {
	for round := 0; ; round++ {
		sum := mac(k.secret, "code", string(t), appointment.String(), strconv.Itoa(attempt), strconv.Itoa(round))
		for i := 0; i+8 <= len(sum); i += 8 {
			if n, ok := truncate(binary.BigEndian.Uint64(sum[i:])); ok {
				s := strconv.FormatUint(n, 10)
				return PickupCode{strings.Repeat("0", codeDigits-len(s)) + s}
			}
		}
	}
}

// truncate maps 64 uniform bits onto the code space without bias: what lies beyond the largest multiple is refused.
func truncate(n uint64) (uint64, bool) {
	const whole = (1<<64 - 1) / codeSpace * codeSpace
	if n >= whole {
		return 0, false
	}
	return n % codeSpace, true
}

// Hash is how the registry knows a code.
func (k Keys) Hash(c PickupCode) []byte { return mac(k.pepper, "pickup", c.digits) }

// Sorts of token. None opens what another opens.
const (
	holdToken   = "hold"
	manageToken = "manage"

	receiptToken = "receipt"
	guestToken   = "guest"
)

// HoldToken names the wizard of one booking: it is in the addresses from the first step to the confirmation.
func (k Keys) HoldToken(t tenant.Key, a AppointmentID) string { return k.token(holdToken, t, a) }

// ManageToken opens the page of one appointment: code, cancel, move.
func (k Keys) ManageToken(t tenant.Key, a AppointmentID) string { return k.token(manageToken, t, a) }

// ReceiptToken opens what came of an encounter, and nothing else of the appointment.
func (k Keys) ReceiptToken(t tenant.Key, a AppointmentID) string { return k.token(receiptToken, t, a) }

// ParseReceiptToken reads the token of a receipt of this entity, or answers problem.NotFound.
func (k Keys) ParseReceiptToken(t tenant.Key, token string) (AppointmentID, error) {
	return k.parse(receiptToken, t, token)
}

// GuestToken lets who was invited to an encounter take part.
func (k Keys) GuestToken(t tenant.Key, guest uuid.UUID) string {
	return k.token(guestToken, t, AppointmentID{UUID: guest})
}

// ParseGuestToken reads the token of a guest of this entity, or answers problem.NotFound.
func (k Keys) ParseGuestToken(t tenant.Key, token string) (uuid.UUID, error) {
	id, err := k.parse(guestToken, t, token)
	return id.UUID, err
}

// ParseHoldToken reads a wizard's token of this entity, or answers problem.NotFound.
func (k Keys) ParseHoldToken(t tenant.Key, token string) (AppointmentID, error) {
	return k.parse(holdToken, t, token)
}

// ParseManageToken reads a manage link's token of this entity, or answers problem.NotFound.
func (k Keys) ParseManageToken(t tenant.Key, token string) (AppointmentID, error) {
	return k.parse(manageToken, t, token)
}

// token is the appointment's identifier and 128 bits that only the holder of the secret can make.
func (k Keys) token(sort string, t tenant.Key, a AppointmentID) string {
	sum := mac(k.secret, sort, string(t), a.String())
	return base64.RawURLEncoding.EncodeToString(append(append([]byte(nil), a.UUID[:]...), sum[:16]...))
}

func (k Keys) parse(sort string, t tenant.Key, token string) (AppointmentID, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != 32 {
		return AppointmentID{}, problem.New(problem.NotFound, "not_found")
	}
	a := AppointmentID{UUID: uuid.UUID(raw[:16])}
	if !hmac.Equal(raw[16:], mac(k.secret, sort, string(t), a.String())[:16]) {
		return AppointmentID{}, problem.New(problem.NotFound, "not_found")
	}
	return a, nil
}
