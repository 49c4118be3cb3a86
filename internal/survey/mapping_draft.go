package survey

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// likely is the least likeness at which a draft proposes a field for a header.
const likely = 0.55

// DraftMapping proposes a mapping for a book that is none of our forms, for a person to
// confirm: each header is matched to the fields' labels and aliases, exactly (confidence 1)
// or by likeness (edit distance and shared character pairs, whichever says more).
func DraftMapping(cb *codebook.Codebook, b *Book) *Mapping {
	form := lexiconOf(cb).bulkForm()
	m := &Mapping{ID: "draft", Title: codebook.Text{ZH: "待确认的映射", EN: "Mapping to be confirmed"}, Values: map[codebook.FieldID]map[string]string{}}
	given := make(map[codebook.FieldID]bool)
	for i := range b.Sheets {
		s := &b.Sheets[i]
		if machineSheet(s.Name) || len(s.Rows) == 0 {
			continue
		}
		if d, ok := draftSheet(cb, form, s); ok {
			if b.Format == "csv" {
				d.sheet.From = []string{"*"} // the sheet of a csv file is named after the file
			}
			m.Sheets = append(m.Sheets, d.sheet)
			for _, c := range d.sheet.Columns {
				given[c.Field] = true
			}
			d.proposeValues(cb, m)
		}
	}
	for _, key := range []string{"visit", "jobs"} {
		spec, _ := form.Sheet(key)
		for k := range spec.Fields {
			f := &spec.Fields[k]
			if f.Required && !given[f.Key] && !given[codebook.FieldID(key+"."+string(f.Key))] {
				m.NotAsked = append(m.NotAsked, f.Key)
			}
		}
	}
	return m
}

// draft is one sheet's proposal with the cells under each proposed header.
type draft struct {
	sheet  MappedSheet
	fields []*codebook.Field
	cells  [][]*Cell
}

// candidate is one text that may be a header, with the cells that would be its answers.
type candidate struct {
	text  string
	cells []*Cell
}

// draftSheet proposes the part that a sheet is and what its headers mean.
func draftSheet(cb *codebook.Codebook, form *codebook.Form, s *Sheet) (draft, bool) {
	var best draft
	most := 0.0
	across, down := headerCandidates(cb, form, s), labelCandidates(s)
	for _, to := range []string{"visit", "jobs", "trends", "suggestions", flatSheet} {
		words := spellingsOf(cb, form, to)
		for _, cands := range [][]candidate{across, down} {
			d, score := propose(words, s, to, cands)
			if score > most+1e-9 {
				best, most = d, score
			}
		}
	}
	return best, most >= 2
}

// headerCandidates reads the row that looks most like a header: the one whose texts are most
// like the fields' names, among the first rows.
func headerCandidates(cb *codebook.Codebook, form *codebook.Form, s *Sheet) []candidate {
	at, most := -1, 0.0
	d := lexiconOf(cb).flat(form)
	for i := range min(len(s.Rows), headDepth) {
		score := 0.0
		for _, h := range headersAt(s, i, 1) {
			if _, ok := lookUp(d, h); ok {
				score += 1
			} else if len([]rune(h.text)) < 30 {
				score += 0.1
			}
		}
		if score > most {
			at, most = i, score
		}
	}
	if at < 0 {
		return nil
	}
	var out []candidate
	for _, h := range headersAt(s, at, 1) {
		c := candidate{text: h.shown()}
		for i := at + 1; i < min(len(s.Rows), at+200); i++ {
			if cell := s.Rows[i].At(h.ref.Col); cell != nil {
				c.cells = append(c.cells, cell)
			}
		}
		out = append(out, c)
	}
	return out
}

// labelCandidates reads every first text of a row as a label with the cell beside it.
func labelCandidates(s *Sheet) []candidate {
	var out []candidate
	for i := range min(len(s.Rows), 4*ledgerProbe) {
		r := &s.Rows[i]
		if c := &r.Cells[0]; c.Kind == Text {
			cand := candidate{text: tidy(c.Text)}
			if a := r.At(after(s, r.Number, c.Col)); a != nil {
				cand.cells = []*Cell{a}
			}
			out = append(out, cand)
		}
	}
	return out
}

// match is one candidate that may be one spelling of a field.
type match struct {
	cand, word int
	conf       float64
	apart      int // 0 for the spelling itself, 1 where it is only like it or something in brackets is left out
}

