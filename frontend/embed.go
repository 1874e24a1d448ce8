// Package frontend carries what the browser loads: the built assets and the two apps. The pages that the server
// renders are in frontend/portal.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

//go:embed locales/*.json
var locales embed.FS

// Dist is what `npm run build` made: assets/, kiosk/index.html, desk/index.html and manifest.json. It is empty but for
// a placeholder when nothing was built.
func Dist() fs.FS { return sub(dist, "dist") }

// Assets is what is served under /assets/: the files with hashed names. It is empty when nothing was built.
func Assets() fs.FS {
	if _, err := fs.Stat(dist, "dist/assets"); err != nil {
		return embed.FS{}
	}
	return sub(dist, "dist/assets")
}

// Locales are the texts, one flat JSON file per language and module.
func Locales() fs.FS { return sub(locales, "locales") }

func sub(f embed.FS, dir string) fs.FS {
	s, err := fs.Sub(f, dir)
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return s
}
