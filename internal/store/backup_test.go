package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestBackupAndRestore(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	for n := range 8 {
		mustSave(t, s, handIn(fmt.Sprint(n), aVisit(n, 2)))
	}
	dir, err := s.Backup(ctx, t.TempDir())
	must(t, err)
	m, err := CheckBackup(ctx, dir)
	if err != nil || m.Submissions != 8 || m.Visits != 8 || len(m.Originals) != 8 || m.Audit.Seq != 8 {
		t.Errorf("manifest: %+v %v", m, err)
	}
	t.Chdir(filepath.Dir(dir))
	if m, err = CheckBackup(ctx, filepath.Base(dir)); err != nil {
		t.Errorf("by a relative path: %v", err)
	}
	mustSave(t, s, handIn("later", aVisit(20, 1)))
	if again, err := s.Backup(ctx, "deeper"); err != nil || !filepath.IsAbs(again) {
		t.Errorf("into a relative folder: %q %v", again, err)
	}
	path := filepath.Join(t.TempDir(), "new", "qianqi.db")
	if aside, err := Restore(ctx, dir, path, RestoreOptions{Now: noon(), By: "operator"}); err != nil || aside != "" {
		t.Fatalf("%q %v", aside, err)
	}
	back := openAt(t, path)
	sound(t, back)
	key, err := s.At(m.Audit.Seq).ContentKey(ctx, 2026)
	must(t, err)
	if got, err := back.ContentKey(ctx, 2026); err != nil || got != key {
		t.Errorf("the restored content is not that of the moment of the backup: %v", err)
	}
	if n := count(t, back, "SELECT count(*) FROM audit WHERE action = 'database.restored' AND actor = 'operator'"); n != 1 {
		t.Error("the restoring is not on record")
	}
	mustSave(t, back, handIn("later", aVisit(20, 1)))
	sameContent(t, s, back)
}

func TestRestoreOverADatabase(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	dir, err := s.Backup(ctx, t.TempDir())
	must(t, err)
	mustSave(t, s, handIn("b", aVisit(2, 1)))
	path := s.Path()
	if _, err := Restore(ctx, dir, path, RestoreOptions{}); !errors.Is(err, ErrExists) {
		t.Errorf("restored over a database: %v", err)
	}
	if _, err := Restore(ctx, dir, path, RestoreOptions{Force: true}); !errors.Is(err, ErrBusy) {
		t.Errorf("restored over a database in use: %v", err)
	}
	s.Close()
	aside, err := Restore(ctx, dir, path, RestoreOptions{Force: true, Now: noon()})
	must(t, err)
	back, old := openAt(t, path), openAt(t, aside)
	if n := count(t, back, "SELECT count(*) FROM visit"); n != 1 {
		t.Errorf("restored: %d visits", n)
	}
	if n := count(t, old, "SELECT count(*) FROM visit"); n != 2 {
		t.Errorf("moved aside: %d visits", n)
	}
	soundBut(t, back, "S008") // the original of the visit that the backup does not know
	must(t, errors.Join(back.Close(), old.Close()))

	// again and again within the same second: nothing that was put aside is lost
	before := []string{aside}
	for range 2 {
		again, err := Restore(ctx, dir, path, RestoreOptions{Force: true, Now: noon()})
		must(t, err)
		before = append(before, again)
	}
	if want := []string{aside, aside + "-2", aside + "-3"}; !slices.Equal(before, want) {
		t.Errorf("put aside at %v, want %v", before, want)
	}
	if n := count(t, openAt(t, aside), "SELECT count(*) FROM visit"); n != 2 {
		t.Errorf("the first one put aside: %d visits", n)
	}
	writeTest(t, path+".schema-3.20260101T000000Z.bak", nil)
	writeTest(t, path+".notes", nil)
	if list, err := OlderCopies(path); err != nil || !slices.Equal(list, append(before, path+".schema-3.20260101T000000Z.bak")) {
		t.Errorf("older copies: %v %v", list, err)
	}
}

// A damaged database is replaced, which is what a backup is for.
func TestRestoreOverDamage(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	dir, err := s.Backup(ctx, t.TempDir())
	must(t, err)
	path := s.Path()
	s.Close()
	truncate(t, path, 5000)
	if _, err := Open(ctx, path, Options{}); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "restore") {
		t.Fatalf("a cut database: %v", err)
	}
	_, err = Restore(ctx, dir, path, RestoreOptions{Force: true})
	must(t, err)
	sound(t, openAt(t, path))
}

