// Package archtest holds the rules of the house as tests: who may import whom, what has one home, where SQL is.
package archtest

import "strings"

// Module is the import path of this repository.
const Module = "github.com/sportello/sportello"

// levels orders the domain modules: a module may import those of lower levels, never its own level or above.
// What it needs from there is a port satisfied in cmd/internal/app, or an event.
var levels = [][]string{
	{"audit"},
	{"identity"},
	{"catalog", "notify"},
	{"counters", "documents"},
	{"protocollo", "booking", "payments"},
	{"videocall", "cases"},
}

// controlLevels orders the modules of the control plane in the same way.
var controlLevels = [][]string{{"agreements"}, {"metering"}, {"billing"}}

// homes: packages of others that exactly one of ours may import.
var homes = map[string][]string{
	"github.com/redis/go-redis":       {"modules/platform/ephemeral"},
	"github.com/livekit/":             {"modules/platform/rtc"},
	"github.com/jackc/pgx/v5/pgxpool": {"tenant"},
	"github.com/riverqueue/river":     {"tenant/outbox", "tenant/provision"},
	"github.com/stripe/stripe-go":     {"modules/billing"},
	"github.com/minio/minio-go":       {"modules/platform/blob"},
	"github.com/wneessen/go-mail":     {"modules/platform/mail"},
}

// unit is the part of the house a package belongs to, e.g. modules/kernel, tenant, modules/booking, cmd.
func unit(pkg string) string {
	parts := strings.Split(pkg, "/")
	if parts[0] == "modules" && len(parts) > 1 {
		return "modules/" + parts[1]
	}
	return parts[0]
}

// domain finds the level of a domain module; ok is false when it is not in the table.
func domain(unit string) (plane [][]string, level int, ok bool) {
	name := strings.TrimPrefix(unit, "modules/")
	for _, plane := range [][][]string{levels, controlLevels} {
		for i, modules := range plane {
			for _, m := range modules {
				if m == name {
					return plane, i, true
				}
			}
		}
	}
	return nil, 0, false
}

// may says whether a package of the unit `from` may import a package of ours. Tests may also use the helpers of
// tests and the real pages.
func may(from, pkg string, inTest bool) bool {
	to := unit(pkg)
	helper := pkg == "tenant/tenanttest" || pkg == "modules/platform/devstack"
	switch {
	case from == "cmd":
		return true
	case to == "cmd":
		return false
	case inTest && (helper || to == "frontend"):
		return true
	case from == "tenant" && pkg == "modules/platform/devstack":
		return true // tenanttest starts a server with it; see the test of helpers
	case helper && from != to:
		return false
	case from == to:
		return true
	case from == "modules/kernel":
		return false
	case to == "modules/kernel":
		return true
	case from == "modules/platform":
		return false
	case to == "modules/platform":
		return true
	case from == "tenant" || from == "frontend":
		return false
	case to == "tenant":
		return true
	}
	fromPlane, fromLevel, ok := domain(from)
	toPlane, toLevel, known := domain(to)
	return ok && known && &fromPlane[0] == &toPlane[0] && toLevel < fromLevel
}
