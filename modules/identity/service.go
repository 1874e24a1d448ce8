package identity

import (
	"context"
	"time"

	"github.com/sportello/sportello/modules/audit"
	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/ephemeral"
	"github.com/sportello/sportello/tenant"
)

// Config is what the service needs.
type Config struct {
	DB        *tenant.DB
	Limiter   Limiter
	SecretKey []byte // at least 32 bytes; encrypts second factors
	Argon     Argon  // default DefaultArgon
	AtOnce    int    // passwords hashed at once; default 4
	Cutter    Cutter // may be set later with SetCutter
	Offices   Offices
}

// The limits on logins. An office of forty people comes in by one address in the same quarter of an hour.
var (
	limitAccount = ephemeral.Limit{Name: "login-account", Count: 10, Per: 15 * time.Minute}
	limitAddress = ephemeral.Limit{Name: "login-address", Count: 100, Per: 15 * time.Minute}
)

// Service proves who people are and manages their accounts. It is safe for concurrent use.
type Service struct {
	db      *tenant.DB
	limiter Limiter
	seal    sealer
	hasher  *hasher
	cutter  Cutter
	offices Offices
}

// New makes the service; the secret key must have at least 32 bytes.
func New(cfg Config) (*Service, error) {
	seal, err := newSealer(cfg.SecretKey)
	if err != nil {
		return nil, err
	}
	if cfg.Argon == (Argon{}) {
		cfg.Argon = DefaultArgon
	}
	if cfg.AtOnce <= 0 {
		cfg.AtOnce = 4
	}
	return &Service{
		db: cfg.DB, limiter: cfg.Limiter, seal: seal, hasher: newHasher(cfg.Argon, cfg.AtOnce),
		cutter: cfg.Cutter, offices: cfg.Offices,
	}, nil
}

// SetCutter gives what ends the calls and screens of disabled staff. The composition root calls it once, before
// requests are served.
func (s *Service) SetCutter(c Cutter) { s.cutter = c }

// SetOffices gives what names the offices on the staff pages. The composition root calls it once, before requests
// are served.
func (s *Service) SetOffices(o Offices) { s.offices = o }

// LoginInput is one try to come in.
type LoginInput struct {
	Email     string
	Password  string
	Code      string // of the second factor
	IP        string // of the client, for the limit
	UserAgent string
	OldToken  string // the session the browser had; it ends, so that nobody keeps a session he planted (fixation)
}

var errLogin = problem.New(problem.Unauthenticated, "identity.login_failed")

// Login makes a session and returns its token. An unknown address, a wrong password, a wrong or used code and a
// disabled account give the same answer in the same time: problem.Unauthenticated with identity.login_failed. Too many
// tries are problem.TooMany; without the limiter nobody comes in (problem.Unavailable, identity.login_unavailable).
func (s *Service) Login(ctx context.Context, t tenant.Tenant, in LoginInput) (token string, err error) {
	in.Email = normalEmail(in.Email)
	if !oneLine(in.Email) {
		in.Email = "" // nobody's
	}
	if err := s.admit(ctx, string(t.Key), in); err != nil {
		return "", err
	}
	acc, err := s.account(ctx, t, in.Email)
	if err != nil {
		return "", err
	}
	step, ok, err := s.prove(ctx, string(t.Key), acc, in)
	if err != nil {
		return "", err
	}
	token, hash := newToken()
	err = s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		if ok {
			n, err := tenant.Exec(ctx, tx, sqlTakeStep, tenant.Args{"id": acc.ID, "step": step, "password": acc.PasswordHash})
			if err != nil {
				return err
			}
			ok = n == 1
		}
		who := actor.Actor{Kind: actor.Anonymous}
		if !ok {
			return audit.Record(ctx, tx, who, "identity.login_failed", "staff:"+acc.ID.String(), nil)
		}
		who = actor.Actor{Kind: actor.Staff, ID: acc.ID.String(), Tenant: string(t.Key)}
		now := tx.Now()
		if _, err := tenant.Exec(ctx, tx, sqlDeleteOldSessions, tenant.Args{"now": now, "idle": now.Add(-SessionIdle)}); err != nil {
			return err
		}
		if in.OldToken != "" {
			if _, err := tenant.Values[StaffID](ctx, tx, sqlDeleteSession, tenant.Args{"hash": tokenHash(in.OldToken)}); err != nil {
				return err
			}
		}
		_, err := tenant.Exec(ctx, tx, sqlInsertSession, tenant.Args{
			"hash": hash, "id": acc.ID, "now": now, "expires": now.Add(SessionLife), "agent": clip(in.UserAgent, 200),
		})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, who, "identity.login", "staff:"+acc.ID.String(), nil)
	})
	if err != nil {
		return "", err
	}
	if !ok {
		return "", errLogin
	}
	return token, nil
}

