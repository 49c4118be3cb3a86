package survey

import (
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Ref is a physical cell of a workbook as handed in. Blank rows never shift it.
type Ref struct {
	Sheet string // sheet name as it stands in the file; "" means the whole file
	Row   int    // 1-based; 0 means the whole sheet
	Col   int    // 1-based; 0 means the whole row
}

// Cell returns the A1 address, e.g. "C7"; "" for a whole sheet, "7:7" for a whole row.
func (r Ref) Cell() string {
	switch {
	case r.Row == 0:
		return ""
	case r.Col == 0:
		n := strconv.Itoa(r.Row)
		return n + ":" + n
	}
	return ColumnName(r.Col) + strconv.Itoa(r.Row)
}

// ColumnName returns the letters of a 1-based column: 1 → "A", 28 → "AB".
func ColumnName(col int) string {
	var b [8]byte
	i := len(b)
	for ; col > 0; col = (col - 1) / 26 {
		i--
		b[i] = byte('A' + (col-1)%26)
	}
	return string(b[i:])
}

// Issue is one thing found in a submission: where it stands, what was found, what is allowed
// and how to mend it. The texts come from the codebook's rule; see NewIssue.
type Issue struct {
	Code     codebook.RuleID
	Severity codebook.Severity
	File     string // name as handed in; filled by the campaign
	Ref      Ref
	Field    codebook.FieldID
	Header   string // header text above or beside the cell, as the person sees it
	Got      string // raw text found, shortened
	Want     string // what is allowed
	Message  codebook.Text
	Fix      codebook.Text
	Count    int   // how many cells share this cause; at least 1
	More     []Ref // further cells of the same cause, in order, for the annotated return
}
