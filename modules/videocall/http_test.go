package videocall

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/kernel/actor"
	"github.com/sportello/sportello/modules/platform/web"
	"github.com/sportello/sportello/tenant"
)

// door is the house behind real HTTP. Who calls stands in a header, as the middleware of others would find out.
type door struct {
	*house
	addr string
	who  sync.Map // header value → actor.Actor
}

func open(t *testing.T, h *house) *door {
	t.Helper()
	d := &door{house: h}
	app := web.New(web.Config{Logger: slog.New(slog.DiscardHandler)})
	app.Use(func(c *fiber.Ctx) error {
		ctx := tenant.With(c.UserContext(), h.t)
		if a, ok := d.who.Load(c.Get("X-Who")); ok {
			ctx = actor.WithCheck(actor.With(ctx, a.(actor.Actor)), func(context.Context) error { return h.check(a.(actor.Actor)) })
		}
		c.SetUserContext(ctx)
		return c.Next()
	})
	api := web.API(app)
	RegisterKiosk(api, h.s)
	RegisterDesk(api, h.s)
	app.Get("/api/kiosk/events", h.s.KioskEvents)
	app.Get("/api/desk/events", h.s.DeskEvents)
	app.Post("/api/livekit/webhook", h.s.Webhook(func(context.Context, tenant.Key) (tenant.Tenant, error) { return h.t, nil }))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	d.addr = l.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = app.Listener(l) }()
	t.Cleanup(func() { _ = app.ShutdownWithTimeout(10 * time.Second); <-done })
	return d
}

func (d *door) request(t *testing.T, a actor.Actor, method, path, contentType string, body io.Reader) *http.Response {
	t.Helper()
	d.who.Store(a.ID, a)
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+d.addr+path, body)
	require.NoError(t, err)
	req.Header.Set("X-Who", a.ID)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// send sends JSON and reads the answer; want is the status.
func (d *door) send(t *testing.T, a actor.Actor, method, path string, in any, want int) map[string]any {
	t.Helper()
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		require.NoError(t, err)
		body = bytes.NewReader(raw)
	}
	res := d.request(t, a, method, path, "application/json", body)
	raw, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, want, res.StatusCode, "%s %s: %s", method, path, raw)
	out := map[string]any{}
	if len(raw) > 0 {
		require.NoError(t, json.Unmarshal(raw, &out), "%s", raw)
	}
	return out
}

func (d *door) upload(t *testing.T, a actor.Actor, path, name, content string) *http.Response {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", name)
	require.NoError(t, err)
	_, _ = part.Write([]byte(content))
	require.NoError(t, form.Close())
	return d.request(t, a, http.MethodPost, path, form.FormDataContentType(), &b)
}

// handIn sends a captured paper as the kiosk does.
func (d *door) handIn(t *testing.T, a actor.Actor, name string, request uuid.UUID, pages ...string) *http.Response {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	require.NoError(t, form.WriteField("name", name))
	require.NoError(t, form.WriteField("request_id", request.String()))
	for _, page := range pages {
		part, err := form.CreateFormFile("pages", "page")
		require.NoError(t, err)
		_, _ = part.Write([]byte(page))
	}
	require.NoError(t, form.Close())
	return d.request(t, a, http.MethodPost, "/api/kiosk/session/documents", form.FormDataContentType(), &b)
}

// sign signs with a typed name, as the kiosk does.
func (d *door) sign(t *testing.T, a actor.Actor, ask, typed string) *http.Response {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for name, value := range map[string]string{"ask_id": ask, "request_id": uuid.NewString(), "typed": typed} {
		require.NoError(t, form.WriteField(name, value))
	}
	require.NoError(t, form.Close())
	return d.request(t, a, http.MethodPost, "/api/kiosk/session/signature", form.FormDataContentType(), &b)
}

// onePage is the smallest PDF that poppler shows.
const onePage = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>endobj\n" +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

