// Package portal renders every page that the server sends: the citizen portal, the back office and the console.
// The templates are html/template; README.md lists the layouts, components and functions they may use.
package portal

import (
	"embed"
	"io/fs"
)

//go:embed layouts components all:pages
var templates embed.FS

//go:embed all:mail
var mail embed.FS

//go:embed icons.svg
var iconSprite []byte

// Mail is the folder of the message templates, for the module that sends them.
func Mail() fs.FS {
	s, err := fs.Sub(mail, "mail")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return s
}
