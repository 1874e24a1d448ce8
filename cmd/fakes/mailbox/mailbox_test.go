package mailbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/cmd/fakes/mailbox"
	"github.com/sportello/sportello/modules/platform/mail"
)

type fake struct {
	smtp, http string
	stop       func() error
}

func start(t *testing.T) *fake {
	t.Helper()
	m, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- mailbox.Serve(ctx, m, w); close(done) }()
	f := &fake{smtp: m.Addr().String(), http: "http://" + w.Addr().String(), stop: func() error { cancel(); return <-done }}
	t.Cleanup(func() { _ = f.stop() })
	return f
}

func (f *fake) sender(t *testing.T) *mail.Sender {
	t.Helper()
	s, err := mail.Open("smtp://" + f.smtp)
	require.NoError(t, err)
	return s
}

func (f *fake) call(t *testing.T, method, path, body string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequest(method, f.http+path, strings.NewReader(body))
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(b), res.Header
}

func (f *fake) list(t *testing.T, to string) (out []mailbox.Message) {
	t.Helper()
	status, body, _ := f.call(t, "GET", "/api/messages?to="+url.QueryEscape(to), "")
	require.Equal(t, 200, status)
	require.NoError(t, json.Unmarshal([]byte(body), &out))
	return out
}

var letter = mail.Message{
	From: "Comune di Isernia <sportello@isernia.example>", To: "Ada Rossi <ada@example.it>", Subject: "Appuntamento di martedì: è confermato",
	Text: "Gentile Ada,\n\nil codice è 482 719 3506.\nAnnulla: http://isernia.localhost:8080/appuntamento/abc?x=1&y=2.\n",
	HTML: `<html><head><title>x</title></head><body><p>Il codice è <b>482 719 3506</b></p><script>alert(1)</script></body></html>`,
	ID:   "m-1", Attachments: []mail.Attachment{
		{Name: "appuntamento è.ics", MediaType: "text/calendar", Content: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")},
		{Name: "codice.png", MediaType: "image/png", Content: bytes.Repeat([]byte{0, 1, 0xff}, 5000)},
	},
}

func TestAMailArrivesWholeAndReadable(t *testing.T) {
	t.Parallel()
	f := start(t)
	require.Equal(t, []mailbox.Message{}, f.list(t, ""))
	require.NoError(t, f.sender(t).Send(context.Background(), letter))
	second := letter
	second.To, second.HTML, second.Attachments, second.Subject = "bruno@example.it", "", nil, "Secondo"
	require.NoError(t, f.sender(t).Send(context.Background(), second))

	all := f.list(t, "")
	require.Len(t, all, 2)
	require.Equal(t, "Secondo", all[0].Subject, "newest first")
	got := f.list(t, "ADA@example.it")
	require.Len(t, got, 1)
	m := got[0]
	require.NotEmpty(t, m.ID)
	require.Equal(t, "email", m.Channel)
	require.Equal(t, "Comune di Isernia <sportello@isernia.example>", m.From)
	require.Equal(t, "ada@example.it", m.To)
	require.Equal(t, letter.Subject, m.Subject)
	require.Equal(t, letter.Text, strings.ReplaceAll(m.Text, "\r\n", "\n"))
	require.Equal(t, letter.HTML, m.HTML)
	require.Equal(t, "m-1@isernia.example", m.MessageID)
	require.Len(t, m.Attachments, 2)
	for i, a := range letter.Attachments {
		require.Equal(t, mailbox.Attachment{Name: a.Name, MediaType: a.MediaType, Content: a.Content}, m.Attachments[i])
	}
	require.WithinDuration(t, time.Now(), m.SentAt, time.Minute)

	status, _, _ := f.call(t, "DELETE", "/api/messages", "")
	require.Equal(t, 204, status)
	require.Empty(t, f.list(t, ""))
}

func TestThePageShowsMailWithLinksToFollowAndRunsNothingOfIt(t *testing.T) {
	t.Parallel()
	f := start(t)
	_, body, _ := f.call(t, "GET", "/", "")
	require.Contains(t, body, "Non ci sono messaggi")
	require.NoError(t, f.sender(t).Send(context.Background(), letter))
	id := f.list(t, "")[0].ID
	_, body, header := f.call(t, "GET", "/", "")
	require.Contains(t, body, `<a href="/messaggi/`+id+`">Appuntamento di martedì: è confermato</a>`)
	require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
	_, body, _ = f.call(t, "GET", "/?a=nessuno@example.it", "")
	require.NotContains(t, body, id)

	_, body, _ = f.call(t, "GET", "/messaggi/"+id, "")
	require.Contains(t, body, `<a href="http://isernia.localhost:8080/appuntamento/abc?x=1&amp;y=2" target="_blank" rel="noopener">`)
	require.NotContains(t, body, "<script>")
	require.Contains(t, body, `sandbox="allow-popups allow-popups-to-escape-sandbox"`)
	_, body, header = f.call(t, "GET", "/messaggi/"+id+"/html", "")
	require.Contains(t, body, `<head><base target="_blank">`)
	require.Contains(t, header.Get("Content-Security-Policy"), "sandbox allow-popups")
	require.NotContains(t, header.Get("Content-Security-Policy"), "allow-scripts")

	status, body, header := f.call(t, "GET", "/messaggi/"+id+"/allegati/0", "")
	require.Equal(t, 200, status)
	require.Equal(t, string(letter.Attachments[0].Content), body)
	require.Contains(t, header.Get("Content-Disposition"), "attachment")
	for _, path := range []string{"/messaggi/" + id + "/allegati/9", "/messaggi/" + id + "/allegati/-1", "/messaggi/none"} {
		status, _, _ = f.call(t, "GET", path, "")
		require.Equal(t, 404, status, path)
	}
}

func TestTheMailServerMisbehavesWhenAsked(t *testing.T) {
	t.Parallel()
	f := start(t)
	behave := func(body string) int { status, _, _ := f.call(t, "POST", "/api/faults", body); return status }
	require.Equal(t, 400, behave(`{"mode":"odd"}`))
	require.Equal(t, 400, behave(`{`))

	require.Equal(t, 200, behave(`{"mode":"down"}`))
	err := f.sender(t).Send(context.Background(), letter)
	require.Error(t, err)
	require.False(t, mail.Permanent(err), "it is worth trying again")
	require.Empty(t, f.list(t, ""))

	require.Equal(t, 200, behave(`{"mode":"slow","seconds":0.3}`))
	from := time.Now()
	require.NoError(t, f.sender(t).Send(context.Background(), letter))
	require.GreaterOrEqual(t, time.Since(from), 300*time.Millisecond)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	require.Error(t, f.sender(t).Send(ctx, letter), "the sender's patience ends with its context")

	require.Equal(t, 200, behave(`{"mode":"twice"}`))
	f.call(t, "DELETE", "/api/messages", "")
	require.NoError(t, f.sender(t).Send(context.Background(), letter))
	got := f.list(t, "")
	require.Len(t, got, 2)
	require.Equal(t, got[0].MessageID, got[1].MessageID, "the same message, so a receiver can tell")
	require.NotEqual(t, got[0].ID, got[1].ID)

	require.Equal(t, 200, behave(`{"mode":"ok"}`))
	f.call(t, "DELETE", "/api/messages", "")
	require.NoError(t, f.sender(t).Send(context.Background(), letter))
	require.Len(t, f.list(t, ""), 1)
}

func TestWhatCannotBeSentIsPermanent(t *testing.T) {
	t.Parallel()
	f := start(t)
	for name, change := range map[string]func(*mail.Message){
		"no address":          func(m *mail.Message) { m.To = "nobody" },
		"two lines of header": func(m *mail.Message) { m.Subject = "a\r\nBcc: eve@example.it" },
		"address with a line": func(m *mail.Message) { m.To = "ada@example.it\r\nBcc: eve@example.it" },
		"no sender":           func(m *mail.Message) { m.From = "" },
	} {
		m := letter
		change(&m)
		err := f.sender(t).Send(context.Background(), m)
		require.Error(t, err, name)
		require.True(t, mail.Permanent(err), name)
	}
	require.Empty(t, f.list(t, ""))
	for _, address := range []string{"", "http://x", "smtp://", "smtp://h:x"} {
		_, err := mail.Open(address)
		require.Error(t, err, address)
	}
}

func TestItStopsWhenToldAndFreesItsPorts(t *testing.T) {
	t.Parallel()
	f := start(t)
	require.NoError(t, f.sender(t).Send(context.Background(), letter))
	require.NoError(t, f.stop())
	_, err := net.Dial("tcp", f.smtp)
	require.Error(t, err)
	_, err = http.Get(f.http)
	require.Error(t, err)
	require.Error(t, f.sender(t).Send(context.Background(), letter))
}

func TestAnotherSitesPageCannotEmptyTheMailbox(t *testing.T) {
	t.Parallel()
	f := start(t)
	req, err := http.NewRequest(http.MethodDelete, f.http+"/api/messages", nil)
	require.NoError(t, err)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	_ = res.Body.Close()
	require.Equal(t, 403, res.StatusCode)
}
