package survey

import "github.com/thousand-enterprises/qianqi/internal/codebook"

// What is wrong with a submission is kept whole, in bounded memory: a small file can hold a bad answer in
// every row there may be.
const (
	issuesApart = 2_000  // issues kept each for itself, with a text of its own
	causesApart = 10_000 // beyond them: causes told apart by what was found; all others by rule and field alone
)

// Report adds an issue of a rule at one answer; what was found is the text of its cell.
func (s *Scan) Report(code codebook.RuleID, v Value, want string, args ...string) {
	s.reportFound(code, v, v.Text(), want, args...)
}

// reportFound is Report where what was found is not the whole cell.
func (s *Scan) reportFound(code codebook.RuleID, v Value, got, want string, args ...string) {
	if !s.again(code, v, got, want) {
		s.Issues = append(s.Issues, NewIssue(s.Codebook, code, v.Ref, fieldKey(v), v.Header(), got, want, args...))
	}
}

// again counts an answer in with an issue of the same cause, as Collapse does, and reports whether there was
// one. Up to issuesApart there is none.
func (s *Scan) again(code codebook.RuleID, v Value, got, want string) bool {
	if len(s.Issues) < issuesApart {
		return false
	}
	if s.merged == nil {
		s.merged = make(map[cause]int)
	}
	k := cause{code: code, sheet: v.Ref.Sheet, field: fieldKey(v), got: beginning(got), want: beginning(want)}
	at, known := s.merged[k]
	if !known && len(s.merged) >= causesApart {
		k.got, k.want = "", ""
		at, known = s.merged[k]
	}
	if !known {
		s.merged[k] = len(s.Issues)
		return false
	}
	s.Issues[at].Count++
	s.Issues[at].More = append(s.Issues[at].More, v.Ref)
	return true
}
