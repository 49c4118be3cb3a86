package store

import (
	"context"
	"testing"
)

// A list shows the visits that count, each with its jobs and the enterprise it counts for.
func TestVisitHeads(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	a, b := aVisit(1, 3), aVisit(4, 2)
	b.CoVisitors = []string{"t00000"}
	mustSave(t, s, handIn("a", a))
	mustSave(t, s, handIn("b", b))
	gone := mustSave(t, s, handIn("c", aVisit(7, 1)))
	if err := s.Withdraw(ctx, gone.Submission, Act{By: "u1"}); err != nil {
		t.Fatal(err)
	}
	if err := s.MergeEnterprises(ctx, 2, 1, Act{By: "u1", Reason: "same"}); err != nil {
		t.Fatal(err)
	}
	all, err := s.VisitHeads(ctx, 2026, "")
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v %v", all, err)
	}
	first, second := all[0], all[1]
	if first.Jobs != 3 || second.Jobs != 2 || first.Faculty != a.Faculty || first.File != "a.xlsx" || first.By != "T00001" || first.Received.IsZero() {
		t.Errorf("%+v", first)
	}
	if second.PSU != first.Key || second.Key == first.Key {
		t.Errorf("a merged enterprise counts for %q, want %q", second.PSU, first.Key)
	}
	for faculty, want := range map[string]int{"T00000": 2, "T00001": 1, "t00001": 1, "T00002": 0} {
		if got, err := s.VisitHeads(ctx, 2026, faculty); err != nil || len(got) != want {
			t.Errorf("%s has %d visits, want %d: %v", faculty, len(got), want, err)
		}
	}
	if other, _ := s.VisitHeads(ctx, 2025, ""); len(other) != 0 {
		t.Errorf("another year has %d", len(other))
	}
}
