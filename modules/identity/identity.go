// Package identity knows who works with the product: operators and administrators of an entity, kept in its schema, and
// the vendor's own people, kept in the control plane. It proves who they are (password, second factor), keeps their
// sessions, and ends everything of an account the moment it is disabled.
//
// Entry points: Service for use cases, RequireStaff and RequireVendor for routes.
package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
)

// Migrations is the module's line of schema changes.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// How long a session lives.
const (
	SessionLife = 10 * time.Hour   // whatever happens
	SessionIdle = 60 * time.Minute // without a request
	seenEvery   = time.Minute      // how exactly the last request is known
)

// StaffID names a member of staff.
type StaffID = id.ID[Staff]

// Staff is one operator or administrator of an entity.
type Staff struct {
	ID         StaffID
	Email      string // small letters; unique in the entity
	Name       string
	Roles      []string
	OfficeIDs  []uuid.UUID // the offices whose citizens they answer
	CreatedAt  time.Time
	CreatedBy  string
	DisabledAt *time.Time
	Version    int // grows by one with every change by an administrator
}

// Has says whether the member of staff has the role.
func (s Staff) Has(r actor.Role) bool {
	for _, have := range s.Roles {
		if have == string(r) {
			return true
		}
	}
	return false
}

// Actor is the member of staff as one who acts in the entity.
func (s Staff) Actor(entity string) actor.Actor {
	a := actor.Actor{Kind: actor.Staff, ID: s.ID.String(), Tenant: entity, Name: s.Name}
	for _, r := range s.Roles {
		a.Roles = append(a.Roles, actor.Role(r))
	}
	return a
}

// Vendor is one of the vendor's own people.
type Vendor struct {
	ID         id.ID[Vendor]
	Email      string
	Name       string
	CreatedAt  time.Time
	DisabledAt *time.Time
}

// Credentials are the secrets of an account, known only in the moment they are made.
type Credentials struct {
	Email      string
	Name       string
	Password   string
	TOTPSecret string // base32
	TOTPURI    string // otpauth://… for the QR code
}

// StaffInput is what an administrator says about a member of staff.
type StaffInput struct {
	Email     string
	Name      string
	Roles     []string
	OfficeIDs []uuid.UUID
}

// tidy tidies the input and collects all that is wrong with it.
func (in StaffInput) tidy() (StaffInput, error) {
	p := problem.New(problem.Invalid, "identity.staff_invalid")
	in.Email, in.Name = normalEmail(in.Email), strings.TrimSpace(in.Name)
	switch {
	case in.Email == "":
		p = p.WithField("email", "identity.email_required")
	case !validEmail(in.Email):
		p = p.WithField("email", "identity.email_invalid")
	}
	switch {
	case in.Name == "":
		p = p.WithField("name", "identity.name_required")
	case utf8.RuneCountInString(in.Name) > 120:
		p = p.WithField("name", "identity.name_long")
	case !oneLine(in.Name):
		p = p.WithField("name", "identity.name_characters")
	}
	var roles []string
	for _, r := range []actor.Role{actor.Operator, actor.Administrator} {
		for _, have := range in.Roles {
			if have == string(r) {
				roles = append(roles, have)
				break
			}
		}
	}
	if in.Roles = roles; len(roles) == 0 {
		p = p.WithField("roles", "identity.roles_required")
	}
	if in.OfficeIDs == nil {
		in.OfficeIDs = []uuid.UUID{}
	}
	if len(p.Fields) > 0 {
		return in, p
	}
	return in, nil
}

// oneLine says whether a text is of printable characters only, without those that turn the direction of writing.
func oneLine(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if unicode.IsControl(r) || (r >= 0x202A && r <= 0x202E) || (r >= 0x2066 && r <= 0x2069) || r == 0x2028 || r == 0x2029 {
			return false
		}
	}
	return true
}

func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func validEmail(s string) bool {
	if len(s) > 254 || !oneLine(s) || strings.ContainsAny(s, " <>\"") {
		return false
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		return false
	}
	_, domain, _ := strings.Cut(s, "@")
	return strings.Contains(domain, ".")
}

// CanManageStaff says whether the actor may see, make, change and disable accounts: administrators of the entity, and
// the system when it fills an entity for the first time.
func CanManageStaff(a actor.Actor) bool { return a.Has(actor.Administrator) || a.Kind == actor.System }

// CanManageVendor says whether the actor may make and disable the vendor's accounts.
func CanManageVendor(a actor.Actor) bool { return a.Kind == actor.Vendor || a.Kind == actor.System }

// StaffDisabled tells that an account may no longer do anything. What it was doing is to be cut.
type StaffDisabled struct {
	StaffID string `json:"staff_id"`
}

// Kind implements tenant.Event.
func (StaffDisabled) Kind() string { return "identity.staff_disabled.v1" }

// newToken makes the secret of a session, 256 bits, and what is stored of it.
func newToken() (token string, hash []byte) {
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, tokenHash(token)
}

func tokenHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

type contextKey struct{}

// Session is what a request knows of the account behind it beyond its actor.
type Session struct {
	Email     string
	OfficeIDs []uuid.UUID
	ExpiresAt time.Time
}

// SessionFrom takes the session of a request from its context.
func SessionFrom(ctx context.Context) (Session, bool) {
	s, ok := ctx.Value(contextKey{}).(Session)
	return s, ok
}
