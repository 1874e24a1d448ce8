// Package mail sends e-mail by SMTP.
package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Message is one e-mail. Text is always sent; HTML is the same in a nicer form, or "".
type Message struct {
	From        string // "Comune di Isernia <sportello@isernia.example>"
	To          string
	ReplyTo     string
	Subject     string
	Text        string
	HTML        string
	Attachments []Attachment
	ID          string // makes the Message-ID, so that a message sent twice is recognised as one
}

// Attachment is one file of a message.
type Attachment struct {
	Name      string
	MediaType string
	Content   []byte
}

// Sender sends by one SMTP server. It is safe for concurrent use; each message is one connection.
type Sender struct {
	host string
	opts []gomail.Option
}

const timeout = 20 * time.Second

// Open reads the address of the server: smtp://host:port without encryption (a relay on the same machine),
// smtp+starttls://user:password@host:587, or smtps://user:password@host:465. It does not connect.
func Open(address string) (*Sender, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("mail server address: want smtp://host:port, smtp+starttls:// or smtps://")
	}
	s := &Sender{host: u.Hostname()}
	port := 25
	switch u.Scheme {
	case "smtp":
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.NoTLS))
	case "smtp+starttls":
		port = 587
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "smtps":
		port = 465
		s.opts = append(s.opts, gomail.WithSSL())
	default:
		return nil, fmt.Errorf("mail server address: unknown scheme %q", u.Scheme)
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, fmt.Errorf("mail server address: port %q", p)
		}
	}
	s.opts = append(s.opts, gomail.WithPort(port))
	if u.User != nil {
		password, _ := u.User.Password()
		s.opts = append(s.opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return s, nil
}

// Send hands the message to the server, within 20 seconds or the deadline of ctx. Permanent tells whether trying again can help.
func (s *Sender) Send(ctx context.Context, m Message) error {
	msg, err := compose(m)
	if err != nil {
		return &permanentError{err}
	}
	patience := timeout // the library looks at ctx only while it connects
	if end, ok := ctx.Deadline(); ok {
		patience = max(time.Millisecond, min(patience, time.Until(end)))
	}
	client, err := gomail.NewClient(s.host, append(s.opts[:len(s.opts):len(s.opts)], gomail.WithTimeout(patience))...)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		var se *gomail.SendError
		if errors.As(err, &se) && !se.IsTemp() && se.ErrorCode() >= 500 {
			return &permanentError{err}
		}
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

func compose(m Message) (*gomail.Msg, error) {
	if strings.ContainsAny(m.Subject+m.ID, "\r\n") {
		return nil, errors.New("line break in a header")
	}
	msg := gomail.NewMsg()
	if err := msg.From(m.From); err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	if err := msg.To(m.To); err != nil {
		return nil, fmt.Errorf("to: %w", err)
	}
	if m.ReplyTo != "" {
		if err := msg.ReplyTo(m.ReplyTo); err != nil {
			return nil, fmt.Errorf("reply to: %w", err)
		}
	}
	msg.Subject(m.Subject)
	msg.SetDate()
	if m.ID != "" {
		msg.SetMessageIDWithValue(m.ID + "@" + domain(msg))
	} else {
		msg.SetMessageID()
	}
	// RFC 3834: no out-of-office answers to messages of a machine.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	for _, a := range m.Attachments {
		err := msg.AttachReader(a.Name, bytes.NewReader(a.Content), gomail.WithFileContentType(gomail.ContentType(a.MediaType)))
		if err != nil {
			return nil, fmt.Errorf("attachment: %w", err)
		}
	}
	return msg, nil
}

func domain(msg *gomail.Msg) string {
	from := msg.GetFrom()
	if len(from) == 0 {
		return "localhost"
	}
	_, d, _ := strings.Cut(from[0].Address, "@")
	return d
}

type permanentError struct{ err error }

func (e *permanentError) Error() string { return "mail refused: " + e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

// Permanent says whether a failure stays however often the message is sent: a refused address, a malformed message.
func Permanent(err error) bool {
	var p *permanentError
	return errors.As(err, &p)
}
