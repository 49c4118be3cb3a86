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
