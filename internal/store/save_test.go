package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// changed returns the visit with another answer.
func changed(v survey.Visit) survey.Visit {
	v.IntervieweeRole += "（更正）"
	return v
}

// withCode returns the visit with a credit code (valid, of an invented enterprise).
func withCode(v survey.Visit) survey.Visit {
	v.Enterprise.USCC = "91320100MA1A2B3C4J"
	for _, last := range "0123456789ABCDEFGHJKLMNPQRTUWXY" {
		if code := "91320100MA1A2B3C4"[:17] + string(last); survey.CheckUSCC(code) == survey.USCCFine {
			v.Enterprise.USCC = code
		}
	}
	return v
}

// movedCells returns the same visit read from other cells.
func movedCells(v survey.Visit) survey.Visit {
	v.Sheet = "批量 Bulk"
	v.Cells = map[codebook.FieldID]survey.Ref{"visit_date": {Sheet: "批量 Bulk", Row: 40, Col: 9}}
	jobs := append([]survey.Job(nil), v.Jobs...)
	for i := range jobs {
		jobs[i].Sheet, jobs[i].Row, jobs[i].RequirementAt = "批量岗位", 90+i, survey.Ref{}
	}
	v.Jobs = jobs
	v.Changes = append(v.Changes, survey.Change{Field: "visit_date", Raw: "2026年5月1日", Value: "2026-05-01", How: "text_date"})
	return v
}

// TestHandIn walks through the rules of the package comment: a series of files and what becomes
// of each.
func TestHandIn(t *testing.T) {
	v, w := aVisit(1, 2), aVisit(2, 1)
	reordered := aVisit(1, 2)
	reordered.Jobs[0], reordered.Jobs[1] = reordered.Jobs[1], reordered.Jobs[0]
	other := aVisit(1, 2)
	other.Day = "2026-05-20"
	for _, c := range []struct {
		name, why string
		files     []Submission
		want      string // statuses, then visits that count
	}{
		{"first", "nothing stood there", []Submission{handIn("a", v)}, "accepted 1"},
		{"same bytes", "the hash is known", []Submission{handIn("a", v), handIn("a", v)}, "accepted unchanged 1"},
		{"same bytes renamed", "the name is no part of the content", []Submission{handIn("a", v), renamed("b", handIn("a", v))}, "accepted unchanged 1"},
		{"re-saved copy", "other bytes, same visit", []Submission{handIn("a", v), handIn("a2", v)}, "accepted unchanged 1"},
		{"same from other cells", "addresses are no content", []Submission{handIn("a", v), handIn("bulk", movedCells(v))}, "accepted unchanged 1"},
		{"jobs in another order", "rows of a table have no order", []Submission{handIn("a", v), handIn("a2", reordered)}, "accepted unchanged 1"},
		{"correction", "same key, other content", []Submission{handIn("a", v), handIn("a2", changed(v))}, "accepted superseded 1"},
		{"correction and original again", "bytes taken once never change anything",
			[]Submission{handIn("a", v), handIn("a2", changed(v)), handIn("a", v), handIn("a2", changed(v))}, "accepted superseded unchanged unchanged 1"},
		{"correction taken back by a new file", "new bytes with the first content are a correction too",
			[]Submission{handIn("a", v), handIn("a2", changed(v)), handIn("a3", v)}, "accepted superseded superseded 1"},
		{"unchanged copy, then correction, then the copy", "the copy's bytes were seen when they changed nothing",
			[]Submission{handIn("a", v), handIn("copy", v), handIn("a2", changed(v)), handIn("copy", v)}, "accepted unchanged superseded unchanged 1"},
		{"credit code added", "same teacher, day and name: a correction, not a second visit", []Submission{handIn("a", v), handIn("a2", withCode(v))}, "accepted superseded 1"},
		{"credit code lost", "the same the other way round", []Submission{handIn("a", withCode(v)), handIn("a2", v)}, "accepted superseded 1"},
		{"another day", "another visit", []Submission{handIn("a", v), handIn("b", other)}, "accepted accepted 2"},
		{"bulk after single", "each visit is decided by itself", []Submission{handIn("a", v), handIn("bulk", v, w)}, "accepted accepted 2"},
		{"single after bulk", "the bulk file holds it already", []Submission{handIn("bulk", v, w), handIn("a", v), handIn("b", w)}, "accepted unchanged unchanged 2"},
		{"bulk corrects one of two", "the other stays", []Submission{handIn("a", v), handIn("b", w), handIn("bulk", v, changed(w))}, "accepted accepted superseded 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			single, batched := openTemp(t), openTemp(t)
			var got []string
			for _, f := range c.files {
				got = append(got, string(mustSave(t, single, f).Status))
			}
			got = append(got, fmt.Sprint(count(t, single, "SELECT count(*) FROM visit WHERE until IS NULL")))
			if strings.Join(got, " ") != c.want {
				t.Errorf("%s: got %v, want %s", c.why, got, c.want)
			}
			sound(t, single)
			inOneBatch(t, batched, c.files, got[:len(got)-1])
			sameContent(t, single, batched)
		})
	}
}