// matchesOf lists what the candidates may be, surest first.
func matchesOf(words []spelling, cands []candidate) []match {
	var out []match
	for i, c := range cands {
		loose, whole := newLikeKey(c.text), wholeLikeKey(c.text)
		for k := range words {
			conf := likeness(loose, words[k].like)
			if whole.key != loose.key {
				conf = max(conf, likeness(whole, words[k].like))
			}
			if conf < likely {
				continue
			}
			m := match{i, k, conf, 1}
			if whole.key == words[k].like.key {
				m.apart = 0
			}
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.conf, a.conf), cmp.Compare(a.apart, b.apart), cmp.Compare(a.cand, b.cand))
	})
	return out
}

// propose gives each field of one part to the candidate most like it; the score is the sum of
// confidences.
func propose(words []spelling, s *Sheet, to string, cands []candidate) (draft, float64) {
	d := draft{sheet: MappedSheet{From: []string{s.Name}, To: to}}
	usedCand, usedField, score := make(map[int]bool), make(map[string]bool), 0.0
	for _, m := range matchesOf(words, cands) {
		w := &words[m.word]
		if usedCand[m.cand] || usedField[w.key] {
			continue
		}
		usedCand[m.cand], usedField[w.key] = true, true
		score += m.conf
		d.sheet.Columns = append(d.sheet.Columns, MappedColumn{
			Header: cands[m.cand].text, Field: w.field, Competency: w.competency, confidence: m.conf,
		})
		d.fields = append(d.fields, w.spec)
		d.cells = append(d.cells, cands[m.cand].cells)
	}
	for i, c := range cands {
		if !usedCand[i] && c.text != "" && len(c.cells) > 0 {
			d.sheet.Ignore = append(d.sheet.Ignore, c.text)
		}
	}
	if to == flatSheet {
		score -= 1.5 // side by side only where that explains clearly more
	}
	return d, score
}

// spelling is one way to write the header of one field.
type spelling struct {
	key        string
	like       likeKey
	field      codebook.FieldID
	competency codebook.CompetencyID
	spec       *codebook.Field
}

func spellingsOf(cb *codebook.Codebook, form *codebook.Form, to string) []spelling {
	var out []spelling
	for i := range form.Sheets {
		s := &form.Sheets[i]
		if to != flatSheet && s.Key != to {
			continue
		}
		for k := range s.Fields {
			f := &s.Fields[k]
			field := f.Key
			if to == flatSheet && s.Key != "visit" {
				if _, own := form.Sheets[0].Field(f.Key); own {
					continue
				}
				field = codebook.FieldID(s.Key + "." + string(f.Key))
			}
			out = append(out, fieldSpellings(cb, f, field)...)
		}
	}
	return out
}

func fieldSpellings(cb *codebook.Codebook, f *codebook.Field, field codebook.FieldID) []spelling {
	var out []spelling
	for _, text := range append([]string{f.Label.ZH, f.Label.EN, string(f.Key)}, f.Aliases...) {
		if !f.PerCompetency {
			out = append(out, spelling{like: newLikeKey(text), key: string(field), field: field, spec: f})
			continue
		}
		if looseKey(text) == "" {
			continue // a word such as "required" is a remark beside a label, and names nothing by itself
		}
		for _, c := range cb.Active() {
			out = append(out, spelling{like: newLikeKey(c.Name.ZH + text), key: string(field) + ":" + string(c.Code), field: field, competency: c.Code, spec: f})
		}
	}
	return out
}

// likeKey is a header prepared for comparison.
type likeKey struct {
	key   string
	runes []rune
	pairs []uint64
}

func newLikeKey(text string) likeKey { return likeKeyOf(looseKey(text)) }

// wholeLikeKey keeps what stands in brackets: 协议理解（重要性） names two things.
func wholeLikeKey(text string) likeKey { return likeKeyOf(headerKey(text)) }

func likeKeyOf(key string) likeKey {
	k := likeKey{key: key}
	if runes := []rune(k.key); len(runes) <= 60 {
		k.runes, k.pairs = runes, bigrams(k.key)
	}
	return k
}

