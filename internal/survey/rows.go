package survey

import (
	"maps"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// rowWalk turns the rows of a table into records and counts what falls outside.
type rowWalk struct {
	sheet  *Sheet
	grid   *grid
	extras map[int]int // cells with data in columns that are no part of the form
	hidden int         // hidden rows with data
	notes  []Row       // totals and remarks below the data, which are no records
	down   []Area      // merged over several rows of one column
	across []Area      // merged over several answers
	open   []Area      // of down, those that reach the row at hand
	next   int         // of down, the first not yet opened
}

func newRowWalk(s *Sheet, g *grid) *rowWalk {
	w := &rowWalk{sheet: s, grid: g, extras: make(map[int]int)}
	for _, m := range s.Merges {
		if m.LastRow < g.first {
			continue
		}
		switch n := w.answersIn(m); {
		case n > 1:
			w.across = append(w.across, m)
		case n == 1 && m.LastRow > m.FirstRow:
			w.down = append(w.down, m)
		}
	}
	slices.SortStableFunc(w.down, func(a, b Area) int { return a.FirstRow - b.FirstRow })
	return w
}

// answersIn counts the columns of the form that a merged area covers.
func (w *rowWalk) answersIn(m Area) int {
	n := 0
	for col := m.FirstCol; col <= min(m.LastCol, len(w.grid.byCol)-1); col++ {
		if w.grid.at(col) >= 0 {
			n++
		}
	}
	return n
}

// row adds a record for a row that has an answer of its own.
func (w *rowWalk) row(r *Row, out *FilledSheet) {
	var cells []*Cell
	answers := 0
	for c := range r.Cells {
		cell := &r.Cells[c]
		if blankText(cell) {
			continue
		}
		i := w.grid.at(cell.Col)
		if i < 0 {
			if !cell.Formula {
				w.extras[cell.Col]++
			}
			continue
		}
		if cells == nil {
			cells = make([]*Cell, len(w.grid.columns))
		}
		cells[i] = cell
		answers++
	}
	if answers == 0 {
		return
	}
	if answers == 1 && remarkRow(r) || totalRow(r) {
		w.notes = append(w.notes, *r)
		return
	}
	if r.Hidden {
		w.hidden++
	}
	w.fillMerged(r.Number, cells)
	out.Records = append(out.Records, Record{Row: r.Number, cells: cells})
}

// fillMerged gives a row the values of the cells merged down over it. Rows come in ascending
// order, so only the areas open at this row are looked at.
func (w *rowWalk) fillMerged(row int, cells []*Cell) {
	for w.next < len(w.down) && w.down[w.next].FirstRow < row {
		w.open = append(w.open, w.down[w.next])
		w.next++
	}
	w.open = slices.DeleteFunc(w.open, func(m Area) bool { return m.LastRow < row })
	for _, m := range w.open {
		for col := m.FirstCol; col <= min(m.LastCol, len(w.grid.byCol)-1); col++ {
			if i := w.grid.at(col); i >= 0 && cells[i] == nil {
				cells[i] = w.sheet.At(m.FirstRow, m.FirstCol)
			}
		}
	}
}

// remarkRow reports a single text below a table that is a remark, not a record.
func remarkRow(r *Row) bool {
	for _, p := range []string{"注:", "注：", "备注", "说明", "填表", "填写", "制表", "审核", "※", "*"} {
		if t := tidy(firstText(r)); len(t) > len(p) && t[:len(p)] == p {
			return true
		}
	}
	return false
}

func totalRow(r *Row) bool {
	switch codebook.Fold(firstText(r)) {
	case "合计", "总计", "小计", "共计", "total", "sum", "合计:", "总计:":
		return true
	}
	return false
}

func sortedKeys[K int | string | codebook.FieldID, V any](m map[K]V) []K {
	return slices.Sorted(maps.Keys(m))
}
