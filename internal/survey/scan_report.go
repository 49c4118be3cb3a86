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
	s.ReportAt(code, v.Ref, fieldKey(v), v.Header(), got, want, args...)
}

// ReportAt is Report for a place that is no single answer; see NewIssue.
func (s *Scan) ReportAt(code codebook.RuleID, at Ref, field codebook.FieldID, header, got, want string, args ...string) {
	if !s.merged.again(s.Issues, code, at, field, got, want) {
		s.Issues = append(s.Issues, NewIssue(s.Codebook, code, at, field, header, got, want, args...))
	}
}

// merging is the issue of each cause, among those from issuesApart on.
type merging map[cause]int

// again counts a cell in with an issue of the same cause, as Collapse does, and reports whether there was
// one. Up to issuesApart there is none. A cell that comes twice in a row counts once.
func (m *merging) again(issues []Issue, code codebook.RuleID, at Ref, field codebook.FieldID, got, want string) bool {
	if len(issues) < issuesApart {
		return false
	}
	if *m == nil {
		*m = make(merging)
	}
	k := cause{code: code, sheet: at.Sheet, field: field, got: beginning(got), want: beginning(want)}
	n, known := (*m)[k]
	if !known && len(*m) >= causesApart {
		k.got, k.want = "", ""
		n, known = (*m)[k]
	}
	if !known {
		(*m)[k] = len(issues)
		return false
	}
	if i := &issues[n]; i.last() != at {
		i.Count++
		i.More = append(i.More, at)
	}
	return true
}

// last is the last cell that shares the cause.
func (i *Issue) last() Ref {
	if n := len(i.More); n > 0 {
		return i.More[n-1]
	}
	return i.Ref
}
