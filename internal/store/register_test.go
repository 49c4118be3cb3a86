package store

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

func TestProposalsAndDecisions(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	act := Act{By: "chair"}
	p := curriculum.Proposal{Year: 2025, Opened: "2025-07-01", Origin: curriculum.FromGap, Programme: "iot", Module: "IOT-301", Kind: curriculum.Strengthen, Text: "加强故障诊断"}
	first, err := s.Propose(ctx, "ict", p, act)
	must(t, err)
	p.Text = "加开故障诊断"
	second, err := s.Propose(ctx, "ict", p, act)
	must(t, err)
	if first != "P2025-01" || second != "P2025-02" {
		t.Errorf("ids %s, %s", first, second)
	}
	review := curriculum.Review{Proposal: first, Side: curriculum.Enterprise, Role: "技术总监", Opinion: "support", Day: "2025-07-10"}
	must(t, s.Review(ctx, "ict", review, act))
	decide := func(id string, proposal curriculum.ProposalID, outcome string) error {
		_, err := s.Decide(ctx, "ict", curriculum.Decision{ID: id, Proposal: proposal, Outcome: outcome, Day: "2025-08-01", Effective: 2026}, act)
		return err
	}
	for _, c := range []struct {
		what string
		err  error
		want error
	}{
		{"defer keeps it open", decide("D2025-01", first, curriculum.Defer), nil},
		{"adopt closes it", decide("D2025-02", first, curriculum.Adopt), nil},
		{"the same decision again", decide("D2025-02", first, curriculum.Adopt), nil},
		{"another decision on a closed proposal", decide("D2025-03", first, curriculum.Reject), ErrConflict},
		{"a review of a closed proposal", s.Review(ctx, "ict", review, act), ErrConflict},
		{"a decision on nothing", decide("D2025-04", "P1999-01", curriculum.Adopt), ErrNotFound},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, c.err, c.want)
		}
	}
	id, err := s.Decide(ctx, "ict", curriculum.Decision{Proposal: second, Outcome: curriculum.Reject, Day: "2025-08-02", Effective: 2026}, act)
	if err != nil || id != "D2025-03" {
		t.Errorf("a decision without a number got %q, %v", id, err)
	}
	reg, err := s.LoadRegister(ctx)
	if err != nil || len(reg.Proposals) != 2 || len(reg.Proposals[0].Reviews) != 1 || len(reg.Decisions) != 3 {
		t.Errorf("register: %+v %v", reg, err)
	}
	sound(t, s)
}

// The same proposal by the same person within minutes is one that was sent twice; any other is another.
func TestProposalSentTwice(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2025, 7, 1, 9, 0, 0, 0, time.UTC)
	s, err := Open(ctx, filepath.Join(t.TempDir(), "qianqi.db"), Options{Now: func() time.Time { return now }})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	one := curriculum.Proposal{Year: 2025, Opened: "2025-07-01", Origin: curriculum.FromGap, Evidence: "2025/iot/fault_diagnosis/importance", Programme: "iot", Module: "IOT-301", Kind: curriculum.Strengthen, Text: "加强故障诊断"}
	another := func(change func(*curriculum.Proposal)) curriculum.Proposal {
		p := one
		change(&p)
		return p
	}
	for _, c := range []struct {
		why   string
		p     curriculum.Proposal
		by    string
		after time.Duration
		want  curriculum.ProposalID
	}{
		{"the first", one, "u1", 0, "P2025-01"},
		{"a double click", one, "u1", time.Second, "P2025-01"},
		{"the same by somebody else", one, "u2", 0, "P2025-02"},
		{"another text", another(func(p *curriculum.Proposal) { p.Text = "再加强" }), "u1", 0, "P2025-03"},
		{"another figure", another(func(p *curriculum.Proposal) { p.Evidence = "2025/iot/fault_diagnosis/required" }), "u1", 0, "P2025-04"},
		{"another module", another(func(p *curriculum.Proposal) { p.Module = "IOT-302" }), "u1", 0, "P2025-05"},
		{"once more, minutes later", one, "u1", sentTwice - 2*time.Second, "P2025-01"},
		{"an hour later", one, "u1", time.Hour, "P2025-06"},
	} {
		now = now.Add(c.after)
		got, err := s.Propose(ctx, "ict", c.p, Act{By: c.by})
		if err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", c.why, got, err, c.want)
		}
	}
	if reg, err := s.LoadRegister(ctx); err != nil || len(reg.Proposals) != 6 {
		t.Errorf("%d proposals, %v", len(reg.Proposals), err)
	}
	sound(t, s)
}