func TestAnEncounterOverHTTP(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := open(t, h)
	kiosk, operator := h.kiosk(), h.operator()
	typed := h.code(t, h.Clock.Now())

	state := d.send(t, kiosk, "GET", "/api/kiosk/state", nil, 200)
	require.Nil(t, state["session"])
	require.Equal(t, "Scuola Tagliente", state["kiosk"].(map[string]any)["name"])
	refused := d.send(t, kiosk, "POST", "/api/kiosk/sessions", map[string]any{"code": "999", "request_id": uuid.New()}, 404)
	require.Equal(t, "kiosk.code_unknown", refused["code"])
	d.send(t, kiosk, "POST", "/api/kiosk/sessions", map[string]any{"code": typed, "request_id": "not a uuid"}, 422)

	state = d.send(t, kiosk, "POST", "/api/kiosk/sessions", map[string]any{"code": typed, "request_id": uuid.New()}, 200)
	session := state["session"].(map[string]any)
	require.Equal(t, "waiting", session["state"])
	require.Nil(t, session["operator_name"])
	require.Equal(t, []any{}, session["chat"])
	require.Equal(t, []any{}, session["documents"])
	require.Equal(t, []any{"Una foto"}, session["service"].(map[string]any)["needed"])
	require.EqualValues(t, 1, session["position"])
	require.Equal(t, "Comune di Isernia", session["titolare"])
	require.NotEmpty(t, d.send(t, kiosk, "POST", "/api/kiosk/session/join", map[string]any{}, 200)["token"], "the kiosk stands by")
	d.send(t, operator, "POST", "/api/desk/session/join", map[string]any{}, 404)

	desk := d.send(t, operator, "GET", "/api/desk/state", nil, 200)
	require.Equal(t, "Maria Rossi", desk["waiting"].([]any)[0].(map[string]any)["citizen"])
	desk = d.send(t, operator, "POST", "/api/desk/next", map[string]any{"request_id": uuid.New()}, 200)
	require.Equal(t, "called", desk["session"].(map[string]any)["state"])
	require.Equal(t, "carta smarrita", desk["session"].(map[string]any)["details"])
	require.Equal(t, []any{}, desk["waiting"])
	again := d.send(t, h.operator(), "POST", "/api/desk/next", map[string]any{"request_id": uuid.New()}, 409)
	require.Equal(t, "videocall.nobody_waiting", again["code"])
	require.Contains(t, again["detail"], "nessuno in attesa")

	for path, a := range map[string]actor.Actor{"/api/kiosk": kiosk, "/api/desk": operator} {
		in := d.send(t, a, "POST", path+"/session/join", map[string]any{}, 200)
		require.NotEmpty(t, in["token"])
		d.send(t, a, "POST", path+"/session/beat", map[string]any{"peer": true}, 200)
		d.send(t, a, "POST", path+"/session/chat", map[string]any{"text": "buongiorno", "request_id": uuid.New()}, 204)
	}
	require.Equal(t, "connected", d.send(t, kiosk, "POST", "/api/kiosk/session/beat", map[string]any{"peer": true}, 200)["state"])

	res := d.upload(t, operator, "/api/desk/session/documents", `mo"dulo/..\a.pdf`, onePage)
	raw, _ := io.ReadAll(res.Body)
	require.Equal(t, 200, res.StatusCode, "%s", raw)
	d.send(t, operator, "POST", "/api/desk/session/papers", map[string]any{"name": ""}, 422)
	d.send(t, operator, "POST", "/api/desk/session/papers", map[string]any{"name": "Carta d'identità", "pages": 2}, 204)
	d.send(t, operator, "POST", "/api/desk/session/papers", map[string]any{"name": "Altro"}, 409)
	request := uuid.New()
	for range 2 { // the answer may be lost, the paper is one
		res = d.handIn(t, kiosk, "Carta d'identità", request, pngOf(t), pngOf(t))
		raw, _ = io.ReadAll(res.Body)
		require.Equal(t, 200, res.StatusCode, "%s", raw)
	}
	require.Equal(t, 422, d.handIn(t, kiosk, "x.html", uuid.New(), "<html><script>alert(1)</script>").StatusCode)
	require.Equal(t, 422, d.handIn(t, kiosk, "niente", uuid.New()).StatusCode)

	d.send(t, operator, "POST", "/api/desk/session/signatures", map[string]any{"title": "Ricevuta", "text": "Ricevo."}, 204)
	ask := d.send(t, kiosk, "GET", "/api/kiosk/state", nil, 200)["session"].(map[string]any)["ask"].(map[string]any)
	require.Equal(t, 409, d.sign(t, kiosk, uuid.NewString(), "Maria Rossi").StatusCode)
	require.Equal(t, 422, d.sign(t, kiosk, "x", "Maria Rossi").StatusCode)
	d.send(t, kiosk, "POST", "/api/kiosk/session/signature/refuse", map[string]any{"ask_id": ask["id"]}, 204)
	d.send(t, operator, "POST", "/api/desk/session/signatures", map[string]any{"document_id": ask["document_id"]}, 204)
	ask = d.send(t, kiosk, "GET", "/api/kiosk/state", nil, 200)["session"].(map[string]any)["ask"].(map[string]any)
	require.Equal(t, 200, d.sign(t, kiosk, ask["id"].(string), "Maria Rossi").StatusCode)
	d.send(t, operator, "POST", "/api/desk/session/asks/withdraw", map[string]any{"ask_id": ask["id"]}, 204)

	state = d.send(t, kiosk, "GET", "/api/kiosk/state", nil, 200)
	papers := state["session"].(map[string]any)["documents"].([]any)
	require.Len(t, papers, 4)
	first := papers[0].(map[string]any)
	require.Equal(t, "a.pdf", first["name"])
	require.Len(t, first["pages"], 2)
	require.Equal(t, "Carta d'identità.pdf", papers[1].(map[string]any)["name"])
	require.Len(t, papers[1].(map[string]any)["pages"], 2)
	for _, url := range append(first["pages"].([]any), papers[1].(map[string]any)["url"]) {
		res := d.request(t, kiosk, "GET", url.(string), "", nil)
		require.Equal(t, 200, res.StatusCode)
		require.Equal(t, "image/png", res.Header.Get("Content-Type"))
		require.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
		require.Equal(t, "sandbox; default-src 'none'", res.Header.Get("Content-Security-Policy"))
		require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
		body, _ := io.ReadAll(res.Body)
		require.True(t, bytes.HasPrefix(body, []byte("\x89PNG")))
	}
	original := d.request(t, operator, "GET", fmt.Sprintf("/api/desk/session/documents/%s?original=true", first["id"]), "", nil)
	require.Equal(t, `attachment; filename=a.pdf`, original.Header.Get("Content-Disposition"))
	d.send(t, kiosk, "GET", fmt.Sprintf("/api/kiosk/session/documents/%s", uuid.New()), nil, 404)

	d.send(t, operator, "POST", "/api/desk/session/hold", map[string]any{"request_id": uuid.New()}, 204)
	d.send(t, operator, "POST", "/api/desk/session/hold", map[string]any{"request_id": uuid.New()}, 409)
	d.send(t, operator, "POST", "/api/desk/session/resume", map[string]any{}, 204)
	d.send(t, operator, "POST", "/api/desk/session/close", map[string]any{"outcome": "left"}, 422)
	d.send(t, operator, "POST", "/api/desk/session/close", map[string]any{"outcome": "resolved", "note": ""}, 204)
	state = d.send(t, kiosk, "GET", "/api/kiosk/state", nil, 200)
	ended := state["session"].(map[string]any)["ended"].(map[string]any)
	require.Equal(t, "resolved", ended["outcome"])
	require.Contains(t, ended["text"], "arrivederci")
	d.send(t, kiosk, "GET", strings.TrimPrefix(first["url"].(string), ""), nil, 404)
	d.send(t, kiosk, "POST", "/api/kiosk/session/leave", map[string]any{}, 422)
	d.send(t, kiosk, "POST", "/api/kiosk/session/leave", map[string]any{"session_id": session["id"]}, 204)
	require.Nil(t, d.send(t, kiosk, "GET", "/api/kiosk/state", nil, 200)["session"])
	require.Len(t, d.send(t, operator, "GET", "/api/desk/day?date=2026-05-05", nil, 200)["appointments"], 1)
}

