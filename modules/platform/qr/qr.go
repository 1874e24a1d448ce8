// Package qr draws QR codes (ISO/IEC 18004) with the error correction level M and the quiet zone of four modules.
package qr

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"github.com/boombuler/barcode/qr"
)

const quiet = 4

// SVG draws the text as an SVG element of black modules on white, without a size: the page gives one. It is hidden from
// screen readers, so the same thing stands beside it in words. A text that does not fit a QR code (over about 2,300
// bytes) gives "".
func SVG(text string) string {
	m, err := modules(text)
	if err != nil {
		return ""
	}
	n := len(m) + 2*quiet
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges" aria-hidden="true" focusable="false">`, n, n)
	fmt.Fprintf(&b, `<path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="`, n, n)
	for y, row := range m {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			from := x
			for x < len(row) && row[x] {
				x++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String()
}

// PNG draws the text as an image of at least px by px pixels: whole pixels per module, so that it stays sharp. A text
// that does not fit gives nil.
func PNG(text string, px int) []byte {
	m, err := modules(text)
	if err != nil {
		return nil
	}
	n := len(m) + 2*quiet
	scale := max(1, (px+n-1)/n)
	img := image.NewPaletted(image.Rect(0, 0, n*scale, n*scale), color.Palette{color.White, color.Black})
	for y := range n * scale {
		for x := range n * scale {
			r, c := y/scale-quiet, x/scale-quiet
			if r >= 0 && c >= 0 && r < len(m) && c < len(m) && m[r][c] {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var buf bytes.Buffer
	if png.Encode(&buf, img) != nil {
		return nil
	}
	return buf.Bytes()
}

func modules(text string) ([][]bool, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, err
	}
	n := code.Bounds().Dx()
	out := make([][]bool, n)
	for y := range out {
		out[y] = make([]bool, n)
		for x := range out[y] {
			out[y][x] = code.At(x, y) == color.Black
		}
	}
	return out, nil
}
