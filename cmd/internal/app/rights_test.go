package app_test

import (
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// right is one row of docs/rights.md.
type right struct {
	host, method, path string
	may                map[string]string // party → yes, login, no, –
}

var parties = []string{"anonymous", "kiosk", "operator", "administrator", "vendor"}

func matrix(t *testing.T) []right {
	t.Helper()
	raw, err := os.ReadFile("../../../docs/rights.md")
	require.NoError(t, err)
	var rows []right
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 2+len(parties) {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		method, path, ok := strings.Cut(cells[1], " ")
		if !ok || strings.HasPrefix(cells[0], "--") {
			continue
		}
		r := right{host: cells[0], method: method, path: path, may: map[string]string{}}
		for i, p := range parties {
			require.Contains(t, []string{"yes", "login", "no", "–"}, cells[2+i], line)
			r.may[p] = cells[2+i]
		}
		rows = append(rows, r)
	}
	require.NotEmpty(t, rows)
	return rows
}

var parameter = regexp.MustCompile(`:[a-z]+|\{[a-z]+\}|\*`)

// served lists what the program answers, as "METHOD /path", without the guards.
func served(h *house) []string {
	var routes []string
	for _, r := range h.Fiber.GetRoutes(true) {
		if r.Method == http.MethodHead || r.Method == http.MethodOptions || r.Method == http.MethodConnect || r.Method == http.MethodTrace {
			continue
		}
		routes = append(routes, r.Method+" "+parameter.ReplaceAllString(r.Path, ":x"))
	}
	slices.Sort(routes)
	return slices.Compact(routes)
}

func TestTheRightsMatrixNamesEveryRoute(t *testing.T) {
	t.Parallel()
	h := open(t, "")
	var named []string
	for _, r := range matrix(t) {
		named = append(named, r.method+" "+parameter.ReplaceAllString(r.path, ":x"))
	}
	slices.Sort(named)
	require.Equal(t, served(h), slices.Compact(named), "docs/rights.md and the program differ")
}

func TestEveryPartyGetsWhatTheRightsMatrixSays(t *testing.T) {
	t.Parallel()
	h := open(t, "")
	cookies := map[string]*http.Cookie{
		"anonymous": nil, "kiosk": h.kiosk("isernia", 0), "operator": h.signIn("isernia", "operator"),
		"administrator": h.signIn("isernia", "administrator"), "vendor": h.vendor(),
	}
	hosts := map[string]string{
		"chooser": "localhost:8080", "entity": "isernia.localhost:8080", "kiosk": "kiosk.localhost:8080", "console": "console.localhost:8080",
		"any": "isernia.localhost:8080",
	}
	for _, r := range matrix(t) {
		if strings.HasSuffix(r.path, "/esci") {
			continue // it would end the sessions that the other rows need; it is tried below
		}
		if strings.HasSuffix(r.path, "/events") {
			continue // a stream has no end; modules/videocall tries it over a real connection
		}
		path := parameter.ReplaceAllString(r.path, uuid.NewString())
		for _, party := range parties {
			res, body := h.do(r.method, hosts[r.host], path, cookies[party], nil, "")
			where, status := res.Header.Get("Location"), res.StatusCode
			unmatched := status == http.StatusNotFound && (strings.Contains(body, "http.404") || strings.Contains(body, `"code":"not_found"`))
			login := (status == http.StatusUnauthorized && path != "/accedi") || // there it says that the password was wrong
				(status == http.StatusSeeOther && strings.HasPrefix(where, "/accedi?"))
			got := "yes"
			switch {
			case login:
				got = "login"
			case status == http.StatusForbidden:
				got = "no"
			case unmatched && !parameter.MatchString(r.path):
				got = "–"
			}
			want := r.may[party]
			if want == "–" && login {
				continue // not there, or not to be told: both keep the door shut
			}
			require.Equal(t, want, got, "%s %s%s as %s: %d %s", r.method, r.host, path, party, status, where)
		}
	}
	for party, cookie := range cookies {
		host := map[string]string{"vendor": hosts["console"], "operator": hosts["entity"], "administrator": hosts["entity"]}[party]
		if host == "" {
			continue
		}
		res, _ := h.do(http.MethodPost, host, "/esci", cookie, nil, "")
		require.Equal(t, http.StatusSeeOther, res.StatusCode)
	}
}
