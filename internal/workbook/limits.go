package workbook

import "time"

// Limits bound what one file may cost. They keep every step linear in the size of the file, so
// that no workbook, however it was made, holds a core or the memory. A zero field means the
// default, so Limits{Rows: 50_000} changes one bound only.
type Limits struct {
	FileBytes     int64         // the file as handed in
	Entries       int           // entries of the zip package
	PartBytes     int64         // one part, inflated
	TotalBytes    int64         // all parts together, inflated
	Sheets        int           // sheets of a workbook
	Rows          int           // rows with content on one sheet
	Columns       int           // columns with content on one sheet
	Cells         int           // cells with content in the workbook
	CellChars     int           // characters of one cell
	SharedStrings int           // texts in the shared table
	Merges        int           // merged areas of one sheet
	Names         int           // defined names and custom properties, each
	FormatChars   int           // characters of one number format
	Depth         int           // nesting of XML elements
	Attributes    int           // attributes of one XML element
	GapRows       int           // empty rows in a run; cells below them are strays
	GapColumns    int           // empty columns in a run; cells right of them are strays
	Strays        int           // strays that are reported and not read; more are refused
	Time          time.Duration // for one file
}

// MostFileBytes is the size of the largest file that is taken.
const MostFileBytes = 20 << 20

// The rectangle in which forms are filled in: what stands outside is refused when it is read, and gets no note.
const (
	mostRows    = 20_000
	mostColumns = 200
)

// DefaultLimits returns the bounds used where nothing else is configured. A file within them
// is read in less than 256 MiB; to judge half a million answers takes up to a quarter more.
func DefaultLimits() Limits {
	return Limits{
		FileBytes:     MostFileBytes,
		Entries:       2000,
		PartBytes:     64 << 20,
		TotalBytes:    128 << 20,
		Sheets:        256,
		Rows:          mostRows,
		Columns:       mostColumns,
		Cells:         800_000,
		CellChars:     32_767,
		SharedStrings: 1 << 20,
		Merges:        10_000,
		Names:         10_000,
		FormatChars:   1000,
		Depth:         64,
		Attributes:    128,
		GapRows:       1000,
		GapColumns:    50,
		Strays:        100,
		Time:          10 * time.Second,
	}
}

// orDefault replaces zero fields by the defaults.
func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	return Limits{
		FileBytes:     positive(l.FileBytes, d.FileBytes),
		Entries:       positive(l.Entries, d.Entries),
		PartBytes:     positive(l.PartBytes, d.PartBytes),
		TotalBytes:    positive(l.TotalBytes, d.TotalBytes),
		Sheets:        positive(l.Sheets, d.Sheets),
		Rows:          positive(l.Rows, d.Rows),
		Columns:       positive(l.Columns, d.Columns),
		Cells:         positive(l.Cells, d.Cells),
		CellChars:     positive(l.CellChars, d.CellChars),
		SharedStrings: positive(l.SharedStrings, d.SharedStrings),
		Merges:        positive(l.Merges, d.Merges),
		Names:         positive(l.Names, d.Names),
		FormatChars:   positive(l.FormatChars, d.FormatChars),
		Depth:         positive(l.Depth, d.Depth),
		Attributes:    positive(l.Attributes, d.Attributes),
		GapRows:       positive(l.GapRows, d.GapRows),
		GapColumns:    positive(l.GapColumns, d.GapColumns),
		Strays:        positive(l.Strays, d.Strays),
		Time:          positive(l.Time, d.Time),
	}
}

func positive[T ~int | ~int64](v, fallback T) T {
	if v > 0 {
		return v
	}
	return fallback
}
