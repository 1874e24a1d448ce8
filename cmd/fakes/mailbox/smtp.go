package mailbox

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // bodies in other charsets than UTF-8
	gomail "github.com/emersion/go-message/mail"
	"github.com/emersion/go-smtp"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/id"
)

const maxMessage = 25 << 20 // bytes

func smtpServer(b *Box, c clock.Clock) *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		if mode, _ := b.behaviour(); mode == Down {
			return nil, &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "not available"}
		}
		return &session{box: b, clock: c}, nil
	}))
	s.Domain = "posta.localhost"
	s.MaxMessageBytes = maxMessage
	s.MaxRecipients = 50
	s.ReadTimeout = time.Minute
	s.WriteTimeout = time.Minute
	s.EnableSMTPUTF8 = true
	return s
}

type session struct {
	box   *Box
	clock clock.Clock
	to    []string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !strings.Contains(to, "@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such address"}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	m, err := read(r)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "malformed message"}
	}
	mode, slow := s.box.behaviour()
	if mode == Slow {
		time.Sleep(slow)
	}
	for _, to := range s.to { // one copy in each person's mailbox
		times := 1
		if mode == Twice {
			times = 2
		}
		for range times {
			m.ID, m.To, m.SentAt = id.Random().String(), to, s.clock.Now()
			s.box.Add(m)
		}
	}
	return nil
}

func (s *session) Reset() { s.to = nil }

func (s *session) Logout() error { return nil }

// read takes a message apart.
func read(r io.Reader) (Message, error) {
	m := Message{Channel: "email", Attachments: []Attachment{}}
	reader, err := gomail.CreateReader(r)
	if err != nil && !message.IsUnknownCharset(err) {
		return m, err
	}
	m.Subject, _ = reader.Header.Subject()
	m.MessageID, _ = reader.Header.MessageID()
	if from, err := reader.Header.AddressList("From"); err == nil && len(from) > 0 {
		m.From = from[0].Address
		if from[0].Name != "" {
			m.From = from[0].Name + " <" + from[0].Address + ">"
		}
	}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil && !message.IsUnknownCharset(err) {
			return m, err
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			return m, err
		}
		switch h := part.Header.(type) {
		case *gomail.InlineHeader:
			kind, _, _ := h.ContentType()
			switch {
			case kind == "text/html" && m.HTML == "":
				m.HTML = string(body)
			case strings.HasPrefix(kind, "text/plain") && m.Text == "":
				m.Text = string(body)
			default:
				m.Attachments = append(m.Attachments, Attachment{
					Name: fmt.Sprintf("parte-%d", len(m.Attachments)+1), MediaType: kind, Content: body,
				})
			}
		case *gomail.AttachmentHeader:
			name, _ := h.Filename()
			kind, _, _ := h.ContentType()
			m.Attachments = append(m.Attachments, Attachment{Name: name, MediaType: kind, Content: body})
		}
	}
}