func TestWhoIsNobodyOrSomebodyElseIsRefusedEverywhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := open(t, h)
	stranger := h.operator()
	stranger.Tenant = "altrove"
	for _, path := range []string{"/api/kiosk/state", "/api/kiosk/events", "/api/desk/state", "/api/desk/events", "/api/desk/day"} {
		require.Equal(t, 401, d.request(t, actor.Actor{Kind: actor.Anonymous}, "GET", path, "", nil).StatusCode, path)
		require.Equal(t, 401, d.request(t, stranger, "GET", path, "", nil).StatusCode, path)
	}
	require.Equal(t, 403, d.request(t, h.operator(), "GET", "/api/kiosk/events", "", nil).StatusCode)
	require.Equal(t, 403, d.request(t, h.kiosk(), "GET", "/api/desk/events", "", nil).StatusCode)
}

// listen opens the events of an actor and gives each state as it arrives.
func (d *door) listen(t *testing.T, a actor.Actor, path string) <-chan map[string]any {
	t.Helper()
	d.who.Store(a.ID, a)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+d.addr+path, nil)
	require.NoError(t, err)
	req.Header.Set("X-Who", a.ID)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.Equal(t, 200, res.StatusCode)
	t.Cleanup(func() { _ = res.Body.Close() })
	states := make(chan map[string]any, 100)
	go func() {
		defer close(states)
		scan := bufio.NewScanner(res.Body)
		scan.Buffer(nil, 1<<20)
		for scan.Scan() {
			if raw, ok := strings.CutPrefix(scan.Text(), "data: "); ok {
				one := map[string]any{}
				if json.Unmarshal([]byte(raw), &one) == nil {
					states <- one
				}
			}
		}
	}()
	return states
}

// until waits for a state in which the session is as asked; "" is no session.
func until(t *testing.T, states <-chan map[string]any, want string, within time.Duration) map[string]any {
	t.Helper()
	deadline := time.After(within)
	last := ""
	for {
		select {
		case one, ok := <-states:
			require.True(t, ok, "the stream ended while waiting for %q", want)
			last = ""
			if session, ok := one["session"].(map[string]any); ok {
				last = session["state"].(string)
			}
			if last == want {
				return one
			}
		case <-deadline:
			require.Fail(t, "no such state", "want %q, last was %q", want, last)
		}
	}
}
