package workbook

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Table is one sheet of figures for people to work on: a title, remarks, a header, rows.
type Table struct {
	Name    string // of the sheet; made fit and unique
	Title   string
	Notes   []string // bases, caveats, sources; one line each under the title
	Columns []TableColumn
	Rows    [][]any // string, int, int64, float64, bool; nil is an empty cell
}

// TableColumn is one column of a Table.
type TableColumn struct {
	Header string
	Width  float64 // in characters; 0 is 14
	Format string  // number format of its numbers, e.g. "0.00" or "0%"; "" is general
}

// Fixed formats of exported tables, before those of number formats.
const (
	exportTitle = iota + 1
	exportNote
	exportHead
	exportText
	exportNumbers
)

// exportRowsMost is what a sheet holds.
const exportRowsMost = 1 << 20

// WriteTable writes tables as a workbook. A text is always a text: one that begins with = or @
// does nothing when the workbook is opened, nor when its cell is edited. A number that is not finite
// is an error; withheld or missing figures are nil or a text that says so.
func WriteTable(tables []Table) ([]byte, error) {
	if len(tables) == 0 {
		return nil, fmt.Errorf("a workbook needs at least one table")
	}
	formats := tableFormats(tables)
	var names []string
	for _, t := range tables {
		names = append(names, freeSheetName(names, t.Name))
	}
	return barePackage(names, func(i int) ([]byte, error) { return tables[i].sheet(formats) }, exportStyles(formats))
}

// tableFormats lists the number formats in order of first use; the general one leads.
func tableFormats(tables []Table) []string {
	formats := []string{""}
	for _, t := range tables {
		for _, c := range t.Columns {
			if !slices.Contains(formats, c.Format) {
				formats = append(formats, c.Format)
			}
		}
	}
	return formats
}

// freeSheetName makes a sheet name that no earlier sheet has, whatever its case.
func freeSheetName(taken []string, name string) string {
	base := firstOf(sheetName(name), "Sheet")
	try := base
	for n := 2; slices.ContainsFunc(taken, func(t string) bool { return strings.EqualFold(t, try) }); n++ {
		tail := " " + strconv.Itoa(n)
		try = clip(base, sheetNameUnits-len(tail)) + tail
	}
	return try
}

// exportSheet is one table on its way to XML.
type exportSheet struct {
	b   []byte
	row int
}

func (s *exportSheet) line(style int, height float64, texts ...string) {
	s.row++
	s.b = fmt.Appendf(s.b, `<row r="%d" ht="%s" customHeight="1">`, s.row, plainNumber(height))
	for i, text := range texts {
		s.b = appendCell(s.b, s.row, i+1, strconv.AppendInt(nil, int64(style), 10), textCell(text))
	}
	s.b = append(s.b, rowClose...)
}

func (t Table) sheet(formats []string) ([]byte, error) {
	if len(t.Rows)+len(t.Notes)+3 > exportRowsMost {
		return nil, fmt.Errorf("%d rows do not fit on a sheet", len(t.Rows))
	}
	s := &exportSheet{b: t.open()}
	if t.Title != "" {
		s.line(exportTitle, 28, t.Title)
	}
	for _, n := range t.Notes {
		s.line(exportNote, 16, n)
	}
	heads := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = c.Header
	}
	s.line(exportHead, 34, heads...)
	for n, row := range t.Rows {
		if err := t.row(s, formats, row); err != nil {
			return nil, fmt.Errorf("row %d: %w", n+1, err)
		}
	}
	return t.close(s.b), nil
}

// headRow is the row of the column headers: below the title and the notes.
func (t Table) headRow() int {
	row := len(t.Notes) + 1
	if t.Title != "" {
		row++
	}
	return row
}

func (t Table) row(s *exportSheet, formats []string, row []any) error {
	if len(row) > len(t.Columns) {
		return fmt.Errorf("%d cells for %d columns", len(row), len(t.Columns))
	}
	s.row++
	s.b = fmt.Appendf(s.b, `<row r="%d">`, s.row)
	for i, v := range row {
		cell, err := exportCell(v)
		if err != nil {
			return fmt.Errorf("column %q: %w", t.Columns[i].Header, err)
		}
		style := exportText
		if cell.kind == writtenNumber {
			style = exportNumbers + slices.Index(formats, t.Columns[i].Format)
		}
		s.b = appendCell(s.b, s.row, i+1, strconv.AppendInt(nil, int64(style), 10), cell)
	}
	s.b = append(s.b, rowClose...)
	return nil
}

