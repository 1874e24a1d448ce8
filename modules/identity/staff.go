package identity

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/id"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
)

var (
	errForbidden   = problem.New(problem.Forbidden, "identity.forbidden")
	errLastAdmin   = problem.New(problem.Conflict, "identity.last_administrator")
	errEditedSince = problem.New(problem.Conflict, "identity.edited_since")
)

// StaffList lists all accounts of the entity, the disabled ones last, by name. It leaves an audit row.
func (s *Service) StaffList(ctx context.Context, tx *tenant.Tx, a actor.Actor) ([]Staff, error) {
	if !CanManageStaff(a) {
		return nil, errForbidden
	}
	if err := audit.Record(ctx, tx, a, "staff.list", "staff:all", nil); err != nil {
		return nil, err
	}
	return tenant.All[Staff](ctx, tx, sqlStaffList)
}

// StaffByID reads one account, or problem.NotFound. It leaves an audit row.
func (s *Service) StaffByID(ctx context.Context, tx *tenant.Tx, a actor.Actor, staff StaffID) (Staff, error) {
	if !CanManageStaff(a) {
		return Staff{}, errForbidden
	}
	found, err := tenant.One[Staff](ctx, tx, sqlStaffByID, tenant.Args{"id": staff})
	if err != nil {
		return Staff{}, err
	}
	return found, audit.Record(ctx, tx, a, "staff.read", "staff:"+staff.String(), nil)
}

// StaffNames gives the names of accounts by their identifiers; unknown ones are left out. For screens that show
// colleagues to colleagues.
func (s *Service) StaffNames(ctx context.Context, tx *tenant.Tx, ids []string) (map[string]string, error) {
	rows, err := tenant.All[staffName](ctx, tx, sqlStaffNames, tenant.Args{"ids": ids})
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, nil
}

// CreateStaff makes an account with a generated password and second factor, which are returned once and kept nowhere in
// readable form. An address that is taken is problem.Conflict with identity.email_taken and blames the field.
func (s *Service) CreateStaff(ctx context.Context, t tenant.Tenant, a actor.Actor, in StaffInput) (Staff, Credentials, error) {
	password := newPassword()
	return s.createStaff(ctx, t, a, in, password, newTOTPSecret())
}

// CreateStaffWith is CreateStaff with a password and a second factor (base32) that the caller chose, for the demo,
// tests and imports. Only the system may.
func (s *Service) CreateStaffWith(ctx context.Context, t tenant.Tenant, a actor.Actor, in StaffInput, password, secret string) (Staff, error) {
	if a.Kind != actor.System {
		return Staff{}, errForbidden
	}
	if err := CheckPassword(password, in.Email); err != nil {
		return Staff{}, err
	}
	staff, _, err := s.createStaff(ctx, t, a, in, password, secret)
	return staff, err
}

func (s *Service) createStaff(ctx context.Context, t tenant.Tenant, a actor.Actor, in StaffInput, password, secret string) (Staff, Credentials, error) {
	if !CanManageStaff(a) {
		return Staff{}, Credentials{}, errForbidden
	}
	in, err := in.tidy()
	if err != nil {
		return Staff{}, Credentials{}, err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return Staff{}, Credentials{}, err
	}
	staff := Staff{Email: in.Email, Name: in.Name, Roles: in.Roles, OfficeIDs: in.OfficeIDs, CreatedBy: by(a), Version: 1}
	err = s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		if err := s.checkOffices(ctx, tx, in.OfficeIDs); err != nil {
			return err
		}
		staff.ID, staff.CreatedAt = id.New[Staff](tx.IDs()), tx.Now()
		sealed, err := s.seal.seal(string(t.Key), staff.ID.String(), secret)
		if err != nil {
			return err
		}
		n, err := insertStaff(ctx, tx, staff, hash, sealed)
		if err != nil {
			return err
		}
		if n == 0 {
			return problem.New(problem.Conflict, "identity.email_taken").WithField("email", "identity.email_taken")
		}
		return audit.Record(ctx, tx, a, "staff.create", "staff:"+staff.ID.String(), map[string]any{"roles": in.Roles})
	})
	if err != nil {
		return Staff{}, Credentials{}, err
	}
	return staff, credentials(t.Name, in.Email, in.Name, password, secret), nil
}

