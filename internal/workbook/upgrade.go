package workbook

import (
	"errors"
	"fmt"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// ErrManyRecords says that a book holds more than one visit and so has no place in the
// template of one.
var ErrManyRecords = errors.New("the book holds more than one record where the template has room for one")

// formAt is the form as an older version of its template asks it; version 0 is the newest.
func formAt(form *codebook.Form, version int) *codebook.Form {
	if version == 0 || version >= form.Version {
		return form
	}
	old := *form
	old.Version = version
	old.Sheets = slices.Clone(form.Sheets)
	for i := range old.Sheets {
		s := &old.Sheets[i]
		s.Fields = slices.DeleteFunc(slices.Clone(s.Fields), func(f codebook.Field) bool { return f.Since > version })
	}
	return &old
}

// Upgrade carries a book over into the newest template of its form, filled in. Every answer is
// taken as it was written, the wrong ones too, so that reading the new workbook gives the same
// values and the same issues at their new cells. Blank rows between records close up. A book that
// is none of our forms, or holds many visits, is an error.
func Upgrade(cb *codebook.Codebook, book *survey.Book, opts TemplateOptions) ([]byte, error) {
	form, _, _ := survey.Identify(cb, book)
	if form == nil {
		return nil, errors.New("the book is none of our forms")
	}
	filled, _ := survey.ReadForm(cb, form, book)
	template, err := WriteTemplate(cb, form.Kind, opts)
	if err != nil {
		return nil, err
	}
	f, err := NewFiller(cb, template)
	if err != nil {
		return nil, err
	}
	w := f.begin(nil)
	for i := range filled.Sheets {
		if err := w.carry(&filled.Sheets[i]); err != nil {
			return nil, err
		}
	}
	return w.finish()
}

// carry writes the answers of one sheet as they stand.
func (w *filling) carry(from *survey.FilledSheet) error {
	sheet := w.sheetIndex(from.Spec.Key)
	if sheet < 0 {
		return fmt.Errorf("the template has no sheet %q", from.Spec.Key)
	}
	s := w.sheets[sheet]
	if s.plan.record() && len(from.Records) > 1 {
		return ErrManyRecords
	}
	for n, r := range from.Records {
		for i := range from.Columns {
			col := &from.Columns[i]
			at, ok := s.at[fillKey{col.Field.Key, col.Competency}]
			if v := r.Rated(col.Field.Key, col.Competency); ok && v.Cell != nil {
				w.write(sheet, n, at, carried(v.Cell, col.Field))
			}
		}
	}
	return nil
}

// carried is a cell as it was handed in. A date stays one only where a date is asked: elsewhere
// its text shows what was written.
func carried(c *survey.Cell, f *codebook.Field) written {
	switch {
	case c.Kind == survey.Number:
		return written{text: c.Text, kind: writtenDigits}
	case c.Kind == survey.Date && f.Type == codebook.TypeDate:
		return dateCell(c.Time)
	}
	return textCell(c.Text)
}