func renamed(name string, s Submission) Submission {
	s.Name = name + ".xlsx"
	return s
}

func inOneBatch(t *testing.T, s *Store, files []Submission, want []string) {
	t.Helper()
	ctx := context.Background()
	b, err := s.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		out, err := b.Save(ctx, f)
		if err != nil {
			t.Fatal(err)
		}
		if string(out.Status) != want[i] {
			t.Errorf("in a batch file %d is %s, alone %s", i, out.Status, want[i])
		}
	}
	if err := b.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	sound(t, s)
}

func sameContent(t *testing.T, a, b *Store) {
	t.Helper()
	x, err := a.ContentKey(context.Background(), 2026)
	if err != nil {
		t.Fatal(err)
	}
	if y, err := b.ContentKey(context.Background(), 2026); err != nil || x != y {
		t.Errorf("contents differ: %s %s %v", x, y, err)
	}
}

// The same visits by single files and by one bulk file are the same database content.
func TestBulkEqualsSingles(t *testing.T) {
	single, bulk, shuffled := openTemp(t), openTemp(t), openTemp(t)
	var all []survey.Visit
	for n := range 9 {
		v := aVisit(n, 2)
		mustSave(t, single, handIn(fmt.Sprint(n), v))
		mustSave(t, shuffled, handIn(fmt.Sprint(8-n), aVisit(8-n, 2)))
		all = append(all, movedCells(v))
	}
	mustSave(t, bulk, handIn("bulk", all...))
	sameContent(t, single, bulk)
	sameContent(t, single, shuffled)
	if out := mustSave(t, bulk, handIn("3", aVisit(3, 2))); out.Status != Unchanged || out.Submission != 1 {
		t.Errorf("a single file after the bulk one: %+v", out)
	}
}

func TestOutcome(t *testing.T) {
	s := openTemp(t)
	first := mustSave(t, s, handIn("a", aVisit(1, 2)))
	if first.Counts != (Counts{1, 2, 14}) || first.Submission != 1 || first.Attempt != 1 || first.Visits[0].Visit != 1 {
		t.Errorf("first: %+v", first)
	}
	second := mustSave(t, s, handIn("a2", changed(aVisit(1, 2))))
	if v := second.Visits[0]; v.Status != Superseded || v.Replaces != 1 || v.Visit != 2 {
		t.Errorf("second: %+v", second)
	}
	rows, err := s.Submissions(context.Background(), Filter{})
	if err != nil || len(rows) != 2 || rows[0].Status != "superseded" || rows[1].Supersedes != 1 {
		t.Errorf("submissions: %+v %v", rows, err)
	}
	history, err := s.History(context.Background(), 2)
	if err != nil || len(history) != 2 || history[0].ID != 1 || history[0].ReplacedBy != 2 || history[0].Until != history[1].Since {
		t.Errorf("history: %+v %v", history, err)
	}
	again := mustSave(t, s, handIn("a", aVisit(1, 2)))
	if !again.SameBytes || again.Submission != 1 || again.Withdrawn {
		t.Errorf("again: %+v", again)
	}
	sound(t, s)
}

