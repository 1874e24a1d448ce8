package identity

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

// control is the owner of the vendor's secrets and limits; no entity's key has a dot.
const control = "control.plane"

// VendorLogin is Login for the vendor's people.
func (s *Service) VendorLogin(ctx context.Context, in LoginInput) (token string, err error) {
	in.Email = normalEmail(in.Email)
	if !oneLine(in.Email) {
		in.Email = ""
	}
	if err := s.admit(ctx, control, in); err != nil {
		return "", err
	}
	nobody := actor.Actor{Kind: actor.Anonymous}
	var rows []account
	err = s.db.InControl(ctx, nobody, func(tx *tenant.ControlTx) (err error) {
		rows, err = tenant.All[account](ctx, tx, sqlVendorAccount, tenant.Args{"email": in.Email})
		return err
	})
	if err != nil {
		return "", err
	}
	var acc account
	if len(rows) > 0 {
		acc = rows[0]
	}
	step, ok, err := s.prove(ctx, control, acc, in)
	if err != nil {
		return "", err
	}
	token, hash := newToken()
	err = s.db.InControl(ctx, nobody, func(tx *tenant.ControlTx) error {
		if ok {
			n, err := tenant.Exec(ctx, tx, sqlVendorTakeStep, tenant.Args{"id": acc.ID, "step": step, "password": acc.PasswordHash})
			if err != nil {
				return err
			}
			ok = n == 1
		}
		if !ok {
			return vendorAudit(ctx, tx, nobody, "identity.login_failed", acc.ID.String())
		}
		now := tx.Now()
		if _, err := tenant.Exec(ctx, tx, sqlDeleteOldVendorSessions, tenant.Args{"now": now, "idle": now.Add(-SessionIdle)}); err != nil {
			return err
		}
		if in.OldToken != "" {
			if _, err := tenant.Exec(ctx, tx, sqlDeleteVendorSession, tenant.Args{"hash": tokenHash(in.OldToken)}); err != nil {
				return err
			}
		}
		args := tenant.Args{"hash": hash, "id": acc.ID, "now": now, "expires": now.Add(SessionLife)}
		if _, err := tenant.Exec(ctx, tx, sqlInsertVendorSession, args); err != nil {
			return err
		}
		return vendorAudit(ctx, tx, actor.Actor{Kind: actor.Vendor, ID: acc.ID.String()}, "identity.login", acc.ID.String())
	})
	if err != nil {
		return "", err
	}
	if !ok {
		return "", errLogin
	}
	return token, nil
}

// VendorAuthenticate is Authenticate for the vendor's people.
func (s *Service) VendorAuthenticate(ctx context.Context, token string) (actor.Actor, error) {
	ended := problem.New(problem.Unauthenticated, "identity.session_ended")
	if token == "" || len(token) > 100 {
		return actor.Actor{}, ended
	}
	hash, now := tokenHash(token), s.db.Clock().Now()
	args := tenant.Args{"hash": hash, "now": now, "idle": now.Add(-SessionIdle)}
	rows, err := tenant.All[vendorSessionRow](ctx, s.db.ReadControl(), sqlVendorSession, args)
	if err != nil {
		return actor.Actor{}, err
	}
	if len(rows) == 0 {
		return actor.Actor{}, ended
	}
	row := rows[0]
	if now.Sub(row.SeenAt) >= seenEvery {
		err := s.db.InControl(ctx, actor.Actor{Kind: actor.Anonymous}, func(tx *tenant.ControlTx) error {
			_, err := tenant.Exec(ctx, tx, sqlTouchVendorSession, tenant.Args{"hash": hash, "now": now})
			return err
		})
		if err != nil {
			return actor.Actor{}, err
		}
	}
	return actor.Actor{Kind: actor.Vendor, ID: row.ID.String(), Name: row.Name}, nil
}

// VendorLogout ends the session. An unknown token is no error.
func (s *Service) VendorLogout(ctx context.Context, a actor.Actor, token string) error {
	return s.db.InControl(ctx, a, func(tx *tenant.ControlTx) error {
		n, err := tenant.Exec(ctx, tx, sqlDeleteVendorSession, tenant.Args{"hash": tokenHash(token)})
		if err != nil || n == 0 {
			return err
		}
		return vendorAudit(ctx, tx, a, "identity.logout", a.ID)
	})
}

