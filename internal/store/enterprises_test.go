package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestMergeSplitRename(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	for n := range 4 {
		mustSave(t, s, handIn(fmt.Sprint(n), aVisit(n, 1)))
	}
	act := Act{By: "office", Reason: "电话核实"}
	roots := func() (out []EnterpriseID) {
		rows, err := s.Enterprises(ctx)
		must(t, err)
		named, err := s.NamedEnterprises(ctx)
		must(t, err)
		for i, r := range rows {
			out = append(out, r.Root)
			if n := named[i]; n.ID != r.ID || n.Root != r.Root || n.Key != r.Key || n.Name != r.Name || n.USCC != r.USCC || n.Region != r.Region {
				t.Errorf("by name %+v, whole %+v", n, r)
			}
		}
		return out
	}
	psu := func() int {
		years, err := s.Years(ctx)
		must(t, err)
		return years[0].Enterprises
	}
	for _, step := range []struct {
		what  string
		do    func() error
		want  error
		roots []EnterpriseID
		psu   int
	}{
		{"merge 1 into 2", func() error { return s.MergeEnterprises(ctx, 1, 2, act) }, nil, []EnterpriseID{2, 2, 3, 4}, 3},
		{"merge 2 into 3: 1 follows", func() error { return s.MergeEnterprises(ctx, 2, 3, act) }, nil, []EnterpriseID{3, 3, 3, 4}, 2},
		{"a circle", func() error { return s.MergeEnterprises(ctx, 3, 1, act) }, ErrConflict, []EnterpriseID{3, 3, 3, 4}, 2},
		{"merged already", func() error { return s.MergeEnterprises(ctx, 1, 4, act) }, ErrConflict, []EnterpriseID{3, 3, 3, 4}, 2},
		{"into itself", func() error { return s.MergeEnterprises(ctx, 4, 4, act) }, ErrConflict, []EnterpriseID{3, 3, 3, 4}, 2},
		{"none such", func() error { return s.MergeEnterprises(ctx, 77, 1, act) }, ErrNotFound, []EnterpriseID{3, 3, 3, 4}, 2},
		{"split a visit of 1 off", func() error { _, err := s.SplitEnterprise(ctx, []VisitID{1}, "样例分公司", act); return err }, nil, []EnterpriseID{3, 3, 3, 4, 5}, 3},
		{"undo the first merge", func() error { return s.UndoEnterpriseAct(ctx, 1, act) }, nil, []EnterpriseID{1, 3, 3, 4, 5}, 3},
		{"undo it twice", func() error { return s.UndoEnterpriseAct(ctx, 1, act) }, ErrConflict, []EnterpriseID{1, 3, 3, 4, 5}, 3},
		{"undo the split", func() error { return s.UndoEnterpriseAct(ctx, 3, act) }, nil, []EnterpriseID{1, 3, 3, 4, 5}, 3},
		{"undo the second merge", func() error { return s.UndoEnterpriseAct(ctx, 2, act) }, nil, []EnterpriseID{1, 2, 3, 4, 5}, 4},
		{"rename 2", func() error { return s.RenameEnterprise(ctx, 2, "新名称", act) }, nil, []EnterpriseID{1, 2, 3, 4, 5}, 4},
	} {
		if err := step.do(); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", step.what, err, step.want)
		}
		if got := roots(); !slices.Equal(got, step.roots) {
			t.Errorf("%s: roots %v, want %v", step.what, got, step.roots)
		}
		if got := psu(); got != step.psu {
			t.Errorf("%s: %d enterprises count, want %d", step.what, got, step.psu)
		}
		if n := count(t, s, "SELECT count(DISTINCT psu) FROM visit_view"); n != step.psu {
			t.Errorf("%s: in SQL %d enterprises count, want %d", step.what, n, step.psu)
		}
		sound(t, s)
	}
	rows, err := s.Enterprises(ctx)
	if err != nil || rows[1].Name != "新名称" || !slices.Equal(rows[1].Names, []string{"样例企业1有限公司"}) {
		t.Errorf("renamed: %+v %v", rows[1], err)
	}
	for words, want := range map[string]bool{"新名": true, "样例企业1有限": false, "样例企业3有限": true, "没有": false} { // the name that counts now
		if got, err := s.AnyEnterpriseNamed(ctx, words); err != nil || got != want {
			t.Errorf("named %s: %v, want %v: %v", words, got, want, err)
		}
	}
	acts, err := s.EnterpriseActs(ctx)
	if err != nil || len(acts) != 4 || acts[0].UndoneBy != "office" || acts[3].UndoneBy != "" {
		t.Errorf("acts: %+v %v", acts, err)
	}
}

