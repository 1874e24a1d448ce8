package mailbox

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"html/template"
	"mime"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/platform/i18n"
)

// Serve runs the mail server and the page until ctx ends, then lets what is under way finish.
func Serve(ctx context.Context, mail, web net.Listener) error {
	box := &Box{}
	smtpd := smtpServer(box, clock.System{})
	httpd := &http.Server{Handler: Handler(box), ReadHeaderTimeout: 10 * time.Second, WriteTimeout: time.Minute}
	failed := make(chan error, 2)
	go func() { failed <- smtpd.Serve(mail) }()
	go func() { failed <- httpd.Serve(web) }()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if e := smtpd.Shutdown(end); e != nil && !errors.Is(e, smtp.ErrServerClosed) {
		_ = smtpd.Close()
	}
	if e := httpd.Shutdown(end); e != nil {
		_ = httpd.Close()
	}
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	return err
}

// Handler answers the page and the interface for programs:
//
//	GET    /api/messages?to=address   all messages, newest first
//	DELETE /api/messages              forget them
//	POST   /api/faults                {"mode": "ok|down|slow|twice", "seconds": 5}
func Handler(b *Box) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/messages", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, b.List(r.URL.Query().Get("to")))
	})
	mux.HandleFunc("DELETE /api/messages", func(w http.ResponseWriter, _ *http.Request) {
		b.Clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /api/faults", func(w http.ResponseWriter, r *http.Request) { faults(w, r, b) })
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /stile.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(style)
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		to := r.URL.Query().Get("a")
		page(w, http.StatusOK, "list", map[string]any{"Messages": b.List(to), "To": to})
	})
	mux.HandleFunc("GET /messaggi/{id}", withMessage(b, func(w http.ResponseWriter, _ *http.Request, m Message) {
		page(w, http.StatusOK, "message", m)
	}))
	mux.HandleFunc("GET /messaggi/{id}/html", withMessage(b, asMail))
	mux.HandleFunc("GET /messaggi/{id}/allegati/{n}", withMessage(b, attachment))
	return http.NewCrossOriginProtection().Handler(secure(mux))
}

func faults(w http.ResponseWriter, r *http.Request, b *Box) {
	var in struct {
		Mode    Mode    `json:"mode"`
		Seconds float64 `json:"seconds"`
	}
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&in)
	switch in.Mode {
	case Good, Down, Slow, Twice:
	default:
		err = errors.Join(err, errors.New("mode"))
	}
	if err != nil {
		http.Error(w, `{"error":"mode: ok, down, slow or twice"}`, http.StatusBadRequest)
		return
	}
	b.Behave(in.Mode, time.Duration(in.Seconds*float64(time.Second)))
	writeJSON(w, in)
}

func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func withMessage(b *Box, f func(http.ResponseWriter, *http.Request, Message)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		m, ok := b.Find(r.PathValue("id"))
		if !ok {
			page(w, http.StatusNotFound, "missing", nil)
			return
		}
		f(w, r, m)
	}
}

// asMail is the message's HTML for the frame. It is foreign: no script runs, nothing is fetched, links open outside.
func asMail(w http.ResponseWriter, _ *http.Request, m Message) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'self'; form-action 'none'; "+
		"frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox")
	h.Set("Content-Type", "text/html; charset=utf-8")
	body := m.HTML
	const base = `<base target="_blank">`
	if i := strings.Index(strings.ToLower(body), "<head>"); i >= 0 {
		body = body[:i+len("<head>")] + base + body[i+len("<head>"):]
	} else {
		body = base + body
	}
	_, _ = w.Write([]byte(body))
}

func attachment(w http.ResponseWriter, r *http.Request, m Message) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || n >= len(m.Attachments) {
		page(w, http.StatusNotFound, "missing", nil)
		return
	}
	a := m.Attachments[n]
	w.Header().Set("Content-Type", a.MediaType)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	_, _ = w.Write(a.Content)
}

var (
	//go:embed pages.html
	pagesHTML string
	//go:embed style.css
	style []byte

	pages = template.Must(template.New("").Funcs(template.FuncMap{"when": i18n.DateTime, "pieces": pieces}).Parse(pagesHTML))
)

func page(w http.ResponseWriter, status int, name string, data any) {
	var buf bytes.Buffer
	if err := pages.ExecuteTemplate(&buf, name, data); err != nil {
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = buf.WriteTo(w)
}

// piece is a run of a plain text: words or a link.
type piece struct{ Text, Link string }

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

func pieces(text string) (out []piece) {
	for {
		at := address.FindStringIndex(text)
		if at == nil {
			return append(out, piece{Text: text})
		}
		link := strings.TrimRight(text[at[0]:at[1]], ".,;:!?)")
		out = append(out, piece{Text: text[:at[0]]}, piece{Link: link})
		text = text[at[0]+len(link):]
	}
}
