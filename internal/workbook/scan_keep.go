package workbook

import (
	"strconv"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// flushCells is how many cells are gathered before they move to the book. Cells are gathered in a
// buffer that is used again, and copied once to slices of exactly the right size.
const flushCells = 1 << 14

// heldRow is a row whose cells are still in the buffer.
type heldRow struct {
	number int
	hidden bool
	cells  int
}

// scratch is room that outlives a file.
type scratch struct {
	cells []survey.Cell
	rows  []heldRow
	value []byte
}

// keep adds a cell with content to the row, unless it stands far from all others.
func (s *sheetScan) keep(c *survey.Cell) {
	if s.strays.cells > 0 || s.row-s.lastRow > s.lim.GapRows {
		s.strays.add(s.here(c.Col))
		return
	}
	if c.Col > s.lim.Columns {
		s.aside.add(s.here(c.Col))
		return
	}
	if s.cells++; s.cells > s.lim.Cells {
		s.fail("F092", c.Col, strconv.Itoa(s.cells), strconv.Itoa(s.lim.Cells))
		return
	}
	s.lastKept = max(s.lastKept, c.Col)
	s.scratch.cells = append(s.scratch.cells, *c)
}

// flush moves the gathered rows to the sheet.
func (s *sheetScan) flush() {
	cells := append(make([]survey.Cell, 0, len(s.scratch.cells)), s.scratch.cells...)
	if s.out.Rows == nil {
		s.out.Rows = make([]survey.Row, 0, len(s.scratch.rows))
	}
	for _, h := range s.scratch.rows {
		s.out.Rows = append(s.out.Rows, survey.Row{Number: h.number, Hidden: h.hidden, Cells: cells[:h.cells:h.cells]})
		cells = cells[h.cells:]
	}
	s.scratch.release()
}

// release empties the buffer and lets go of the texts it refers to.
func (t *scratch) release() {
	clear(t.cells)
	t.cells, t.rows = t.cells[:0], t.rows[:0]
}

// close ends the sheet and says what is odd about it as a whole.
func (s *sheetScan) close() *fault {
	s.flush()
	if s.x.prefixed {
		s.flag("F067", survey.Ref{Sheet: s.out.Name}, "")
	}
	if s.emptyRows > s.lim.Rows {
		s.findings.flag("F112", survey.Ref{Sheet: s.out.Name}, "", strconv.Itoa(s.emptyRows), strconv.Itoa(s.lim.Rows))
	}
	for _, target := range s.links {
		s.flag("F115", survey.Ref{Sheet: s.out.Name}, target)
	}
	s.judgeHidden()
	s.judgeMerges()
	return s.judgeStrays()
}

// judgeStrays lets a few far cells pass with a note; where there are many, they are data that
// must not be left out.
func (s *sheetScan) judgeStrays() *fault {
	if t := &s.aside; t.cells > 0 {
		if t.cells > s.lim.Strays || t.near-s.lastKept <= s.lim.GapColumns {
			return &fault{code: "F091", ref: t.first, got: survey.ColumnName(t.near), want: strconv.Itoa(s.lim.Columns)}
		}
		s.noteStrays(t, s.lim.GapColumns)
	}
	if t := &s.strays; t.cells > 0 {
		if t.cells > s.lim.Strays {
			return &fault{code: "F097", ref: t.first, got: strconv.Itoa(t.cells), want: strconv.Itoa(s.lim.GapRows)}
		}
		s.noteStrays(t, s.lim.GapRows)
	}
	return nil
}

func (s *sheetScan) noteStrays(t *strays, gap int) {
	s.findings.flag("F111", t.first, "", strconv.Itoa(t.cells), strconv.Itoa(gap))
	s.findings.count("F111", t.first.Sheet, t.cells-1)
}

// judgeHidden reports hidden columns with content, and judgeMerges merged areas over several rows
// with content. The rules of the codebook's own forms say it with the field's name, so here it is
// said of other workbooks only.
func (s *sheetScan) judgeHidden() {
	if s.own || len(s.out.HiddenCols) == 0 {
		return
	}
	first := s.firstOfColumns()
	for _, a := range s.out.HiddenCols {
		for col := a.FirstCol; col <= min(a.LastCol, s.lastKept); col++ {
			if at := first[col]; at.Row > 0 {
				s.flag("F110", at, survey.ColumnName(col))
				break
			}
		}
	}
}

// firstOfColumns gives the first cell with content of each column.
func (s *sheetScan) firstOfColumns() []survey.Ref {
	first := make([]survey.Ref, s.lastKept+1)
	for _, row := range s.out.Rows {
		for i := range row.Cells {
			if at := &first[row.Cells[i].Col]; at.Row == 0 {
				*at = survey.Ref{Sheet: s.out.Name, Row: row.Number, Col: row.Cells[i].Col}
			}
		}
	}
	return first
}

func (s *sheetScan) judgeMerges() {
	for _, a := range s.out.Merges {
		if !s.own && a.LastRow > a.FirstRow && s.out.At(a.FirstRow, a.FirstCol) != nil {
			at := survey.Ref{Sheet: s.out.Name, Row: a.FirstRow, Col: a.FirstCol}
			s.flag("F107", at, at.Cell()+":"+survey.Ref{Row: a.LastRow, Col: a.LastCol}.Cell())
		}
	}
}
