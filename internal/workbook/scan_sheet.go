package workbook

import (
	"bytes"
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Bounds of the grid itself.
const (
	gridRows    = 1 << 20
	gridColumns = 1 << 14
)

// sheetScan reads one worksheet part into a survey.Sheet.
type sheetScan struct {
	*reading
	x     *xmlScan
	out   *survey.Sheet
	quick bool              // the usual shapes are read by their bytes
	links map[string]string // relationship id → dangerous target

	depends bool // a cell's value came from another part too

	row     int // number of the row being read, 0 before the first
	hidden  bool
	lastCol int // of the cells seen in this row

	held      int    // cells of this row start here in scratch.cells
	lastRow   int    // last row with content that was kept
	lastKept  int    // right-most column with content that was kept
	rows      int    // rows kept
	emptyRows int    // row elements without content
	strays    strays // behind a run of empty rows
	aside     strays // behind a run of empty columns
}

// strays are cells far from all others, counted and not kept.
type strays struct {
	cells int
	first survey.Ref
	near  int // smallest distance that matters: column of the left-most one
}

func (t *strays) add(at survey.Ref) {
	if t.cells == 0 {
		t.first, t.near = at, at.Col
	}
	t.cells++
	t.near = min(t.near, at.Col)
}

// scan reads the whole part.
func (s *sheetScan) scan() *fault {
	s.quick = s.quick && !s.x.fenced
	if s.x.root(spaceMain, "worksheet") {
		s.parts()
	}
	bad := s.x.finish()
	if bad == nil {
		return s.close()
	}
	if bad.ref.Sheet == "" {
		bad.ref = survey.Ref{Sheet: s.out.Name, Row: s.row}
	}
	return bad
}

// parts reads the children of the worksheet element up to its end.
func (s *sheetScan) parts() {
	data := false
	for {
		switch t := s.x.next(); {
		case t == tokenEnd, t == tokenStop:
			if !data {
				s.x.fail("F069", "sheetData", "")
			}
			return
		case t == tokenText:
			if !blank(s.x.text) {
				s.x.malformed()
			}
		case s.x.is("sheetData"):
			if data {
				s.x.fail("F069", "sheetData × 2", "")
				return
			}
			data = true
			s.each(s.dataChild)
			if s.x.bad == nil {
				s.row = 0
			}
		case s.x.is("cols"):
			s.x.children(s.column)
		case s.x.is("mergeCells"):
			s.x.children(s.merge)
		case s.x.is("hyperlinks"):
			s.x.children(s.hyperlink)
		default:
			s.x.skip()
		}
	}
}

// each calls child for every child element of the element just begun, until its end. Of
// alternatives for programs that know an extension and for those that do not, the latter is read.
func (s *sheetScan) each(child func()) {
	for {
		switch t := s.x.element(); {
		case t != tokenStart:
			return
		case s.x.space == spaceCompat && string(s.x.name) == "AlternateContent":
			s.flag("F068", s.here(0), "")
			s.alternative(child)
		default:
			child()
		}
	}
}

func (s *sheetScan) alternative(child func()) {
	for s.x.element() == tokenStart {
		if s.x.space == spaceCompat && string(s.x.name) == "Fallback" {
			s.each(child)
		} else {
			s.x.skip()
		}
	}
}

// here is the place of a column of the current row; 0 is the whole row.
func (s *sheetScan) here(col int) survey.Ref {
	return survey.Ref{Sheet: s.out.Name, Row: s.row, Col: col}
}

// flag notes a finding on this sheet.
func (s *sheetScan) flag(code ruleID, at survey.Ref, got string) {
	s.findings.flag(code, at, "", got, "")
}

// fail stops the scan at a cell.
func (s *sheetScan) fail(code ruleID, col int, got, want string) {
	if s.x.bad == nil {
		s.x.bad = &fault{code: code, ref: s.here(col), part: s.x.part, got: got, want: want}
	}
}

// dataChild reads one child of sheetData.
func (s *sheetScan) dataChild() {
	if !s.x.is("row") {
		s.fail("F069", 0, string(s.x.name), "")
		return
	}
	if !s.nextRow(s.x.attr("r")) {
		return
	}
	s.hidden = truth(s.x.attr("hidden"))
	s.lastCol, s.held = 0, len(s.scratch.cells)
	for s.quick && !s.x.closing && s.x.plain == spaceMain && s.quickCell() {
	}
	s.each(s.rowChild)
	s.endRow()
}

// nextRow moves to the row a number names, or to the next one where it names none.
func (s *sheetScan) nextRow(number []byte) bool {
	next := s.row + 1
	if number != nil {
		n, ok := whole(number)
		if !ok || n < 1 || n > gridRows || number[0] == '0' {
			s.fail("F080", 0, string(number), strconv.Itoa(gridRows))
			return false
		}
		if n < next {
			s.fail("F081", 0, string(number), strconv.Itoa(next))
			return false
		}
		next = n
	}
	if next > gridRows {
		s.fail("F080", 0, strconv.Itoa(next), strconv.Itoa(gridRows))
		return false
	}
	s.row = next
	return true
}

// endRow closes the row: its cells so far become one row of the sheet.
func (s *sheetScan) endRow() {
	cells := s.scratch.cells[s.held:]
	if len(cells) == 0 || s.x.bad != nil {
		s.emptyRows++
		return
	}
	s.lastRow = s.row
	if s.rows++; s.rows > s.lim.Rows {
		s.fail("F090", 0, strconv.Itoa(s.rows), strconv.Itoa(s.lim.Rows))
		return
	}
	if s.hidden && !s.own {
		s.flag("F109", s.here(0), strconv.Itoa(s.row))
	}
	s.scratch.rows = append(s.scratch.rows, heldRow{number: s.row, hidden: s.hidden, cells: len(cells)})
	if len(s.scratch.cells) >= flushCells {
		s.flush()
	}
}

// column notes hidden columns.
func (s *sheetScan) column() {
	if !s.x.is("col") || !truth(s.x.attr("hidden")) || len(s.out.HiddenCols) >= gridColumns {
		return
	}
	from, ok1 := whole(s.x.attr("min"))
	to, ok2 := whole(s.x.attr("max"))
	if !ok1 || !ok2 || from < 1 || to < from || to > gridColumns {
		s.fail("F069", 0, "col", "")
		return
	}
	s.out.HiddenCols = append(s.out.HiddenCols, survey.Area{FirstCol: from, LastCol: to})
}

// merge reads one merged area.
func (s *sheetScan) merge() {
	if !s.x.is("mergeCell") {
		return
	}
	if len(s.out.Merges) >= s.lim.Merges {
		s.fail("F093", 0, "", strconv.Itoa(s.lim.Merges))
		return
	}
	ref := s.x.attr("ref")
	a, ok := parseArea(ref)
	if !ok {
		s.fail("F095", 0, string(ref), "")
		return
	}
	s.out.Merges = append(s.out.Merges, a)
}

// hyperlink reports links that would run or open something other than a web page or a mail.
func (s *sheetScan) hyperlink() {
	id := s.x.attrText(spaceRel, "id")
	target, dangerous := s.links[id]
	if !dangerous {
		return
	}
	at := survey.Ref{Sheet: s.out.Name}
	if a, ok := parseArea(s.x.attr("ref")); ok {
		at.Row, at.Col = a.FirstRow, a.FirstCol
	}
	s.flag("F115", at, target)
	delete(s.links, id)
}

// parseArea reads B2 or B2:C3.
func parseArea(ref []byte) (survey.Area, bool) {
	first, second, two := bytes.Cut(ref, []byte(":"))
	r1, c1, ok := parseAddress(first)
	if !ok || !two {
		return survey.Area{FirstRow: r1, FirstCol: c1, LastRow: r1, LastCol: c1}, ok
	}
	r2, c2, ok := parseAddress(second)
	return survey.Area{FirstRow: r1, FirstCol: c1, LastRow: r2, LastCol: c2}, ok && r1 <= r2 && c1 <= c2
}

// parseAddress reads an A1 address inside the grid; ok is false for anything else.
func parseAddress(ref []byte) (row, col int, ok bool) {
	i := 0
	for i < len(ref) && i < 3 && ref[i]-'A' < 26 {
		col = col*26 + int(ref[i]-'A') + 1
		i++
	}
	row, ok = whole(ref[i:])
	return row, col, ok && i > 0 && ref[i] != '0' && row <= gridRows && col <= gridColumns
}
