package survey

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// Filled is a book read against a form: which answer stands in which cell. Nothing is
// interpreted yet; Scan turns cells into typed answers.
type Filled struct {
	Form    *codebook.Form
	Version int           // of the template that was filled in; 0 where the book names none
	Sheets  []FilledSheet // sheets of the form that the book holds, in the order of the form

	notAsked map[codebook.FieldID]bool // fields a foreign form never asked, by its mapping
	flat     bool                      // visits and their parts stood side by side in one table
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

// Records returns the records of a sheet, none where the book has no such sheet.
func (f *Filled) Records(key string) []Record {
	var out []Record
	for i := range f.Sheets {
		switch s := &f.Sheets[i]; {
		case s.Spec.Key != key:
		case out == nil:
			out = s.Records
		default:
			out = append(out[:len(out):len(out)], s.Records...) // numbered groups of a flat table
		}
	}
	return out
}

// FilledSheet is one sheet: its columns as recognised and its records. A record sheet
// (label, answer) has exactly one record unless its block of labels is repeated, or it was
// laid out as a table.
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

	part  *codebook.Sheet // flat tables: the sheet of the form the field belongs to
	block int             // flat tables: 1, 2 … for repeated groups of columns, 0 for none
}

// Has reports whether the sheet has a place for the field (of any competency, where it is
// asked per competency).
func (s *FilledSheet) Has(field codebook.FieldID) bool {
	for i := range s.Columns {
		if s.Columns[i].Field.Key == field {
			return true
		}
	}
	return false
}

// Column returns the column number of a field of a table; 0 where it has none.
func (s *FilledSheet) Column(field codebook.FieldID, c codebook.CompetencyID) int {
	if i, ok := s.index[columnKey{field, c}]; ok {
		return s.Columns[i].At.Col
	}
	return 0
}

func (s *FilledSheet) makeIndex() {
	s.index = make(map[columnKey]int, len(s.Columns))
	for i := range s.Columns {
		key := columnKey{s.Columns[i].Field.Key, s.Columns[i].Competency}
		if _, taken := s.index[key]; !taken {
			s.index[key] = i
		}
	}
}

// Record is one row of a table, or the answers of a record sheet.
type Record struct {
	Sheet *FilledSheet
	Row   int     // physical row; for a record sheet the first row of its block
	cells []*Cell // one per column of the sheet, nil where blank
	at    []Ref   // where each answer stands; nil for a table, but for a visit of several rows
	owner int     // the visit it belongs to, by position; set by the visit decoder
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
	return r.value(i)
}

func (r Record) value(i int) Value {
	col := &r.Sheet.Columns[i]
	v := Value{Column: col, Cell: r.cells[i]}
	if r.at != nil {
		v.Ref = r.at[i]
	} else {
		v.Ref = Ref{Sheet: r.Sheet.Name, Row: r.Row, Col: col.At.Col}
	}
	return v
}

// Ref is the record's row, for an issue about the whole of it.
func (r Record) Ref() Ref {
	if r.Sheet == nil {
		return Ref{}
	}
	return Ref{Sheet: r.Sheet.Name, Row: r.Row}
}

// Absent reports whether the sheet has no place for the answer at all.
func (v Value) Absent() bool { return v.Column == nil }

// Blank reports whether nothing was written, or nothing but white space.
func (v Value) Blank() bool { return v.Cell == nil || blankText(v.Cell) }

// Text returns what was written, "" for a blank.
func (v Value) Text() string {
	if v.Cell == nil {
		return ""
	}
	return v.Cell.Text
}

// Header is the header or label as the person sees it.
func (v Value) Header() string {
	if v.Column == nil {
		return ""
	}
	return v.Column.Header
}