// A backup with one wrong byte anywhere is refused before anything is replaced.
func TestDamagedBackupIsRefused(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	sub := handIn("a", aVisit(1, 1))
	mustSave(t, s, sub)
	parent := t.TempDir()
	for name, harm := range map[string]func(dir string){
		"database": func(dir string) { overwrite(t, filepath.Join(dir, backupDB), 9000, 1) },
		"original": func(dir string) {
			overwrite(t, originals{originalsDir(filepath.Join(dir, backupDB))}.file(sub.SHA256), 3, 1)
		},
		"original missing": func(dir string) {
			removeTest(t, originals{originalsDir(filepath.Join(dir, backupDB))}.file(sub.SHA256))
		},
		"manifest missing": func(dir string) { removeTest(t, filepath.Join(dir, backupManifest)) },
		"manifest cut":     func(dir string) { truncate(t, filepath.Join(dir, backupManifest), 40) },
	} {
		dir, err := s.Backup(ctx, filepath.Join(parent, name))
		must(t, err)
		harm(dir)
		path := filepath.Join(t.TempDir(), "qianqi.db")
		if _, err := Restore(ctx, dir, path, RestoreOptions{}); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if sizeOf(path) >= 0 {
			t.Errorf("%s: something was restored", name)
		}
	}
}

