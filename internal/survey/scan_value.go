package survey

import (
	"strconv"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// Level reads a rating 1–5 of a field that is not asked per competency.
func (s *Scan) Level(r Record, field codebook.FieldID) Answer[int] { return s.rating(r.At(field)) }

// Rating reads a rating 1–5 about one competency.
func (s *Scan) Rating(r Record, field codebook.FieldID, c codebook.CompetencyID) Answer[int] {
	return s.rating(r.Rated(field, c))
}

// rating reads a whole number of the field's range: 4, ４, 4分, 4.0, 四, 4-较高, 较高 where the
// scale has such a point. Anything between two points, 4-5 or 3.5, is none.
func (s *Scan) rating(v Value) Answer[int] {
	if v.Cell != nil && v.Cell.Kind == Number && !v.Cell.Formula { // nearly every rating there is
		if n := int(v.Cell.Num); float64(n) == v.Cell.Num && n >= 1 && n <= 5 {
			return Have(n)
		}
	}
	text, status, given := s.take(v)
	if !given {
		return Answer[int]{Status: status}
	}
	n, how, ok := 0, "", false
	switch v.Cell.Kind {
	case Number:
		n, ok = int(v.Cell.Num), false
		if near, _ := rounded(v.Cell.Num, "", ""); near == float64(n) {
			ok = true
		}
	case Date:
		s.Report("V025", v, wantOf(s.Codebook, v.Column.Field))
		return Answer[int]{}
	case Text:
		n, how, ok = s.ratingText(text, v.Column.Field.Key)
	}
	if !ok || n < 1 || n > 5 {
		s.Report("V015", v, wantOf(s.Codebook, v.Column.Field))
		return Answer[int]{}
	}
	if how != "" {
		s.Changed(v, strconv.Itoa(n), how)
	}
	return Have(n)
}

func (s *Scan) ratingText(text string, field codebook.FieldID) (int, string, bool) {
	if len(text) == 1 && text[0] >= '0' && text[0] <= '9' {
		return int(text[0] - '0'), "", true
	}
	if n, how, ok := ParseInt(text); ok && how != HowApprox && how != HowTenThousand {
		return n, how, true
	}
	folded := codebook.Fold(text)
	scale := &s.Codebook.Level
	if field == "importance" {
		scale = &s.Codebook.Importance
	}
	for i, p := range scale.Points {
		digit := strconv.Itoa(i + 1)
		for _, word := range [...]string{codebook.Fold(p.ZH), codebook.Fold(p.EN), codebook.Fold(p.Both())} {
			if word == "" {
				continue
			}
			if folded == word || headerKey(folded) == digit+headerKey(word) || headerKey(folded) == headerKey(word)+digit {
				return i + 1, HowScaleWord, true
			}
		}
	}
	return 0, "", false
}

// Date reads a calendar day; "" where none was given or it is in doubt.
func (s *Scan) Date(r Record, field codebook.FieldID) Day {
	v := r.At(field)
	text, _, given := s.take(v)
	if !given {
		return ""
	}
	switch v.Cell.Kind {
	case Date:
		if v.Cell.Time.IsZero() || v.Cell.Time.Year() < 1900 || v.Cell.Time.Year() > 2100 {
			s.dateIssue(v, DateImpossible)
			return ""
		}
		d, _ := makeDay(v.Cell.Time.Year(), int(v.Cell.Time.Month()), v.Cell.Time.Day())
		return d
	case Number:
		d, how, ok := serialDay(v.Cell.Num)
		if !ok {
			s.dateIssue(v, DateUnreadable)
			return ""
		}
		s.Changed(v, string(d), how)
		return d
	case Bool:
		s.dateIssue(v, DateUnreadable)
		return ""
	}
	d, how, fault := ParseDate(text, s.Year)
	if fault != DateFine {
		s.dateIssue(v, fault)
		return ""
	}
	if how != "" {
		s.Changed(v, string(d), how)
	}
	return d
}

func (s *Scan) dateIssue(v Value, fault DateFault) {
	code := map[DateFault]codebook.RuleID{
		DateUnreadable: "V010", DateImpossible: "V011", DateAmbiguous: "V012", DateNoYear: "V013", DateIncomplete: "V013",
	}[fault]
	s.Report(code, v, wantOf(s.Codebook, v.Column.Field))
}

// Money reads yuan per month; a range gives both ends, a single amount the same twice, an open
// range one end. An amount outside the field's range is an issue: 8 for 8k is not guessed.
func (s *Scan) Money(r Record, field codebook.FieldID) (low, high Answer[int]) {
	v := r.At(field)
	text, status, given := s.take(v)
	if !given {
		return Answer[int]{Status: status}, Answer[int]{Status: status}
	}
	if v.Cell.Kind == Number {
		n, ok := rounded(v.Cell.Num, "", "")
		if ok != "" || !s.inRange(v, n) {
			return Answer[int]{}, Answer[int]{}
		}
		return Have(yuan(n)), Have(yuan(n))
	}
	p, ok := ParsePay(text)
	switch {
	case v.Cell.Kind != Text:
		s.Report("V025", v, wantOf(s.Codebook, v.Column.Field))
		return Answer[int]{}, Answer[int]{}
	case !ok:
		s.Report("V019", v, wantOf(s.Codebook, v.Column.Field))
		return Answer[int]{}, Answer[int]{}
	case p.Low.Known() && !s.inRange(v, float64(p.Low.Value)), p.High.Known() && !s.inRange(v, float64(p.High.Value)):
		return Answer[int]{}, Answer[int]{}
	}
	if p.How != "" {
		s.Changed(v, payText(p), p.How)
	}
	return p.Low, p.High
}

func payText(p Pay) string {
	switch {
	case p.Low.Known() && p.High.Known() && p.Low.Value != p.High.Value:
		return strconv.Itoa(p.Low.Value) + "–" + strconv.Itoa(p.High.Value)
	case p.Low.Known() && p.High.Known():
		return strconv.Itoa(p.Low.Value)
	case p.Low.Known():
		return "≥ " + strconv.Itoa(p.Low.Value)
	case p.High.Known():
		return "≤ " + strconv.Itoa(p.High.Value)
	}
	return p.Low.Status.String()
}

// USCC reads a unified social credit code as it is stored. A code that fails its check is a
// warning, for real codes fail now and then; one of another shape is a warning and not kept.
func (s *Scan) USCC(r Record, field codebook.FieldID) string {
	v := r.At(field)
	text, _, given := s.take(v)
	if !given {
		return ""
	}
	if v.Cell.Kind != Text {
		s.Report("V018", v, "")
		return ""
	}
	code := NormalUSCC(text)
	if code != text {
		how := HowSpaces
		if strings.EqualFold(code, text) {
			how = HowUpper
		}
		s.Changed(v, code, how)
	}
	switch CheckUSCC(code) {
	case USCCFine:
		return code
	case USCCLength, USCCAlphabet:
		s.Report("V016", v, "")
		return ""
	}
	s.Report("V017", v, "")
	return code
}

// wantOf says what a field allows, in the words of an issue.
func wantOf(cb *codebook.Codebook, f *codebook.Field) string {
	switch f.Type {
	case codebook.TypeCode, codebook.TypeCodes:
		return choicesText(cb, f.Vocabulary)
	case codebook.TypeDate:
		return "2026-03-05"
	case codebook.TypeCerts:
		return choicesText(cb, "tracks") + " + " + choicesText(cb, "ladder")
	case codebook.TypeInt, codebook.TypeYear, codebook.TypeLevel, codebook.TypeMoney, codebook.TypeNumber:
		return rangeText(f)
	}
	return ""
}

func rangeText(f *codebook.Field) string {
	switch {
	case f.Min != nil && f.Max != nil:
		return formatNumber(*f.Min) + "–" + formatNumber(*f.Max)
	case f.Min != nil:
		return "≥ " + formatNumber(*f.Min)
	case f.Max != nil:
		return "≤ " + formatNumber(*f.Max)
	case f.Type == codebook.TypeLevel:
		return "1–5"
	}
	return ""
}