// UpdateStaff changes name, roles and offices of an account that is not disabled; the address stays. It takes effect at
// the account's next request. The version must be the one that was read, else problem.Conflict with
// identity.edited_since. The last administrator cannot stop being one.
func (s *Service) UpdateStaff(ctx context.Context, t tenant.Tenant, a actor.Actor, staff StaffID, version int, in StaffInput) error {
	if !CanManageStaff(a) {
		return errForbidden
	}
	in, err := in.tidy()
	if err != nil {
		return err
	}
	return s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		if err := s.checkOffices(ctx, tx, in.OfficeIDs); err != nil {
			return err
		}
		if !slices.Contains(in.Roles, string(actor.Administrator)) {
			if err := keepAnAdministrator(ctx, tx, staff); err != nil {
				return err
			}
		}
		if _, err := tenant.One[Staff](ctx, tx, sqlStaffByID, tenant.Args{"id": staff}); err != nil {
			return err
		}
		n, err := tenant.Exec(ctx, tx, sqlUpdateStaff, tenant.Args{
			"id": staff, "version": version, "name": in.Name, "roles": in.Roles, "offices": in.OfficeIDs,
		})
		if err != nil {
			return err
		}
		if n == 0 {
			return errEditedSince
		}
		return audit.Record(ctx, tx, a, "staff.update", "staff:"+staff.String(), map[string]any{"roles": in.Roles})
	})
}

// DisableStaff takes everything from an account: in one transaction it is disabled, its sessions end, and
// identity.staff_disabled.v1 leaves; then what it is in the middle of is cut. Twice is no error. One cannot disable
// oneself nor the last administrator.
func (s *Service) DisableStaff(ctx context.Context, t tenant.Tenant, a actor.Actor, staff StaffID) error {
	if !CanManageStaff(a) {
		return errForbidden
	}
	if a.ID == staff.String() {
		return problem.New(problem.Conflict, "identity.disable_self")
	}
	err := s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		if err := keepAnAdministrator(ctx, tx, staff); err != nil {
			return err
		}
		if _, err := tenant.One[Staff](ctx, tx, sqlStaffByID, tenant.Args{"id": staff}); err != nil {
			return err
		}
		n, err := tenant.Exec(ctx, tx, sqlDisableStaff, tenant.Args{"id": staff, "now": tx.Now()})
		if err != nil || n == 0 {
			return err
		}
		if _, err := tenant.Exec(ctx, tx, sqlDeleteSessionsOf, tenant.Args{"id": staff}); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, a, "staff.disable", "staff:"+staff.String(), nil); err != nil {
			return err
		}
		return tx.Publish(ctx, StaffDisabled{StaffID: staff.String()})
	})
	if err != nil {
		return err
	}
	s.cut(ctx, t, staff.String())
	return nil
}

// ResetStaff gives an account a new password and second factor, ends its sessions, and lets it in again if it was
// disabled. The new secrets are returned once.
func (s *Service) ResetStaff(ctx context.Context, t tenant.Tenant, a actor.Actor, staff StaffID) (Credentials, error) {
	if !CanManageStaff(a) {
		return Credentials{}, errForbidden
	}
	password, secret := newPassword(), newTOTPSecret()
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return Credentials{}, err
	}
	sealed, err := s.seal.seal(string(t.Key), staff.String(), secret)
	if err != nil {
		return Credentials{}, err
	}
	var found Staff
	err = s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		if found, err = tenant.One[Staff](ctx, tx, sqlStaffByID, tenant.Args{"id": staff}); err != nil {
			return err
		}
		if _, err := tenant.Exec(ctx, tx, sqlEnableStaff, tenant.Args{"id": staff, "password": hash, "secret": sealed}); err != nil {
			return err
		}
		if _, err := tenant.Exec(ctx, tx, sqlDeleteSessionsOf, tenant.Args{"id": staff}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, a, "staff.reset", "staff:"+staff.String(), nil)
	})
	if err != nil {
		return Credentials{}, err
	}
	s.cut(ctx, t, staff.String())
	return credentials(t.Name, found.Email, found.Name, password, secret), nil
}