// A register handed in again adds what is new, keeps the old text of what changed, and says
// unchanged where nothing is.
func TestRegisterIsOnlyAddedTo(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	reg := func(texts ...string) func(*Submission) {
		return func(sub *Submission) {
			sub.Register = &curriculum.Register{}
			for i, text := range texts {
				sub.Register.Proposals = append(sub.Register.Proposals, curriculum.Proposal{ID: curriculum.ProposalID("P2025-0" + itoa(i+1)), Year: 2025, Text: text,
					At: survey.Ref{Sheet: "提案", Row: 4 + i, Col: 1}})
			}
		}
	}
	for _, c := range []struct {
		name string
		set  func(*Submission)
		want Status
	}{
		{"a", reg("一"), Accepted}, {"b", reg("一"), Unchanged}, {"c", reg("一", "二"), Accepted}, {"d", reg("一改", "二"), Superseded}, {"a", reg("一"), Unchanged},
	} {
		if out := mustSave(t, s, documentOf(c.name, 2025, c.set)); out.Status != c.want {
			t.Errorf("%s: %s, want %s", c.name, out.Status, c.want)
		}
	}
	got, err := s.LoadRegister(ctx)
	if err != nil || len(got.Proposals) != 2 || got.Proposals[0].Text != "一改" {
		t.Errorf("register: %+v %v", got, err)
	}
	if n := count(t, s, "SELECT count(*) FROM proposal"); n != 3 {
		t.Errorf("%d rows of proposals, want the two and the old text", n)
	}
	for _, q := range []string{"DELETE FROM proposal", "UPDATE proposal SET text = 'x', content_sha256 = 'y'"} {
		if _, err := s.write.Exec(q); err == nil {
			t.Errorf("%s went through", q)
		}
	}
}

func TestDocumentsReplaceByKey(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	roster := func(n int) func(*Submission) {
		return func(sub *Submission) {
			sub.Roster = &survey.Roster{Strata: []survey.Stratum{{Industry: "I", Size: "large", Population: n}}}
		}
	}
	for _, c := range []struct {
		name string
		year int
		n    int
		want Status
	}{
		{"r25", 2025, 25, Accepted}, {"r26", 2026, 26, Accepted}, {"r26 copy", 2026, 26, Unchanged}, {"r26b", 2026, 27, Superseded}, {"r26", 2026, 26, Unchanged},
	} {
		if out := mustSave(t, s, documentOf(c.name, c.year, roster(c.n))); out.Status != c.want {
			t.Errorf("%s: %s, want %s", c.name, out.Status, c.want)
		}
	}
	for year, want := range map[int]int{2024: 0, 2025: 25, 2026: 27, 2030: 27} {
		got, err := s.LoadRoster(ctx, year)
		must(t, err)
		if want == 0 != (got == nil) || got != nil && got.Strata[0].Population != want {
			t.Errorf("%d: %+v, want %d", year, got, want)
		}
	}
	must(t, s.Withdraw(ctx, 3, Act{By: "office"}))
	if got, _ := s.LoadRoster(ctx, 2026); got.Strata[0].Population != 25 {
		t.Errorf("after withdrawal the roster before holds, not %+v", got)
	}
	must(t, s.Reinstate(ctx, 3, Act{By: "office"}))
	if got, _ := s.LoadRoster(ctx, 2026); got.Strata[0].Population != 27 {
		t.Errorf("after reinstating: %+v", got)
	}
	sound(t, s)
}

func TestCurriculumInForce(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	for version, from := range map[string]survey.Day{"2024.1": "2024-09-01", "2025.1": "2025-09-01", "2026.2": "2026-12-31", "2027.1": "2027-01-01"} {
		mustSave(t, s, documentOf(version, 0, func(sub *Submission) {
			sub.Curriculum = &curriculum.Map{College: "ict", Version: version, ValidFrom: from, Modules: []curriculum.Module{{Code: "N1"}}}
		}))
	}
	for year, want := range map[int]string{2023: "", 2024: "2024.1", 2025: "2025.1", 2026: "2026.2", 2027: "2027.1", 2040: "2027.1"} {
		m, err := s.LoadCurriculum(ctx, year)
		must(t, err)
		if got := version(m); got != want {
			t.Errorf("%d: %q, want %q", year, got, want)
		}
	}
}

func version(m *curriculum.Map) string {
	if m == nil {
		return ""
	}
	return m.Version
}

