package store

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

func TestKeptCodebooks(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	sum, err := s.KeepCodebook(ctx, "ict@1", []byte("id: ict\n"))
	must(t, err)
	again, err := s.KeepCodebook(ctx, "ict@1", []byte("id: ict\n"))
	if err != nil || again != sum || count(t, s, "SELECT count(*) FROM kept_codebook") != 1 {
		t.Errorf("kept twice: %s %s %v", sum, again, err)
	}
	if text, err := s.KeptCodebook(ctx, sum); err != nil || string(text) != "id: ict\n" {
		t.Errorf("kept as %q, %v", text, err)
	}
	if _, err := s.KeptCodebook(ctx, sumOf(nil)); !errors.Is(err, ErrNotFound) {
		t.Errorf("never kept: %v", err)
	}
	_, err = s.write.Exec("UPDATE kept_codebook SET text = 'id: other'")
	must(t, err)
	if _, err := s.KeptCodebook(ctx, sum); !errors.Is(err, ErrDamaged) {
		t.Errorf("altered: %v", err)
	}
	finding(t, s, "S013")
}

// finding fails the test unless Verify finds exactly this.
func finding(t *testing.T, s *Store, code string) {
	t.Helper()
	found, err := s.Verify(context.Background())
	if err != nil || len(found) != 1 || found[0].Code != code {
		t.Errorf("verify found %v %v, want %s", found, err, code)
	}
}

// The key of the documents follows what they say, not the order or files in which it came.
func TestDocumentsKey(t *testing.T) {
	ctx := context.Background()
	one, two := openTemp(t), openTemp(t)
	roster, plan := handIn("roster"), handIn("curriculum")
	roster.Form, roster.Roster = "roster", &survey.Roster{Faculty: []survey.Faculty{{ID: "T00001", Name: "教师"}}}
	plan.Form, plan.Curriculum = "curriculum", &curriculum.Map{Version: "2026.1", ValidFrom: "2026-01-01"}
	mustSave(t, one, roster)
	mustSave(t, one, plan)
	mustSave(t, two, plan)
	before, err := two.DocumentsKey(ctx)
	must(t, err)
	mustSave(t, two, roster)
	a, err := one.DocumentsKey(ctx)
	must(t, err)
	b, err := two.DocumentsKey(ctx)
	must(t, err)
	if a != b || a == before {
		t.Errorf("keys %s and %s, before %s", a, b, before)
	}
	head, err := two.AuditHead(ctx)
	must(t, err)
	if then, err := two.At(head.Seq - 1).DocumentsKey(ctx); err != nil || then != before {
		t.Errorf("at the moment before: %s, want %s (%v)", then, before, err)
	}
	_, err = two.Decide(ctx, "ict", curriculum.Decision{ID: "D1", Proposal: mustPropose(t, two), Day: "2026-06-01", Outcome: "adopt"}, Act{By: "x"})
	must(t, err)
	if c, _ := two.DocumentsKey(ctx); c == b {
		t.Error("a decision left the key as it was")
	}
}

func mustPropose(t *testing.T, s *Store) curriculum.ProposalID {
	t.Helper()
	id, err := s.Propose(context.Background(), "ict", curriculum.Proposal{Year: 2026, Opened: "2026-06-01", Programme: "iot", Module: "M1", Kind: "add"}, Act{By: "x"})
	must(t, err)
	return id
}

func TestFindRuns(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	head, err := s.AuditHead(ctx)
	must(t, err)
	for i, r := range []Run{
		{Kind: "run", Year: 2026, Status: "finished", Head: head, Record: json.RawMessage(`{"label":"abc123"}`)},
		{Kind: "run", Year: 2026, Status: "finished"},
		{Kind: "report", Year: 2025, Status: "failed"},
	} {
		id, err := s.StartRun(ctx, r)
		must(t, err)
		if id != RunID(i+1) {
			t.Fatalf("run %d has id %d", i+1, id)
		}
		r.ID = id
		must(t, s.FinishRun(ctx, r))
	}
	for _, c := range []struct {
		why  string
		f    RunFilter
		want []RunID
	}{
		{"all, latest first", RunFilter{}, []RunID{3, 2, 1}},
		{"of a year", RunFilter{Year: 2026}, []RunID{2, 1}},
		{"that made figures", RunFilter{Made: true}, []RunID{1}},
		{"by the beginning of a label", RunFilter{Label: "abc"}, []RunID{1}},
		{"by another label", RunFilter{Label: "b"}, nil},
		{"that failed", RunFilter{Status: "failed"}, []RunID{3}},
		{"before another", RunFilter{Before: 2}, []RunID{1}},
		{"of a kind, one", RunFilter{Kinds: []string{"run"}, Limit: 1}, []RunID{2}},
	} {
		found, err := s.FindRuns(ctx, c.f)
		must(t, err)
		var got []RunID
		for _, r := range found {
			got = append(got, r.ID)
		}
		if len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
	// only the run that made figures is in the log, with the hash of its record
	if n := count(t, s, "SELECT count(*) FROM audit WHERE action LIKE 'run.%'"); n != 1 {
		t.Errorf("%d runs in the audit log, want 1", n)
	}
	_, err = s.write.Exec("UPDATE run SET record = '{}' WHERE id = 1")
	must(t, err)
	finding(t, s, "S012")
}

func TestCopyTo(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	path := filepath.Join(t.TempDir(), "copy.db")
	must(t, s.CopyTo(ctx, path))
	sameContent(t, s, openAt(t, path))
	if err := s.CopyTo(ctx, path); !errors.Is(err, ErrExists) {
		t.Errorf("over a file that is there: %v", err)
	}
}