// A visit handed in again after a merge or split stays where it was put.
func TestMergeOutlastsCorrections(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	mustSave(t, s, handIn("1", aVisit(1, 1)))
	mustSave(t, s, handIn("2", aVisit(2, 1)))
	must(t, s.MergeEnterprises(ctx, 1, 2, Act{By: "office"}))
	mustSave(t, s, handIn("1b", changed(aVisit(1, 1))))
	if years, _ := s.Years(ctx); years[0].Enterprises != 1 {
		t.Errorf("after a correction %d enterprises count", years[0].Enterprises)
	}
	split, err := s.SplitEnterprise(ctx, []VisitID{3}, "样例分公司", Act{By: "office"})
	must(t, err)
	out := mustSave(t, s, handIn("1c", changed(changed(aVisit(1, 1)))))
	v, err := s.Visit(ctx, out.Visits[0].Visit)
	if err != nil || v.Enterprise != split {
		t.Errorf("a correction of a visit that was split off counts for enterprise %d, want %d (%v)", v.Enterprise, split, err)
	}
}

func TestReviewQueue(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	for n := range 3 {
		mustSave(t, s, handIn(fmt.Sprint(n), aVisit(n, 1)))
	}
	pairs := []Candidate{{A: 2, B: 1, Score: 0.7, Reason: "name"}, {A: 1, B: 3, Score: 0.9, Reason: "name"}, {A: 2, B: 3, Score: 0.6, Reason: "name"}}
	must(t, s.QueueCandidates(ctx, "ict", pairs))
	must(t, s.MarkDistinct(ctx, 3, 1, Act{By: "office"}))
	must(t, s.MergeEnterprises(ctx, 2, 1, Act{By: "office"}))
	must(t, s.QueueCandidates(ctx, "ict", pairs)) // decided pairs stay decided
	want := map[string]int{"open": 1, "merged": 1, "distinct": 1, "": 3}
	for status, n := range want {
		got, err := s.Candidates(ctx, status)
		if err != nil || len(got) != n {
			t.Errorf("%q: %+v %v", status, got, err)
		}
	}
	must(t, s.UndoEnterpriseAct(ctx, 1, Act{By: "office"}))
	if got, err := s.Candidates(ctx, "open"); err != nil || len(got) != 2 {
		t.Errorf("after the merge was undone: %+v %v, want its pair open again", got, err)
	}
}

