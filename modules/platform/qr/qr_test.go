package qr_test

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sportello/sportello/modules/platform/qr"
)

func TestAnSVGIsWellFormedAndHasItsQuietZone(t *testing.T) {
	t.Parallel()
	svg := qr.SVG("4827193506")
	require.Contains(t, svg, `viewBox="0 0 29 29"`, "21 modules of version 1 and 4 on each side")
	require.Contains(t, svg, "M4 4h7v1h-7z", "the finder pattern begins after the quiet zone")
	require.Contains(t, svg, `aria-hidden="true"`)
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); err != nil {
			require.ErrorIs(t, err, io.EOF)
			break
		}
	}
	require.NotEqual(t, svg, qr.SVG("4827193507"))
}

func TestAPNGHasWholePixelsPerModule(t *testing.T) {
	t.Parallel()
	img, err := png.Decode(bytes.NewReader(qr.PNG("4827193506", 300)))
	require.NoError(t, err)
	require.Equal(t, 319, img.Bounds().Dx())
	dark := func(x, y int) bool { r, _, _, _ := img.At(x, y).RGBA(); return r == 0 }
	require.False(t, dark(0, 0))
	require.True(t, dark(44, 44))
	require.False(t, dark(43, 44))
}

func TestATextThatIsTooLongGivesNothing(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("è", 2000)
	require.Empty(t, qr.SVG(long))
	require.Nil(t, qr.PNG(long, 300))
}
