package survey

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// A flat table holds whole visits in one sheet: an online questionnaire's export, a CSV file.
// A row carries the visit's fields and, beside them, one job, one trend and one suggestion; or
// several of them in numbered groups of columns (岗位1…, 岗位2…). The rows of one visit repeat its
// fields, or leave them blank in all rows but one.
//
// Machine keys of such a table are the field, or sheet.field, or sheet.2.field.

// flatLexicon is the dictionary of a flat table: the sheets of the form side by side.
type flatLexicon struct{ parts []*sheetLexicon }

func (x *lexicon) flat(form *codebook.Form) *flatLexicon {
	f := &flatLexicon{}
	for i := range form.Sheets {
		f.parts = append(f.parts, x.sheet(&form.Sheets[i]))
	}
	return f
}

func (f *flatLexicon) key(text string) (place, bool) {
	head, rest, dotted := strings.Cut(text, ".")
	for _, l := range f.parts {
		if !dotted {
			if p, ok := l.key(text); ok {
				return in(l, p, 0), true
			}
			continue
		}
		if l.spec.Key != head {
			continue
		}
		block := 0
		if n, tail, numbered := strings.Cut(rest, "."); numbered {
			block, rest = max(atoi(n), 0), tail
		}
		p, ok := l.key(rest)
		return in(l, p, block), ok
	}
	return place{}, false
}

func in(l *sheetLexicon, p place, block int) place {
	p.part, p.block = l.spec, block
	return p
}

// header finds a matrix question by the number of its part, any header on the first sheet that
// knows it; else with the sheet's name and a number before it, or a number behind it.
func (f *flatLexicon) header(h header) (place, bool) {
	if l, block, ok := f.named(h.group); ok && !h.matrix {
		if p, found := l.find(h.text); found {
			return in(l, p, block), true
		}
	}
	if p, ok := f.numberedMatrix(h); ok {
		return p, true
	}
	for _, l := range f.parts {
		if p, ok := l.header(h); ok {
			return in(l, p, 0), true
		}
	}
	if h.matrix {
		return place{}, false
	}
	if l, block, rest, ok := f.qualified(h.text); ok {
		if p, found := l.find(rest); found {
			return in(l, p, block), true
		}
	}
	return f.numbered(h)
}

// numberedMatrix reads a matrix question about the first, second … job.
func (f *flatLexicon) numberedMatrix(h header) (place, bool) {
	if !h.matrix {
		return place{}, false
	}
	l, block, rest, ok := f.qualified(h.group)
	if !ok {
		return place{}, false
	}
	p, ok := l.matrix(rest, h.text)
	return in(l, p, block), ok
}

// named reads a group that is a sheet's name with a number: 岗位1.
func (f *flatLexicon) named(group string) (*sheetLexicon, int, bool) {
	if group == "" {
		return nil, 0, false
	}
	key := headerKey(group)
	word := strings.TrimRight(key, "0123456789")
	for _, l := range f.parts {
		if word == headerKey(l.spec.Name.ZH) || word == headerKey(l.spec.Name.EN) || word == headerKey(l.spec.Name.Both()) || word == l.spec.Key {
			return l, max(atoi(key[len(word):]), 0), true
		}
	}
	return nil, 0, false
}

// qualified cuts a sheet's name, with a number or a separator, from the front of a header:
// 岗位2：岗位名称, 趋势-说明.
func (f *flatLexicon) qualified(text string) (l *sheetLexicon, block int, rest string, ok bool) {
	folded := codebook.Fold(text)
	if number, tail := questionNumber(folded); number != "" {
		folded = codebook.Fold(tail)
	}
	for _, l := range f.parts {
		for _, name := range []string{l.spec.Name.ZH, l.spec.Name.EN, l.spec.Key} {
			tail, cut := strings.CutPrefix(folded, codebook.Fold(name))
			if !cut || name == "" {
				continue
			}
			after := strings.TrimLeft(tail, "0123456789")
			digits := tail[:len(tail)-len(after)]
			plain := strings.TrimLeftFunc(after, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) })
			if plain != "" && (digits != "" || plain != after) {
				return l, max(atoi(digits), 0), plain, true
			}
		}
	}
	return nil, 0, "", false
}

