package form

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/sportello/sportello/modules/kernel/clock"
	"github.com/sportello/sportello/modules/kernel/problem"
)

// maxText bounds any single value without a max of its own, in characters.
const maxText = 10_000

// Decode reads the body of a form, or the query of a GET, into the struct that out points to. Fields carry the tag
//
//	form:"name[,date|datetime|time][,max=N]"
//
// and are string, int, int64, bool, []string, []int, time.Time (with date: midnight in Rome; with datetime: civil time
// in Rome), time.Duration (with time: since midnight, from "10:30"), or any encoding.TextUnmarshaler such as id.ID.
// Strings come trimmed, with newlines as \n. An absent or empty value leaves the zero value: what is required is the
// domain's to say. A text that is too long or has forbidden characters is refused and set all the same, the latter without
// them, so that it can be shown again. Values of the wrong shape make one problem.Invalid with the code form.invalid that names all of them.
func Decode(c *fiber.Ctx, out any) error {
	v := reflect.ValueOf(out)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("form: want a pointer to a struct, got %T", out)
	}
	get, err := values(c)
	if err != nil {
		return err
	}
	p := problem.New(problem.Invalid, "form.invalid")
	if err := decode(v.Elem(), get, p); err != nil {
		return err
	}
	if len(p.Fields) > 0 {
		return p
	}
	return nil
}

type lookup func(name string) []string

func values(c *fiber.Ctx) (lookup, error) {
	if m := c.Method(); m == fiber.MethodGet || m == fiber.MethodHead {
		return peek(c.Context().QueryArgs().PeekMulti), nil
	}
	if strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) {
		f, err := c.MultipartForm()
		if err != nil {
			return nil, fiber.ErrBadRequest
		}
		return func(name string) []string { return f.Value[name] }, nil
	}
	return peek(c.Context().PostArgs().PeekMulti), nil
}

func peek(f func(string) [][]byte) lookup {
	return func(name string) []string {
		var out []string
		for _, b := range f(name) {
			out = append(out, string(b)) // a copy: the buffer belongs to the request
		}
		return out
	}
}

func decode(v reflect.Value, get lookup, p *problem.Error) error {
	t := v.Type()
	for i := range t.NumField() {
		sf := t.Field(i)
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct && sf.Tag.Get("form") == "" {
			if err := decode(v.Field(i), get, p); err != nil {
				return err
			}
			continue
		}
		tag := sf.Tag.Get("form")
		if tag == "" || tag == "-" {
			continue
		}
		opts := strings.Split(tag, ",")
		f := field{name: opts[0], max: maxText}
		for _, o := range opts[1:] {
			if n, ok := strings.CutPrefix(o, "max="); ok {
				f.max, _ = strconv.Atoi(n)
			} else {
				f.as = o
			}
		}
		code, args, err := f.set(v.Field(i), get(f.name))
		if err != nil {
			return fmt.Errorf("form: field %s: %w", sf.Name, err)
		}
		if code != "" {
			p.Fields = append(p.Fields, problem.Field{Name: f.name, Code: code, Args: args})
		}
	}
	return nil
}

type field struct {
	name string
	as   string
	max  int
}

// set returns the code of what is wrong with the input, or an error when the struct is.
func (f field) set(v reflect.Value, in []string) (code string, args map[string]any, err error) {
	for i, s := range in {
		clean, ok := tidy(s)
		if !ok {
			keep(v, strings.ToValidUTF8(strings.Map(visible, s), ""))
			return "form.characters", nil, nil
		}
		if utf8.RuneCountInString(clean) > f.max {
			keep(v, clean)
			return "form.too_long", map[string]any{"max": f.max}, nil
		}
		in[i] = clean
	}
	if v.Kind() == reflect.Slice {
		return f.setSlice(v, in)
	}
	if len(in) > 1 && v.Kind() != reflect.Bool {
		return "form.repeated", nil, nil
	}
	if len(in) == 0 || in[0] == "" {
		return "", nil, nil
	}
	code, err = f.setOne(v, in[len(in)-1])
	return code, nil, err
}

// keep sets a refused text all the same, so that the form can show it again: a problem is returned with it.
func keep(v reflect.Value, text string) {
	if v.Kind() == reflect.String {
		v.SetString(text)
	}
}

// visible drops the characters that a form refuses.
func visible(r rune) rune {
	if r != '\n' && r != '\t' && unicode.IsControl(r) {
		return -1
	}
	return r
}

func (f field) setSlice(v reflect.Value, in []string) (string, map[string]any, error) {
	out := reflect.MakeSlice(v.Type(), 0, len(in))
	for _, s := range in {
		if s == "" {
			continue
		}
		e := reflect.New(v.Type().Elem()).Elem()
		code, err := f.setOne(e, s)
		if code != "" || err != nil {
			return code, nil, err
		}
		out = reflect.Append(out, e)
	}
	if out.Len() > 0 {
		v.Set(out)
	}
	return "", nil, nil
}

func (f field) setOne(v reflect.Value, s string) (code string, err error) {
	switch v.Addr().Interface().(type) {
	case *time.Time:
		layout := map[string]string{"date": "2006-01-02", "datetime": "2006-01-02T15:04"}[f.as]
		if layout == "" {
			return "", fmt.Errorf("time.Time wants date or datetime, not %q", f.as)
		}
		t, err := time.ParseInLocation(layout, s, clock.Rome)
		if err != nil || t.Year() < 1900 || t.Year() > 2200 {
			return "form.date", nil
		}
		v.Set(reflect.ValueOf(t))
		return "", nil
	case *time.Duration:
		if len(s) == len("10:30:00") {
			s = strings.TrimSuffix(s, ":00") // some browsers send seconds
		}
		t, err := time.Parse("15:04", s)
		if err != nil {
			return "form.time", nil
		}
		v.SetInt(int64(t.Hour())*int64(time.Hour) + int64(t.Minute())*int64(time.Minute))
		return "", nil
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if u.UnmarshalText([]byte(s)) != nil {
			return "form.value", nil
		}
		return "", nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(s)
	case reflect.Int, reflect.Int64, reflect.Int32:
		n, err := strconv.ParseInt(s, 10, v.Type().Bits())
		if err != nil {
			return "form.number", nil
		}
		v.SetInt(n)
	case reflect.Bool:
		switch s {
		case "on", "true", "1", "si", "yes":
			v.SetBool(true)
		case "off", "false", "0", "no":
			v.SetBool(false)
		default:
			return "form.value", nil
		}
	default:
		return "", fmt.Errorf("type %s is not supported", v.Type())
	}
	return "", nil
}

// tidy trims and unifies newlines; text that is not UTF-8 or has control characters is not text a person typed.
func tidy(s string) (string, bool) {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
	if !utf8.ValidString(s) {
		return "", false
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return "", false
		}
	}
	return s, true
}
