package curriculum_test

import (
	"reflect"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/sample"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

func TestDecodeReadsBackOutcomes(t *testing.T) {
	cb := codebook.Default()
	want := campaignOf(cb, 2026).Outcomes()
	got, issues := curriculum.DecodeOutcomes(cb, bookOf(t, cb, "outcomes", sample.OutcomesRecords(want)))
	if survey.HasErrors(issues) {
		t.Fatal(codesOf(issues))
	}
	for i := range got.Certificates {
		got.Certificates[i].At = survey.Ref{}
	}
	for i := range got.Competitions {
		got.Competitions[i].At = survey.Ref{}
	}
	for i := range got.Graduates {
		got.Graduates[i].At = survey.Ref{}
	}
	if !reflect.DeepEqual(got.Certificates, want.Certificates) || !reflect.DeepEqual(got.Competitions, want.Competitions) || !reflect.DeepEqual(got.Graduates, want.Graduates) {
		t.Errorf("read back\n%+v\nwant\n%+v", got, want)
	}
}

func outcomes() records {
	return records{
		"certificates": {{"year": 2026, "programme": "computer_network", "track": "datacom", "cert_level": "HCIP", "cohort": "2023", "candidates": 40, "earned": 31}},
		"competitions": {{"year": 2026, "programme": "iot", "competition": "huawei_ict", "competition_track": "网络", "stage": "national", "award": "first", "teams": 1}},
		"graduates":    {{"year": 2026, "programme": "iot", "graduates": 120, "employed": 110, "related": 80, "starting_salary": 5600}},
	}
}

func TestOutcomesRules(t *testing.T) {
	cb := codebook.Default()
	f := newFixtures(bookOf(t, cb, "outcomes", outcomes()), "outcomes")
	for _, c := range []struct {
		want   string
		why    string
		broken func(records)
	}{
		{"", "outcomes as they are", func(records) {}},
		{"O001@E3", "certificates twice", add("certificates", outcomes()["certificates"][0])},
		{"O002@G2", "more earned than sat", change("certificates", 0, "candidates", 30)},
		{"O003@D2", "more employed than graduated", change("graduates", 0, "employed", 121)},
		{"O004@E2", "more in related jobs than employed", change("graduates", 0, "related", 111)},
		{"O004@E2", "more in related jobs than graduated", func(r records) { r["graduates"][0]["employed"], r["graduates"][0]["related"] = nil, 121 }},
		{"O005@C3", "an award twice", add("competitions", outcomes()["competitions"][0])},
		{"O006@B3", "graduates twice", add("graduates", outcomes()["graduates"][0])},
		{"O007@E2", "a cohort of next year", change("certificates", 0, "cohort", "2027")},
		{"O008@C2", "a track of another programme", change("certificates", 0, "track", "harmonyos")},
	} {
		r := outcomes()
		c.broken(r)
		book := bookOf(t, cb, "outcomes", r)
		_, issues := curriculum.DecodeOutcomes(cb, book)
		expect(t, c.why, c.want, issues)
		f.add(c.want, c.why, book)
	}
	f.check(t, "outcomes")
}

func TestStartingSalaryMayBeARange(t *testing.T) {
	cb := codebook.Default()
	r := outcomes()
	r["graduates"][0]["starting_salary"] = "5k-6k"
	got, _ := curriculum.DecodeOutcomes(cb, bookOf(t, cb, "outcomes", r))
	if s := got.Graduates[0].StartingSalary; !s.Known() || s.Value != 5500 {
		t.Errorf("5k-6k was read as %+v, want the middle, 5500", s)
	}
}

func TestDecodeReadsBackDecisions(t *testing.T) {
	cb := codebook.Default()
	want := campaignOf(cb, 2025).Decisions()
	got, issues := curriculum.DecodeDecisions(cb, bookOf(t, cb, "decisions", sample.DecisionsRecords(want)), campaignOf(cb, 2026).Curriculum())
	if survey.HasErrors(issues) || len(want.Decisions) < 2 {
		t.Fatal(codesOf(issues), want)
	}
	if len(got.Proposals) != len(want.Proposals) || len(got.Decisions) != len(want.Decisions) {
		t.Fatalf("%d proposals and %d decisions, want %d and %d", len(got.Proposals), len(got.Decisions), len(want.Proposals), len(want.Decisions))
	}
	for i := range want.Decisions {
		g, w := got.Decisions[i], want.Decisions[i]
		g.At, w.At = survey.Ref{}, survey.Ref{}
		if g != w {
			t.Errorf("decision\n%+v, want\n%+v", g, w)
		}
	}
	if n := len(got.Proposals[0].Reviews); n != 2 {
		t.Errorf("%d reviews of the first proposal, want both sides", n)
	}
}

func decisions() records {
	return records{
		"proposals": {
			{"proposal_id": "P2025-01", "year": 2024, "opened_on": survey.Day("2025-03-01"), "origin": "gap", "programme": "computer_network", "module_code": "NET-C1", "competency": "fault_diagnosis", "kind": "strengthen", "text": "加强"},
			{"proposal_id": "P2025-02", "year": 2024, "opened_on": survey.Day("2025-03-02"), "origin": "gap", "programme": "computer_network", "module_code": "NET-E9", "competency": "fault_diagnosis", "kind": "add", "text": "新增"},
		},
		"reviews": {
			{"proposal_id": "P2025-01", "side": "school", "role": "专业带头人", "opinion": "support", "reviewed_on": survey.Day("2025-04-01")},
			{"proposal_id": "P2025-01", "side": "enterprise", "role": "技术总监", "opinion": "support", "reviewed_on": survey.Day("2025-04-02")},
		},
		"decisions": {{"decision_id": "D2025-01", "proposal_id": "P2025-01", "decided_on": survey.Day("2025-05-01"), "outcome": "adopt", "reason": "差距显著", "module_version": "2026.1", "effective_year": 2026}},
	}
}

func TestDecisionRules(t *testing.T) {
	cb := codebook.Default()
	f := newFixtures(bookOf(t, cb, "decisions", decisions()), "decisions")
	m, _ := curriculum.Decode(cb, bookOf(t, cb, "curriculum", small()))
	decision := func(id, proposal string) map[codebook.FieldID]any {
		return map[codebook.FieldID]any{"decision_id": id, "proposal_id": proposal, "decided_on": survey.Day("2025-06-01"), "outcome": "defer", "reason": "再看", "effective_year": 2026}
	}
	for _, c := range []struct {
		want   string
		why    string
		broken func(records)
	}{
		{"", "decisions as they are", func(records) {}},
		{"D001@A3", "a proposal number twice", change("proposals", 1, "proposal_id", "P2025-01")},
		{"D002@A2", "a review of no proposal", change("reviews", 0, "proposal_id", "P2025-09")},
		{"D003@B2", "a decision on no proposal", change("decisions", 0, "proposal_id", "P2025-09")},
		{"D004@B3", "a proposal decided twice", add("decisions", decision("D2025-02", "P2025-01"))},
		{"D005@C2", "a decision before the last review", change("decisions", 0, "decided_on", survey.Day("2025-04-01"))},
		{"D006@B2", "a decision on what was superseded", change("proposals", 1, "supersedes", "P2025-01")},
		{"D007@F2", "a review before the proposal", change("reviews", 0, "reviewed_on", survey.Day("2025-02-01"))},
		{"D008@D2", "adopted without the enterprise", func(r records) { r["reviews"] = r["reviews"][:1] }},
		{"D009@G2", "effective before it was decided", change("decisions", 0, "effective_year", 2024)},
		{"D010@G2", "a module the map does not have", change("proposals", 0, "module_code", "NET-C9")},
		{"D011@A3", "a decision number twice", add("decisions", decision("D2025-01", "P2025-02"))},
		{"D012@K2", "a proposal that supersedes itself", change("proposals", 0, "supersedes", "P2025-01")},
		{"D013@B3", "a side that reviewed twice", change("reviews", 1, "side", "school")},
		{"D014@H2", "a proposal without a competency", change("proposals", 0, "competency", nil)},
		{"D015@F2", "adopted without a version", change("decisions", 0, "module_version", nil)},
		{"D016@D2", "adopted against an objection", change("reviews", 1, "opinion", "object")},
	} {
		r := decisions()
		c.broken(r)
		book := bookOf(t, cb, "decisions", r)
		_, issues := curriculum.DecodeDecisions(cb, book, m)
		expect(t, c.why, c.want, issues)
		f.add(c.want, c.why, book, "curriculum")
	}
	f.check(t, "decisions")
}

// What is on record is never edited; the same workbook may be handed in again.
func TestRegisterIsNeverEdited(t *testing.T) {
	cb := codebook.Default()
	read := func(change func(records)) *curriculum.Register {
		r := decisions()
		change(r)
		reg, _ := curriculum.DecodeDecisions(cb, bookOf(t, cb, "decisions", r), nil)
		return reg
	}
	recorded := read(func(records) {})
	f := newFixtures(bookOf(t, cb, "decisions", decisions()), "decisions")
	for _, c := range []struct {
		want, why string
		change    func(records)
	}{
		{"", "the same again", func(records) {}},
		{"D017@A2", "a proposal with another text", change("proposals", 0, "text", "改了")},
		{"D018@A3", "a predecessor nobody knows", func(r records) {
			r["proposals"][1]["proposal_id"], r["proposals"][1]["supersedes"] = "P2025-07", "P2020-01"
		}},
		{"D019@A2", "a decision with another outcome", change("decisions", 0, "outcome", "reject")},
		{"D004@A2", "a second decision on a closed proposal", change("decisions", 0, "decision_id", "D2026-05")},
	} {
		expect(t, c.why, c.want, curriculum.CheckRegister(cb, read(c.change), recorded))
		r := decisions()
		c.change(r)
		f.add(c.want, c.why, bookOf(t, cb, "decisions", r), "curriculum", "decisions")
	}
	f.check(t, "record")
	next := read(func(r records) {
		r["proposals"][1]["proposal_id"], r["proposals"][1]["supersedes"] = "P2025-07", "P2025-02"
	})
	if issues := curriculum.CheckRegister(cb, next, recorded); len(issues) > 0 {
		t.Errorf("superseding a recorded proposal: %s", codesOf(issues))
	}
}
