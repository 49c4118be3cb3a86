package survey

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Mapping says how a foreign spreadsheet is read as visits: which sheet is which part, which
// header is which field, what the form never asks, what its own words mean.
type Mapping struct {
	ID     string        `yaml:"id"`
	Title  codebook.Text `yaml:"title"`
	Sheets []MappedSheet `yaml:"sheets"`
	// Constants supply answers that stand nowhere in the file, e.g. visit_mode: on_site.
	Constants map[codebook.FieldID]string `yaml:"constants"`
	// Values translate the form's own words: field → word → code or name.
	Values map[codebook.FieldID]map[string]string `yaml:"values"`
	// NotAsked are fields the form has no place for; they are missing without being an error.
	// job_title among them means that the form asks about no jobs.
	NotAsked []codebook.FieldID `yaml:"not_asked"`
	// DropUnknown are choices whose unknown words are left out, e.g. programmes of other clusters.
	DropUnknown []codebook.FieldID `yaml:"drop_unknown"`
}

// MappedSheet is one sheet of the foreign book.
type MappedSheet struct {
	From    []string       `yaml:"from"` // its possible names; "*" takes any sheet that has the headers
	To      string         `yaml:"to"`   // visit, jobs, trends, suggestions; flat for all of them side by side
	Columns []MappedColumn `yaml:"columns"`
	Ignore  []string       `yaml:"ignore"` // headers to pass over without a word
}

// MappedColumn reads one header (or label) as one field.
type MappedColumn struct {
	Header     string                `yaml:"header"`
	Field      codebook.FieldID      `yaml:"field"`      // on flat sheets also part.field or part.2.field
	Competency codebook.CompetencyID `yaml:"competency"` // for fields asked once per competency
	Optional   bool                  `yaml:"optional"`   // the header may be absent

	confidence float64 // of a draft: 1 is an alias, less is a likeness
}

// Confidence says how sure a drafted column is: 1 where the header is a known spelling of the
// field, less where it is only like one, 0 for a column that no draft proposed.
func (c MappedColumn) Confidence() float64 { return c.confidence }

// Label is the field that a column is read as, with its competency, as people know it; the key
// itself where the codebook does not know it.
func (c MappedColumn) Label(cb *codebook.Codebook) codebook.Text {
	key := c.Field[strings.LastIndexByte(string(c.Field), '.')+1:]
	label := codebook.Text{ZH: string(c.Field), EN: string(c.Field)}
	if f := anyField(lexiconOf(cb).bulkForm(), key); f != nil {
		label = f.Label
	}
	if competency, ok := cb.Competency(c.Competency); ok {
		label = codebook.Text{ZH: competency.Name.ZH + " " + label.ZH, EN: competency.Name.EN + " " + label.EN}
	}
	return label
}

// ParseMapping reads a mapping file (YAML, unknown keys refused). The error names the place.
func ParseMapping(data []byte) (*Mapping, error) {
	var m Mapping
	if err := yaml.UnmarshalWithOptions(data, &m, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("mapping: %w", err)
	}
	if m.ID == "" {
		return nil, fmt.Errorf("mapping: id is missing")
	}
	if len(m.Sheets) == 0 {
		return nil, fmt.Errorf("mapping %s: no sheets", m.ID)
	}
	for i, s := range m.Sheets {
		if !slices.Contains([]string{"visit", "jobs", "trends", "suggestions", flatSheet}, s.To) {
			return nil, fmt.Errorf("mapping %s: sheets[%d].to is %q; it must be visit, jobs, trends, suggestions or flat", m.ID, i, s.To)
		}
		if len(s.From) == 0 {
			return nil, fmt.Errorf("mapping %s: sheets[%d].from is empty", m.ID, i)
		}
	}
	return &m, nil
}

const flatSheet = "flat"

