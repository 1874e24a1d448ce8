package documents

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"github.com/sportello/sportello/modules/kernel/problem"
)

// maxDecoded bounds the memory that decoding one picture may take, in bytes.
const maxDecoded = 256 << 20

// sniff names the media type by the first bytes, or "" for anything that is not taken.
func sniff(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case bytes.HasPrefix(b, []byte("%PDF-")):
		return PDF
	}
	return ""
}

// again decodes a picture within limits and encodes it anew, upright, without anything that is not the picture.
func again(b []byte, mediaType string) ([]byte, error) {
	broken := problem.New(problem.Invalid, "documents.broken")
	var cfg image.Config
	var err error
	if mediaType == JPEG {
		cfg, err = jpeg.DecodeConfig(bytes.NewReader(b))
	} else {
		cfg, err = png.DecodeConfig(bytes.NewReader(b))
	}
	if err != nil || cfg.Width <= 0 || cfg.Height <= 0 {
		return nil, broken.Wrap(err)
	}
	pixels := int64(cfg.Width) * int64(cfg.Height)
	if pixels > MaxPixels || pixels*bytesPerPixel(cfg.ColorModel, b, mediaType) > maxDecoded {
		return nil, problem.New(problem.Invalid, "documents.too_many_pixels")
	}
	var out bytes.Buffer
	if mediaType == JPEG {
		var img image.Image
		if img, err = jpeg.Decode(bytes.NewReader(b)); err != nil {
			return nil, broken.Wrap(err)
		}
		err = jpeg.Encode(&out, upright(img, orientation(b)), &jpeg.Options{Quality: 88})
	} else {
		var img image.Image
		if img, err = png.Decode(bytes.NewReader(b)); err != nil {
			return nil, broken.Wrap(err)
		}
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&out, img)
	}
	if err != nil {
		return nil, broken.Wrap(err)
	}
	return out.Bytes(), nil
}

// bytesPerPixel is what the standard decoders need at worst.
func bytesPerPixel(m color.Model, b []byte, mediaType string) int64 {
	if mediaType == JPEG && progressive(b) {
		return 16 // coefficients of every component are kept until the last scan
	}
	switch m {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.Gray16Model:
		return 2
	}
	return 4
}

// progressive says whether a JPEG's first frame is not baseline; unreadable markers count as progressive.
func progressive(b []byte) bool {
	frame := true
	segments(b, func(marker byte, _ []byte) bool {
		if marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc {
			frame = marker > 0xc1
			return false
		}
		return true
	})
	return frame
}

// segments calls f with each marker segment of a JPEG before its first scan, until f says false.
func segments(b []byte, f func(marker byte, body []byte) bool) {
	for i := 2; i+4 <= len(b); {
		if b[i] != 0xff {
			return
		}
		marker := b[i+1]
		if marker == 0xff {
			i++
			continue
		}
		n := int(binary.BigEndian.Uint16(b[i+2:]))
		if n < 2 || i+2+n > len(b) || marker == 0xda || !f(marker, b[i+4:i+2+n]) {
			return
		}
		i += 2 + n
	}
}

// orientation is the EXIF orientation of a JPEG, 1 to 8 (TIFF 6.0, tag 274); 1 where none is readable.
func orientation(b []byte) int {
	found := 1
	segments(b, func(marker byte, body []byte) bool {
		if marker != 0xe1 || !bytes.HasPrefix(body, []byte("Exif\x00\x00")) || len(body) < 14 {
			return true
		}
		tiff := body[6:]
		var order binary.ByteOrder = binary.LittleEndian
		if tiff[0] == 'M' {
			order = binary.BigEndian
		}
		at := int64(order.Uint32(tiff[4:]))
		if at+2 > int64(len(tiff)) {
			return false
		}
		count := int64(order.Uint16(tiff[at:]))
		for e := range count {
			p := at + 2 + 12*e
			if p+12 > int64(len(tiff)) {
				return false
			}
			if order.Uint16(tiff[p:]) == 274 {
				if o := int(order.Uint16(tiff[p+8:])); o >= 1 && o <= 8 {
					found = o
				}
				return false
			}
		}
		return false
	})
	return found
}

// upright turns and mirrors a picture as its EXIF orientation asks.
func upright(src image.Image, o int) image.Image {
	if o == 1 {
		return src
	}
	b := src.Bounds()
	w, h := b.Dx(), b.Dy()
	if o >= 5 {
		w, h = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range b.Dy() {
		for x := range b.Dx() {
			r, g, bl, _ := src.At(b.Min.X+x, b.Min.Y+y).RGBA()
			nx, ny := x, y
			switch o {
			case 2:
				nx = w - 1 - x
			case 3:
				nx, ny = w-1-x, h-1-y
			case 4:
				ny = h - 1 - y
			case 5:
				nx, ny = y, x
			case 6:
				nx, ny = w-1-y, x
			case 7:
				nx, ny = w-1-y, h-1-x
			case 8:
				nx, ny = y, h-1-x
			}
			dst.SetRGBA(nx, ny, color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(bl >> 8), 255})
		}
	}
	return dst
}