// A folder handed in again changes nothing but the count of its attempts.
func TestSecondRunIsQuiet(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	state := func() string {
		head, err := s.AuditHead(ctx)
		must(t, err)
		key, err := s.ContentKey(ctx, 2026)
		must(t, err)
		return fmt.Sprint(head, key, count(t, s, "SELECT count(*) FROM submission"))
	}
	for _, f := range []Submission{handIn("a", aVisit(1, 2)), handIn("a copy", aVisit(1, 2)), handIn("b", changed(aVisit(1, 2)))} {
		mustSave(t, s, f)
	}
	before := state()
	for range 3 {
		for _, name := range []string{"b", "a", "a copy"} {
			mustSave(t, s, handIn(name)) // nobody need read known bytes again
		}
	}
	if after := state(); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
	if n := count(t, s, "SELECT times FROM attempt WHERE name = 'a.xlsx' AND status = 'unchanged'"); n != 3 {
		t.Errorf("counted %d times", n)
	}
}

func TestWithdraw(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	out := mustSave(t, s, handIn("a", aVisit(1, 2)))
	before, err := s.Visit(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	act := Act{By: "office", Reason: "企业要求撤回"}
	if err := s.Withdraw(ctx, out.Submission, act); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "SELECT count(*) FROM visit WHERE until IS NULL"); n != 0 {
		t.Errorf("%d visits count after withdrawal", n)
	}
	if err := s.Withdraw(ctx, out.Submission, act); !errors.Is(err, ErrConflict) {
		t.Errorf("withdrawing twice: %v", err)
	}
	if again := mustSave(t, s, handIn("a", aVisit(1, 2))); again.Status != Unchanged || !again.Withdrawn {
		t.Errorf("a batch must not bring back what was withdrawn: %+v", again)
	}
	if err := s.Reinstate(ctx, out.Submission, act); err != nil {
		t.Fatal(err)
	}
	var after StoredVisit
	err = s.Visits(ctx, out.Visits[0].Key.Year, func(v StoredVisit) error { after = v; return nil })
	if err != nil || after.Content != before.Content || after.ID == before.ID || len(after.Visit.Jobs) != 2 {
		t.Errorf("reinstated: %+v %v", after, err)
	}
	sound(t, s)
	if err := s.Reinstate(ctx, out.Submission, act); !errors.Is(err, ErrConflict) {
		t.Errorf("reinstating what stands: %v", err)
	}
}

func TestReinstateAfterSuccessorIsRefused(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	out := mustSave(t, s, handIn("a", aVisit(1, 1)))
	if err := s.Withdraw(ctx, out.Submission, Act{By: "office"}); err != nil {
		t.Fatal(err)
	}
	if next := mustSave(t, s, handIn("b", changed(aVisit(1, 1)))); next.Status != Accepted {
		t.Fatalf("after a withdrawal a new file is accepted, not %s", next.Status)
	}
	if err := s.Reinstate(ctx, out.Submission, Act{By: "office"}); !errors.Is(err, ErrConflict) {
		t.Errorf("reinstated over a successor: %v", err)
	}
}

