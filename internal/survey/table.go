package survey

import (
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// headDepth is how far down a sheet its header may begin.
const headDepth = 25

// dictionary tells what keys and headers mean on one sheet of a form, or on a flat table.
type dictionary interface {
	key(text string) (place, bool)
	header(h header) (place, bool)
}

// header is what stands above one column.
type header struct {
	ref    Ref
	group  string // the row above, of a two-row header; or the stem of a matrix question
	text   string
	matrix bool
}

// headerBytes is the length beyond which a text is no header and no machine key, 500 Chinese characters: many times
// what any form asks. It is not searched for one, so that long answers in the first rows cost nothing.
const headerBytes = 1500

// lookUp tells what a header means; nothing for a text that is too long for one.
func lookUp(d dictionary, h header) (place, bool) {
	if len(h.group) > headerBytes || len(h.text) > headerBytes {
		return place{}, false
	}
	return d.header(h)
}

// lookUpKey is lookUp for machine keys.
func lookUpKey(d dictionary, text string) (place, bool) {
	if len(text) > headerBytes {
		return place{}, false
	}
	return d.key(text)
}

// remembered is a dictionary that looks every header of one sheet up once, however many cells have the same text.
type remembered struct {
	dictionary
	known map[header]verdict
}

func (d remembered) header(h header) (place, bool) {
	h.ref = Ref{}
	v, known := d.known[h]
	if !known {
		v.place, v.ok = d.dictionary.header(h)
		d.known[h] = v
	}
	return v.place, v.ok
}

// shown is the header as the person reads it.
func (h header) shown() string {
	switch {
	case h.group == "" || h.group == h.text:
		return oneLine(h.text)
	case h.text == "":
		return oneLine(h.group)
	}
	return oneLine(h.group) + " " + oneLine(h.text)
}

// oneLine is a header without the line breaks of its cell.
func oneLine(s string) string {
	s = tidy(s)
	if strings.Contains(s, "\n") {
		s = strings.ReplaceAll(s, "\n", " ")
	}
	return s
}

// place is where an answer belongs: a field, of one competency where it is asked per competency.
type place struct {
	field      *codebook.Field
	competency codebook.CompetencyID
	part       *codebook.Sheet // flat tables only
	block      int             // flat tables only
}

func (l *sheetLexicon) key(text string) (place, bool) {
	p, ok := l.keys[text]
	return p, ok
}

func (l *sheetLexicon) header(h header) (place, bool) {
	if h.matrix {
		return l.matrix(h.group, h.text)
	}
	return l.grouped(h.group, h.text)
}

// grid is a sheet understood as a table.
type grid struct {
	columns  []Column
	byCol    []int // physical column → index in columns, −1 for none
	first    int   // first row of data
	unknown  []header
	repeated []header // a header of a field that another column already has
	crossed  []header // the header says one field, the hidden key another
	keyed    bool
}

// findGrid looks for the sheet's header: the hidden key row, else the one or two rows that
// name most fields. The grid has no columns where nothing was recognised.
func findGrid(s *Sheet, d dictionary) grid {
	if at := keyRow(s, d); at >= 0 {
		return bindKeys(s, d, at)
	}
	d = remembered{d, make(map[header]verdict)}
	var best []header
	found, first, title := 0, 0, -1
	for i := range min(len(s.Rows), headDepth) {
		for depth := 1; depth <= 2 && contiguous(s.Rows, i, depth); depth++ {
			hs := headersAt(s, i, depth)
			n := countPlaces(hs, d)
			// A title line above a plain header adds nothing: the header alone is better.
			if n > found || n == found && n > 0 && depth == 1 && title == i-1 {
				best, found, first, title = hs, n, s.Rows[i+depth-1].Number+1, -1
				if depth == 2 {
					title = i
				}
			}
		}
	}
	if found == 0 {
		return grid{}
	}
	g := grid{first: first}
	for _, h := range best {
		p, ok := lookUp(d, h)
		g.bind(h, p, ok)
	}
	return g
}

func contiguous(rows []Row, i, depth int) bool {
	return i+depth <= len(rows) && rows[i+depth-1].Number == rows[i].Number+depth-1
}

// keyRow finds the row of machine keys; −1 where there is none.
func keyRow(s *Sheet, d dictionary) int {
	for i := range min(len(s.Rows), headDepth) {
		keys, cells := 0, 0
		for c := range s.Rows[i].Cells {
			cell := &s.Rows[i].Cells[c]
			if cell.Kind != Text || cell.Text == "" {
				continue
			}
			cells++
			if _, ok := lookUpKey(d, cell.Text); ok {
				keys++
			}
		}
		if keys >= 2 && 2*keys >= cells || keys == 1 && cells == 1 && s.Rows[i].Hidden {
			return i
		}
	}
	return -1
}

// bindKeys binds the columns by their keys. A column without a key is held against its header;
// a header that names another field than the key is reported, for then one of the two was moved.
func bindKeys(s *Sheet, d dictionary, at int) grid {
	g := grid{first: s.Rows[at].Number + 1, keyed: true}
	for _, h := range keyedHeaders(s, at) {
		key := ""
		if c := s.Rows[at].At(h.ref.Col); c != nil {
			key = strings.TrimSpace(c.Text)
		}
		p, ok := lookUpKey(d, key)
		if !ok && key != "" {
			p, ok = lookUp(d, header{text: key}) // a key that was renamed since
		}
		named, said := lookUp(d, h)
		if ok && said && (named.field != p.field || named.competency != p.competency) {
			g.crossed = append(g.crossed, h)
		}
		if !ok {
			p, ok = named, said
		}
		g.bind(h, p, ok)
	}
	return g
}

// keyedHeaders reads the visible headers above a key row: the nearest text in each column, with
// the group above it.
func keyedHeaders(s *Sheet, at int) []header {
	top := max(at-2, 0)
	for top < at && s.Rows[at].Number-s.Rows[top].Number > 2 {
		top++
	}
	if top == at {
		return headersOver(s, at, at)
	}
	if at-top == 2 && !isGroupRow(s, top, at) {
		top++
	}
	return headersOver(s, top, at)
}

// isGroupRow tells a row of competency groups from a title line: it has more than one text.
func isGroupRow(s *Sheet, row, below int) bool {
	return len(s.Rows[row].Cells) > 1 && row+1 < below
}

// headersOver builds the headers of the columns that any row of [top, bottom] has a cell in,
// the rows above bottom being shown ones; bottom itself holds keys, or is the last header row.
func headersOver(s *Sheet, top, keys int) []header {
	hs := headersAt(s, top, keys-top)
	for i := range s.Rows[keys].Cells { // columns with a key and no visible header
		col := s.Rows[keys].Cells[i].Col
		if !slices.ContainsFunc(hs, func(h header) bool { return h.ref.Col == col }) {
			hs = append(hs, header{ref: Ref{Sheet: s.Name, Row: s.Rows[keys].Number, Col: col}})
		}
	}
	return hs
}

// headersAt reads one or two rows, beginning with Rows[i], as headers. Groups spread over
// merged cells, and to the right over blank ones.
func headersAt(s *Sheet, i, depth int) []header {
	if depth <= 0 {
		return nil
	}
	rows := s.Rows[i : i+depth]
	bottom := &rows[depth-1]
	var hs []header
	if depth == 1 {
		for c := range bottom.Cells {
			if cell := &bottom.Cells[c]; cell.Kind == Text {
				hs = append(hs, header{ref: Ref{s.Name, bottom.Number, cell.Col}, text: cell.Text})
			}
		}
		return expandMatrix(hs)
	}
	group, until := "", 0
	for col, last := 1, lastCol(rows); col <= last; col++ {
		up, down := rows[0].At(col), bottom.At(col)
		if up != nil && up.Kind == Text {
			group, until = up.Text, mergedTo(s, rows[0].Number, col)
		} else if until > 0 && col > until {
			group = ""
		}
		h := header{ref: Ref{s.Name, bottom.Number, col}, group: group}
		if down != nil && down.Kind == Text {
			h.text = down.Text
		}
		if h.text == "" && (up == nil || up.Kind != Text) {
			continue
		}
		if h.text == "" {
			h.ref.Row = rows[0].Number
		}
		hs = append(hs, h)
	}
	return hs
}

func lastCol(rows []Row) int {
	last := 0
	for i := range rows {
		if n := len(rows[i].Cells); n > 0 {
			last = max(last, rows[i].Cells[n-1].Col)
		}
	}
	return min(last, 500)
}

// mergedTo is the last column of the merged area that begins at a cell; 0 where none does.
func mergedTo(s *Sheet, row, col int) int {
	for _, m := range s.Merges {
		if m.FirstRow == row && m.FirstCol == col {
			return m.LastCol
		}
	}
	return 0
}

// expandMatrix rewrites the columns of a matrix question: "7、stem—first item" and, for the
// same number, "7、next item".
func expandMatrix(hs []header) []header {
	stem, number := "", ""
	for i := range hs {
		n, rest := questionNumber(hs[i].text)
		if n == "" {
			continue
		}
		if s, item, found := cutDash(rest); found {
			stem, number = s, n
			hs[i].group, hs[i].text, hs[i].matrix = s, item, true
		} else if n == number {
			hs[i].group, hs[i].text, hs[i].matrix = stem, rest, true
		}
	}
	return hs
}

func questionNumber(s string) (number, rest string) {
	s = strings.TrimLeft(s, " Qq")
	rest = strings.TrimLeft(s, "0123456789")
	number = s[:len(s)-len(rest)]
	if number == "" || rest == "" {
		return "", ""
	}
	for _, mark := range []string{"、", ".", "．", ":", "："} {
		if tail, cut := strings.CutPrefix(rest, mark); cut {
			return number, strings.TrimSpace(tail)
		}
	}
	return "", ""
}

func cutDash(s string) (stem, item string, found bool) {
	for _, dash := range []string{"——", "—", "--", "–"} {
		if stem, item, found = strings.Cut(s, dash); found && strings.TrimSpace(item) != "" {
			return stem, strings.TrimSpace(item), true
		}
	}
	return "", "", false
}

// countPlaces counts the distinct fields that the headers name.
func countPlaces(hs []header, d dictionary) int {
	seen := make(map[place]bool, len(hs))
	for _, h := range hs {
		if p, ok := lookUp(d, h); ok {
			seen[p] = true
		}
	}
	return len(seen)
}

// bind gives a column its meaning, or notes why it has none.
func (g *grid) bind(h header, p place, ok bool) {
	if !ok {
		if h.shown() != "" {
			g.unknown = append(g.unknown, h)
		}
		return
	}
	for i := range g.columns {
		c := &g.columns[i]
		if c.Field == p.field && c.Competency == p.competency && c.block == p.block {
			g.repeated = append(g.repeated, h)
			return
		}
	}
	for len(g.byCol) <= h.ref.Col {
		g.byCol = append(g.byCol, -1)
	}
	g.byCol[h.ref.Col] = len(g.columns)
	shown := h.shown()
	if p.competency == "" && h.text != "" && p.part == nil {
		shown = oneLine(h.text) // a title above the header is no part of it
	}
	g.columns = append(g.columns, Column{
		Field: p.field, Competency: p.competency, Header: shown, At: h.ref, part: p.part, block: p.block,
	})
}

// at is the index of the column that a cell stands in; −1 for none.
func (g *grid) at(col int) int {
	if col >= len(g.byCol) {
		return -1
	}
	return g.byCol[col]
}