// VendorList lists the vendor's accounts.
func (s *Service) VendorList(ctx context.Context, tx *tenant.ControlTx) ([]Vendor, error) {
	if !CanManageVendor(tx.Actor()) {
		return nil, errForbidden
	}
	return tenant.All[Vendor](ctx, tx, sqlVendorList)
}

// CreateVendor makes an account of the vendor with generated secrets, returned once.
func (s *Service) CreateVendor(ctx context.Context, a actor.Actor, email, name string) (Vendor, Credentials, error) {
	return s.createVendor(ctx, a, email, name, newPassword(), newTOTPSecret())
}

// CreateVendorWith is CreateVendor with a password and a second factor (base32) that the caller chose. Only the system
// may.
func (s *Service) CreateVendorWith(ctx context.Context, a actor.Actor, email, name, password, secret string) (Vendor, error) {
	if a.Kind != actor.System {
		return Vendor{}, errForbidden
	}
	if err := CheckPassword(password, email); err != nil {
		return Vendor{}, err
	}
	v, _, err := s.createVendor(ctx, a, email, name, password, secret)
	return v, err
}

func (s *Service) createVendor(ctx context.Context, a actor.Actor, email, name, password, secret string) (Vendor, Credentials, error) {
	if !CanManageVendor(a) {
		return Vendor{}, Credentials{}, errForbidden
	}
	in, err := StaffInput{Email: email, Name: name, Roles: []string{string(actor.Administrator)}}.tidy()
	if err != nil {
		return Vendor{}, Credentials{}, err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return Vendor{}, Credentials{}, err
	}
	v := Vendor{Email: in.Email, Name: in.Name}
	err = s.db.InControl(ctx, a, func(tx *tenant.ControlTx) error {
		v.ID, v.CreatedAt = id.New[Vendor](tx.IDs()), tx.Now()
		sealed, err := s.seal.seal(control, v.ID.String(), secret)
		if err != nil {
			return err
		}
		n, err := tenant.Exec(ctx, tx, sqlInsertVendor, tenant.Args{
			"id": v.ID, "email": v.Email, "name": v.Name, "password": hash, "now": v.CreatedAt,
			"secret": base64.StdEncoding.EncodeToString(sealed),
		})
		if err != nil {
			return err
		}
		if n == 0 {
			return problem.New(problem.Conflict, "identity.email_taken").WithField("email", "identity.email_taken")
		}
		return vendorAudit(ctx, tx, a, "vendor.create", v.ID.String())
	})
	if err != nil {
		return Vendor{}, Credentials{}, err
	}
	return v, credentials("Sportello", v.Email, v.Name, password, secret), nil
}

// DisableVendor disables an account of the vendor and ends its sessions. Nobody disables himself or the last account.
func (s *Service) DisableVendor(ctx context.Context, a actor.Actor, vendor id.ID[Vendor]) error {
	if !CanManageVendor(a) {
		return errForbidden
	}
	if strings.EqualFold(a.ID, vendor.String()) {
		return problem.New(problem.Conflict, "identity.disable_self")
	}
	return s.db.InControl(ctx, a, func(tx *tenant.ControlTx) error {
		n, err := tenant.Exec(ctx, tx, sqlDisableVendor, tenant.Args{"id": vendor, "now": tx.Now()})
		if err != nil {
			return err
		}
		if n == 0 {
			return errLastAdmin
		}
		if _, err := tenant.Exec(ctx, tx, sqlDeleteVendorSessionsOf, tenant.Args{"id": vendor}); err != nil {
			return err
		}
		return vendorAudit(ctx, tx, a, "vendor.disable", vendor.String())
	})
}

func vendorAudit(ctx context.Context, tx *tenant.ControlTx, a actor.Actor, action, object string) error {
	_, err := tenant.Exec(ctx, tx, sqlVendorAudit, tenant.Args{
		"id": tx.IDs()(), "now": tx.Now(), "kind": string(a.Kind), "actor": a.ID, "action": action, "object": "vendor:" + object,
	})
	return err
}
