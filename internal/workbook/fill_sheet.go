package workbook

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// fillSheet is one sheet of a template, cut into pieces once so that filling it in only copies
// bytes: everything before the first row, every row with its cells, everything after the last.
type fillSheet struct {
	plan  plan
	entry int // index in the package
	head  []byte
	rows  []fillRow
	tail  []byte
	at    map[fillKey]int // place of a field in plan.places
	first int             // index in rows of the first row to be filled in
	size  int
}

type fillKey struct {
	field      codebook.FieldID
	competency codebook.CompetencyID
}

// fillRow is one row: its opening tag, its cells and, for a row that stays as it is, all of it.
type fillRow struct {
	number int
	open   []byte
	cells  []fillCell
	raw    []byte
}

type fillCell struct {
	col   int
	style []byte
	raw   []byte
}

var (
	rowOpen  = []byte("<row ")
	rowClose = []byte("</row>")
	cellOpen = []byte("<c ")
)

// cutSheet takes a template's sheet apart. It reads only what WriteTemplate wrote and refuses
// anything else.
func cutSheet(p plan, xml []byte) (*fillSheet, error) {
	s := &fillSheet{plan: p, at: make(map[fillKey]int, len(p.places)), size: len(xml)}
	for i, pl := range p.places {
		s.at[fillKey{pl.field.Key, pl.competency}] = i
	}
	start, end := bytes.Index(xml, rowOpen), bytes.LastIndex(xml, rowClose)
	if start < 0 || end < start {
		return nil, fmt.Errorf("sheet %q has no rows", p.name)
	}
	end += len(rowClose)
	s.head, s.tail = xml[:start], xml[end:]
	for rest := xml[start:end]; len(rest) > 0; {
		stop := bytes.Index(rest, rowClose)
		if stop < 0 {
			return nil, fmt.Errorf("sheet %q: a row does not end", p.name)
		}
		stop += len(rowClose)
		row, err := cutRow(rest[:stop])
		if err != nil {
			return nil, fmt.Errorf("sheet %q: %w", p.name, err)
		}
		s.rows = append(s.rows, row)
		rest = rest[stop:]
	}
	return s, s.locate()
}

// locate finds the first row to be filled in and checks that the prepared rows stand in order.
func (s *fillSheet) locate() error {
	for i, r := range s.rows {
		if r.number != i+1 {
			return fmt.Errorf("sheet %q: row %d stands where row %d should", s.plan.name, r.number, i+1)
		}
	}
	s.first = s.plan.firstRow() - 1
	if s.plan.record() && len(s.rows) < s.plan.lastRow() || len(s.rows) <= s.first {
		return fmt.Errorf("sheet %q is not laid out as the codebook says", s.plan.name)
	}
	return nil
}

func cutRow(raw []byte) (fillRow, error) {
	stop := bytes.IndexByte(raw, '>')
	number, err := strconv.Atoi(string(attribute(raw[:stop], "r")))
	if err != nil {
		return fillRow{}, fmt.Errorf("a row has no number: %w", err)
	}
	row := fillRow{number: number, open: raw[:stop+1], raw: raw}
	for rest := raw[stop+1 : len(raw)-len(rowClose)]; len(rest) > 0; {
		next := len(rest)
		if at := bytes.Index(rest[1:], cellOpen); at >= 0 {
			next = at + 1
		}
		cell, err := cutCell(rest[:next])
		if err != nil {
			return fillRow{}, fmt.Errorf("row %d: %w", number, err)
		}
		row.cells = append(row.cells, cell)
		rest = rest[next:]
	}
	return row, nil
}

func cutCell(raw []byte) (fillCell, error) {
	stop := bytes.IndexByte(raw, '>')
	if !bytes.HasPrefix(raw, cellOpen) || stop < 0 {
		return fillCell{}, fmt.Errorf("not a cell: %.20s", raw)
	}
	_, col := splitA1(attribute(raw[:stop], "r"))
	if col == 0 {
		return fillCell{}, fmt.Errorf("a cell has no address: %.20s", raw)
	}
	return fillCell{col: col, style: attribute(raw[:stop], "s"), raw: raw}, nil
}

// attribute returns the value of an attribute of a tag written with double quotes; nil where
// the tag does not have it.
func attribute(tag []byte, name string) []byte {
	_, after, ok := bytes.Cut(tag, []byte(" "+name+`="`))
	if !ok {
		return nil
	}
	value, _, _ := bytes.Cut(after, []byte{'"'})
	return value
}

