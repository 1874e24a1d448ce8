package identity

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

const (
	totpPeriod = 30 // seconds (RFC 6238)
	totpSkew   = 1  // steps before and after the present one that are accepted
)

// newTOTPSecret makes the shared secret of a second factor: 160 bits in base32, as authenticator apps take it.
func newTOTPSecret() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// matchTOTP gives the step that the code belongs to. The caller refuses a step that was used before.
func matchTOTP(secret, code string, now time.Time) (step int64, ok bool) {
	code = strings.ReplaceAll(code, " ", "")
	present := now.Unix() / totpPeriod
	for s := present - totpSkew; s <= present+totpSkew; s++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(s), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// TOTPCode is the code of the second factor at an instant; what an authenticator app shows. For tests and the demo.
func TOTPCode(secret string, at time.Time) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(at.Unix()/totpPeriod),
		hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
}

// totpURI is what the QR code of the credentials page says (the key URI format of authenticator apps).
func totpURI(issuer, account, secret string) string {
	clean := strings.NewReplacer(":", " ", "/", " ")
	label := url.PathEscape(clean.Replace(issuer)) + ":" + url.PathEscape(account)
	q := url.Values{"secret": {secret}, "issuer": {clean.Replace(issuer)}}
	return "otpauth://totp/" + label + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// sealer keeps secrets unreadable in the database: AES-256-GCM under a key derived for each owner. A secret moved to
// another row, or to another entity, does not open.
type sealer struct{ master []byte }

func newSealer(master []byte) (sealer, error) {
	if len(master) < 32 {
		return sealer{}, fmt.Errorf("identity: the secret key has %d bytes, want at least 32", len(master))
	}
	return sealer{master}, nil
}

func (s sealer) aead(owner string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, s.master, nil, "sportello identity totp "+owner, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal encrypts; owner is the entity's key or "control", row the identifier of the account.
func (s sealer) seal(owner, row, secret string) ([]byte, error) {
	a, err := s.aead(owner)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, a.NonceSize())
	_, _ = rand.Read(nonce)
	return a.Seal(nonce, nonce, []byte(secret), []byte(row)), nil
}

// open decrypts what seal made for the same owner and row.
func (s sealer) open(owner, row string, sealed []byte) (string, error) {
	a, err := s.aead(owner)
	if err != nil {
		return "", err
	}
	if len(sealed) < a.NonceSize() {
		return "", fmt.Errorf("identity: sealed secret too short")
	}
	plain, err := a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], []byte(row))
	if err != nil {
		return "", fmt.Errorf("identity: sealed secret does not open: %w", err)
	}
	return string(plain), nil
}
