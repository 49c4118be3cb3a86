package survey

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Scan reads typed answers from records by the rules of their fields (type, vocabulary,
// required, range, length). It never stops: every problem becomes an issue, every
// normalisation a change, and the answer is then missing.
//
//	in := survey.NewScan(cb, 2026)
//	for _, r := range filled.Records("modules") {
//		m := Module{Code: in.Text(r, "module_code"), Hours: in.Int(r, "hours")}
//	}
//	issues := in.Issues
type Scan struct {
	Codebook *codebook.Codebook
	Year     int // completes dates written without a year; 0 leaves them an issue
	Issues   []Issue
	Changes  []Change

	notAsked map[codebook.FieldID]bool              // never asked by a foreign form
	values   map[codebook.FieldID]map[string]string // a mapping's translations
	lenient  map[codebook.FieldID]bool              // unknown choices are left out, by a mapping
	lex      *lexicon
	missed   map[answer]bool // texts that name no item
	merged   merging
}

type choice struct {
	item codebook.Item
	how  string
	ok   bool
}

// NewScan starts reading the answers of one submission.
func NewScan(cb *codebook.Codebook, year int) *Scan {
	return &Scan{Codebook: cb, Year: year, lex: lexiconOf(cb)}
}

func fieldKey(v Value) codebook.FieldID {
	if v.Column == nil {
		return ""
	}
	return v.Column.Field.Key
}

// Changed records a normalisation of one answer. Personal numbers in what was written are masked.
func (s *Scan) Changed(v Value, value, how string) {
	s.Changes = append(s.Changes, Change{At: v.Ref, Field: fieldKey(v), Raw: maskPersonal(v.Text()), Value: value, How: how})
}

// take settles what is the same for every type: a blank, a formula, an error value, a word for
// a missing answer. given means that there is a text left to read.
func (s *Scan) take(v Value) (text string, status Status, given bool) {
	switch {
	case v.Absent():
		return "", Blank, false
	case v.Blank():
		if v.Column.Field.Required && !s.notAsked[v.Column.Field.Key] {
			hint, hintEN := blankHint(v.Column.Field)
			s.Report("V001", v, wantOf(s.Codebook, v.Column.Field), "hint", hint, "hint_en", hintEN)
		}
		return "", Blank, false
	case v.Cell.Formula:
		s.Report("V004", v, wantOf(s.Codebook, v.Column.Field))
		return "", Blank, false
	case v.Cell.Kind == ErrorValue:
		s.Report("V005", v, wantOf(s.Codebook, v.Column.Field))
		return "", Blank, false
	case v.Cell.Kind != Text:
		return v.Cell.Text, Given, true
	case !s.within(v, v.Cell.Text, longest(v.Column.Field)):
		return "", Blank, false
	}
	text = s.translated(v)
	if status, missing := s.missing(v, text); missing {
		return "", status, false
	}
	return text, Given, true
}

// longest is how many characters of a cell are looked at; a text beyond is an issue and no answer, so that
// what a cell costs is bounded. Free texts somewhat beyond their own length are read all the same.
func longest(f *codebook.Field) int {
	if f.Type == codebook.TypeText {
		return max(textRunes, 2*f.MaxLen)
	}
	return answerRunes
}

// translated replaces a text by what a mapping says it means.
func (s *Scan) translated(v Value) string {
	text := v.Cell.Text
	if s.values == nil {
		return text
	}
	if to, ok := s.values[v.Column.Field.Key][codebook.Fold(text)]; ok {
		s.Changed(v, to, HowMapped)
		return to
	}
	return text
}

// missing reads a word for "no answer". A choice that bears the same name (无 as a kind of
// partnership) is an answer.
func (s *Scan) missing(v Value, text string) (Status, bool) {
	const longest = 40
	if len(text) > longest {
		return Given, false
	}
	status := s.lex.status(text)
	f := v.Column.Field
	if status == Given || hasChoices(f) && s.find(f.Vocabulary, text).ok {
		return Given, false
	}
	if f.Required && !s.notAsked[f.Key] && !mayBeMissing(f.Type) {
		s.Report("V002", v, wantOf(s.Codebook, f))
		return status, true
	}
	if f.Required && f.Type == codebook.TypeCode {
		s.Report("V003", v, wantOf(s.Codebook, f))
	}
	s.Changed(v, status.String(), HowMissing)
	return status, true
}

// blankHint tells of the word for an answer that the enterprise cannot give, where it is allowed.
func blankHint(f *codebook.Field) (zh, en string) {
	if !mayBeMissing(f.Type) {
		return "", ""
	}
	return "；企业确实说不清时可以填“不清楚”", "; where the enterprise truly cannot say, write 不清楚 (not known)"
}

// status tells what a text says about a missing answer; Given for one that is no such word.
func (x *lexicon) status(text string) Status {
	if known, ok := x.statuses.Load(text); ok {
		return known.(Status)
	}
	status := Given
	if word, ok := x.cb.FindMissing(text); ok {
		status = statusOf(word)
	}
	if mayKeep(&x.kept[1], text) {
		x.statuses.Store(text, status)
	}
	return status
}

func hasChoices(f *codebook.Field) bool {
	return f.Vocabulary != "" && (f.Type == codebook.TypeCode || f.Type == codebook.TypeCodes)
}

// mayBeMissing tells the types whose required answers may be "not known": the enterprise's own
// figures and choices. Who, where and when must be said.
func mayBeMissing(t codebook.FieldType) bool {
	switch t {
	case codebook.TypeInt, codebook.TypeNumber, codebook.TypeLevel, codebook.TypeMoney, codebook.TypeCode, codebook.TypeBool:
		return true
	}
	return false
}

func statusOf(word string) Status {
	switch word {
	case "not_applicable", "none":
		return NotApplicable
	case "refused":
		return Refused
	}
	return Unknown
}

// String names a status as it is stored and exported.
func (s Status) String() string {
	switch s {
	case Given:
		return "given"
	case Unknown:
		return "unknown"
	case NotApplicable:
		return "not_applicable"
	case Refused:
		return "refused"
	}
	return "blank"
}

// Text reads a text: trimmed, inner line breaks kept. Telephone and identity numbers in it are
// masked, never stored.
func (s *Scan) Text(r Record, field codebook.FieldID) string {
	v := r.At(field)
	text, _, given := s.take(v)
	if !given {
		return ""
	}
	if v.Column.Field.Type == codebook.TypeID {
		return s.identifier(v, text)
	}
	clean := tidy(text)
	masked := maskPersonal(clean)
	if masked != clean {
		v.Cell = &Cell{Col: v.Cell.Col, Kind: Text, Text: masked}
		s.Report("V022", v, "")
		s.Changed(v, masked, HowMasked)
	}
	s.checkLength(v, masked)
	return masked
}

// checkLength reports a text longer than its field allows.
func (s *Scan) checkLength(v Value, text string) {
	if most := v.Column.Field.MaxLen; most > 0 {
		s.within(v, text, most)
	}
}

// within reports whether a text has no more than so many characters; one that has is an issue.
func (s *Scan) within(v Value, text string, most int) bool {
	if len(text) <= most {
		return true
	}
	n := utf8.RuneCountInString(text)
	if n > most {
		s.Report("V008", v, strconv.Itoa(most), "length", strconv.Itoa(n))
	}
	return n <= most
}

// identifier reads a code that is text: a staff number, a module's code.
func (s *Scan) identifier(v Value, text string) string {
	switch v.Cell.Kind {
	case Number:
		if digitsLost(v.Cell) {
			s.Report("V018", v, "")
			return ""
		}
		s.Changed(v, text, HowNumberText)
		return text
	case Date, Bool:
		s.Report("V025", v, wantOf(s.Codebook, v.Column.Field))
		return ""
	}
	id := squeeze(narrow(text))
	s.checkLength(v, id)
	if id != text {
		s.Changed(v, id, HowSpaces)
	}
	return id
}

// digitsLost reports whether a number has more digits than a spreadsheet keeps (15), so that
// the code typed there is gone for good.
func digitsLost(c *Cell) bool {
	return math.Abs(c.Num) >= 1e15 || strings.ContainsAny(c.Text, "eE")
}

// number reads a numeric cell or text; how is "" where nothing was changed.
func (s *Scan) number(v Value, text string, whole bool) (float64, bool) {
	var n float64
	how := ""
	switch v.Cell.Kind {
	case Number:
		n = v.Cell.Num
	case Date:
		s.Report("V025", v, wantOf(s.Codebook, v.Column.Field))
		return 0, false
	case Bool:
		s.Report("V006", v, wantOf(s.Codebook, v.Column.Field))
		return 0, false
	default:
		var ok bool
		if n, how, ok = ParseNumber(text); !ok {
			s.Report("V006", v, wantOf(s.Codebook, v.Column.Field))
			return 0, false
		}
	}
	if whole {
		if n, how = rounded(n, how, text); n != math.Trunc(n) {
			s.Report("V007", v, wantOf(s.Codebook, v.Column.Field))
			return 0, false
		}
	}
	if math.IsNaN(n) || !s.inRange(v, n) {
		return 0, false
	}
	if how != "" {
		s.Changed(v, formatNumber(n), how)
	}
	return n, true
}

// rounded takes away the binary noise of a whole number.
func rounded(n float64, how, text string) (float64, string) {
	near := math.Round(n)
	if math.Abs(n-near) > 1e-9 {
		return n, how
	}
	if how == "" && strings.Contains(text, ".") {
		how = HowDecimal
	}
	return near, how
}

func formatNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func (s *Scan) inRange(v Value, n float64) bool {
	f := v.Column.Field
	if f.Min != nil && n < *f.Min || f.Max != nil && n > *f.Max || math.Abs(n) > 1e12 {
		s.Report("V009", v, wantOf(s.Codebook, f))
		return false
	}
	return true
}

// Int reads an integer.
func (s *Scan) Int(r Record, field codebook.FieldID) Answer[int] {
	v := r.At(field)
	text, status, given := s.take(v)
	if !given {
		return Answer[int]{Status: status}
	}
	n, ok := s.number(v, text, true)
	if !ok {
		return Answer[int]{}
	}
	return Have(int(n))
}

// Number reads a decimal number.
func (s *Scan) Number(r Record, field codebook.FieldID) Answer[float64] {
	v := r.At(field)
	text, status, given := s.take(v)
	if !given {
		return Answer[float64]{Status: status}
	}
	if v.Cell.Kind == Text && strings.HasSuffix(narrow(text), "%") {
		return s.percent(v, text)
	}
	n, ok := s.number(v, text, false)
	if !ok {
		return Answer[float64]{}
	}
	return Have(n)
}

// percent reads 85% as 85, or as 0.85 where the field's range ends at 1.
func (s *Scan) percent(v Value, text string) Answer[float64] {
	n, _, ok := ParseNumber(strings.TrimSuffix(narrow(text), "%"))
	if !ok {
		s.Report("V006", v, wantOf(s.Codebook, v.Column.Field))
		return Answer[float64]{}
	}
	if max := v.Column.Field.Max; max != nil && *max <= 1 {
		n /= 100
	}
	if !s.inRange(v, n) {
		return Answer[float64]{}
	}
	s.Changed(v, formatNumber(n), HowUnit)
	return Have(n)
}

// Year4 reads a year: 2026, 2026年.
func (s *Scan) Year4(r Record, field codebook.FieldID) Answer[int] { return s.Int(r, field) }
