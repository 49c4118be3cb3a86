package survey

import (
	"slices"
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// reading is the state of reading one book against one form.
type reading struct {
	cb      *codebook.Codebook
	lex     *lexicon
	book    *Book
	out     *Filled
	issues  []Issue
	merged  merging
	claimed []*codebook.Sheet           // per sheet of the book: the sheet of the form it was read as
	words   dictionary                  // what headers mean, where a mapping says so; nil for the codebook's own
	given   map[codebook.FieldID]string // answers that a mapping supplies
	ignored map[string]bool             // header keys that a mapping passes over
}

// dictionary is what the headers of a form's sheet mean in this reading.
func (r *reading) dictionary(spec *codebook.Sheet) dictionary {
	if r.words != nil {
		return r.words
	}
	return r.lex.sheet(spec)
}

// ReadForm reads a book against a form: by the hidden machine keys first, else by header
// texts. It reports what is missing, unknown, hidden, repeated or forbidden, and what it
// reports as not read is not in the result.
//
// Merged cells: a value merged down several rows of one column counts for each of these rows
// that has content of its own; one merged across several answers counts for none of them but
// the first and is an error. Hidden rows and columns are read like any other and reported.
func ReadForm(cb *codebook.Codebook, form *codebook.Form, b *Book) (*Filled, []Issue) {
	r := newReading(cb, form, b)
	r.claim(form)
	for i := range form.Sheets {
		r.readSheet(&form.Sheets[i])
	}
	r.leftovers()
	return r.out, r.issues
}

func newReading(cb *codebook.Codebook, form *codebook.Form, b *Book) *reading {
	_, version := templateOf(b)
	return &reading{
		cb: cb, lex: lexiconOf(cb), book: b,
		out:     &Filled{Form: form, Version: version},
		claimed: make([]*codebook.Sheet, len(b.Sheets)),
	}
}

func (r *reading) report(code codebook.RuleID, ref Ref, field codebook.FieldID, header, got, want string, args ...string) {
	if !r.merged.again(r.issues, code, ref, field, got, want) {
		r.issues = append(r.issues, NewIssue(r.cb, code, ref, field, header, got, want, args...))
	}
}

// claim pairs the book's sheets with the form's, by name first, then by what they hold.
func (r *reading) claim(form *codebook.Form) {
	for i := range r.book.Sheets {
		if spec := r.lex.sheetNamed(form, r.book.Sheets[i].Name); spec != nil && !machineSheet(r.book.Sheets[i].Name) {
			r.claimed[i] = spec
		}
	}
	for k := range form.Sheets {
		spec := &form.Sheets[k]
		if slices.Contains(r.claimed, spec) {
			continue
		}
		if i := r.sheetHolding(spec); i >= 0 {
			r.claimed[i] = spec
		}
	}
}

// sheetNamed finds the sheet of a form that a sheet name means; a trailing number, as in
// "走访 (2)", does not matter.
func (x *lexicon) sheetNamed(form *codebook.Form, name string) *codebook.Sheet {
	names := x.sheetNames(form)
	if s, ok := names[name]; ok {
		return s
	}
	if s, ok := names[headerKey(name)]; ok {
		return s
	}
	return names[strings.TrimRight(headerKey(cutBrackets(codebook.Fold(name))), "0123456789")]
}

// sheetNames indexes a form's sheets by every name they have, as printed and as header key;
// earlier sheets keep a name that two share.
func (x *lexicon) sheetNames(form *codebook.Form) map[string]*codebook.Sheet {
	if made, ok := x.names.Load(form); ok {
		return made.(map[string]*codebook.Sheet)
	}
	names := make(map[string]*codebook.Sheet)
	for i := range form.Sheets {
		s := &form.Sheets[i]
		for _, own := range append([]string{s.Name.Both(), s.Key, s.Name.ZH, s.Name.EN}, s.Aliases...) {
			for _, key := range []string{own, headerKey(own)} {
				if _, taken := names[key]; !taken && key != "" {
					names[key] = s
				}
			}
		}
	}
	made, _ := x.names.LoadOrStore(form, names)
	return made.(map[string]*codebook.Sheet)
}

// machineSheet reports whether a sheet is the template's own: lists, keys, instructions, the
// list of issues of a returned workbook.
func machineSheet(name string) bool {
	if strings.HasPrefix(name, "_") {
		return true
	}
	if strings.HasPrefix(name, "填写说明") {
		return true
	}
	key := headerKey(name)
	for _, own := range []string{"填写说明", "填表说明", "使用说明", "instructions", "readme", "问题清单", "issues", "能力等级", "levels"} {
		if strings.HasPrefix(key, own) {
			return true
		}
	}
	return false
}

// sheetHolding finds the unclaimed sheet that holds most of a form's sheet: at least three of
// its fields and half of those that are required.
func (r *reading) sheetHolding(spec *codebook.Sheet) int {
	best, most := -1, 2
	for i := range r.book.Sheets {
		s := &r.book.Sheets[i]
		if r.claimed[i] != nil || machineSheet(s.Name) || len(s.Rows) == 0 {
			continue
		}
		n, required := r.fieldsIn(s, spec)
		if n > most && 2*required >= requiredFields(spec) {
			best, most = i, n
		}
	}
	return best
}

// fieldsIn counts the distinct fields of a form's sheet that a sheet of the book has a place
// for, and the required ones among them, in whichever layout holds more.
func (r *reading) fieldsIn(s *Sheet, spec *codebook.Sheet) (fields, required int) {
	d := r.lex.sheet(spec)
	g := findGrid(s, d)
	count := func(f *codebook.Field, seen map[codebook.FieldID]bool) {
		if !seen[f.Key] {
			seen[f.Key] = true
			fields++
			if f.Required {
				required++
			}
		}
	}
	seen := make(map[codebook.FieldID]bool)
	for _, c := range g.columns {
		count(c.Field, seen)
	}
	if spec.Layout != codebook.LayoutRecord {
		return fields, required
	}
	l := findLedger(s, d, ledgerProbe)
	if l.places() > fields {
		fields, required = 0, 0
		clear(seen)
		for _, a := range l.answers {
			count(a.place.field, seen)
		}
	}
	return fields, required
}

func requiredFields(spec *codebook.Sheet) int {
	n := 0
	for i := range spec.Fields {
		if spec.Fields[i].Required {
			n++
		}
	}
	return n
}

// readSheet reads every sheet of the book that was claimed for one sheet of the form.
func (r *reading) readSheet(spec *codebook.Sheet) {
	var merged *FilledSheet
	for i := range r.book.Sheets {
		if r.claimed[i] != spec {
			continue
		}
		read, ok := r.readClaimed(&r.book.Sheets[i], spec)
		switch {
		case !ok:
		case merged == nil:
			r.out.Sheets = append(r.out.Sheets, read)
			merged = &r.out.Sheets[len(r.out.Sheets)-1]
		default:
			r.secondSheet(merged, read)
		}
	}
	if merged != nil {
		merged.makeIndex()
		for i := range merged.Records {
			merged.Records[i].Sheet = merged
		}
	}
}

// secondSheet reports a further sheet for the same part: which of the two counts is not ours
// to choose.
func (r *reading) secondSheet(first *FilledSheet, read FilledSheet) {
	if len(read.Records) == 0 {
		return
	}
	r.report("T019", Ref{Sheet: read.Name}, "", "", read.Name, first.Name, "part", first.Spec.Name.Both())
}

// readClaimed reads one sheet. A form's record sheet may also be laid out as a table, a row
// per visit, as bulk workbooks do.
func (r *reading) readClaimed(s *Sheet, spec *codebook.Sheet) (FilledSheet, bool) {
	d := r.dictionary(spec)
	if spec.Layout == codebook.LayoutRecord {
		l := findLedger(s, d, ledgerProbe)
		if l.keyed {
			return r.readLedger(s, spec, l), true
		}
		if l.beats(findGrid(s, d)) {
			return r.readLedger(s, spec, findLedger(s, d, len(s.Rows))), true
		}
	}
	g := findGrid(s, d)
	if len(g.columns) == 0 {
		if len(s.Rows) > 0 {
			r.report("T018", Ref{Sheet: s.Name}, "", "", s.Name, spec.Name.Both(), "headers", headersText(s))
		}
		return FilledSheet{}, false
	}
	return r.readGrid(s, spec, g), true
}

func (r *reading) readLedger(s *Sheet, spec *codebook.Sheet, l ledger) FilledSheet {
	out, repeated := l.records(s, spec)
	for _, a := range repeated {
		r.report("T009", a.label, a.place.field.Key, oneLine(a.text), a.text, "", "first", firstPlace(out, a.place))
	}
	for _, a := range l.crossed {
		r.crossed(a.label, a.place, a.text)
	}
	for _, a := range l.unknown {
		r.unknown(a.label, a.text, 1)
	}
	hidden := 0
	for i := range s.Rows {
		if s.Rows[i].Hidden && slices.ContainsFunc(l.answers, func(a answerAt) bool {
			return a.answer.Row == s.Rows[i].Number && s.Rows[i].At(a.answer.Col) != nil
		}) {
			hidden++
		}
	}
	r.hiddenRows(s, hidden)
	r.missing(spec, out.Columns, Ref{Sheet: s.Name})
	return out
}

func firstPlace(s FilledSheet, p place) string {
	for i := range s.Columns {
		if s.Columns[i].Field == p.field && s.Columns[i].Competency == p.competency {
			return s.Columns[i].At.Cell()
		}
	}
	return ""
}

func (r *reading) crossed(at Ref, p place, header string) {
	r.report("T015", at, p.field.Key, oneLine(header), header, p.field.Label.Both())
}

// readGrid reads a table's rows into records and reports what its columns give rise to.
func (r *reading) readGrid(s *Sheet, spec *codebook.Sheet, g grid) FilledSheet {
	out := FilledSheet{Spec: spec, Name: s.Name, Columns: g.columns}
	walk := newRowWalk(s, &g)
	for i := range s.Rows {
		if s.Rows[i].Number >= g.first {
			walk.row(&s.Rows[i], &out)
		}
	}
	r.rowIssues(s, &g, walk)
	r.missing(spec, g.columns, Ref{Sheet: s.Name, Row: max(g.first-1, 1)})
	return out
}

func (r *reading) rowIssues(s *Sheet, g *grid, w *rowWalk) {
	for _, h := range g.repeated {
		if w.extras[h.ref.Col] > 0 {
			r.report("T009", h.ref, "", h.shown(), h.shown(), "", "first", firstOf(g, h))
		}
	}
	for _, h := range g.crossed {
		if i := g.at(h.ref.Col); i >= 0 {
			r.crossed(h.ref, place{field: g.columns[i].Field}, h.shown())
		}
	}
	for _, h := range g.unknown {
		if n := w.extras[h.ref.Col]; n > 0 {
			r.unknown(h.ref, h.shown(), n)
		}
		delete(w.extras, h.ref.Col)
	}
	for _, h := range g.repeated {
		delete(w.extras, h.ref.Col)
	}
	for _, col := range sortedKeys(w.extras) {
		r.unknown(Ref{s.Name, g.first - 1, col}, "", w.extras[col])
	}
	for _, row := range w.notes {
		r.report("T020", Ref{Sheet: s.Name, Row: row.Number}, "", "", firstText(&row), "")
	}
	for _, m := range w.across {
		r.report("T016", Ref{s.Name, m.FirstRow, m.FirstCol}, "", "", "", "", "to", Ref{Row: m.LastRow, Col: m.LastCol}.Cell())
	}
	for _, m := range w.down {
		r.report("T017", Ref{s.Name, m.FirstRow, m.FirstCol}, "", "", "", "", "to", Ref{Row: m.LastRow, Col: m.LastCol}.Cell())
	}
	r.hiddenRows(s, w.hidden)
	r.hiddenColumns(s, g)
}

func firstOf(g *grid, h header) string {
	for _, c := range g.columns {
		if c.Header == h.shown() {
			return c.At.Cell()
		}
	}
	return ""
}

func firstText(r *Row) string {
	if len(r.Cells) == 0 {
		return ""
	}
	return r.Cells[0].Text
}

func (r *reading) hiddenRows(s *Sheet, n int) {
	if n > 0 {
		r.report("T011", Ref{Sheet: s.Name}, "", "", strconv.Itoa(n), "0", "count", strconv.Itoa(n))
	}
}

func (r *reading) hiddenColumns(s *Sheet, g *grid) {
	var names []string
	for _, c := range g.columns {
		if s.ColumnHidden(c.At.Col) {
			names = append(names, ColumnName(c.At.Col))
		}
	}
	if len(names) > 0 {
		text := strings.Join(names, " ")
		r.report("T012", Ref{Sheet: s.Name}, "", "", text, "", "count", strconv.Itoa(len(names)), "columns", text)
	}
}

// unknown reports a column that is no part of the form. Personal data has its own rule; the
// columns that questionnaire tools add say nothing and are passed over.
func (r *reading) unknown(at Ref, header string, cells int) {
	switch {
	case r.ignored[headerKey(header)]:
	case forbidden(header):
		r.report("T010", at, "", oneLine(header), oneLine(header), "", "count", strconv.Itoa(cells))
	case !passedOver(header):
		r.report("T008", at, "", oneLine(header), oneLine(header), "", "count", strconv.Itoa(cells))
	}
}

// personal are words of headers under which people keep what is never collected.
var personal = []string{
	"身份证", "手机", "电话", "联系方式", "联系人", "住址", "家庭地址", "微信", "qq", "邮箱", "电子邮件", "邮件地址", "email", "mail",
	"phone", "mobile", "wechat", "idcard", "idnumber", "接待人姓名", "受访者姓名", "受访人姓名", "访谈对象", "接待人", "出生日期", "生日", "来自ip", "ip地址",
}

func forbidden(header string) bool {
	key := headerKey(header)
	return key != "" && containsAny(key, personal)
}

// passedOver are headers of columns that hold no answers: counters and a questionnaire's own.
func passedOver(header string) bool {
	switch key := headerKey(header); key {
	case "序号", "no", "编号", "提交答卷时间", "提交时间", "所用时间", "答题时长", "来源", "来源详情", "总分", "数据采集时间", "主键数据唯一性标识", "学校代码":
		return true
	default:
		return strings.HasPrefix(header, "_")
	}
}

// missing reports the required fields that the sheet has no place for. A field younger than
// the template that was filled in was never asked.
func (r *reading) missing(spec *codebook.Sheet, have []Column, at Ref) {
	for i := range spec.Fields {
		f := &spec.Fields[i]
		if !f.Required || r.out.Version > 0 && f.Since > r.out.Version || r.out.notAsked[f.Key] || r.given[f.Key] != "" {
			continue
		}
		if f.Key == "survey_year" && r.out.Version == 0 && slices.ContainsFunc(have, func(c Column) bool { return c.Field.Key == "visit_date" }) {
			continue // the day says the year, where the form is not our template
		}
		lacking := r.lackingPlaces(f, have)
		if len(lacking) > 0 {
			r.report("T007", at, f.Key, f.Label.Both(), "", f.Label.Both(), "columns", joinTexts(lacking, "、", zhOf), "columns_en", joinTexts(lacking, ", ", enOf))
		}
	}
}

// lackingPlaces names the places of a field that no column holds: the field itself, or the
// competencies it is asked about.
func (r *reading) lackingPlaces(f *codebook.Field, have []Column) []codebook.Text {
	if !f.PerCompetency {
		if slices.ContainsFunc(have, func(c Column) bool { return c.Field == f }) {
			return nil
		}
		return []codebook.Text{f.Label}
	}
	var lacking []codebook.Text
	for _, c := range r.cb.Active() {
		if !slices.ContainsFunc(have, func(col Column) bool { return col.Field == f && col.Competency == c.Code }) {
			lacking = append(lacking, codebook.Text{ZH: c.Name.ZH + f.Label.ZH, EN: c.Name.EN + ": " + f.Label.EN})
		}
	}
	return lacking
}

func zhOf(t codebook.Text) string { return t.ZH }
func enOf(t codebook.Text) string { return t.EN }

func joinTexts(texts []codebook.Text, sep string, of func(codebook.Text) string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = of(t)
	}
	return strings.Join(out, sep)
}

// leftovers reports sheets with content that were not read, and a form's sheet that is hidden.
func (r *reading) leftovers() {
	for i := range r.book.Sheets {
		s := &r.book.Sheets[i]
		switch {
		case len(s.Rows) == 0 || machineSheet(s.Name):
		case r.claimed[i] == nil && s.Hidden:
			r.report("T013", Ref{Sheet: s.Name}, "", "", s.Name, "", "count", strconv.Itoa(len(s.Rows)))
		case r.claimed[i] == nil:
			r.report("T014", Ref{Sheet: s.Name}, "", "", s.Name, "", "count", strconv.Itoa(len(s.Rows)))
		case s.Hidden:
			r.report("T021", Ref{Sheet: s.Name}, "", "", s.Name, "")
		}
	}
}

// Need reports an error for each of the named sheets of the form that the book lacks.
func (f *Filled) Need(cb *codebook.Codebook, keys ...string) []Issue {
	var issues []Issue
	for _, key := range keys {
		spec, ok := f.Form.Sheet(key)
		if ok && f.Sheet(key) == nil {
			issues = append(issues, NewIssue(cb, "T006", Ref{}, "", "", "", spec.Name.Both()))
		}
	}
	return issues
}
