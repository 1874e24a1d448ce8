package portaltest

import (
	"fmt"
	"html/template"
	"reflect"
	"strings"
	"time"

	"github.com/sportello/sportello/modules/platform/form"
)

// filler fills any view by reflection: every text, list, number and pointer of it.
type filler struct {
	text  func(n int) string
	count int
}

// at is the instant that views show: 5 May 2026, 10:30 in Rome.
var at = time.Date(2026, time.May, 5, 8, 30, 0, 0, time.UTC)

var fieldTypes = []string{"text", "textarea", "select", "radio", "checkbox", "email", "date", "hidden"}

const (
	depth = 6 // of views within views
	items = 2 // of every list
)

func plain(n int) string { return fmt.Sprintf("testo-%d", n) }

// hostile breaks out of every context that it is written into unescaped: text, attribute, script and address.
func hostile(n int) string {
	return fmt.Sprintf(`"><script>alert(%d)</script><img src=x onerror=alert(%d)>' onmouseover='x' javascript:alert(1) {{.}} </title></style></script>&lt;%s`,
		n, n, strings.Repeat("è", 300))
}

func (f *filler) next() int { f.count++; return f.count }

// view gives a filled copy of the value.
func (f *filler) view(v any) any {
	out := reflect.New(reflect.TypeOf(v)).Elem()
	f.fill(out, 0)
	return out.Interface()
}

func (f *filler) fill(v reflect.Value, level int) {
	if level > depth {
		return
	}
	if !v.CanSet() {
		if v.Kind() == reflect.Struct { // an embedded type of the package's own: its public fields can be set
			for i := range v.NumField() {
				f.fill(v.Field(i), level+1)
			}
		}
		return
	}
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(at))
		return
	case form.Field:
		f.field(v, level)
		return
	case template.HTML: // made by the program, e.g. a QR code; a person's text never has this type
		v.SetString("<svg></svg>")
		return
	case template.URL:
		v.SetString("/indirizzo")
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(f.text(f.next()))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(3)
	case reflect.Uint, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(3)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(3.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), level+1)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), items, items))
		for i := range items {
			f.fill(v.Index(i), level+1)
		}
	case reflect.Array:
		for i := range v.Len() {
			f.fill(v.Index(i), level+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key, level+1)
		f.fill(value, level+1)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i), level+1)
		}
	default: // other kinds stand in no view
	}
}

// field fills a field with a type that exists, each time another one.
func (f *filler) field(v reflect.Value, level int) {
	for i := range v.NumField() {
		f.fill(v.Field(i), level+1)
	}
	v.FieldByName("Type").SetString(fieldTypes[f.next()%len(fieldTypes)])
}
