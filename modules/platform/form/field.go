// Package form is the two ends of an HTML form: fields as the templates draw them and values as handlers read them.
package form

import (
	"github.com/sportello/sportello/modules/kernel/problem"
	"github.com/sportello/sportello/modules/platform/i18n"
)

// Field is one input on a page; the component cmp-field draws it. Error is the sentence beside it.
type Field struct {
	Name         string
	Label        string
	Type         string // text, email, tel, password, number, date, time, textarea, select, radio, checkbox, hidden
	Value        string
	Hint         string
	Error        string
	Autocomplete string // WCAG 1.3.5, e.g. given-name
	InputMode    string // e.g. numeric
	Required     bool
	MaxLength    int
	Rows         int // of a textarea
	Options      []Option
}

// Option is one choice of a select, radio or checkbox group.
type Option struct {
	Value    string
	Label    string
	Selected bool
	Disabled bool
	Note     string
	Own      bool // the label is the entity's own words, which are Italian in every language
}

// Blame puts the sentences of a problem beside the fields they are about and returns the fields. A problem's field
// without an input of that name is left out: the page shows it above the form.
func Blame(fields []Field, err error) []Field { return BlameIn(i18n.Italian, fields, err) }

// BlameIn is Blame in a language.
func BlameIn(lang string, fields []Field, err error) []Field {
	if err == nil {
		return fields
	}
	for _, wrong := range problem.From(err).Fields {
		for i := range fields {
			if fields[i].Name == wrong.Name && fields[i].Error == "" {
				fields[i].Error = sentence(lang, wrong)
			}
		}
	}
	return fields
}

// Sentence is the Italian text of one wrong input.
func Sentence(f problem.Field) string { return sentence(i18n.Italian, f) }

func sentence(lang string, f problem.Field) string {
	if i18n.Has("problem." + f.Code) {
		return i18n.T(lang, "problem."+f.Code, f.Args)
	}
	return i18n.T(lang, "problem.field", nil)
}

// Errors are the fields that have an error, for the summary above the form.
func Errors(fields []Field) []Field {
	var out []Field
	for _, f := range fields {
		if f.Error != "" {
			out = append(out, f)
		}
	}
	return out
}