// splitA1 reads an address; 0, 0 where it is none.
func splitA1[T ~string | ~[]byte](cell T) (row, col int) {
	i := 0
	for ; i < len(cell) && cell[i] >= 'A' && cell[i] <= 'Z' && i < 4; i++ {
		col = col*26 + int(cell[i]-'A') + 1
	}
	row, err := strconv.Atoi(string(cell[i:]))
	if err != nil || row < 1 || i == 0 {
		return 0, 0
	}
	return row, col
}

// sheetFill is what goes into one sheet: a grid of physical rows by places.
type sheetFill struct {
	sheet *fillSheet
	rows  [][]written // from the first row to be filled in; nil rows stay as they are
}

// set puts a value into the n-th physical row from the first one to be filled in.
func (f *sheetFill) set(n, place int, w written) {
	for len(f.rows) <= n {
		f.rows = append(f.rows, nil)
	}
	if f.rows[n] == nil {
		f.rows[n] = make([]written, len(f.sheet.plan.places))
	}
	f.rows[n][place] = w
}

// render writes the sheet with its answers.
func (f *sheetFill) render(b []byte) ([]byte, error) {
	s := f.sheet
	b = append(b, s.headFor(len(f.rows))...)
	for i := range s.rows {
		n := i - s.first
		if n < 0 || n >= len(f.rows) || f.rows[n] == nil {
			b = append(b, s.rows[i].raw...)
			continue
		}
		var err error
		if b, err = f.renderRow(b, &s.rows[i], s.rows[i].number, f.rows[n]); err != nil {
			return nil, err
		}
	}
	for n := len(s.rows) - s.first; n < len(f.rows); n++ {
		var err error
		if b, err = f.renderRow(b, &s.rows[len(s.rows)-1], s.first+n+1, f.rows[n]); err != nil {
			return nil, err
		}
	}
	return append(b, s.tail...), nil
}

// headFor is everything before the first row; with more records than were prepared it states
// the larger dimension, which some readers trust.
func (s *fillSheet) headFor(records int) []byte {
	last := s.first + records
	if last <= len(s.rows) {
		return s.head
	}
	at := bytes.Index(s.head, []byte("<dimension "))
	if at < 0 {
		return s.head
	}
	stop, _, err := tagEnd(s.head, at)
	if err != nil {
		return s.head
	}
	edit := setAttribute(s.head, node{start: at, inner: stop, close: stop, end: stop}, "ref", area(1, 1, last, len(s.plan.places)))
	return spliced(s.head, []splice{edit})
}

// renderRow writes one row after the model of a prepared one, under its own number.
func (f *sheetFill) renderRow(b []byte, model *fillRow, number int, answers []written) ([]byte, error) {
	b = f.openRow(b, model, number, answers)
	for i := range model.cells {
		c := &model.cells[i]
		w, ok := answerIn(f.sheet.plan, number, c.col, answers)
		if len(w.text) > cellText && units(w.text) > cellText {
			return nil, fmt.Errorf("%s!%s: a cell cannot hold %d characters", f.sheet.plan.name, a1(number, c.col), units(w.text))
		}
		if (!ok || w.kind == writtenNone) && number == model.number {
			b = append(b, c.raw...)
			continue
		}
		b = appendCell(b, number, c.col, c.style, w)
	}
	return append(b, rowClose...), nil
}

// openRow writes the opening tag: as prepared, or higher where a text needs more lines.
func (f *sheetFill) openRow(b []byte, model *fillRow, number int, answers []written) []byte {
	height := f.needs(answers)
	if number == model.number && height == 0 {
		return append(b, model.open...)
	}
	b = append(b, `<row r="`...)
	b = strconv.AppendInt(b, int64(number), 10)
	b = append(b, '"')
	if height > 0 {
		b = append(b, ` ht="`...)
		b = strconv.AppendFloat(b, height, 'f', -1, 64)
		b = append(b, '"')
	}
	return append(b, '>')
}

// rowHeightMost is what Excel allows a row, in points.
const rowHeightMost = 409.0

// needs is the height of a table row whose texts take several lines; 0 where one line does.
func (f *sheetFill) needs(answers []written) float64 {
	if f.sheet.plan.record() {
		return 0
	}
	height := 0.0
	for i := range answers {
		text, width := answers[i].text, columnWidth(f.sheet.plan.places[i].field)-2
		if float64(len(text)) > width && (textWidth(text) > width || strings.Contains(text, "\n")) {
			height = max(height, lineHeight(text, width+1, 10.5))
		}
	}
	return min(height, rowHeightMost)
}

// answerIn picks the answer that stands in a column of a row.
func answerIn(p plan, row, col int, answers []written) (written, bool) {
	if answers == nil {
		return written{}, false
	}
	if p.record() {
		if col != answerCol {
			return written{}, false
		}
		return answers[row-recordFirstRow], true
	}
	if col > len(answers) {
		return written{}, false
	}
	return answers[col-1], true
}
