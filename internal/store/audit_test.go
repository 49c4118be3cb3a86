package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// audited is a database with some history and its head.
func audited(t *testing.T) (*Store, Head) {
	t.Helper()
	ctx := context.Background()
	s := openTemp(t)
	for n := range 12 {
		mustSave(t, s, handIn(fmt.Sprint(n), aVisit(n, 1)))
	}
	must(t, s.Withdraw(ctx, 3, Act{By: "office", Reason: "重复"}))
	_, err := s.Audit(ctx, AuditEntry{College: "ict", Actor: "admin", Action: "export.csv", Object: "year/2026"})
	must(t, err)
	head, err := s.AuditHead(ctx)
	must(t, err)
	return s, head
}

func TestAuditChainHolds(t *testing.T) {
	s, head := audited(t)
	if head.Seq != 14 {
		t.Errorf("%d records, want one for each of 14 changes", head.Seq)
	}
	if broken, err := s.VerifyAudit(context.Background(), head); broken != 0 || err != nil {
		t.Errorf("broken at %d: %v", broken, err)
	}
	if kept, ok := s.originals.head(); !ok || kept != head {
		t.Errorf("the head outside the database is %+v, want %+v", kept, head)
	}
}

// One changed, deleted, swapped or added record is found, and its place is named.
func TestAuditTampering(t *testing.T) {
	ctx := context.Background()
	rng := rand.New(rand.NewPCG(51, 52))
	kinds := []struct {
		sql   string
		shift Moment // the first wrong record, from the one that was touched
	}{
		{"UPDATE audit SET actor = actor || 'x' WHERE seq = %d", 0},
		{"UPDATE audit SET at = '2026-01-01T00:00:00Z' WHERE seq = %d", 0},
		{"UPDATE audit SET detail = '{}' WHERE seq = %d", 0},
		{"UPDATE audit SET hash = replace(hash, substr(hash, 1, 1), 'z') WHERE seq = %d", 0},
		{"UPDATE audit SET prev = 'x' WHERE seq = %d", 0},
		{"DELETE FROM audit WHERE seq = %d", 0},
		{"UPDATE audit SET object = (SELECT object FROM audit b WHERE b.seq = audit.seq - 1) WHERE seq = %d", 0},
	}
	whole, head := audited(t)
	must(t, whole.Close())
	for i := range trial.Rounds(21, 100) {
		kind := kinds[i%len(kinds)]
		at := 2 + Moment(rng.IntN(int(head.Seq)-1))
		path := filepath.Join(t.TempDir(), "qianqi.db")
		writeTest(t, path, readTest(t, whole.Path()))
		execute(t, path, "DROP TRIGGER audit_is_fixed", "DROP TRIGGER audit_is_kept", fmt.Sprintf(kind.sql, at))
		s := openAt(t, path)
		broken, err := s.VerifyAudit(ctx)
		if err != nil || broken != at+kind.shift {
			t.Errorf("%s at %d: found at %d, %v", kind.sql, at, broken, err)
		}
	}
}

// A forger who knows how the chain is made reckons the hash of a changed record anew and writes it into the record
// after it: that one's own hash covers it, so that the whole rest of the chain would have to be forged, and its head,
// which is kept elsewhere.
func TestAuditForgedRecord(t *testing.T) {
	ctx := context.Background()
	s, _ := audited(t)
	var forged AuditEntry
	must(t, s.AuditLog(ctx, 4, func(e AuditEntry) error {
		if e.Seq == 5 {
			forged = e
		}
		return nil
	}))
	forged.Actor = "somebody else"
	forged.Hash = chainHash(forged)
	path := s.Path()
	must(t, s.Close())
	execute(t, path, "DROP TRIGGER audit_is_fixed", "DROP TRIGGER audit_is_kept",
		fmt.Sprintf("UPDATE audit SET actor = 'somebody else', hash = '%s' WHERE seq = 5", forged.Hash),
		fmt.Sprintf("UPDATE audit SET prev = '%s' WHERE seq = 6", forged.Hash))
	if broken, err := openAt(t, path).VerifyAudit(ctx); broken != 6 || err != nil {
		t.Errorf("found at %d, %v; want the record after the forged one", broken, err)
	}
}

// Whoever forges the last record forges the head beside the originals with it; the head that was kept elsewhere, also
// that of a backup, is a witness of its own and is asked all the same.
func TestAuditForgedLastRecordAndHead(t *testing.T) {
	ctx := context.Background()
	s, head := audited(t)
	var forged AuditEntry
	must(t, s.AuditLog(ctx, head.Seq-1, func(e AuditEntry) error { forged = e; return nil }))
	forged.Actor = "somebody else"
	forged.Hash = chainHash(forged)
	path := s.Path()
	must(t, s.Close())
	execute(t, path, "DROP TRIGGER audit_is_fixed", fmt.Sprintf("UPDATE audit SET actor = 'somebody else', hash = '%s' WHERE seq = %d", forged.Hash, head.Seq))
	s = openAt(t, path)
	if broken, err := s.VerifyAudit(ctx); broken != head.Seq || err != nil {
		t.Errorf("against the true head beside the originals: %d %v", broken, err)
	}
	s.originals.keepHead(Head{head.Seq, forged.Hash})
	for _, heads := range [][]Head{{head}, {{head.Seq, forged.Hash}, head}, {head, {head.Seq, forged.Hash}}} {
		if broken, err := s.VerifyAudit(ctx, heads...); broken != head.Seq || err != nil {
			t.Errorf("against %v: found at %d, %v; want %d", heads, broken, err, head.Seq)
		}
	}
	found, err := s.Verify(ctx, head)
	if err != nil || len(found) != 1 || found[0].Code != "S011" {
		t.Errorf("verify with the head of a backup: %+v %v", found, err)
	}
}

// A tail cut off is only seen against a head kept elsewhere.
func TestAuditCutShort(t *testing.T) {
	ctx := context.Background()
	s, head := audited(t)
	path := s.Path()
	s.Close()
	execute(t, path, "DROP TRIGGER audit_is_kept", "DELETE FROM audit WHERE seq > 10")
	s = openAt(t, path)
	if broken, err := s.VerifyAudit(ctx); broken != 11 || err != nil {
		t.Errorf("against the head beside the originals: %d %v", broken, err)
	}
	removeTest(t, s.originals.headFile())
	if broken, _ := s.VerifyAudit(ctx); broken != 0 {
		t.Errorf("without any head nothing can be seen, yet: %d", broken)
	}
	if broken, _ := s.VerifyAudit(ctx, head); broken != 11 {
		t.Errorf("against the head of a run record: %d", broken)
	}
}

// The clock may go back; order is by sequence and the chain still holds.
func TestClockGoesBack(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	s, err := Open(ctx, filepath.Join(t.TempDir(), "qianqi.db"), Options{Now: func() time.Time { return now }})
	must(t, err)
	defer s.Close()
	for i, step := range []time.Duration{0, -time.Hour, -24 * time.Hour, 10 * 365 * 24 * time.Hour, -20 * 365 * 24 * time.Hour} {
		now = now.Add(step)
		v := aVisit(1, 1)
		v.IntervieweeRole = fmt.Sprint("第", i, "版")
		mustSave(t, s, handIn(fmt.Sprint(i), v))
	}
	got, err := s.History(ctx, 1)
	if err != nil || len(got) != 5 || got[4].Status != "current" || got[4].Visit.IntervieweeRole != "第4版" {
		t.Errorf("the latest is not the last handed in: %+v %v", got, err)
	}
	sound(t, s)
}