// admit counts the try against the account and the address.
func (s *Service) admit(ctx context.Context, owner string, in LoginInput) error {
	if len(in.Email) > 254 || len(in.Password) > 4*maxPassword || len(in.Code) > 20 {
		return errLogin
	}
	for _, l := range []struct {
		limit ephemeral.Limit
		key   string
	}{{limitAddress, owner + ":" + in.IP}, {limitAccount, owner + ":" + in.Email}} {
		ok, wait, err := s.limiter.Allow(ctx, l.limit, l.key)
		if err != nil {
			return problem.New(problem.Unavailable, "identity.login_unavailable").With("retry_after", 30).Wrap(err)
		}
		if !ok {
			minutes := int((wait + time.Minute - 1) / time.Minute)
			return problem.New(problem.TooMany, "identity.login_too_many").With("minutes", max(minutes, 1)).With("retry_after", wait)
		}
	}
	return nil
}

func (s *Service) account(ctx context.Context, t tenant.Tenant, email string) (account, error) {
	var rows []account
	err := s.db.InTenant(ctx, t, func(tx *tenant.Tx) (err error) {
		rows, err = tenant.All[account](ctx, tx, sqlAccount, tenant.Args{"email": email})
		return err
	})
	if err != nil || len(rows) == 0 {
		return account{}, err
	}
	return rows[0], nil
}

// prove checks both factors and takes as long for an account that does not exist.
func (s *Service) prove(ctx context.Context, owner string, acc account, in LoginInput) (step int64, ok bool, err error) {
	password, err := s.hasher.verify(ctx, in.Password, acc.PasswordHash)
	if err != nil {
		return 0, false, err
	}
	secret := "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	if acc.PasswordHash != "" {
		if secret, err = s.seal.open(owner, acc.ID.String(), acc.TOTPSecret); err != nil {
			return 0, false, err
		}
	}
	step, code := matchTOTP(secret, in.Code, s.db.Clock().Now())
	return step, password && code && acc.DisabledAt == nil, nil
}

// Authenticate finds who a session's token belongs to, in one read; the instant of the request is written at most once
// a minute. An unknown, ended or disabled one is problem.Unauthenticated with identity.session_ended.
func (s *Service) Authenticate(ctx context.Context, t tenant.Tenant, token string) (actor.Actor, error) {
	a, _, err := s.authenticate(ctx, t, token)
	return a, err
}

func (s *Service) authenticate(ctx context.Context, t tenant.Tenant, token string) (actor.Actor, Session, error) {
	if token == "" || len(token) > 100 {
		return actor.Actor{}, Session{}, problem.New(problem.Unauthenticated, "identity.session_ended")
	}
	hash, now := tokenHash(token), s.db.Clock().Now()
	args := tenant.Args{"hash": hash, "now": now, "idle": now.Add(-SessionIdle)}
	rows, err := tenant.All[sessionRow](ctx, s.db.Read(t), sqlSession, args)
	if err != nil {
		return actor.Actor{}, Session{}, err
	}
	if len(rows) == 0 {
		return actor.Actor{}, Session{}, problem.New(problem.Unauthenticated, "identity.session_ended")
	}
	row := rows[0]
	if now.Sub(row.LastSeenAt) >= seenEvery {
		err := s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
			_, err := tenant.Exec(ctx, tx, sqlTouchSession, tenant.Args{"hash": hash, "now": now})
			return err
		})
		if err != nil {
			return actor.Actor{}, Session{}, err
		}
	}
	who := Staff{ID: row.ID, Name: row.Name, Roles: row.Roles}.Actor(string(t.Key))
	return who, Session{Email: row.Email, OfficeIDs: row.OfficeIDs, ExpiresAt: row.ExpiresAt}, nil
}

// Logout ends the session. An unknown token is no error.
func (s *Service) Logout(ctx context.Context, t tenant.Tenant, token string) error {
	return s.db.InTenant(ctx, t, func(tx *tenant.Tx) error {
		ids, err := tenant.Values[StaffID](ctx, tx, sqlDeleteSession, tenant.Args{"hash": tokenHash(token)})
		if err != nil || len(ids) == 0 {
			return err
		}
		who := actor.Actor{Kind: actor.Staff, ID: ids[0].String(), Tenant: string(t.Key)}
		return audit.Record(ctx, tx, who, "identity.logout", "staff:"+ids[0].String(), nil)
	})
}

func clip(s string, n int) string {
	out := make([]rune, 0, n)
	for _, r := range s {
		if len(out) == n || r < ' ' {
			break
		}
		out = append(out, r)
	}
	return string(out)
}
