package survey

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// Filled is a book read against a form: which answer stands in which cell. Nothing is
// interpreted yet; Scan turns cells into typed answers.
type Filled struct {
	Form    *codebook.Form
	Version int           // of the template that was filled in; 0 where the book names none
	Sheets  []FilledSheet // sheets of the form that the book holds, in the order of the form
}

// Sheet returns the sheet with that key of the form; nil where the book has none.
func (f *Filled) Sheet(key string) *FilledSheet {
	for i := range f.Sheets {
		if f.Sheets[i].Spec.Key == key {
			return &f.Sheets[i]
		}
	}
	return nil
}

// FilledSheet is one sheet: its columns as recognised and its records. A record sheet
// (label, answer) has exactly one record unless its block of labels is repeated.
type FilledSheet struct {
	Spec    *codebook.Sheet
	Name    string   // as it stands in the file
	Columns []Column // recognised answers, in sheet order
	Records []Record // records with content, in sheet order
	index   map[columnKey]int
}

type columnKey struct {
	field      codebook.FieldID
	competency codebook.CompetencyID
}

// Column is one answer position: a column of a table, or a row of a record sheet.
type Column struct {
	Field      *codebook.Field
	Competency codebook.CompetencyID // only for a field asked once per competency
	Header     string                // as the person sees it
	At         Ref                   // where the header or label stands
}

// Has reports whether the sheet has a place for the field (of the first competency, where it
// is asked per competency).
func (s *FilledSheet) Has(field codebook.FieldID) bool {
	for i := range s.Columns {
		if s.Columns[i].Field.Key == field {
			return true
		}
	}
	return false
}

// Record is one row of a table, or the answers of a record sheet.
type Record struct {
	Sheet *FilledSheet
	Row   int     // physical row; for a record sheet the first row of its block
	cells []Value // one per column of the sheet
}

// Value is one answer as handed in. The zero Value is an answer the form had no place for.
type Value struct {
	Column *Column // nil where the sheet has no such column
	Ref    Ref     // the cell, also when it is blank
	Cell   *Cell   // nil where the cell is blank
}

// At returns the answer to a field of this record.
func (r Record) At(field codebook.FieldID) Value { return r.Rated(field, "") }

// Rated returns the answer to a field that is asked once per competency.
func (r Record) Rated(field codebook.FieldID, c codebook.CompetencyID) Value {
	if r.Sheet == nil {
		return Value{}
	}
	i, ok := r.Sheet.index[columnKey{field, c}]
	if !ok {
		return Value{}
	}
	return r.cells[i]
}

// Absent reports whether the sheet has no place for the answer at all.
func (v Value) Absent() bool { return v.Column == nil }

// Blank reports whether nothing was written, or nothing but white space.
func (v Value) Blank() bool { return v.Cell == nil || blankText(v.Cell) }
