package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// Argon are the costs of a password hash (argon2id, RFC 9106).
type Argon struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

// DefaultArgon is what production uses: 64 MiB, 3 passes, 2 lanes.
var DefaultArgon = Argon{MemoryKiB: 64 * 1024, Passes: 3, Threads: 2}

const (
	minPassword = 12  // characters; no rules about which (NIST SP 800-63B)
	maxPassword = 200 // bounds the work of hashing
	saltBytes   = 16
	hashBytes   = 32
)

// CheckPassword refuses a password that is too short, too long, or the account's own name or address.
func CheckPassword(password, email string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPassword:
		return problem.New(problem.Invalid, "identity.password_short").With("min", minPassword)
	case n > maxPassword:
		return problem.New(problem.Invalid, "identity.password_long").With("max", maxPassword)
	case strings.EqualFold(password, email):
		return problem.New(problem.Invalid, "identity.password_obvious")
	}
	return nil
}

// hasher bounds how many hashes are computed at once: each takes its memory, and a crowd at the door must not take all.
type hasher struct {
	cost  Argon
	slots chan struct{}
	dummy string
}

func newHasher(cost Argon, atOnce int) *hasher {
	h := &hasher{cost: cost, slots: make(chan struct{}, atOnce)}
	h.dummy = h.sum("a password that nobody has", make([]byte, saltBytes))
	return h
}

// hash makes the PHC string of a password: $argon2id$v=19$m=65536,t=3,p=2$salt$hash.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	release, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	return h.sum(password, salt), nil
}

// verify says whether the password makes the hash, in the same time whether or not there is an account: for an empty
// hash it works as long and says no.
func (h *hasher) verify(ctx context.Context, password, phc string) (bool, error) {
	release, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	known := phc != ""
	if !known {
		phc = h.dummy
	}
	cost, salt, want, err := parsePHC(phc)
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(password), salt, cost.Passes, cost.MemoryKiB, cost.Threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func (h *hasher) enter(ctx context.Context) (release func(), err error) {
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, problem.New(problem.Unavailable, "identity.busy").Wrap(ctx.Err())
	}
}

func (h *hasher) sum(password string, salt []byte) string {
	key := argon2.IDKey([]byte(password), salt, h.cost.Passes, h.cost.MemoryKiB, h.cost.Threads, hashBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.MemoryKiB, h.cost.Passes, h.cost.Threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

func parsePHC(s string) (cost Argon, salt, hash []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cost, nil, nil, fmt.Errorf("not an argon2id hash")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.MemoryKiB, &cost.Passes, &cost.Threads); err != nil {
		return cost, nil, nil, fmt.Errorf("argon2id costs: %w", err)
	}
	if cost.MemoryKiB == 0 || cost.MemoryKiB > 1<<20 || cost.Passes == 0 || cost.Passes > 20 || cost.Threads == 0 {
		return cost, nil, nil, fmt.Errorf("argon2id costs out of range")
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return cost, nil, nil, fmt.Errorf("argon2id salt: %w", err)
	}
	if hash, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(hash) < 16 {
		return cost, nil, nil, fmt.Errorf("argon2id hash is not readable")
	}
	return cost, salt, hash, nil
}

// passwordLetters leaves out what people confuse when they copy from paper: i, l, o, 0, 1.
const passwordLetters = "abcdefghjkmnpqrstuvwxyz23456789"

// newPassword makes a password of four groups of five letters, 99 bits, e.g. k7dfm-2pxq9-….
func newPassword() string {
	var out []byte
	buf := make([]byte, 1)
	for len(out) < 23 {
		if len(out)%6 == 5 {
			out = append(out, '-')
			continue
		}
		_, _ = rand.Read(buf)
		if int(buf[0]) < 256-256%len(passwordLetters) { // no letter likelier than another
			out = append(out, passwordLetters[int(buf[0])%len(passwordLetters)])
		}
	}
	return string(out)
}