// likeness compares two headers without case, width, punctuation and brackets: 1 is equal.
// Headers of a sentence's length are like none but themselves.
func likeness(a, b likeKey) float64 {
	switch {
	case a.key == "" || b.key == "":
		return 0
	case a.key == b.key:
		return 1
	}
	longer, shorter := max(len(a.runes), len(b.runes)), min(len(a.runes), len(b.runes))
	if shorter == 0 {
		return 0
	}
	score := diceOf(a.pairs, b.pairs)
	if float64(shorter) >= likely*float64(longer) { // else the edits are too many already
		score = max(score, 1-float64(editDistance(a.runes, b.runes))/float64(longer))
	}
	return min(score, 0.99)
}

// proposeValues adds, for columns with a list of choices, words that are on no list and the
// choice most like each.
func (d *draft) proposeValues(cb *codebook.Codebook, m *Mapping) {
	const most = 12
	for i, f := range d.fields {
		if !hasChoices(f) {
			continue
		}
		words := make(map[string]string)
		for _, c := range d.cells[i] {
			for _, piece := range splitChoices(c.Text, func(p string) bool { return findAny(cb, f.Vocabulary, p) }) {
				if _, missing := cb.FindMissing(piece); missing || len(words) >= most || findAny(cb, f.Vocabulary, piece) {
					continue
				}
				near, _, _ := strings.Cut(nearestChoice(cb, f.Vocabulary, piece), " ")
				words[piece] = near
			}
		}
		if len(words) > 0 {
			m.Values[f.Key] = words
		}
	}
}

// YAML writes the mapping as a file for a person to confirm, with each guess's confidence
// beside it and the unknown values to be filled in.
func (m *Mapping) YAML() []byte {
	var b strings.Builder
	b.WriteString("# 由表头推测的映射，请逐行核对后使用。Guessed from the headers: check every line before use.\n")
	b.WriteString("id: " + quoted(m.ID) + "\n")
	b.WriteString("title: {zh: " + quoted(m.Title.ZH) + ", en: " + quoted(m.Title.EN) + "}\n")
	b.WriteString("sheets:\n")
	for _, s := range m.Sheets {
		writeSheet(&b, s)
	}
	writeConstants(&b, m)
	if len(m.Values) > 0 {
		b.WriteString("values:\n")
	}
	for _, f := range sortedKeys(m.Values) {
		b.WriteString("  " + string(f) + ":\n")
		for _, word := range sortedKeys(m.Values[f]) {
			b.WriteString("    " + quoted(word) + ": " + quoted(m.Values[f][word]) + "\n")
		}
	}
	writeFields(&b, "not_asked", m.NotAsked)
	writeFields(&b, "drop_unknown", m.DropUnknown)
	return []byte(b.String())
}

func writeSheet(b *strings.Builder, s MappedSheet) {
	names := make([]string, len(s.From))
	for i, n := range s.From {
		names[i] = quoted(n)
	}
	b.WriteString("  - from: [" + strings.Join(names, ", ") + "]\n    to: " + s.To + "\n    columns:\n")
	for _, c := range s.Columns {
		b.WriteString("      - {header: " + quoted(c.Header) + ", field: " + string(c.Field))
		if c.Competency != "" {
			b.WriteString(", competency: " + string(c.Competency))
		}
		if c.Optional {
			b.WriteString(", optional: true")
		}
		b.WriteString("}")
		if c.confidence > 0 && c.confidence < 1 {
			b.WriteString(" # ? " + strconv.FormatFloat(c.confidence, 'f', 2, 64))
		}
		b.WriteString("\n")
	}
	if len(s.Ignore) > 0 {
		b.WriteString("    ignore: # 不读；要读的移到上面，写法同上 not read; to read one, move it up and write it like those\n")
	}
	for _, h := range s.Ignore {
		b.WriteString("      - " + quoted(h) + "\n")
	}
}

func writeConstants(b *strings.Builder, m *Mapping) {
	if len(m.Constants) == 0 {
		b.WriteString("constants: {} # e.g. visit_mode: on_site\n")
		return
	}
	b.WriteString("constants:\n")
	for _, f := range sortedKeys(m.Constants) {
		b.WriteString("  " + string(f) + ": " + quoted(m.Constants[f]) + "\n")
	}
}

func writeFields(b *strings.Builder, name string, fields []codebook.FieldID) {
	if len(fields) == 0 {
		return
	}
	b.WriteString(name + ":\n")
	for _, f := range fields {
		b.WriteString("  - " + string(f) + "\n")
	}
}

// quoted writes a YAML double-quoted scalar; control characters are escaped.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r < ' ' || r == 0x7f || r == 0xfffd || r == 0xfeff || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