// What cannot be so is refused in words, and leaves neither a decision nor a record on the log.
func TestDecisionsThatAreNotSo(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	for n := range 3 {
		mustSave(t, s, handIn(fmt.Sprint(n), aVisit(n, 1)))
	}
	theirs := handIn("theirs", aVisit(0, 1))
	theirs.College, theirs.Visits[0].College = "med", "med"
	mustSave(t, s, theirs)
	act := Act{By: "office", Reason: "电话核实"}
	must(t, s.MergeEnterprises(ctx, 1, 2, act))
	before, err := s.AuditHead(ctx)
	must(t, err)
	split := func(name string, visits ...VisitID) error {
		_, err := s.SplitEnterprise(ctx, visits, name, act)
		return err
	}
	for _, k := range []struct {
		why  string
		err  error
		want error
	}{
		{"two that count as one", s.MarkDistinct(ctx, 1, 2, act), ErrConflict},
		{"one beside itself", s.MarkDistinct(ctx, 3, 3, act), ErrConflict},
		{"beside one that is not there", s.MarkDistinct(ctx, 3, 99, act), ErrNotFound},
		{"two that are not there", s.MarkDistinct(ctx, 98, 99, act), ErrNotFound},
		{"of two colleges", s.MarkDistinct(ctx, 3, 4, act), ErrConflict},
		{"merge across colleges", s.MergeEnterprises(ctx, 3, 4, act), ErrConflict},
		{"merge into one that is not there", s.MergeEnterprises(ctx, 3, 99, act), ErrNotFound},
		{"split a visit that is not there", split("样例分公司", 9999), ErrNotFound},
		{"split visits of two colleges", split("样例分公司", 1, 4), ErrConflict},
		{"split under a blank name", split(" \u3000", 1), ErrInvalid},
		{"a name of nothing", s.RenameEnterprise(ctx, 1, "", act), ErrInvalid},
		{"a blank name", s.RenameEnterprise(ctx, 1, " \u3000", act), ErrInvalid},
		{"rename one that is not there", s.RenameEnterprise(ctx, 99, "新名称", act), ErrNotFound},
	} {
		if own := (*Error)(nil); !errors.Is(k.err, k.want) || !errors.As(k.err, &own) || own.Err != nil {
			t.Errorf("%s: %v, want %v", k.why, k.err, k.want)
		}
	}
	if after, err := s.AuditHead(ctx); err != nil || after != before {
		t.Errorf("a refused decision is on the log: %+v, was %+v (%v)", after, before, err)
	}
	must(t, s.UndoEnterpriseAct(ctx, 1, act))
	must(t, s.MarkDistinct(ctx, 1, 2, act))
	must(t, split("样例分公司", 1, 1))
	must(t, s.RenameEnterprise(ctx, 3, " 新名称 ", act))
	rows, err := s.Enterprises(ctx)
	must(t, err)
	if len(rows) != 5 || rows[2].Name != "新名称" {
		t.Errorf("%+v", rows)
	}
	if acts, err := s.EnterpriseActs(ctx); err != nil || len(acts) != 3 {
		t.Errorf("a visit named twice is split off twice: %+v %v", acts, err)
	}
	sound(t, s)
}

// The visits of an enterprise are those that count for it: they leave with a split and a merge and come back
// when it is undone.
func TestVisitsFollowDecisions(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	again := aVisit(1, 1)
	again.Day = "2026-06-20"
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	mustSave(t, s, handIn("b", again))
	mustSave(t, s, handIn("c", aVisit(2, 1)))
	act := Act{By: "office", Reason: "x"}
	for _, step := range []struct {
		what string
		do   func() error
		want []int
	}{
		{"as handed in", func() error { return nil }, []int{2, 1}},
		{"split one off", func() error { _, err := s.SplitEnterprise(ctx, []VisitID{1}, "样例分公司", act); return err }, []int{1, 1, 1}},
		{"merge", func() error { return s.MergeEnterprises(ctx, 2, 1, act) }, []int{2, 0, 1}},
		{"undo the split", func() error { return s.UndoEnterpriseAct(ctx, 1, act) }, []int{3, 0, 0}},
		{"withdraw", func() error { return s.Withdraw(ctx, 2, act) }, []int{2, 0, 0}},
		{"undo the merge", func() error { return s.UndoEnterpriseAct(ctx, 2, act) }, []int{1, 1, 0}},
	} {
		must(t, step.do())
		rows, err := s.Enterprises(ctx)
		must(t, err)
		var got []int
		for _, r := range rows {
			got = append(got, r.Visits)
		}
		if !slices.Equal(got, step.want) {
			t.Errorf("%s: %v visits, want %v", step.what, got, step.want)
		}
	}
}