// Backups taken while others write are each of one moment, and complete.
func TestBackupWhileWriting(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	mustSave(t, s, handIn("first", aVisit(99, 1)))
	done := make(chan error, 1)
	go func() {
		for n := range 60 {
			if _, err := s.Save(ctx, handIn(fmt.Sprint(n), aVisit(n, 2))); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for i := range 5 {
		dir, err := s.Backup(ctx, filepath.Join(t.TempDir(), fmt.Sprint(i)))
		must(t, err)
		m, err := CheckBackup(ctx, dir)
		if err != nil || m.Submissions != m.Visits || int(m.Audit.Seq) != m.Submissions || len(m.Originals) != m.Submissions {
			t.Errorf("backup %d is not of one moment: %d submissions, %d visits, %d originals, %v", i, m.Submissions, m.Visits, len(m.Originals), err)
		}
	}
	must(t, <-done)
}

// Backups begun in the same second stand beside one another, whole, and take nothing from one another.
func TestBackupsOfOneSecond(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := openTemp(t)
	s.now = func() time.Time { return time.Date(2026, 12, 31, 2, 0, 0, 0, time.UTC) }
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	name := filepath.Join(dir, "qianqi-20261231T020000Z")
	theirs := filepath.Join(name+PartialTail, backupDB) // half written by another process
	must(t, os.MkdirAll(filepath.Dir(theirs), 0o700))
	writeTest(t, theirs, []byte("half"))
	made := make([]string, 3)
	errs := make([]error, len(made))
	var group sync.WaitGroup
	for i := range made {
		group.Go(func() { made[i], errs[i] = s.Backup(ctx, dir) })
	}
	group.Wait()
	must(t, errors.Join(errs...))
	slices.Sort(made)
	if want := []string{name, name + "-2", name + "-3"}; !slices.Equal(made, want) {
		t.Errorf("backups %v, want %v", made, want)
	}
	for _, folder := range made {
		if _, err := CheckBackup(ctx, folder); err != nil {
			t.Errorf("%s: %v", folder, err)
		}
	}
	if sizeOf(theirs) < 0 {
		t.Error("what another is writing was removed")
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	if len(entries) != len(made)+1 {
		t.Errorf("left beside the backups: %v", entries)
	}
}

// Which of two backups is the newer, whatever the clock and however often the database was restored.
func TestOrderOfBackups(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 12, n, 2, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		why          string
		older, newer Manifest
	}{
		{"more was done since", Manifest{MadeAt: day(1), Audit: Head{Seq: 3}}, Manifest{MadeAt: day(2), Audit: Head{Seq: 4}}},
		{"the clock was set back", Manifest{MadeAt: day(2), Audit: Head{Seq: 3}}, Manifest{MadeAt: day(1), Audit: Head{Seq: 4}}},
		{"nothing was done since", Manifest{MadeAt: day(1), Audit: Head{Seq: 3}}, Manifest{MadeAt: day(2), Audit: Head{Seq: 3}}},
		{"restored from an older one", Manifest{MadeAt: day(2), Audit: Head{Seq: 9}}, Manifest{MadeAt: day(4), Restored: day(3), Audit: Head{Seq: 4}}},
		{"restored twice", Manifest{MadeAt: day(4), Restored: day(3), Audit: Head{Seq: 9}}, Manifest{MadeAt: day(6), Restored: day(5), Audit: Head{Seq: 2}}},
		{"written by an older program after a restore", Manifest{MadeAt: day(4), Audit: Head{Seq: 9}}, Manifest{MadeAt: day(5), Restored: day(3), Audit: Head{Seq: 5}}},
	} {
		if c.older.Compare(c.newer) >= 0 || c.newer.Compare(c.older) <= 0 {
			t.Errorf("%s: %d, %d", c.why, c.older.Compare(c.newer), c.newer.Compare(c.older))
		}
	}
}

// A manifest of an older program, which does not say when the database was restored, is read as before.
func TestManifestOfAnOlderProgram(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	_, err := s.Audit(ctx, AuditEntry{Action: restoredAction})
	must(t, err)
	dir, err := s.Backup(ctx, t.TempDir())
	must(t, err)
	m, err := ReadManifest(dir)
	if err != nil || m.Restored.IsZero() {
		t.Fatalf("the manifest does not say when: %+v %v", m, err)
	}
	m.Restored = time.Time{}
	text, err := json.Marshal(m)
	if err != nil || strings.Contains(string(text), "restored") {
		t.Fatalf("%s %v", text, err)
	}
	must(t, os.WriteFile(filepath.Join(dir, backupManifest), text, 0o600))
	if got, err := CheckBackup(ctx, dir); err != nil || !got.Restored.IsZero() || got.Audit != m.Audit {
		t.Errorf("%+v %v", got, err)
	}
}

// A restore that is cut off between its two renames leaves no database at the path, but two beside it. Nobody
// makes an empty one there, which would be taken for all there is; the restore, run again, puts all right.
func TestRestoreCutOff(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		why  string
		left []string // of .restoring and .replaced-…
	}{
		{"as it was cut off", []string{restoringTail, asideMark + "20261231T020000Z"}},
		{"the copy was deleted since", []string{asideMark + "20261231T020000Z"}},
		{"on a machine that had none", []string{restoringTail}},
	} {
		s := openTemp(t)
		mustSave(t, s, handIn("a", aVisit(1, 1)))
		path := s.Path()
		dir, err := s.Backup(ctx, t.TempDir())
		must(t, errors.Join(err, s.Close(), os.Remove(path)))
		for _, tail := range c.left {
			writeTest(t, path+tail, []byte("a database"))
		}
		writeTest(t, path+"-wal", []byte("the log of a damaged database"))
		for _, ro := range []bool{false, true} {
			_, err := Open(ctx, path, Options{ReadOnly: ro})
			if !errors.Is(err, ErrCutOff) || !strings.Contains(err.Error(), "qianqi restore") || strings.Count(err.Error(), path+c.left[0]) != 2 {
				t.Errorf("%s, read-only %v: %v", c.why, ro, err)
			}
		}
		if sizeOf(path) >= 0 {
			t.Errorf("%s: an empty database was made", c.why)
		}
		aside, err := Restore(ctx, dir, path, RestoreOptions{Now: noon()})
		if err != nil || aside != "" {
			t.Errorf("%s: the restore again: %q %v", c.why, aside, err)
		}
		sound(t, openAt(t, path))
		for _, tail := range c.left {
			if put := sizeOf(path+tail) >= 0; put != (tail != restoringTail) {
				t.Errorf("%s: %s stands: %v", c.why, tail, put)
			}
		}
		if log := path + asideMark + "20260601T120002Z-wal"; sizeOf(log) < 0 {
			t.Errorf("%s: a log of another database beside the restored one", c.why)
		}
	}
}

// Where the restored database cannot take its place, the one that stood there stands there still.
func TestRestoreThatFails(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	path := s.Path()
	must(t, s.Close())
	opts := RestoreOptions{Force: true, Now: noon()}
	if aside, err := takePlace(ctx, path+".nowhere", path, opts); err == nil || aside != "" || sizeOf(path) < 0 {
		t.Errorf("without a database to put there: %q %v", aside, err)
	}
	to := path + ".taken"
	writeTest(t, path+"-shm", nil)
	must(t, os.MkdirAll(filepath.Join(to+"-shm", "full"), 0o700))
	if err := moveDatabase(path, to); err == nil || sizeOf(path) < 0 || sizeOf(to) >= 0 {
		t.Errorf("half of it was renamed: %v", err)
	}
	if list, err := OlderCopies(path); err != nil || len(list) != 0 {
		t.Errorf("left beside it: %v %v", list, err)
	}
}

// A folder is no database: nothing is read in it, made beside it or restored over it.
func TestFolderAsDatabase(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	dir, err := s.Backup(ctx, t.TempDir())
	must(t, err)
	path := filepath.Join(t.TempDir(), "qianqi")
	must(t, os.MkdirAll(filepath.Join(path, "inside"), 0o700))
	for _, ro := range []bool{false, true} {
		if _, err := Open(ctx, path, Options{ReadOnly: ro}); !errors.Is(err, ErrNotFile) || strings.Count(err.Error(), "--db") != 2 {
			t.Errorf("read-only %v: %v", ro, err)
		}
	}
	if _, err := Restore(ctx, dir, path, RestoreOptions{Force: true, Now: noon()}); !errors.Is(err, ErrNotFile) {
		t.Errorf("restored over a folder: %v", err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 || sizeOf(filepath.Join(path, "inside")) < 0 {
		t.Errorf("left: %v %v", entries, err)
	}
}

// Every kind of harm has its finding and a way out.
func TestVerifyNamesWhatIsWrong(t *testing.T) {
	ctx := context.Background()
	sub := handIn("a", aVisit(1, 2))
	for code, harm := range map[string]func(t *testing.T, s *Store){
		"S002": func(t *testing.T, s *Store) { alter(t, s, "PRAGMA foreign_keys = OFF", "DELETE FROM enterprise") },
		"S003": func(t *testing.T, s *Store) { alter(t, s, "DELETE FROM job WHERE id = (SELECT max(id) FROM job)") },
		"S004": func(t *testing.T, s *Store) {
			alter(t, s, "INSERT INTO enterprise VALUES (9, 'ict', 'k', 'n', '', 9, 1)", "UPDATE enterprise SET root_id = 9 WHERE id = 1")
		},
		"S005": func(t *testing.T, s *Store) {
			alter(t, s, "DROP TRIGGER job_is_kept", "UPDATE job SET ratings = replace(ratings, '1', '5')")
		},
		"S006": func(t *testing.T, s *Store) { removeTest(t, s.originals.file(sub.SHA256)) },
		"S007": func(t *testing.T, s *Store) { overwrite(t, s.originals.file(sub.SHA256), 0, 3) },
		"S008": func(t *testing.T, s *Store) { writeTest(t, filepath.Join(s.originals.dir, "stray.xlsx"), []byte("x")) },
		"S009": func(t *testing.T, s *Store) { writeTest(t, filepath.Join(s.originals.temp(), "half"), []byte("x")) },
		"S010": func(t *testing.T, s *Store) { must(t, os.Chmod(s.Path(), 0o644)) },
		"S011": func(t *testing.T, s *Store) {
			alter(t, s, "DROP TRIGGER audit_is_fixed", "UPDATE audit SET actor = 'x'")
		},
	} {
		s := openTemp(t)
		mustSave(t, s, sub)
		harm(t, s)
		found, err := s.Verify(ctx)
		must(t, err)
		named := false
		for _, f := range found {
			named = named || f.Code == code
			if f.ZH == "" || f.EN == "" || f.Fix.ZH == "" || f.Fix.EN == "" {
				t.Errorf("%s says too little: %+v", f.Code, f)
			}
		}
		if !named {
			t.Errorf("%s was not found, but %+v", code, found)
		}
	}
}

// alter changes a database past the store.
func alter(t *testing.T, s *Store, statements ...string) {
	t.Helper()
	for _, q := range statements {
		if _, err := s.write.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

func removeTest(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// What a killed process left under tmp/ is gone after the next write.
func TestTemporaryFilesAreCleared(t *testing.T) {
	s := openTemp(t)
	writeTest(t, filepath.Join(s.originals.temp(), "half.1-1"), []byte("x"))
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	sound(t, s)
}

// An original that is known but damaged is written anew when its bytes come again in a new
// submission; one that is known and whole is not written twice.
func TestOriginalIsWrittenOnce(t *testing.T) {
	s := openTemp(t)
	sub := handIn("a", aVisit(1, 1))
	mustSave(t, s, sub)
	before, err := os.Stat(s.originals.file(sub.SHA256))
	must(t, err)
	time.Sleep(10 * time.Millisecond)
	other := sub
	other.College = "nursing"
	other.Visits[0].College = "nursing"
	mustSave(t, s, other)
	after, err := os.Stat(s.originals.file(sub.SHA256))
	must(t, err)
	if !before.ModTime().Equal(after.ModTime()) {
		t.Error("the same bytes were written twice")
	}
	sound(t, s)
}
