package workbook

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// Filler fills in one template many times. It keeps the template in pieces and rewrites only
// the sheets that hold answers, so a workbook costs about a millisecond. It may be used by
// several goroutines at once.
type Filler struct {
	cb      *codebook.Codebook
	form    *codebook.Form
	entries []entry
	sheets  []*fillSheet
	buffers sync.Pool
}

// NewFiller takes apart a template that WriteTemplate made with the same codebook.
func NewFiller(cb *codebook.Codebook, template []byte) (*Filler, error) {
	p, err := readPack(template)
	if err != nil {
		return nil, fmt.Errorf("opening the template: %w", err)
	}
	form, err := formOf(cb, p)
	if err != nil {
		return nil, err
	}
	return fillerOf(cb, form, p)
}

func newFiller(cb *codebook.Codebook, form *codebook.Form, template []byte) (*Filler, error) {
	p, err := readPack(template)
	if err != nil {
		return nil, fmt.Errorf("opening the template: %w", err)
	}
	return fillerOf(cb, form, p)
}

func fillerOf(cb *codebook.Codebook, form *codebook.Form, p *pack) (*Filler, error) {
	f := &Filler{cb: cb, form: form, entries: p.entries}
	f.buffers.New = func() any { return new([]byte) }
	parts, err := sheetParts(p)
	if err != nil {
		return nil, err
	}
	for i := range form.Sheets {
		if err := f.addSheet(p, parts, planSheet(cb, &form.Sheets[i])); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// formOf reads from the custom properties which form of this codebook a template is.
func formOf(cb *codebook.Codebook, p *pack) (*codebook.Form, error) {
	properties, err := p.part("docProps/custom.xml")
	if err != nil {
		return nil, fmt.Errorf("not one of our templates: %w", err)
	}
	made := []byte(">" + cb.ID + "@" + cb.Version + "<")
	if !bytes.Contains(properties, made) {
		return nil, fmt.Errorf("the template was not made with the codebook %s@%s", cb.ID, cb.Version)
	}
	for i := range cb.Forms {
		if bytes.Contains(properties, []byte(">"+cb.Forms[i].Template+"<")) {
			form := formAt(&cb.Forms[i], versionOf(properties))
			if bytes.Contains(properties, []byte(`"`+bulkMark+`"`)) {
				form = bulkForm(form)
			}
			return form, nil
		}
	}
	return nil, fmt.Errorf("the template is of no form of the codebook %s", cb.ID)
}

var versionProperty = regexp.MustCompile(`name="qianqi\.version"[^>]*>\s*<[^>]*>(\d+)<`)

func versionOf(properties []byte) int {
	m := versionProperty.FindSubmatch(properties)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n
}

func (f *Filler) addSheet(p *pack, parts map[string]string, plan plan) error {
	part, ok := parts[plan.name]
	if !ok {
		return fmt.Errorf("the template has no sheet %q", plan.name)
	}
	xml, err := p.part(part)
	if err != nil {
		return err
	}
	s, err := cutSheet(plan, xml)
	if err != nil {
		return err
	}
	s.entry = p.index[part]
	f.sheets = append(f.sheets, s)
	return nil
}

// Override replaces one answer by what a person might have written instead, or leaves blank
// rows before a record. It makes samples that are messy the way people are.
type Override struct {
	Sheet      string // key of the sheet, e.g. "jobs"
	Row        int    // index of the record, from 0
	Field      codebook.FieldID
	Competency codebook.CompetencyID
	Text       string // raw text of the cell; "" empties it
	Number     bool   // store Text as a number, as when a code was typed into a numeric cell
	Blank      int    // leave so many blank rows before this record; Field is then not used
}

// filling is one workbook being filled in.
type filling struct {
	*Filler
	fills  []sheetFill
	shift  []map[int]int // per sheet: blank rows before a record
	failed error
}

func (f *Filler) begin(overrides []Override) *filling {
	w := &filling{Filler: f, fills: make([]sheetFill, len(f.sheets)), shift: make([]map[int]int, len(f.sheets))}
	for i, s := range f.sheets {
		w.fills[i].sheet = s
	}
	for _, o := range overrides {
		if i := f.sheetIndex(o.Sheet); i >= 0 && o.Blank > 0 {
			if w.shift[i] == nil {
				w.shift[i] = map[int]int{}
			}
			w.shift[i][o.Row] += o.Blank
		}
	}
	return w
}

func (f *Filler) sheetIndex(key string) int {
	for i, s := range f.sheets {
		if s.plan.spec.Key == key {
			return i
		}
	}
	return -1
}

// physical is the row of a record, counted from the first row to be filled in.
func (w *filling) physical(sheet, record int) int {
	n := record
	for before, blank := range w.shift[sheet] {
		if before <= record {
			n += blank
		}
	}
	return n
}

// put writes one answer. A field the sheet does not have is left out: another codebook may ask less.
func (w *filling) put(sheet, record int, field codebook.FieldID, c codebook.CompetencyID, v any) {
	if sheet < 0 || w.failed != nil {
		return
	}
	s := w.fills[sheet].sheet
	at, ok := s.at[fillKey{field, c}]
	if !ok {
		return
	}
	cell, err := answerCell(w.cb, s.plan.places[at].field, v)
	if err != nil {
		w.failed = fmt.Errorf("%s, record %d: %w", s.plan.name, record, err)
		return
	}
	w.write(sheet, record, at, cell)
}

func (w *filling) write(sheet, record, at int, cell written) {
	s := w.fills[sheet].sheet
	n := w.physical(sheet, record)
	if s.plan.record() {
		n = s.plan.places[at].at - recordFirstRow
	}
	w.fills[sheet].set(n, at, cell)
}

// override writes the raw texts over the answers.
func (w *filling) override(overrides []Override) error {
	for _, o := range overrides {
		if o.Blank > 0 {
			continue
		}
		i := w.sheetIndex(o.Sheet)
		if i < 0 {
			return fmt.Errorf("the form has no sheet %q to override", o.Sheet)
		}
		at, ok := w.sheets[i].at[fillKey{o.Field, o.Competency}]
		if !ok {
			return fmt.Errorf("sheet %q has no field %s %s to override", o.Sheet, o.Field, o.Competency)
		}
		cell := textCell(o.Text)
		if o.Number {
			cell.kind = writtenDigits
		}
		w.write(i, o.Row, at, cell)
	}
	return nil
}

// finish renders the sheets that hold answers and packs the workbook.
func (w *filling) finish() ([]byte, error) {
	if w.failed != nil {
		return nil, w.failed
	}
	swap := make(map[int]entry, len(w.fills))
	buffer := w.buffers.Get().(*[]byte)
	defer w.buffers.Put(buffer)
	for i := range w.fills {
		f := &w.fills[i]
		if len(f.rows) == 0 {
			continue
		}
		xml, err := f.render((*buffer)[:0])
		if err != nil {
			return nil, err
		}
		*buffer = xml
		e, err := packEntry(w.entries[f.sheet.entry].header.Name, xml, quick)
		if err != nil {
			return nil, err
		}
		swap[f.sheet.entry] = e
	}
	return zipped(w.entries, swap)
}

// Records are the rows to be filled in, by sheet key. A field asked once per competency is
// named "field:competency".
type Records map[string][]map[codebook.FieldID]any

// Table fills in rows of any form. A sheet or field that the form does not have is an error.
func (f *Filler) Table(records Records, overrides ...Override) ([]byte, error) {
	w := f.begin(overrides)
	for key, rows := range records {
		sheet := f.sheetIndex(key)
		if sheet < 0 {
			return nil, fmt.Errorf("form %s has no sheet %q", f.form.Kind, key)
		}
		for n, row := range rows {
			for id, v := range row {
				field, competency, _ := strings.Cut(string(id), ":")
				k := fillKey{codebook.FieldID(field), codebook.CompetencyID(competency)}
				if _, ok := f.sheets[sheet].at[k]; !ok {
					return nil, fmt.Errorf("sheet %q of form %s has no field %s", key, f.form.Kind, id)
				}
				w.put(sheet, n, k.field, k.competency, v)
			}
		}
	}
	if err := w.override(overrides); err != nil {
		return nil, err
	}
	return w.finish()
}

// FillTable writes a template of a form and fills it in.
func FillTable(cb *codebook.Codebook, kind string, opts TemplateOptions, records Records) ([]byte, error) {
	template, err := WriteTemplate(cb, kind, opts)
	if err != nil {
		return nil, err
	}
	f, err := NewFiller(cb, template)
	if err != nil {
		return nil, err
	}
	return f.Table(records)
}

// prefill writes what is known in advance into a template: the campaign's year, where a record
// asks for it, and the answers the caller has.
func prefill(cb *codebook.Codebook, template []byte, form *codebook.Form, opts TemplateOptions) ([]byte, error) {
	f, err := newFiller(cb, form, template)
	if err != nil {
		return nil, err
	}
	w := f.begin(nil)
	for i := range form.Sheets {
		if form.Sheets[i].Layout != codebook.LayoutRecord {
			continue
		}
		for _, field := range form.Sheets[i].Fields {
			if v, known := opts.Prefill[field.Key]; known {
				w.put(i, 0, field.Key, "", v)
			} else if field.Type == codebook.TypeYear && opts.Year != 0 {
				w.put(i, 0, field.Key, "", opts.Year)
			}
		}
	}
	return w.finish()
}

// Visit fills in a visit workbook.
func (f *Filler) Visit(v survey.Visit, overrides ...Override) ([]byte, error) {
	w := f.begin(overrides)
	w.visit(v)
	if err := w.override(overrides); err != nil {
		return nil, err
	}
	return w.finish()
}
