// Package mailbox is a mail server that keeps what it is sent in memory and shows it on a page. It can also misbehave,
// as real ones do.
package mailbox

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Message is one message as the outside party got it.
type Message struct {
	ID          string       `json:"id"`
	Channel     string       `json:"channel"` // email
	From        string       `json:"from"`
	To          string       `json:"to"`
	Subject     string       `json:"subject"`
	Text        string       `json:"text"`
	HTML        string       `json:"html"`
	Attachments []Attachment `json:"attachments"`
	MessageID   string       `json:"message_id"`
	SentAt      time.Time    `json:"sent_at"`
}

// Attachment is one file of a message.
type Attachment struct {
	Name      string `json:"name"`
	MediaType string `json:"media_type"`
	Content   []byte `json:"content_base64"`
}

// Mode is how the mail server behaves.
type Mode string

// The modes.
const (
	Good  Mode = "ok"
	Down  Mode = "down"  // refuses every session
	Slow  Mode = "slow"  // takes seconds for each message
	Twice Mode = "twice" // delivers each message two times
)

const (
	keep     = 2000            // messages; older ones are dropped
	slowness = 5 * time.Second // of Slow
)

// Box holds the messages. It is safe for concurrent use.
type Box struct {
	mu       sync.Mutex
	mode     Mode
	slow     time.Duration
	messages []Message // oldest first
}

// Add keeps a message.
func (b *Box) Add(m Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = append(b.messages, m)
	if n := len(b.messages) - keep; n > 0 {
		b.messages = slices.Delete(b.messages, 0, n)
	}
}

// List gives the messages to an address, or all for "", newest first.
func (b *Box) List(to string) []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := []Message{}
	for _, m := range slices.Backward(b.messages) {
		if to == "" || strings.EqualFold(m.To, to) {
			out = append(out, m)
		}
	}
	return out
}

// Find gives one message.
func (b *Box) Find(id string) (Message, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.messages, func(m Message) bool { return m.ID == id })
	if i < 0 {
		return Message{}, false
	}
	return b.messages[i], true
}

// Clear forgets all messages.
func (b *Box) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = nil
}

// Behave changes how the mail server behaves from the next session on. slow is how long Slow takes for a message; 0
// means five seconds.
func (b *Box) Behave(m Mode, slow time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mode, b.slow = m, slow
	if b.slow <= 0 {
		b.slow = slowness
	}
}

func (b *Box) behaviour() (Mode, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.mode == "" {
		return Good, 0
	}
	return b.mode, b.slow
}