// ChangePassword is for the account itself. Every other session of it ends; the one of the token goes on. A wrong
// present password is problem.Invalid and blames the field; tries count as logins do.
func (s *Service) ChangePassword(ctx context.Context, t tenant.Tenant, a actor.Actor, token, present, wanted string) error {
	if a.Kind != actor.Staff {
		return errForbidden
	}
	staff, err := id.Parse[Staff](a.ID)
	if err != nil {
		return errForbidden
	}
	if len(present) > 4*maxPassword {
		return wrongPresent
	}
	if err := s.admit(ctx, string(t.Key), LoginInput{Email: a.ID, IP: a.ID}); err != nil {
		return err
	}
	if err := CheckPassword(wanted, ""); err != nil {
		p := *problem.From(err)
		p.Fields = []problem.Field{{Name: "wanted", Code: p.Code, Args: p.Args}}
		return &p
	}
	var acc account
	err = s.db.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		acc, err = tenant.One[account](ctx, tx, sqlAccountByID, tenant.Args{"id": staff})
		return err
	})
	if err != nil {
		return err
	}
	if ok, err := s.hasher.verify(ctx, present, acc.PasswordHash); err != nil || !ok {
		if err == nil {
			err = wrongPresent
		}
		return err
	}
	hash, err := s.hasher.hash(ctx, wanted)
	if err != nil {
		return err
	}
	return s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		n, err := tenant.Exec(ctx, tx, sqlSetPassword, tenant.Args{"id": staff, "password": hash, "old": acc.PasswordHash})
		if err != nil {
			return err
		}
		if n == 0 {
			return errEditedSince
		}
		args := tenant.Args{"id": staff, "hash": tokenHash(token)}
		if _, err := tenant.Exec(ctx, tx, sqlDeleteOtherSessions, args); err != nil {
			return err
		}
		return audit.Record(ctx, tx, a, "staff.password", "staff:"+a.ID, nil)
	})
}

var wrongPresent = problem.New(problem.Invalid, "identity.password_wrong").WithField("present", "identity.password_wrong")

// keepAnAdministrator refuses a change after which the entity would have no administrator.
func keepAnAdministrator(ctx context.Context, tx *tenant.Tx, leaving StaffID) error {
	all, err := tenant.Values[StaffID](ctx, tx, sqlLockAdministrators)
	if err != nil {
		return err
	}
	if len(all) == 1 && all[0] == leaving {
		return errLastAdmin
	}
	return nil
}

// checkOffices refuses offices that the entity does not have.
func (s *Service) checkOffices(ctx context.Context, tx *tenant.Tx, wanted []uuid.UUID) error {
	if len(wanted) == 0 || s.offices == nil {
		return nil
	}
	have, err := s.offices.OfficeLabels(ctx, tx)
	if err != nil {
		return err
	}
	for _, w := range wanted {
		if !slices.ContainsFunc(have, func(o OfficeLabel) bool { return o.ID == w }) {
			return problem.New(problem.Invalid, "identity.staff_invalid").WithField("offices", "identity.office_unknown")
		}
	}
	return nil
}

// cut tells the Cutter now; when it fails the event does the same a little later.
func (s *Service) cut(ctx context.Context, t tenant.Tenant, staff string) {
	if s.cutter != nil {
		_ = s.cutter.Cut(ctx, t, staff)
	}
}

func by(a actor.Actor) string {
	if a.ID == "" {
		return string(a.Kind)
	}
	return string(a.Kind) + ":" + a.ID
}

func credentials(issuer, email, name, password, secret string) Credentials {
	return Credentials{Email: email, Name: name, Password: password, TOTPSecret: secret, TOTPURI: totpURI(issuer, email, secret)}
}
