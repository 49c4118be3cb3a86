package survey

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// Scan reads typed answers from records by the rules of their fields (type, vocabulary,
// required, range, length). It never stops: every problem becomes an issue, every
// normalisation a change, and the answer is then missing.
//
//	in := survey.NewScan(cb, 2026)
//	for _, r := range filled.Sheet("modules").Records {
//		m := Module{Code: in.Text(r, "module_code"), Hours: in.Int(r, "hours")}
//	}
//	issues := in.Issues
type Scan struct {
	Codebook *codebook.Codebook
	Year     int // completes dates written without a year; 0 leaves them an issue
	Issues   []Issue
	Changes  []Change
}

// NewScan starts reading the answers of one submission.
func NewScan(cb *codebook.Codebook, year int) *Scan { return &Scan{Codebook: cb, Year: year} }

// Report adds an issue of a rule at one answer, got being the text of its cell.
func (s *Scan) Report(code codebook.RuleID, v Value, want string, args ...string) {}

// Text reads text, id and role fields: trimmed, inner line breaks kept.
func (s *Scan) Text(r Record, field codebook.FieldID) string { return "" }

// Int reads an integer.
func (s *Scan) Int(r Record, field codebook.FieldID) Answer[int] { return Answer[int]{} }

// Number reads a decimal number.
func (s *Scan) Number(r Record, field codebook.FieldID) Answer[float64] { return Answer[float64]{} }

// Level reads a rating 1–5 of a field that is not asked per competency.
func (s *Scan) Level(r Record, field codebook.FieldID) Answer[int] { return Answer[int]{} }

// Rating reads a rating 1–5 about one competency.
func (s *Scan) Rating(r Record, field codebook.FieldID, c codebook.CompetencyID) Answer[int] {
	return Answer[int]{}
}

// Year4 reads a year.
func (s *Scan) Year4(r Record, field codebook.FieldID) Answer[int] { return Answer[int]{} }

// Date reads a calendar day; "" where none was given or it is in doubt.
func (s *Scan) Date(r Record, field codebook.FieldID) Day { return "" }

// Code reads one item of the field's vocabulary and returns its code; "" where missing.
func (s *Scan) Code(r Record, field codebook.FieldID) string { return "" }

// Codes reads several items of the field's vocabulary, in the order written, without repeats.
func (s *Scan) Codes(r Record, field codebook.FieldID) []string { return nil }

// IDs reads several identifiers (staff numbers).
func (s *Scan) IDs(r Record, field codebook.FieldID) []string { return nil }

// Bool reads yes or no.
func (s *Scan) Bool(r Record, field codebook.FieldID) Answer[bool] { return Answer[bool]{} }

// Money reads yuan per month; a range gives both ends, a single amount the same twice.
func (s *Scan) Money(r Record, field codebook.FieldID) (low, high Answer[int]) {
	return Answer[int]{}, Answer[int]{}
}

// Certificates reads several "track level" pairs.
func (s *Scan) Certificates(r Record, field codebook.FieldID) []Certificate { return nil }

// USCC reads a unified social credit code, upper case; a failed check is a warning.
func (s *Scan) USCC(r Record, field codebook.FieldID) string { return "" }
