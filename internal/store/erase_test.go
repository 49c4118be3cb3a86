package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// A staff number is replaced where it stands by itself, a name wherever it stands.
func TestDisguise(t *testing.T) {
	d := Disguise{Staff: "T00012", Names: []string{"张示例", "样"}, Pseudonym: "erased-x"}
	for _, c := range []struct{ why, in, want string }{
		{"the number alone", "T00012", "erased-x"},
		{"in another case, with blanks", " t00012 ", "erased-x"},
		{"in a file name", "走访-T00012-张示例.xlsx", "走访-erased-x-（已清除）.xlsx"},
		{"between Chinese characters", "工号t00012号", "工号erased-x号"},
		{"twice", "T00012,T00012", "erased-x,erased-x"},
		{"part of a longer number", "T000123 XT00012", "T000123 XT00012"},
		{"a short name alone", "样", "（已清除）"},
		{"a short name inside a word", "样例企业", "样例企业"},
		{"nobody", "李示例", "李示例"},
		{"nothing", "", ""},
	} {
		if got := d.Text(c.in); got != c.want {
			t.Errorf("%s: %q becomes %q, want %q", c.why, c.in, got, c.want)
		}
	}
	short := Disguise{Staff: "12", Pseudonym: "erased-y"}
	if got := short.Text("12 家企业"); got != "12 家企业" || short.Text("12") != "erased-y" {
		t.Errorf("a number of two digits: %q", got)
	}
}

func FuzzDisguise(f *testing.F) {
	f.Add("走访-T00012-张示例.xlsx")
	f.Add("\xffT00012\u0130")
	d := Disguise{Staff: "T00012", Names: []string{"张示例"}, Pseudonym: "erased-x"}
	f.Fuzz(func(t *testing.T, s string) {
		once := d.Text(s)
		if d.Text(once) != once || strings.Contains(once, "张示例") {
			t.Errorf("%q becomes %q", s, once)
		}
	})
}

