package demo

import (
	"fmt"
	"io"
	"strings"
)

// Facts are what a visitor, or a program that drives the demo, needs to know. They are written to demo.json.
type Facts struct {
	BaseURL    string         `json:"base_url"`
	Entities   []EntityFacts  `json:"entities"`
	Vendor     VendorFacts    `json:"vendor"`
	MailboxURL string         `json:"mailbox_url"` // by number: programs rarely resolve names below localhost
	OpenAPIURL string         `json:"openapi_url"`
	Processes  map[string]int `json:"processes"` // the services this demo started, by name: their process numbers
}

// EntityFacts are one entity's address and accounts.
type EntityFacts struct {
	Key    string       `json:"key"`
	Name   string       `json:"name"`
	URL    string       `json:"url"`
	Staff  []StaffFacts `json:"staff"`
	Kiosks []KioskFacts `json:"kiosks"`
}

// StaffFacts are one account.
type StaffFacts struct {
	Role       string `json:"role"`
	Email      string `json:"email"`
	Password   string `json:"password"`
	TOTPSecret string `json:"totp_secret"`
}

// KioskFacts are one kiosk and the code that makes a browser it.
type KioskFacts struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	EnrolmentCode string `json:"enrolment_code"`
}

// VendorFacts are the vendor's account.
type VendorFacts struct {
	URL        string `json:"url"`
	Email      string `json:"email"`
	Password   string `json:"password"`
	TOTPSecret string `json:"totp_secret"`
}

func print(out io.Writer, f *Facts, o Options) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	p("")
	p("Sportello is running. Ctrl-C stops all of it.")
	p("")
	p("  Choose an entity     %s", f.BaseURL)
	for _, e := range f.Entities {
		p("  %-20s %s   desk: /operatore   back office: /amministrazione", e.Name, e.URL)
	}
	p("  Kiosk                %s", strings.Replace(f.BaseURL, "://", "://kiosk.", 1))
	p("  Vendor's console     %s", f.Vendor.URL)
	p("  Mail that was sent   %s", strings.Replace(f.BaseURL, "://", "://posta.", 1))
	p("")
	p("  Kiosk enrolment codes (each works once)")
	for _, e := range f.Entities {
		for _, k := range e.Kiosks {
			p("    %-10s %s", k.EnrolmentCode, k.Name)
		}
	}
	p("")
	p("  Accounts (password, then the six digits: .bin/sportello demo --code SECRET, or any authenticator app)")
	for _, e := range f.Entities {
		for _, s := range e.Staff {
			p("    %-14s %-38s %s  %s", s.Role, s.Email, s.Password, s.TOTPSecret)
		}
	}
	p("    %-14s %-38s %s  %s", "vendor", f.Vendor.Email, f.Vendor.Password, f.Vendor.TOTPSecret)
	p("")
	p("  All of this, for programs: %s/demo.json   log: %s/sportello.log", o.Data, o.Data)
	p("")
}
