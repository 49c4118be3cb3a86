package curriculum_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// onRecord is a register with a proposal that waits, one that was adopted, and one that another
// took the place of.
func onRecord() *curriculum.Register {
	p := func(id, supersedes string) curriculum.Proposal {
		return curriculum.Proposal{ID: curriculum.ProposalID(id), Year: 2026, Opened: "2026-03-01", Programme: "computer_network", Module: "NET-C1",
			Supersedes: curriculum.ProposalID(supersedes)}
	}
	return &curriculum.Register{
		Proposals: []curriculum.Proposal{p("P2026-01", ""), p("P2026-02", ""), p("P2026-07", ""), p("P2026-08", "P2026-07")},
		Decisions: []curriculum.Decision{{ID: "D2026-03", Proposal: "P2026-02", Outcome: curriculum.Adopt, Year: 2026, Day: "2026-05-01"},
			{ID: "D2026-04", Proposal: "P2026-01", Outcome: curriculum.Defer, Year: 2026, Day: "2026-05-01"}},
	}
}

// What waits is what was neither decided for good nor replaced; a deferred proposal waits on.
func TestOpenProposals(t *testing.T) {
	var open []string
	for _, p := range onRecord().Open() {
		open = append(open, string(p.ID))
	}
	if got := strings.Join(open, " "); got != "P2026-01 P2026-08" {
		t.Errorf("open: %s", got)
	}
}

// An entry typed outside a workbook is read under the workbook's rules, gets the next free number of
// its year, holds nothing but itself, and its issues name the answer instead of a cell.
func TestDecodeEntry(t *testing.T) {
	cb := codebook.Default()
	modules := &curriculum.Map{Modules: []curriculum.Module{{Code: "NET-C1", Programmes: []codebook.ProgrammeID{"computer_network"}}}}
	proposal := func(change ...string) map[codebook.FieldID]string {
		a := map[codebook.FieldID]string{"year": "2026", "opened_on": "2026-06-01", "origin": "gap", "evidence": "2026 年报告", "programme": "计算机网络技术",
			"module_code": "NET-C1", "competency": "网络故障诊断", "kind": "加强", "text": "增加排障实训"}
		for i := 0; i+1 < len(change); i += 2 {
			a[codebook.FieldID(change[i])] = change[i+1]
		}
		return a
	}
	for _, c := range []struct {
		why, sheet string
		answers    map[codebook.FieldID]string
		want       string // numbers of what the entry holds
	}{
		{"a proposal without a number", "proposals", proposal(), "P2026-09"},
		{"of a year that has none yet", "proposals", proposal("year", "2027", "opened_on", "2027-06-01"), "P2027-01"},
		{"a proposal with a number of its own", "proposals", proposal("proposal_id", "P2026-30"), "P2026-30"},
		{"an answer that is not a choice: the issue names the answer", "proposals", proposal("kind", "大改"), "P2026-09 V014"},
		{"a review", "reviews", map[codebook.FieldID]string{"proposal_id": "P2026-01", "side": "学校", "role": "专业带头人", "opinion": "支持", "reviewed_on": "2026-06-02"}, "P2026-01/1"},
		{"a review of a proposal that nobody knows", "reviews", map[codebook.FieldID]string{"proposal_id": "P2020-01", "side": "学校", "role": "专业带头人", "opinion": "支持", "reviewed_on": "2026-06-02"}, "D002"},
		{"a decision without a number", "decisions", map[codebook.FieldID]string{"proposal_id": "P2026-08", "decided_on": "2026-06-03", "outcome": "不采纳", "reason": "课时不足", "effective_year": "2027"}, "D2026-05"},
		{"a decision on a proposal that is closed", "decisions", map[codebook.FieldID]string{"proposal_id": "P2026-02", "decided_on": "2026-06-03", "outcome": "不采纳", "reason": "课时不足", "effective_year": "2027"}, "D004"},
		{"no sheet of the form", "nothing", proposal(), ""},
	} {
		t.Run(c.why, func(t *testing.T) {
			got, issues := curriculum.DecodeEntry(cb, curriculum.Entry{Sheet: c.sheet, Answers: c.answers}, onRecord(), modules)
			var ids []string
			for _, p := range got.Proposals {
				id := string(p.ID)
				if len(p.Reviews) > 0 {
					id += "/" + strconv.Itoa(len(p.Reviews))
				}
				ids = append(ids, id)
			}
			for _, d := range got.Decisions {
				ids = append(ids, d.ID)
			}
			for _, i := range issues {
				ids = append(ids, string(i.Code))
			}
			if strings.Join(ids, " ") != c.want {
				t.Errorf("holds %v, want %s", ids, c.want)
			}
			for _, i := range issues {
				if i.Ref != (survey.Ref{}) || i.Code == "V014" && !strings.Contains(i.Fix.ZH, "“调整类型”") {
					t.Errorf("%s names the cell %s: %s", i.Code, i.Ref.Cell(), i.Fix.ZH)
				}
			}
		})
	}
}

// Every module that any version had can be spoken of; where two versions have it, the newer one counts.
func TestUnionOfVersions(t *testing.T) {
	if curriculum.Union(nil) != nil {
		t.Error("a union of nothing")
	}
	module := func(code, name string) curriculum.Module {
		return curriculum.Module{Code: curriculum.ModuleCode(code), Name: codebook.Text{ZH: name}}
	}
	u := curriculum.Union([]curriculum.Map{{Version: "2025.1", Modules: []curriculum.Module{module("A", "旧"), module("B", "只在旧版")}},
		{Version: "2026.1", Modules: []curriculum.Module{module("A", "新")}}})
	a, _ := u.Module("A")
	if _, ok := u.Module("B"); !ok || a.Name.ZH != "新" || u.Version != "2026.1" || len(u.Modules) != 2 {
		t.Errorf("%+v", u)
	}
}

// An outline is new where the version before had the exam without it or with another one; the first
// version has none, and what stands in both is not told again.
func TestNewOutlines(t *testing.T) {
	exam := func(version string) *curriculum.Map {
		return &curriculum.Map{Modules: []curriculum.Module{
			{Certifies: []curriculum.Certification{{Track: "datacom", Level: "HCIP", Exam: "H12-821", ExamVersion: version}}},
			{Certifies: []curriculum.Certification{{Track: "datacom", Level: "HCIP", Exam: "H12-821", ExamVersion: version}}}}}
	}
	for _, c := range []struct {
		why           string
		before, after *curriculum.Map
		want          int
	}{
		{"the first version", nil, exam("V1.0"), 0},
		{"the same outline", exam("V1.0"), exam("V1.0"), 0},
		{"another outline, named by two modules", exam("V1.0"), exam("V2.0"), 1},
		{"an outline where there was none", exam(""), exam("V1.0"), 1},
		{"no outline any more", exam("V1.0"), exam(""), 0},
	} {
		got := curriculum.NewOutlines(c.before, c.after, "2026-09-01")
		if len(got) != c.want || c.want == 1 && (got[0].Exam != "H12-821" || got[0].Day != "2026-09-01") {
			t.Errorf("%s: %+v", c.why, got)
		}
	}
}