// An accepted visit is edited by nobody but an erasure, and an erasure needs a reason and everything
// that the person stands in.
func TestErasureIsGuarded(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	if _, err := s.ErasePerson(ctx, Erasing{College: "ict", Disguise: Disguise{Staff: "x", Pseudonym: "erased-x"}}, Act{By: "u1"}); !errors.Is(err, ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := s.ErasePerson(ctx, Erasing{College: "ict", Disguise: Disguise{Staff: "x", Pseudonym: "erased-x"}}, Act{By: "u1", Reason: "made up"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
}

// An erasure ends at the college's door: the same staff number elsewhere is another person.
func TestErasureStaysInItsCollege(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	ours, theirs := handIn("ours", aVisit(3, 1)), handIn("theirs", aVisit(4, 1))
	theirs.College, theirs.Visits[0].College = "med", "med"
	mustSave(t, s, ours)
	mustSave(t, s, theirs)
	copies := map[string][]byte{ours.SHA256: []byte("a copy")}
	done, err := s.ErasePerson(ctx, Erasing{College: "ict", Disguise: Disguise{Staff: "t00001", Names: []string{"教师1"}, Pseudonym: "erased-x"}, Copies: copies}, Act{By: "u1", Reason: "made up"})
	if err != nil || done.Visits != 1 || done.Files != 1 {
		t.Fatalf("%+v %v", done, err)
	}
	const left = "SELECT (SELECT count(*) FROM submission WHERE college = ?1 AND received_by = 'T00001') + (SELECT count(*) FROM attempt WHERE college = ?1 AND received_by = 'T00001') + (SELECT count(*) FROM visit WHERE college = ?1 AND faculty_id = 'T00001')"
	if ict, med := count(t, s, left, "ict"), count(t, s, left, "med"); ict != 0 || med != 3 {
		t.Errorf("%d places left in the college, want none; %d in the other, want 3", ict, med)
	}
}

// Two visits of one day that describe their enterprise differently: which of them counts hangs on what they
// say, so that it stays when one of the visitors becomes a pseudonym.
func TestErasureMovesNoAnswer(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	one, other := aVisit(3, 1), aVisit(3, 1)
	other.Faculty.ID, other.Enterprise.Size, other.Enterprise.Region = "T00002", "large", "330100"
	file := handIn("one", one)
	mustSave(t, s, file)
	mustSave(t, s, handIn("other", other))
	before, err := s.LoadSample(ctx, 2026)
	must(t, err)
	_, err = s.ErasePerson(ctx, Erasing{College: "ict", Disguise: Disguise{Staff: "T00001", Names: []string{"教师1"}, Pseudonym: "erased-x"}, Copies: map[string][]byte{file.SHA256: []byte("a copy")}}, Act{By: "u1", Reason: "made up"})
	must(t, err)
	after, err := s.LoadSample(ctx, 2026)
	must(t, err)
	for i := range before.Visits {
		if before.Visits[i].Faculty == "T00001" {
			before.Visits[i].Faculty = "erased-x"
		}
	}
	if diff := cmp.Diff(before, after); diff != "" || len(before.Visits) != 2 {
		t.Errorf("%d visits; the erasure changed\n%s", len(before.Visits), diff)
	}
}

// What was erased is not said to be off the disk while a reader holds the old pages.
func TestForgetWaitsForReaders(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	mustSave(t, s, handIn("a", aVisit(3, 1)))
	if _, err := s.write.ExecContext(ctx, "PRAGMA busy_timeout = 20"); err != nil {
		t.Fatal(err)
	}
	reading, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reading.QueryRowContext(ctx, "SELECT count(*) FROM visit").Scan(&n); err != nil {
		t.Fatal(err)
	}
	mustSave(t, s, handIn("b", aVisit(4, 1)))
	if err := s.Forget(ctx); !errors.Is(err, ErrBusy) {
		t.Errorf("while somebody reads: %v, want %v", err, ErrBusy)
	}
	must(t, s.originals.owe(owing{Pseudonym: "erased-x"}))
	if err := s.Forget(ctx); !errors.Is(err, ErrBusy) {
		t.Errorf("again: %v, want %v", err, ErrBusy)
	}
	if left, err := s.Unforgotten(ctx); err != nil || len(left) != 1 {
		t.Errorf("what was held up is owed: %v %v", left, err)
	}
	must(t, reading.Rollback())
	must(t, s.Forget(ctx))
	if left, err := s.Unforgotten(ctx); err != nil || len(left) != 0 {
		t.Errorf("nothing is owed any more: %v %v", left, err)
	}
}

// An erasure names what is to go beside the database. That goes once the erasure is on record and not
// before, and what another erasure adds meanwhile stays owed.
func TestForgetWhatIsOutside(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	sub := handIn("a", aVisit(3, 1))
	mustSave(t, s, sub)
	dir := t.TempDir()
	theirs, others, later := filepath.Join(dir, "theirs"), filepath.Join(dir, "others"), filepath.Join(dir, "later")
	for _, folder := range []string{theirs, others, later} {
		must(t, os.Mkdir(folder, 0o700))
		must(t, os.WriteFile(filepath.Join(folder, "upload.xlsx"), nil, 0o600))
	}
	must(t, s.originals.owe(owing{Pseudonym: "never-came-to-be", Outside: []string{others}}))
	_, err := s.ErasePerson(ctx, Erasing{College: "ict", Disguise: Disguise{Staff: "t00001", Pseudonym: "erased-x"}, Copies: map[string][]byte{sub.SHA256: []byte("a copy")}, Outside: []string{theirs}}, Act{By: "u1", Reason: "made up"})
	must(t, err)
	if left, err := s.Unforgotten(ctx); err != nil || len(left) != 3 || left[1] != theirs {
		t.Errorf("left after the erasure: %v %v; want the mark, their folder, their file", left, err)
	}
	mark, err := s.removeOwed(ctx)
	must(t, err)
	must(t, s.originals.owe(owing{Pseudonym: "erased-y", Outside: []string{later}}))
	must(t, s.settle(ctx, mark))
	for path, want := range map[string]bool{theirs: false, others: true, later: true, s.originals.owed(): true} {
		if _, err := os.Lstat(path); (err == nil) != want {
			t.Errorf("%s stands: %v, want %v", path, err == nil, want)
		}
	}
	must(t, s.Forget(ctx))
	if left, err := s.Unforgotten(ctx); err != nil || len(left) != 0 {
		t.Errorf("left in the end: %v %v", left, err)
	}
	must(t, os.WriteFile(s.originals.owed(), []byte("no list"), 0o600))
	if _, err := s.Unforgotten(ctx); err == nil {
		t.Error("a mark that nobody can read is passed over")
	}
}

// What was erased stays erased where the file still lies in the inbox under the person's number: neither
// the hand-in nor the stamp of a later run names them, and what an earlier version wrote there can be erased.
func TestErasedFileComesAgain(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	file := handIn("走访-T00001-001", aVisit(3, 1))
	resaved := handIn("走访-T00001-001 (2)", aVisit(3, 1))
	file.By, resaved.By = "u0", "u0"
	const path = "/in/走访-T00001-001.xlsx"
	run := func() {
		t.Helper()
		b, err := s.Begin(ctx)
		must(t, err)
		for _, f := range []Submission{file, resaved} {
			_, err := b.Save(ctx, f)
			must(t, err)
		}
		_, err = b.Log(ctx, Attempt{Handed: file.Handed, Status: Rejected, Issues: []survey.Issue{{Code: "F001", Severity: "error"}}})
		must(t, err)
		must(t, b.Stamp(ctx, []Stamp{{Path: path, SHA256: file.SHA256, Status: Accepted}, {Path: path + "2", SHA256: resaved.SHA256, Status: Unchanged}, {Path: "/in/x.xlsx"}}))
		must(t, b.Commit(ctx))
	}
	_, err := s.write.Exec("INSERT INTO stamp VALUES ('/in/T00001/roster.xlsx', 0, 0, '', 'accepted', '')")
	must(t, err)
	run()
	erase := func(staff, pseudonym string) error {
		_, err := s.ErasePerson(ctx, Erasing{College: "ict", Disguise: Disguise{Staff: staff, Pseudonym: pseudonym},
			Copies: map[string][]byte{file.SHA256: []byte("a copy")}}, Act{By: "u1", Reason: "made up"})
		return err
	}
	nowhere := func(when string) {
		t.Helper()
		for _, q := range []string{"SELECT count(*) FROM attempt WHERE instr(name, 'T00001')", "SELECT count(*) FROM stamp WHERE instr(path, 'T00001')"} {
			if n := count(t, s, q); n != 0 {
				t.Errorf("%s: %s gives %d", when, q, n)
			}
		}
		if n := count(t, s, "SELECT count(*) FROM stamp"); n != 1 {
			t.Errorf("%s: %d stamps, want that of the other file", when, n)
		}
	}
	must(t, erase("T00001", "erased-x"))
	nowhere("erased")
	run()
	nowhere("after a run")
	must(t, s.Forget(ctx))
	attempts := count(t, s, "SELECT count(*) FROM attempt")
	if run(); count(t, s, "SELECT count(*) FROM attempt") != attempts {
		t.Error("the next run is another hand-in, not the same one once more")
	}
	if err := erase("T00001", "erased-y"); !errors.Is(err, ErrNotFound) {
		t.Errorf("erased twice: %v", err)
	}
	_, err = s.write.Exec("UPDATE attempt SET name = '走访-T00001-教师1.xlsx' WHERE sha256 = ? AND status = 'unchanged'", file.SHA256)
	must(t, err)
	if err := erase("T0000", "erased-y"); !errors.Is(err, ErrNotFound) {
		t.Errorf("part of a number: %v", err)
	}
	if kept, err := s.PersonHandIns(ctx, "ict", "t00001", 0); err != nil || len(kept) != 1 {
		t.Errorf("kept about them: %+v %v, want the hand-in", kept, err)
	}
	must(t, erase("t00001", "erased-y"))
	nowhere("left by an earlier version")
	if n := count(t, s, "SELECT count(*) FROM attempt WHERE instr(name, '教师1')"); n != 0 {
		t.Errorf("%d names of hand-ins hold the name", n)
	}
}

// Where the retention of an early campaign is over, a later file of the same person keeps its stamp: under
// the pseudonym it would say who that is.
func TestExpiryLeavesLaterStamps(t *testing.T) {
	s, ctx := openTemp(t), context.Background()
	early, late := handIn("early", aVisit(3, 1)), handIn("late", aVisit(4, 1))
	early.Year, early.Visits[0].Year = 2024, 2024
	mustSave(t, s, early)
	mustSave(t, s, late)
	b, err := s.Begin(ctx)
	must(t, err)
	must(t, b.Stamp(ctx, []Stamp{{Path: "/in/2024/T00001.xlsx", SHA256: early.SHA256}, {Path: "/in/2026/T00001.xlsx", SHA256: late.SHA256}}))
	must(t, b.Commit(ctx))
	_, err = s.ErasePerson(ctx, Erasing{College: "ict", Disguise: Disguise{Staff: "T00001", Pseudonym: "erased-x"}, Until: 2024,
		Copies: map[string][]byte{early.SHA256: []byte("a copy")}}, Act{By: "run", Reason: "made up"})
	must(t, err)
	if left, err := s.Stamps(ctx, "/in"); err != nil || len(left) != 1 || left["/in/2026/T00001.xlsx"].SHA256 != late.SHA256 {
		t.Errorf("left %+v %v, want that of 2026", left, err)
	}
}