// A file that cannot be stored leaves the batch, and the files beside it, as they were.
func TestInvalidHarmsNothingElse(t *testing.T) {
	bad := map[string]func(*Submission){
		"no college":       func(s *Submission) { s.College = "" },
		"wrong hash":       func(s *Submission) { s.Data = []byte("other") },
		"no visits":        func(s *Submission) { s.Visits = nil },
		"rating 6":         func(s *Submission) { s.Visits[0].Jobs[0].Ratings[0].Required = survey.Have(6) },
		"satisfaction 0":   func(s *Submission) { s.Visits[0].Satisfaction = survey.Have(0) },
		"no day":           func(s *Submission) { s.Visits[0].Day = "5月" },
		"no enterprise":    func(s *Submission) { s.Visits[0].Enterprise.Name = "" },
		"other college":    func(s *Submission) { s.Visits[0].College = "nursing" },
		"twice in a file":  func(s *Submission) { s.Visits = append(s.Visits, s.Visits[0]) },
		"twice, with code": func(s *Submission) { s.Visits = append(s.Visits, withCode(s.Visits[0])) },
		"name not UTF-8":   func(s *Submission) { s.Name = "a\xff.xlsx" },
	}
	for name, breakIt := range bad {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			s := openTemp(t)
			b, err := s.Begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			sub := handIn("bad", aVisit(5, 1))
			breakIt(&sub)
			for _, f := range []struct {
				sub  Submission
				want error
			}{{handIn("a", aVisit(1, 1)), nil}, {sub, ErrInvalid}, {handIn("b", aVisit(2, 1)), nil}} {
				if _, err := b.Save(ctx, f.sub); !errors.Is(err, f.want) {
					t.Errorf("%s: %v, want %v", f.sub.Name, err, f.want)
				}
			}
			if err := b.Commit(ctx); err != nil {
				t.Fatal(err)
			}
			if n := count(t, s, "SELECT count(*) FROM visit"); n != 2 {
				t.Errorf("%d visits, want 2", n)
			}
			sound(t, s)
		})
	}
}

func TestRollbackStoresNothing(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	b, err := s.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Save(ctx, handIn("a", aVisit(1, 1))); err != nil {
		t.Fatal(err)
	}
	if err := b.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Save(ctx, handIn("b", aVisit(2, 1))); err == nil {
		t.Error("a batch went on after Rollback")
	}
	if n := count(t, s, "SELECT (SELECT count(*) FROM visit) + (SELECT count(*) FROM attempt) + (SELECT count(*) FROM audit)"); n != 0 {
		t.Errorf("%d rows after Rollback", n)
	}
	sound(t, s)
}

func TestFrozenYear(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	if err := s.Freeze(ctx, "ict", 2026, Act{By: "office"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(ctx, handIn("b", aVisit(2, 1))); !errors.Is(err, ErrFrozen) {
		t.Errorf("a frozen year took a visit: %v", err)
	}
	if err := s.Withdraw(ctx, 1, Act{By: "office"}); !errors.Is(err, ErrFrozen) {
		t.Errorf("a frozen year gave up a visit: %v", err)
	}
	if out := mustSave(t, s, handIn("a", aVisit(1, 1))); out.Status != Unchanged {
		t.Errorf("what changes nothing passes a frozen year: %+v", out)
	}
	if err := s.Reopen(ctx, "ict", 2026, Act{By: "office"}); !errors.Is(err, ErrInvalid) {
		t.Errorf("reopened without a reason: %v", err)
	}
	if err := s.Reopen(ctx, "ict", 2026, Act{By: "office", Reason: "补交"}); err != nil {
		t.Fatal(err)
	}
	if frozen, err := s.Frozen(ctx, 2026); frozen || err != nil {
		t.Errorf("frozen after reopening: %v %v", frozen, err)
	}
	if n := count(t, s, `SELECT count(*) FROM audit WHERE action = 'campaign.open' AND object = 'year/2026' AND json_extract(detail, '$.reason') = '补交'`); n != 1 {
		t.Error("the reason is not in the audit log")
	}
	mustSave(t, s, handIn("b", aVisit(2, 1)))
	sound(t, s)
}

// Every accepted answer is as it was, whatever came later.
func TestAcceptedIsNeverEdited(t *testing.T) {
	s := openTemp(t)
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	for _, q := range []string{"UPDATE visit SET day = '2026-01-01'", "UPDATE job SET title = 'x'", "UPDATE audit SET actor = 'x'", "DELETE FROM audit"} {
		if _, err := s.write.Exec(q); err == nil {
			t.Errorf("%s went through", q)
		}
	}
}