// Check reports what a mapping says that the codebook does not know: fields, competencies,
// constants and translated values. One text per problem.
func (m *Mapping) Check(cb *codebook.Codebook) []string {
	form := lexiconOf(cb).bulkForm()
	var problems []string
	for _, s := range m.Sheets {
		for _, c := range s.Columns {
			if _, ok := fieldPlace(cb, form, s.To, c); !ok {
				problems = append(problems, fmt.Sprintf("%s: no field %s %s on sheet %s", c.Header, c.Field, c.Competency, s.To))
			}
		}
	}
	for _, field := range sortedKeys(m.Values) {
		f := anyField(form, field)
		if f == nil || f.Vocabulary == "" {
			problems = append(problems, fmt.Sprintf("values: %s has no list of choices", field))
			continue
		}
		for _, word := range sortedKeys(m.Values[field]) {
			if to := m.Values[field][word]; to != "" && !findAny(cb, f.Vocabulary, to) {
				problems = append(problems, fmt.Sprintf("values: %s: %q is none of %s", field, to, f.Vocabulary))
			}
		}
	}
	for _, field := range slices.Concat(sortedKeys(m.Constants), m.NotAsked, m.DropUnknown) {
		if anyField(form, field) == nil {
			problems = append(problems, fmt.Sprintf("no field %s", field))
		}
	}
	return problems
}

func findAny(cb *codebook.Codebook, vocabulary, text string) bool {
	_, ok := cb.Find(vocabulary, text)
	return ok
}

func anyField(form *codebook.Form, key codebook.FieldID) *codebook.Field {
	for i := range form.Sheets {
		if f, ok := form.Sheets[i].Field(key); ok {
			return f
		}
	}
	return nil
}

// fieldPlace resolves a mapped column on its sheet.
func fieldPlace(cb *codebook.Codebook, form *codebook.Form, to string, c MappedColumn) (place, bool) {
	key := string(c.Field)
	if c.Competency != "" {
		key += ":" + string(c.Competency)
	}
	if to == flatSheet {
		return lexiconOf(cb).flat(form).key(key)
	}
	spec, ok := form.Sheet(to)
	if !ok {
		return place{}, false
	}
	return lexiconOf(cb).sheet(spec).key(key)
}

// mappedWords puts a mapping's headers before the codebook's own.
type mappedWords struct {
	own   map[string]place
	base  dictionary
	taken map[place]bool // fields that the mapping gives: the codebook's spellings of them do not count
}

func (w *mappedWords) key(text string) (place, bool) { return w.base.key(text) }

func (w *mappedWords) header(h header) (place, bool) {
	for _, text := range []string{h.shown(), h.text} {
		if p, ok := w.own[headerKey(text)]; ok {
			return p, true
		}
	}
	p, ok := w.base.header(h)
	return p, ok && !w.taken[p]
}

func (m *Mapping) words(cb *codebook.Codebook, form *codebook.Form, s MappedSheet) *mappedWords {
	w := &mappedWords{own: make(map[string]place), taken: make(map[place]bool)}
	if s.To == flatSheet {
		w.base = lexiconOf(cb).flat(form)
	} else if spec, ok := form.Sheet(s.To); ok {
		w.base = lexiconOf(cb).sheet(spec)
	}
	for _, c := range s.Columns {
		if p, ok := fieldPlace(cb, form, s.To, c); ok {
			w.own[headerKey(c.Header)] = p
			w.taken[p] = true
		}
	}
	return w
}

// apply reads a foreign book by the mapping.
func (m *Mapping) apply(cb *codebook.Codebook, b *Book) (*Filled, []Issue) {
	form := lexiconOf(cb).bulkForm()
	r := newReading(cb, form, b)
	r.out.Version = 0 // the foreign form's own version says nothing of ours
	r.out.notAsked = setOf(m.NotAsked)
	r.given = m.Constants
	for _, s := range m.Sheets {
		m.readSheet(r, s)
	}
	r.words = nil
	r.supply()
	r.leftovers()
	if lacking := m.neverAsked(r.out); len(lacking) > 0 {
		r.report("T031", Ref{}, "", "", joinTexts(lacking, "、", zhOf), "", "fields_en", joinTexts(lacking, ", ", enOf))
	}
	return r.out, r.issues
}

func setOf(fields []codebook.FieldID) map[codebook.FieldID]bool {
	set := make(map[codebook.FieldID]bool, len(fields))
	for _, f := range fields {
		set[f] = true
	}
	return set
}

