package survey

import (
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// answerAt is one label of a record sheet with the cell for its answer.
type answerAt struct {
	place  place
	label  Ref
	text   string // of the label
	answer Ref
}

// ledger is a sheet understood as labels with answers beside them.
type ledger struct {
	answers []answerAt
	unknown []answerAt
	crossed []answerAt
	keyed   bool
}

// ledgerProbe is how many rows tell a record sheet from a table.
const ledgerProbe = 60

// findLedger reads a sheet as a record: by the hidden key beside each label, else by the
// labels themselves, wherever they stand. It looks at the first rows only, as many as told.
func findLedger(s *Sheet, d dictionary, rows int) ledger {
	if col := keyColumn(s, d); col > 0 {
		return keyedLedger(s, d, col)
	}
	var g ledger
	d = remembered{d, make(map[header]verdict)}
	for i := range min(len(s.Rows), rows) {
		g.readLabels(s, &s.Rows[i], d)
	}
	return g
}

// keyColumn finds the column in which most cells are machine keys; 0 where there is none.
func keyColumn(s *Sheet, d dictionary) int {
	counts := make(map[int]int)
	best := 0
	for i := range min(len(s.Rows), ledgerProbe) {
		for c := range s.Rows[i].Cells {
			cell := &s.Rows[i].Cells[c]
			if cell.Kind != Text {
				continue
			}
			if _, ok := lookUpKey(d, cell.Text); ok {
				counts[cell.Col]++
				if n := counts[cell.Col]; n > counts[best] || n == counts[best] && cell.Col > best {
					best = cell.Col
				}
			}
		}
	}
	if counts[best] < 2 {
		return 0
	}
	return best
}

// keyedLedger pairs each keyed row with the answer right of its label, which stands in the
// first column of the rows' text.
func keyedLedger(s *Sheet, d dictionary, keyCol int) ledger {
	g := ledger{keyed: true}
	labelCol := firstTextCol(s, keyCol, d)
	for i := range s.Rows {
		r := &s.Rows[i]
		c := r.At(keyCol)
		label := ""
		if l := r.At(labelCol); l != nil {
			label = l.Text
		}
		a := answerAt{
			label: Ref{s.Name, r.Number, labelCol}, text: label,
			answer: Ref{s.Name, r.Number, after(s, r.Number, labelCol)},
		}
		named, said := lookUp(d, header{text: label})
		var ok bool
		if c != nil {
			a.place, ok = lookUpKey(d, strings.TrimSpace(c.Text))
			if ok && said && named.field != a.place.field {
				g.crossed = append(g.crossed, a)
			}
		}
		if !ok {
			a.place, ok = named, said
		}
		g.add(s, r, a, ok)
	}
	return g
}

func (g *ledger) add(s *Sheet, r *Row, a answerAt, ok bool) {
	if ok {
		g.answers = append(g.answers, a)
		return
	}
	if len(g.answers) == 0 {
		return // a title, or the line that heads the columns
	}
	if c := r.At(a.answer.Col); a.text != "" && c != nil && !blankText(c) {
		g.unknown = append(g.unknown, a)
	}
}

// firstTextCol is the leftmost column with text in a keyed row.
func firstTextCol(s *Sheet, keyCol int, d dictionary) int {
	best := keyCol
	for i := range s.Rows {
		c := s.Rows[i].At(keyCol)
		if c == nil {
			continue
		}
		if _, ok := lookUpKey(d, c.Text); ok && len(s.Rows[i].Cells) > 0 {
			best = min(best, s.Rows[i].Cells[0].Col)
		}
	}
	if best == keyCol {
		return 1
	}
	return best
}

// after is the column right of a cell, or of the merged area that begins there.
func after(s *Sheet, row, col int) int {
	return max(mergedTo(s, row, col), col) + 1
}

// readLabels reads one row of labels without keys: label, answer, perhaps label, answer again.
// A cell that is an answer is never read as a label.
func (g *ledger) readLabels(s *Sheet, r *Row, d dictionary) {
	answerCol, found := 0, false
	for c := range r.Cells {
		cell := &r.Cells[c]
		if cell.Kind != Text || cell.Col == answerCol || blankText(cell) {
			continue
		}
		p, ok := lookUp(d, header{text: cell.Text})
		a := answerAt{
			place: p, label: Ref{s.Name, r.Number, cell.Col}, text: cell.Text,
			answer: Ref{s.Name, r.Number, after(s, r.Number, cell.Col)},
		}
		if ok {
			g.answers = append(g.answers, a)
			answerCol, found = a.answer.Col, true
		} else if !found && c == 0 && len(r.Cells) > 1 {
			g.add(s, r, a, false)
		}
	}
}

// places counts the distinct fields found.
func (g *ledger) places() int {
	seen := make(map[columnKey]bool, len(g.answers))
	for _, a := range g.answers {
		seen[columnKey{a.place.field.Key, a.place.competency}] = true
	}
	return len(seen)
}

// beats reports whether the sheet is better understood as labels than as a table. Labels that
// all stand in one row are a table's header, unless they name more fields.
func (g *ledger) beats(t grid) bool {
	n := g.places()
	if n == 0 || n != len(t.columns) {
		return n > len(t.columns)
	}
	return g.answers[0].label.Row != g.answers[len(g.answers)-1].label.Row
}

// records lays the answers out: a block begins where its first field comes again. A field
// that comes twice within a block is repeated; its first answer counts.
func (g *ledger) records(s *Sheet, spec *codebook.Sheet) (out FilledSheet, repeated []answerAt) {
	out = FilledSheet{Spec: spec, Name: s.Name}
	seen := make(map[columnKey]int)
	for _, a := range g.answers {
		key := columnKey{a.place.field.Key, a.place.competency}
		if _, known := seen[key]; !known {
			seen[key] = len(out.Columns)
			out.Columns = append(out.Columns, Column{
				Field: a.place.field, Competency: a.place.competency, Header: oneLine(a.text), At: a.label, part: a.place.part,
			})
		}
	}
	var rec *Record
	for _, a := range g.answers {
		i := seen[columnKey{a.place.field.Key, a.place.competency}]
		if i == 0 {
			out.Records = append(out.Records, newBlock(&out, a.label.Row))
			rec = &out.Records[len(out.Records)-1]
		}
		if rec.at[i].Row != 0 {
			repeated = append(repeated, a)
			continue
		}
		rec.at[i] = a.answer
		rec.cells[i] = s.At(a.answer.Row, a.answer.Col)
	}
	out.Records = slices.DeleteFunc(out.Records, func(r Record) bool { return !r.said() })
	return out, repeated
}

// said reports whether the record has any answer.
func (r Record) said() bool {
	return slices.ContainsFunc(r.cells, func(c *Cell) bool { return c != nil && !blankText(c) })
}

func newBlock(s *FilledSheet, row int) Record {
	return Record{Row: row, cells: make([]*Cell, len(s.Columns)), at: make([]Ref, len(s.Columns))}
}
