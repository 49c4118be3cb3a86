package survey

import (
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// ImprintSheet is the name of the hidden sheet by which a returned workbook remembers what it held
// when it was refused. Nothing else does: of a refused file no answer is stored.
const ImprintSheet = "_answers"

// Bounds of an imprint; a larger book is returned without one.
const (
	imprintRecords = 5000
	imprintAnswers = 200_000
	imprintBytes   = 4 << 20
)

// Columns of an imprint. A row that begins a sheet names the sheet of the form and the answers;
// one of a record names its row and holds the answers as they were written.
const (
	imprintKind = iota + 1
	imprintName
	imprintFirst
)

const (
	imprintOfSheet  = "sheet"
	imprintOfRecord = "record"
)

// Answers reads a book as the form it is without judging it; nil where it is none. A book without
// the mark of our templates is read by the mapping, where there is one.
func Answers(cb *codebook.Codebook, b *Book, m *Mapping) *Filled {
	if m != nil && !Marked(cb, b) {
		filled, _ := m.apply(cb, b)
		return filled
	}
	form, _, issues := Identify(cb, b)
	if form == nil || HasErrors(issues) {
		return nil
	}
	if form.Kind == visitKind {
		filled, _ := readVisitForm(cb, b)
		return filled
	}
	filled, _ := ReadForm(cb, form, b)
	return filled
}

// Imprint writes down the answers of a form as they stand, personal numbers masked; false where
// there are none or too many.
func Imprint(f *Filled) (Sheet, bool) {
	if f == nil {
		return Sheet{}, false
	}
	out := Sheet{Name: ImprintSheet, Hidden: true}
	records, answers, size := 0, 0, 0
	add := func(texts ...string) {
		row := Row{Number: len(out.Rows) + 1}
		for i, text := range texts {
			if text != "" {
				row.Cells = append(row.Cells, Cell{Col: i + 1, Kind: Text, Text: text})
			}
		}
		out.Rows = append(out.Rows, row)
	}
	for i := range f.Sheets {
		s := &f.Sheets[i]
		head := []string{imprintOfSheet, s.Spec.Key}
		for k := range s.Columns {
			head = append(head, s.Columns[k].imprintKey())
		}
		add(head...)
		for _, r := range s.Records {
			line := []string{imprintOfRecord, strconv.Itoa(r.Row)}
			for k := range s.Columns {
				text := r.value(k).Text()
				if size += len(text); size > imprintBytes {
					return Sheet{}, false
				}
				line = append(line, maskPersonal(text))
			}
			add(line...)
			records, answers = records+1, answers+len(s.Columns)
			if records > imprintRecords || answers > imprintAnswers {
				return Sheet{}, false
			}
		}
	}
	return out, records > 0
}

func (c *Column) imprintKey() string {
	return string(c.Field.Key) + "/" + string(c.Competency)
}

// imprinted is one record as an imprint or a book has it.
type imprinted struct {
	row   int
	texts map[string]string // by imprintKey
	now   Record            // of the book; the zero value for an imprint
}

// Mended compares an imprint with the book that came back, answer by answer, in the order of the
// form. Records are paired by what they say, then by their name, what is left over by position; a
// record that came or went is one Difference, as in Differences. What reads the same is none.
func Mended(imprint *Sheet, now *Filled) []Difference {
	if imprint == nil || now == nil {
		return nil
	}
	before := readImprint(imprint)
	var out []Difference
	seen := make(map[string]int)
	for i := range now.Sheets {
		s := &now.Sheets[i]
		n := seen[s.Spec.Key]
		seen[s.Spec.Key]++
		var old []imprinted
		if n < len(before[s.Spec.Key]) {
			old = before[s.Spec.Key][n]
		}
		out = append(out, s.mended(old)...)
	}
	for i := range now.Form.Sheets {
		spec := &now.Form.Sheets[i]
		for _, old := range before[spec.Key][min(seen[spec.Key], len(before[spec.Key])):] {
			gone := FilledSheet{Spec: spec} // the whole sheet went
			out = append(out, gone.mended(old)...)
		}
	}
	return out
}

// readImprint gathers the records of each sheet of the form, once for every time it occurs.
func readImprint(s *Sheet) map[string][][]imprinted {
	out := make(map[string][][]imprinted)
	key, columns := "", map[int]string{}
	for i := range s.Rows {
		row := &s.Rows[i]
		kind, name := row.At(imprintKind), row.At(imprintName)
		switch {
		case kind == nil || name == nil:
		case kind.Text == imprintOfSheet:
			key, columns = name.Text, map[int]string{}
			for _, c := range row.Cells {
				columns[c.Col] = c.Text
			}
			out[key] = append(out[key], nil)
		case kind.Text == imprintOfRecord && key != "":
			r := imprinted{texts: make(map[string]string, len(row.Cells))}
			r.row, _ = strconv.Atoi(name.Text)
			for _, c := range row.Cells {
				if c.Col >= imprintFirst && columns[c.Col] != "" {
					r.texts[columns[c.Col]] = c.Text
				}
			}
			last := len(out[key]) - 1
			out[key][last] = append(out[key][last], r)
		}
	}
	return out
}

// mended compares one sheet with its imprint.
func (s *FilledSheet) mended(old []imprinted) []Difference {
	now := make([]imprinted, len(s.Records))
	for i, r := range s.Records {
		now[i] = imprinted{row: r.Row, texts: make(map[string]string, len(s.Columns)), now: r}
		for k := range s.Columns {
			now[i].texts[s.Columns[k].imprintKey()] = maskPersonal(r.value(k).Text())
		}
	}
	name := s.nameField()
	nameOf := func(r *imprinted) string { return r.texts[string(name)+"/"] }
	keys := make([]string, len(s.Columns))
	for k := range s.Columns {
		keys[k] = s.Columns[k].imprintKey()
	}
	whole := func(r *imprinted) string {
		var b strings.Builder
		for _, key := range keys {
			b.WriteString(bareAnswer(r.texts[key]) + "\x1f")
		}
		return b.String()
	}
	var out []Difference
	for _, p := range pair(old, now, whole, nameOf) {
		switch {
		case p.a == nil:
			out = append(out, Difference{Field: name, Of: nameOf(p.b), New: nameOf(p.b), NewAt: p.b.now.Ref()})
		case p.b == nil:
			out = append(out, Difference{Field: name, Of: nameOf(p.a), Old: nameOf(p.a), OldAt: s.rowRef(p.a.row)})
		default:
			out = append(out, s.mendedRecord(p.a, p.b, nameOf)...)
		}
	}
	return out
}

// rowRef is a row of the sheet, nowhere where the book has no such sheet any more.
func (s *FilledSheet) rowRef(row int) Ref {
	if s.Name == "" {
		return Ref{}
	}
	return Ref{Sheet: s.Name, Row: row}
}

func (s *FilledSheet) mendedRecord(a, b *imprinted, nameOf func(*imprinted) string) []Difference {
	var out []Difference
	of := ""
	if s.Spec.Layout != codebook.LayoutRecord || len(s.Records) > 1 {
		of = nameOf(b)
	}
	for k := range s.Columns {
		col := &s.Columns[k]
		old, new := a.texts[col.imprintKey()], b.texts[col.imprintKey()]
		if bareAnswer(old) == bareAnswer(new) {
			continue
		}
		at := b.now.value(k).Ref
		out = append(out, Difference{Field: col.Field.Key, Competency: col.Competency, Of: of, Old: oneLine(old), New: oneLine(new), OldAt: at, NewAt: at})
	}
	return out
}

// nameField is the answer by which people know a record of the sheet: of a visit the enterprise,
// else the first that the form asks.
func (s *FilledSheet) nameField() codebook.FieldID {
	if s.Spec.Layout == codebook.LayoutRecord && slices.ContainsFunc(s.Spec.Fields, func(f codebook.Field) bool { return f.Key == "enterprise_name" }) {
		return "enterprise_name"
	}
	return s.Spec.Fields[0].Key
}

// bareAnswer is an answer without what another program may write differently when it saves a file
// unchanged: white space, and a whole number as a decimal.
func bareAnswer(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > 15 || len(text) > 1 && text[0] == '0' && text[1] != '.' {
		return text
	}
	if n, err := plainNumber(text); err == nil {
		return formatNumber(n)
	}
	return text
}