// numbered reads a header with a number behind it: 岗位名称2, 岗位名称-2. A number in brackets is no
// group: it says as often how long an answer may be.
func (f *flatLexicon) numbered(h header) (place, bool) {
	key := headerKey(h.text)
	word := strings.TrimRight(key, "0123456789")
	if word == key || word == "" {
		return place{}, false
	}
	for _, l := range f.parts {
		if p, ok := l.find(word); ok && l.spec.Key != "visit" {
			return in(l, p, atoi(key[len(word):])), true
		}
	}
	return place{}, false
}

// flatTable finds the one sheet that holds visits and their jobs side by side; −1 for none.
func (r *reading) flatTable() (int, grid) {
	form := lexiconOf(r.cb).bulkForm()
	jobs, ok := form.Sheet("jobs")
	if !ok || slices.Contains(r.claimed, jobs) && !r.onlySheet() {
		return -1, grid{}
	}
	for i := range r.book.Sheets {
		s := &r.book.Sheets[i]
		if machineSheet(s.Name) || len(s.Rows) < 2 || s.Hidden {
			continue
		}
		g := findGrid(s, r.lex.flat(form))
		if fieldsOf(&g, "visit") >= 3 && fieldsOf(&g, "jobs") >= 2 {
			return i, g
		}
	}
	return -1, grid{}
}

// onlySheet reports whether one sheet alone has content, whatever it was taken for.
func (r *reading) onlySheet() bool {
	n := 0
	for i := range r.book.Sheets {
		if len(r.book.Sheets[i].Rows) > 0 && !machineSheet(r.book.Sheets[i].Name) {
			n++
		}
	}
	return n == 1
}

// fieldsOf counts the columns of a flat table that belong to one sheet of the form, not
// counting those by which a part names its visit.
func fieldsOf(g *grid, key string) int {
	n := 0
	for i := range g.columns {
		if c := &g.columns[i]; c.part != nil && c.part.Key == key && c.Field.Key != linkField {
			n++
		}
	}
	return n
}

// readFlat reads a flat table as if its parts stood on sheets of their own.
func (r *reading) readFlat(at int, g grid) {
	s := &r.book.Sheets[at]
	whole := FilledSheet{Spec: &r.out.Form.Sheets[0], Name: s.Name, Columns: g.columns}
	walk := newRowWalk(s, &g)
	for i := range s.Rows {
		if s.Rows[i].Number >= g.first {
			walk.row(&s.Rows[i], &whole)
		}
	}
	r.rowIssues(s, &g, walk)
	r.out.flat = true
	owners := r.group(&whole)
	for _, p := range partsOf(g.columns) {
		r.out.Sheets = append(r.out.Sheets, p.sheet(&whole, owners))
	}
	for i := range r.out.Sheets {
		sheet := &r.out.Sheets[i]
		sheet.makeIndex()
		for k := range sheet.Records {
			sheet.Records[k].Sheet = sheet
		}
	}
	for i := range r.out.Form.Sheets {
		spec := &r.out.Form.Sheets[i]
		if spec.Key == "visit" || spec.Key == "jobs" && !r.out.notAsked["job_title"] {
			r.missing(spec, g.columns, Ref{Sheet: s.Name, Row: g.first - 1})
		}
	}
}

// flatPart is the columns of one sheet of the form, of one numbered group.
type flatPart struct {
	spec    *codebook.Sheet
	block   int
	columns []int
}

// partsOf groups a flat table's columns, in the order in which the parts first appear.
func partsOf(columns []Column) []flatPart {
	var parts []flatPart
	for i := range columns {
		c := &columns[i]
		at := slices.IndexFunc(parts, func(p flatPart) bool { return p.spec == c.part && p.block == c.block })
		if at < 0 {
			parts = append(parts, flatPart{spec: c.part, block: c.block})
			at = len(parts) - 1
		}
		parts[at].columns = append(parts[at].columns, i)
	}
	return parts
}