func TestOutcomesOfSeveralYears(t *testing.T) {
	s := openTemp(t)
	graduates := func(rows ...[2]int) func(*Submission) {
		return func(sub *Submission) {
			sub.Outcomes = &curriculum.Outcomes{College: "ict"}
			for _, r := range rows {
				sub.Outcomes.Graduates = append(sub.Outcomes.Graduates, curriculum.GraduateOutcome{Programme: "iot", Year: r[0], Graduates: r[1]})
			}
		}
	}
	mustSave(t, s, documentOf("o25", 2025, graduates([2]int{2024, 80}, [2]int{2025, 90})))
	mustSave(t, s, documentOf("o26", 2026, graduates([2]int{2025, 91}, [2]int{2026, 100})))
	got, err := s.LoadOutcomes(context.Background())
	must(t, err)
	have := make(map[int]int)
	for _, g := range got.Graduates {
		have[g.Year] = g.Graduates
	}
	if len(got.Graduates) != 3 || have[2024] != 80 || have[2025] != 91 || have[2026] != 100 {
		t.Errorf("outcomes: %+v", got.Graduates)
	}
}

func TestRulingsStayWithTheBytes(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	sub := handIn("a", aVisit(1, 1))
	at := survey.Ref{Sheet: "走访 Visit", Row: 12, Col: 2}
	sub.Rulings = []Ruling{{Kind: Confirmed, Code: "V012", Ref: at, Reason: "已核对"}}
	must(t, s.AddRuling(ctx, "ict", sub.SHA256, Ruling{Kind: Waived, Code: "V020", By: "office", Reason: "特批"}))
	mustSave(t, s, sub)
	mustSave(t, s, sub)
	got, err := s.Rulings(ctx, sub.SHA256)
	if err != nil || len(got) != 2 || got[0].Kind != Waived || got[1].Ref != at || got[1].By != "T00001" {
		t.Errorf("rulings: %+v %v", got, err)
	}
	if err := s.AddRuling(ctx, "ict", sub.SHA256, Ruling{Kind: Waived, Code: "V020", By: "office"}); !errors.Is(err, ErrInvalid) {
		t.Errorf("waived without a reason: %v", err)
	}
}

func TestRunsAndStamps(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	id, err := s.StartRun(ctx, Run{College: "ict", Kind: "run", Year: 2026, Program: "v1", Codebook: "ict@1"})
	must(t, err)
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	head, err := s.AuditHead(ctx)
	must(t, err)
	end := Run{ID: id, College: "ict", Status: "finished", Head: head, Record: json.RawMessage(`{"files":1}`)}
	must(t, s.FinishRun(ctx, end))
	if err := s.FinishRun(ctx, end); !errors.Is(err, ErrConflict) {
		t.Errorf("finished twice: %v", err)
	}
	got, err := s.Run(ctx, id)
	if err != nil || got.Status != "finished" || got.Head != head || string(got.Record) != `{"files":1}` || got.Finished.Before(got.Started) {
		t.Errorf("run: %+v %v", got, err)
	}
	if _, err := s.Run(ctx, 99); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such run: %v", err)
	}
	b, err := s.Begin(ctx)
	must(t, err)
	stamp := Stamp{Path: "/surveys/2026/a.xlsx", Size: 5, MTime: 1 << 60, SHA256: "x", Status: Accepted, Checked: "ict@1"}
	must(t, b.Stamp(ctx, []Stamp{stamp, {Path: "/other/b.xlsx"}}))
	must(t, b.Stamp(ctx, []Stamp{stamp}))
	must(t, b.Commit(ctx))
	stamps, err := s.Stamps(ctx, "/surveys/")
	if err != nil || len(stamps) != 1 || stamps[stamp.Path] != stamp {
		t.Errorf("stamps: %+v %v", stamps, err)
	}
}

func TestKnown(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	a, b, c := handIn("a", aVisit(1, 1)), handIn("b", aVisit(1, 1)), handIn("c")
	mustSave(t, s, a)
	mustSave(t, s, b)
	_, err := s.Log(ctx, Attempt{Handed: c.Handed, Status: Rejected, Issues: []survey.Issue{{Code: "F001", Severity: "error"}}})
	must(t, err)
	got, err := s.Known(ctx, []string{a.SHA256, b.SHA256, c.SHA256, sumOf(nil)})
	if err != nil || len(got) != 3 || got[a.SHA256].Status != Accepted || got[b.SHA256].Status != Unchanged || got[b.SHA256].Submission != 1 || got[c.SHA256].Status != Rejected {
		t.Errorf("known: %+v %v", got, err)
	}
}
