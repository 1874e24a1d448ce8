// Package resolve says which entity a request is for: by the host name on a page, by the device at a kiosk.
package resolve

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/tenant"
	"github.com/sportello/sportello/tenant/control"
)

// Why a request is not served.
var (
	ErrUnknown   = problem.New(problem.NotFound, "site.unknown")        // no entity has this host
	ErrSuspended = problem.New(problem.Unavailable, "site.suspended")   // rows kept, not served
	ErrBehind    = problem.New(problem.Unavailable, "site.updating")    // schema older than the program wants
	ErrDown      = problem.New(problem.Unavailable, "site.unavailable") // the control plane does not answer
)

// Config of a Resolver.
type Config struct {
	// Want is the version of each line that this program needs; an entity that has less is not served. See
	// migrate.Runner.Versions.
	Want map[string]int
	// Shared says that a host is not an entity's: the kiosk's, the console's, the chooser's. Requests to it
	// pass without an entity.
	Shared func(host string) bool
	// Keep is how long an answer is remembered, and so how long a suspended entity is still served; default
	// and at most 2 s.
	Keep time.Duration
}

// Resolver finds entities. It is safe for concurrent use.
type Resolver struct {
	db    *tenant.DB
	cfg   Config
	needs control.Needs

	mu    sync.Mutex
	known map[name]answer
}

// name is what an entity was asked for by.
type name struct {
	host string
	key  tenant.Key
}

type answer struct {
	tenant tenant.Tenant
	err    error
	until  time.Time
}

const (
	longest = 2 * time.Second
	most    = 10_000 // answers remembered; more than an installation has hosts
)

// New makes a resolver.
func New(db *tenant.DB, cfg Config) *Resolver {
	if cfg.Keep <= 0 || cfg.Keep > longest {
		cfg.Keep = longest
	}
	if cfg.Shared == nil {
		cfg.Shared = func(string) bool { return false }
	}
	return &Resolver{db: db, cfg: cfg, needs: control.NeedsOf(cfg.Want), known: map[name]answer{}}
}

// Host is a middleware: it puts the entity of the request's host into the request's context. It believes the
// Host header only, never a header that a client may add, and calls the next handler only for an entity that
// is served or for a shared host.
func (r *Resolver) Host(c *fiber.Ctx) error {
	host := hostOf(c)
	if r.cfg.Shared(host) {
		return c.Next()
	}
	t, err := r.ByHost(c.UserContext(), host)
	if err != nil {
		return err
	}
	c.SetUserContext(tenant.With(c.UserContext(), t))
	return c.Next()
}

func hostOf(c *fiber.Ctx) string {
	host := strings.ToLower(string(c.Request().URI().Host()))
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.TrimSuffix(host, ".")
}

// ByHost finds the entity of a host when it is served, else one of this package's problems.
func (r *Resolver) ByHost(ctx context.Context, host string) (tenant.Tenant, error) {
	return r.remember(name{host: host}, func() (control.Served, error) {
		return control.ServedByHost(ctx, r.db.ReadControl(), host, r.needs)
	})
}

// ByKey finds an entity by its key when it is served, else one of this package's problems.
func (r *Resolver) ByKey(ctx context.Context, k tenant.Key) (tenant.Tenant, error) {
	return r.remember(name{key: k}, func() (control.Served, error) {
		return control.ServedByKey(ctx, r.db.ReadControl(), k, r.needs)
	})
}

// Device finds the kiosk that a credential is, and its entity. A revoked credential is problem.NotFound at
// once: that is never remembered.
func (r *Resolver) Device(ctx context.Context, credentialHash []byte) (tenant.Tenant, control.Device, error) {
	d, err := control.FindCredential(ctx, r.db.ReadControl(), credentialHash)
	if err != nil {
		return tenant.Tenant{}, d, err
	}
	t, err := r.ByKey(ctx, d.Tenant)
	return t, d, err
}

func (r *Resolver) remember(by name, find func() (control.Served, error)) (tenant.Tenant, error) {
	now := r.db.Clock().Now()
	r.mu.Lock()
	a, ok := r.known[by]
	r.mu.Unlock()
	if ok && now.Before(a.until) {
		return a.tenant, a.err
	}
	served, err := find()
	a = answer{tenant: served.Tenant(), until: now.Add(r.cfg.Keep)}
	switch {
	case errors.Is(err, problem.NotFound):
		a.err = ErrUnknown
	case err != nil:
		return tenant.Tenant{}, ErrDown.Wrap(err) // not remembered: the next request asks again
	case served.State == tenant.Suspended:
		a.err = ErrSuspended
	case served.State != tenant.Active:
		a.err = ErrUnknown
	case !served.Ready:
		a.err = ErrBehind
	}
	if a.err != nil {
		a.tenant = tenant.Tenant{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) >= most {
		clear(r.known) // somebody asks for hosts at random
	}
	r.known[by] = a
	return a.tenant, a.err
}
