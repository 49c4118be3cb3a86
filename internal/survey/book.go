package survey

import (
	"slices"
	"time"
)

// Book is a spreadsheet reduced to what was handed in: named sheets of addressed cells.
// The workbook room fills it from xlsx or csv; the decoders of this room and of curriculum
// read it. A Book never guesses: damaged input yields issues, not fewer rows.
type Book struct {
	Format     string            // "xlsx", "xlsm" or "csv"
	Properties map[string]string // custom document properties, e.g. "qianqi.template"
	Names      map[string]string // defined names → reference text
	Sheets     []Sheet           // in workbook order
}

// Sheet is the used part of one sheet.
type Sheet struct {
	Name   string
	Hidden bool   // hidden or very hidden
	Rows   []Row  // only rows that hold a cell with content, ascending by Number
	Merges []Area // merged areas; the value stands at the top left cell only

	HiddenCols []Area // hidden columns; only FirstCol and LastCol are set
}

// Area is a rectangle of cells, all bounds inclusive and 1-based.
type Area struct{ FirstRow, FirstCol, LastRow, LastCol int }

// Row is one physical row.
type Row struct {
	Number int
	Hidden bool
	Cells  []Cell // only cells with content, ascending by Col
}

// Kind tells how a cell was stored.
type Kind uint8

const (
	Empty  Kind = iota
	Text        // shared, inline or rich string, or a number that is shown as a percentage: 40%
	Number      // a number that is not a date
	Date        // a number or ISO text that the workbook itself marks as a date
	Bool
	ErrorValue // #N/A, #REF! …
)

// Cell is one cell with content. Formula is set when the value was computed by the sheet; one whose result
// is not in the file is an ErrorValue without a text.
type Cell struct {
	Col     int
	Kind    Kind
	Text    string    // the text; for numbers the digits as stored; for dates 2006-01-02[ 15:04:05]
	Num     float64   // Number, Date (serial as stored) and Bool (0 or 1)
	Time    time.Time // Date only: the day in UTC, the 1904 flag applied
	Formula bool
}

// Sheet returns the sheet of that name; nil where there is none.
func (b *Book) Sheet(name string) *Sheet {
	for i := range b.Sheets {
		if b.Sheets[i].Name == name {
			return &b.Sheets[i]
		}
	}
	return nil
}

// At returns the cell at a physical row and column; nil where it is empty.
func (s *Sheet) At(row, col int) *Cell {
	r, ok := slices.BinarySearchFunc(s.Rows, row, func(r Row, n int) int { return r.Number - n })
	if !ok {
		return nil
	}
	return s.Rows[r].At(col)
}

// At returns the cell of a column; nil where it is empty.
func (r *Row) At(col int) *Cell {
	c, ok := slices.BinarySearchFunc(r.Cells, col, func(c Cell, n int) int { return c.Col - n })
	if !ok {
		return nil
	}
	return &r.Cells[c]
}

// ColumnHidden reports whether a column is hidden.
func (s *Sheet) ColumnHidden(col int) bool {
	for _, a := range s.HiddenCols {
		if col >= a.FirstCol && col <= a.LastCol {
			return true
		}
	}
	return false
}