// neverAsked names the fields that the mapping excuses and the book has no place for.
func (m *Mapping) neverAsked(f *Filled) []codebook.Text {
	var names []codebook.Text
	for _, key := range m.NotAsked {
		asked := slices.ContainsFunc(f.Sheets, func(s FilledSheet) bool { return s.Has(key) })
		if field := anyField(f.Form, key); field != nil && !asked {
			names = append(names, field.Label)
		}
	}
	return names
}

func (m *Mapping) readSheet(r *reading, s MappedSheet) {
	w := m.words(r.cb, r.out.Form, s)
	r.words = w
	r.ignored = make(map[string]bool)
	for _, h := range s.Ignore {
		r.ignored[headerKey(h)] = true
	}
	at := m.sheetOf(r, s, w)
	if at < 0 {
		r.report("T006", Ref{}, "", "", "", strings.Join(s.From, " / "))
		return
	}
	sheet := &r.book.Sheets[at]
	if s.To == flatSheet {
		r.claimed[at] = &r.out.Form.Sheets[0]
		g := findGrid(sheet, w)
		m.absent(r, s, sheet, g.columns)
		r.readFlat(at, g)
		return
	}
	spec, _ := r.out.Form.Sheet(s.To)
	r.claimed[at] = spec
	r.readSheet(spec)
	if read := r.out.Sheet(s.To); read != nil {
		m.absent(r, s, sheet, read.Columns)
	}
}

// sheetOf finds the sheet that a mapping means: by name, or for "*" the one with most headers.
func (m *Mapping) sheetOf(r *reading, s MappedSheet, w *mappedWords) int {
	best, most := -1, 0
	for i := range r.book.Sheets {
		sheet := &r.book.Sheets[i]
		if r.claimed[i] != nil || len(sheet.Rows) == 0 {
			continue
		}
		for _, name := range s.From {
			if headerKey(name) == headerKey(sheet.Name) && name != "*" {
				return i
			}
		}
		g := findGrid(sheet, w)
		l := findLedger(sheet, w, ledgerProbe)
		if n := max(len(g.columns), l.places()); slices.Contains(s.From, "*") && n > most {
			best, most = i, n
		}
	}
	return best
}

// absent reports the headers that the mapping names and the sheet does not have.
func (m *Mapping) absent(r *reading, s MappedSheet, sheet *Sheet, have []Column) {
	for _, c := range s.Columns {
		found := slices.ContainsFunc(have, func(col Column) bool { return headerKey(col.Header) == headerKey(c.Header) })
		if !found && !c.Optional {
			r.report("T030", Ref{Sheet: sheet.Name}, c.Field, "", c.Header, string(c.Field))
		}
	}
}

// supply adds the mapping's constants to every record of the sheets they belong to.
func (r *reading) supply() {
	for i := range r.out.Sheets {
		s := &r.out.Sheets[i]
		for _, key := range sortedKeys(r.given) {
			f, ok := s.Spec.Field(key)
			if !ok || s.Has(key) || f.PerCompetency {
				continue
			}
			cell := &Cell{Kind: Text, Text: r.given[key]}
			s.Columns = append(s.Columns, Column{Field: f, Header: f.Label.ZH, At: Ref{Sheet: s.Name}})
			for k := range s.Records {
				rec := &s.Records[k]
				rec.cells = append(rec.cells[:len(rec.cells):len(rec.cells)], cell)
				if rec.at != nil {
					rec.at = append(rec.at, Ref{Sheet: s.Name, Row: rec.Row})
				}
			}
		}
		s.makeIndex()
	}
}

// tell gives a scan the mapping's translations.
func (m *Mapping) tell(s *Scan) {
	s.lenient = setOf(m.DropUnknown)
	s.values = make(map[codebook.FieldID]map[string]string, len(m.Values))
	for field, words := range m.Values {
		folded := make(map[string]string, len(words))
		for word, to := range words {
			if to == "" {
				continue // left open in a draft: says nothing
			}
			folded[codebook.Fold(word)] = to
		}
		s.values[field] = folded
	}
}