func exportCell(v any) (written, error) {
	switch v := v.(type) {
	case nil:
		return written{}, nil
	case string:
		return textCell(clip(v, cellText)), nil
	case bool:
		return textCell(boolItems[map[bool]int{false: 1}[v]]), nil
	case int:
		return numberCell(float64(v)), nil
	case int64:
		return numberCell(float64(v)), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return written{}, fmt.Errorf("%v is no figure", v)
		}
		return numberCell(v), nil
	}
	return written{}, fmt.Errorf("a cell cannot hold a %T", v)
}

// open is a worksheet up to its rows: header frozen and filtered, printed across on A4.
func (t Table) open() []byte {
	b := []byte(xmlHead + `<worksheet xmlns="` + mainNamespace + `"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>`)
	cols, head := max(len(t.Columns), 1), t.headRow()
	b = fmt.Appendf(b, `<dimension ref="%s"/><sheetViews><sheetView showGridLines="0" workbookViewId="0"><pane ySplit="%d" topLeftCell="%s" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="18"/><cols>`,
		area(1, 1, head+len(t.Rows), cols), head, a1(head+1, 1))
	for i := range cols {
		width := 14.0
		if i < len(t.Columns) && t.Columns[i].Width > 0 {
			width = t.Columns[i].Width
		}
		b = fmt.Appendf(b, `<col min="%d" max="%d" width="%s" customWidth="1"/>`, i+1, i+1, plainNumber(width))
	}
	return append(b, `</cols><sheetData>`...)
}

// close ends a worksheet after its rows.
func (t Table) close(b []byte) []byte {
	b = fmt.Appendf(b, `</sheetData><autoFilter ref="%s"/>`, area(t.headRow(), 1, t.headRow()+len(t.Rows), max(len(t.Columns), 1)))
	return append(b, `<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/><headerFooter><oddFooter>&amp;L&amp;8&amp;A&amp;C&amp;8第 &amp;P 页 / 共 &amp;N 页</oddFooter></headerFooter></worksheet>`...)
}

// exportStyles is the style sheet of exported tables.
func exportStyles(formats []string) []byte {
	face := `<name val="` + fontFace + `"/><family val="2"/>`
	b := []byte(xmlHead + `<styleSheet xmlns="` + mainNamespace + `">`)
	if len(formats) > 1 {
		b = fmt.Appendf(b, `<numFmts count="%d">`, len(formats)-1)
		for i, f := range formats[1:] {
			b = fmt.Appendf(b, `<numFmt numFmtId="%d" formatCode="%s"/>`, 164+i, escapeXML(f))
		}
		b = append(b, `</numFmts>`...)
	}
	b = append(b, `<fonts count="4"><font><sz val="10"/>`+face+`</font><font><b/><sz val="15"/><color rgb="FF`+inkTealDeep+`"/>`+face+`</font><font><sz val="9"/><color rgb="FF`+inkQuiet+`"/>`+face+`</font><font><b/><sz val="10"/><color rgb="FFFFFFFF"/>`+face+`</font></fonts>`...)
	b = append(b, `<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF`+inkTeal+`"/></patternFill></fill></fills>`...)
	b = append(b, `<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border><left/><right/><top/><bottom style="thin"><color rgb="FF`+inkLine+`"/></bottom><diagonal/></border></borders>`...)
	b = append(b, `<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>`...)
	b = fmt.Appendf(b, `<cellXfs count="%d">`, exportNumbers+len(formats))
	b = append(b, `<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>`+
		`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>`+
		`<xf numFmtId="49" fontId="2" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>`+
		`<xf numFmtId="49" fontId="3" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>`+
		`<xf numFmtId="49" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>`...)
	for i := range formats {
		id := 0
		if i > 0 {
			id = 163 + i
		}
		b = fmt.Appendf(b, `<xf numFmtId="%d" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1" applyAlignment="1"><alignment horizontal="right" vertical="top"/></xf>`, id)
	}
	return append(b, `</cellXfs></styleSheet>`...)
}
