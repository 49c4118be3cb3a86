package store

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// An answer whose correction was withdrawn can count again: by its own reinstatement, or because a person hands it
// in by itself; never by lying in a folder, and never over what stands.
func TestBackFromItsCorrection(t *testing.T) {
	moved := changed(aVisit(1, 2))
	moved.Day = "2026-06-20"
	mended := handIn("b", moved)
	mended.Corrects = handIn("a").SHA256
	act := Act{By: "office", Reason: "更正有误"}
	again := func(sub Submission) Submission { sub.Again = true; return sub }
	for _, k := range []struct {
		why  string
		b    Submission
		do   func(*Store) error // after a, then b
		hand Submission
		want Outcome
		back bool // a counts at the end
	}{
		{"its correction stands", handIn("b", changed(aVisit(1, 2))), nil, again(handIn("a")), Outcome{Status: Unchanged, Successor: 2}, false},
		{"in a folder", handIn("b", changed(aVisit(1, 2))), func(s *Store) error { return s.Withdraw(t.Context(), 2, act) }, handIn("a"), Outcome{Status: Unchanged, Lost: 2}, false},
		{"by itself", handIn("b", changed(aVisit(1, 2))), func(s *Store) error { return s.Withdraw(t.Context(), 2, act) }, again(handIn("a")),
			Outcome{Status: Accepted, Years: []int{2026}, Counts: Counts{1, 2, 14}}, true},
		{"by itself, of a correction that moved the day", mended, func(s *Store) error { return s.Withdraw(t.Context(), 2, act) }, again(handIn("a")),
			Outcome{Status: Accepted, Years: []int{2026}, Counts: Counts{1, 2, 14}}, true},
		{"reinstated", handIn("b", changed(aVisit(1, 2))), func(s *Store) error {
			return errors.Join(s.Withdraw(t.Context(), 2, act), s.Reinstate(t.Context(), 1, act))
		}, again(handIn("a")), Outcome{Status: Unchanged}, true},
		{"the correction itself, by itself", handIn("b", changed(aVisit(1, 2))), func(s *Store) error { return s.Withdraw(t.Context(), 2, act) }, again(handIn("b")),
			Outcome{Status: Unchanged, Submission: 2, Withdrawn: true}, false},
		{"the correction, once a counts", handIn("b", changed(aVisit(1, 2))), func(s *Store) error {
			return errors.Join(s.Withdraw(t.Context(), 2, act), s.Reinstate(t.Context(), 1, act))
		}, again(handIn("b")), Outcome{Status: Unchanged, Submission: 2, Withdrawn: true, Successor: 1}, true},
		{"a frozen year", handIn("b", changed(aVisit(1, 2))), func(s *Store) error {
			return errors.Join(s.Withdraw(t.Context(), 2, act), s.Freeze(t.Context(), "ict", 2026, act))
		}, again(handIn("a")), Outcome{Status: Unchanged, Lost: 2}, false},
		{"another file has the place", handIn("b", changed(aVisit(1, 2))), func(s *Store) error {
			return errors.Join(s.Withdraw(t.Context(), 2, act), func() error { _, err := s.Save(t.Context(), handIn("c", changed(aVisit(1, 1)))); return err }())
		}, again(handIn("a")), Outcome{Status: Unchanged, Successor: 3}, false},
	} {
		s := openTemp(t)
		mustSave(t, s, handIn("a", aVisit(1, 2)))
		mustSave(t, s, k.b)
		if k.do != nil {
			must(t, k.do(s))
		}
		got := mustSave(t, s, k.hand)
		k.want.SameBytes, k.want.Attempt, k.want.Submission = true, got.Attempt, max(k.want.Submission, 1)
		if diff := cmp.Diff(k.want, got); diff != "" {
			t.Errorf("%s: %s", k.why, diff)
		}
		if n := count(t, s, "SELECT count(*) FROM visit WHERE until IS NULL AND submission_id = 1"); n == 1 != k.back {
			t.Errorf("%s: %d visits of a count", k.why, n)
		}
		sound(t, s)
	}
}

// Whatever is withdrawn and brought back in turn, one version of the answer counts, the way back stays open and
// the database stays sound.
func TestBackAndForth(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	act := Act{By: "office", Reason: "x"}
	roster := func(name, teacher string) Submission {
		f := handIn(name)
		f.Roster = &survey.Roster{Faculty: []survey.Faculty{{ID: "T00001", Name: teacher}}}
		return f
	}
	mustSave(t, s, handIn("a", aVisit(1, 2)))                   // 1
	mustSave(t, s, handIn("b", changed(aVisit(1, 2))))          // 2
	mustSave(t, s, handIn("c", changed(changed(aVisit(1, 2))))) // 3
	mustSave(t, s, roster("r1", "甲"))                           // 4
	mustSave(t, s, roster("r2", "乙"))                           // 5
	for n, step := range []struct {
		do   func(context.Context, SubmissionID, Act) error
		id   SubmissionID
		want error
	}{
		{s.Reinstate, 1, ErrConflict}, {s.Withdraw, 3, nil}, {s.Reinstate, 1, nil}, {s.Reinstate, 2, ErrConflict}, {s.Reinstate, 3, ErrConflict},
		{s.Withdraw, 1, nil}, {s.Reinstate, 2, nil}, {s.Reinstate, 1, ErrConflict}, {s.Withdraw, 2, nil}, {s.Reinstate, 3, nil}, {s.Reinstate, 3, ErrConflict},
		{s.Reinstate, 4, ErrConflict}, {s.Withdraw, 5, nil}, {s.Reinstate, 4, nil}, {s.Reinstate, 5, ErrConflict}, {s.Withdraw, 4, nil}, {s.Reinstate, 5, nil},
	} {
		if err := step.do(ctx, step.id, act); !errors.Is(err, step.want) {
			t.Errorf("step %d, submission %d: %v, want %v", n, step.id, err, step.want)
		}
		sound(t, s)
	}
	if n := count(t, s, "SELECT count(*) FROM visit WHERE until IS NULL AND submission_id = 3"); n != 1 {
		t.Errorf("%d visits of the last one count", n)
	}
	if r, err := s.LoadRoster(ctx, 2026); err != nil || r == nil || r.Faculty[0].Name != "乙" {
		t.Errorf("%+v %v", r, err)
	}
}