// sheet cuts one part out of the whole table. A visit has one record, of its first row as completed; a
// part has one for every row that says something of it.
func (p flatPart) sheet(whole *FilledSheet, owners []int) FilledSheet {
	out := FilledSheet{Spec: p.spec, Name: whole.Name}
	for _, c := range p.columns {
		out.Columns = append(out.Columns, whole.Columns[c])
	}
	visits := 0
	for n, r := range whole.Records {
		cells := make([]*Cell, len(p.columns))
		said := false
		for i, c := range p.columns {
			cells[i] = r.cells[c]
			said = said || cells[i] != nil
		}
		if p.spec.Key == "visit" {
			said = owners[n] == visits
		}
		if said {
			out.Records = append(out.Records, Record{Row: r.Row, cells: cells, at: p.places(r.at), owner: owners[n]})
			visits++
		}
	}
	return out
}

// places cuts the part's places out of those of a whole row; nil for nil.
func (p flatPart) places(at []Ref) []Ref {
	if at == nil {
		return nil
	}
	out := make([]Ref, len(p.columns))
	for i, c := range p.columns {
		out[i] = at[c]
	}
	return out
}

// group tells which rows are one visit: the same number, else the same staff number, name,
// enterprise, code and day. A row that says none of them belongs to the row above. The first row of a visit is
// given what only a later one says.
func (r *reading) group(whole *FilledSheet) []int {
	link, naming := -1, []int(nil)
	var own []int // the visit's other fields
	for i := range whole.Columns {
		switch c := &whole.Columns[i]; {
		case c.part.Key != "visit":
		case c.Field.Key == linkField:
			link = i
		case slices.Contains(identity, c.Field.Key):
			naming = append(naming, i)
		default:
			own = append(own, i)
		}
	}
	said := slices.Concat(naming, own)
	owners := make([]int, len(whole.Records))
	folded := make(map[*Cell]string) // answers of heads: each is held against many rows
	firstOf := make(map[string]int)
	var heads []int // record that begins each visit
	for n, rec := range whole.Records {
		key := groupKey(rec, link, naming)
		at, known := firstOf[key]
		switch {
		case key == "" && n > 0:
			at = owners[n-1]
		case !known:
			at = len(heads)
			heads = append(heads, n)
			firstOf[key] = at
		}
		owners[n] = at
		if head := heads[at]; head != n {
			whole.complete(head, n, said)
			r.contradictions(whole, head, n, said, folded)
		}
	}
	return owners
}

var identity = []codebook.FieldID{"survey_year", "visit_date", "faculty_id", "faculty_name", "enterprise_name", "uscc"}

func groupKey(rec Record, link int, naming []int) string {
	if link >= 0 && rec.cells[link] != nil {
		return "#" + codebook.Fold(rec.cells[link].Text)
	}
	var b strings.Builder
	said := false
	for _, i := range naming {
		if c := rec.cells[i]; c != nil {
			b.WriteString(codebook.Fold(c.Text))
			said = true
		}
		b.WriteByte('\x1f')
	}
	if !said {
		return ""
	}
	return b.String()
}

// complete gives a record the answers of a later one in these columns that are blank in itself. Each keeps its place.
func (s *FilledSheet) complete(head, later int, columns []int) {
	to, from := &s.Records[head], &s.Records[later]
	for _, i := range columns {
		if to.cells[i] != nil || from.cells[i] == nil {
			continue
		}
		if to.at == nil {
			to.at = make([]Ref, len(s.Columns))
			for k := range s.Columns {
				to.at[k] = Ref{s.Name, to.Row, s.Columns[k].At.Col}
			}
		}
		to.cells[i], to.at[i].Row = from.cells[i], from.Row
	}
}

// contradictions reports fields of a visit that a later row of the same visit says differently.
func (r *reading) contradictions(whole *FilledSheet, head, n int, columns []int, folded map[*Cell]string) {
	for _, i := range columns {
		a, b := whole.Records[head].cells[i], whole.Records[n].cells[i]
		if a == nil || b == nil || a.Text == b.Text {
			continue
		}
		if _, known := folded[a]; !known {
			folded[a] = codebook.Fold(a.Text)
		}
		if folded[a] == codebook.Fold(b.Text) {
			continue
		}
		c, row := &whole.Columns[i], whole.Records[head].Row
		if at := whole.Records[head].at; at != nil {
			row = at[i].Row
		}
		r.report("V074", Ref{whole.Name, whole.Records[n].Row, c.At.Col}, c.Field.Key, c.Header, b.Text, shortened(a.Text),
			"row", strconv.Itoa(row))
	}
}
