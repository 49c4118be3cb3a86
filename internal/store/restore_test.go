package store

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// restorable is a closed database that holds one visit more than its backup.
func restorable(t *testing.T) (path, backup string) {
	t.Helper()
	s := openTemp(t)
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	backup, err := s.Backup(context.Background(), t.TempDir())
	must(t, err)
	mustSave(t, s, handIn("b", aVisit(2, 1)))
	must(t, s.Close())
	return s.Path(), backup
}

// standsAs wants a sound database of so many visits at path with so many restores on record, and so many put
// aside beside it, and nothing of a restore under way.
func standsAs(t *testing.T, why, path string, visits, restores int) {
	t.Helper()
	s := openAt(t, path)
	defer s.Close()
	soundBut(t, s, "S008") // the original of the visit that the backup does not know
	v, r := count(t, s, "SELECT count(*) FROM visit"), count(t, s, "SELECT count(*) FROM audit WHERE action = ?", restoredAction)
	if v != visits || r != restores {
		t.Errorf("%s: %d visits and %d restores on record, want %d and %d", why, v, r, visits, restores)
	}
	if list, err := OlderCopies(path); err != nil || len(list) != restores {
		t.Errorf("%s: put aside: %v %v", why, list, err)
	}
	if left, _ := filepath.Glob(path + restoringTail + "*"); len(left) != 0 {
		t.Errorf("%s: left of the restore: %v", why, left)
	}
}

// at is a clock that does something when it is read for the n-th time, counted from 1.
func at(n int, do func()) func() time.Time {
	clock, reading := noon(), 0
	return func() time.Time {
		if reading++; reading == n {
			do()
		}
		return clock()
	}
}

// A restore that is cancelled stops with everything as it was, or has done all, its record included. The
// clock is read for the record, and for the name of what is put aside.
func TestRestoreCancelled(t *testing.T) {
	for _, c := range []struct {
		why              string
		reading          int
		visits, restores int
	}{
		{"in the copy", 1, 2, 0},
		{"between the last look and the renames", 2, 1, 1},
	} {
		path, backup := restorable(t)
		ctx, cancel := context.WithCancel(context.Background())
		aside, err := Restore(ctx, backup, path, RestoreOptions{Force: true, Now: at(c.reading, cancel)})
		if stopped := c.restores == 0; errors.Is(err, context.Canceled) != stopped || (err != nil) != stopped || (aside == "") != stopped || ctx.Err() == nil {
			t.Errorf("%s: %q %v", c.why, aside, err)
		}
		standsAs(t, c.why, path, c.visits, c.restores)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := refuseInUse(ctx, openTemp(t).Path()); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody was asked, and the database is said to be in nobody's use: %v", err)
	}
	if err := refuseInUse(context.Background(), t.TempDir()); !errors.Is(err, ErrReadOnly) {
		t.Errorf("what cannot be opened is said to be in nobody's use: %v", err)
	}
}

// A program that opens the database while the copy is made is found before anything is renamed.
func TestOpenedDuringARestore(t *testing.T) {
	path, backup := restorable(t)
	var serving *Store
	_, err := Restore(context.Background(), backup, path, RestoreOptions{Force: true, Now: at(1, func() { serving = openAt(t, path) })})
	if !errors.Is(err, ErrBusy) || strings.Count(err.Error(), "qianqi serve") != 2 || strings.Contains(err.Error(), "try again in a moment") {
		t.Errorf("%v", err)
	}
	mustSave(t, serving, handIn("c", aVisit(3, 1)))
	must(t, serving.Close())
	standsAs(t, "opened meanwhile", path, 3, 0)
}

// A restore that is refused brings nothing back that was destroyed since, as the files of a person are.
func TestRefusedRestoreCopiesNothing(t *testing.T) {
	path, backup := restorable(t)
	s := openAt(t, path)
	gone := s.originals.file(handIn("a").SHA256)
	removeTest(t, gone)
	for _, c := range []struct {
		kind  error
		force bool
	}{{ErrExists, false}, {ErrBusy, true}} {
		_, err := Restore(context.Background(), backup, path, RestoreOptions{Force: c.force, Now: at(1, func() { t.Errorf("%v comes after the copy", c.kind) })})
		if !errors.Is(err, c.kind) || sizeOf(gone) >= 0 {
			t.Errorf("%v, want %v; the original is back: %v", err, c.kind, sizeOf(gone) >= 0)
		}
	}
}

// The backup of a newer program is refused before anything is copied or moved: taken for ours, it would be a database
// that no command opens, with a record in its log that the newer program never wrote.
func TestRestoreRefusesANewerSchema(t *testing.T) {
	ctx := context.Background()
	path, backup := restorable(t)
	copied := filepath.Join(backup, backupDB)
	execute(t, copied, "PRAGMA user_version = 999")
	m, err := ReadManifest(backup)
	must(t, err)
	m.Database.SHA256, m.Database.Size, err = hashFile(copied)
	must(t, err)
	text, err := json.Marshal(m)
	must(t, errors.Join(err, os.WriteFile(filepath.Join(backup, backupManifest), text, 0o600)))
	fresh := filepath.Join(t.TempDir(), "qianqi.db")
	for _, to := range []string{path, fresh} {
		aside, err := Restore(ctx, backup, to, RestoreOptions{Force: true, Now: at(1, func() { t.Error("refused after the copy") })})
		if !errors.Is(err, ErrNewer) || aside != "" || !strings.Contains(err.Error(), "升级") || !strings.Contains(err.Error(), "999") {
			t.Errorf("%q %v", aside, err)
		}
	}
	standsAs(t, "beside the backup of a newer program", path, 2, 0)
	if stands(fresh) || (originals{dir: originalsDir(fresh)}).any() {
		t.Error("something was restored where nothing stood")
	}
}

// The rename is the restore: cut off right after it, the log is whole and tells of it, so that the next backup
// is newer than those of what was left behind. The copy stands alone, as one file, before any original does.
func TestRestoreIsOneRename(t *testing.T) {
	ctx := context.Background()
	path, backup := restorable(t)
	s := openAt(t, path)
	left, err := s.Backup(ctx, t.TempDir())
	must(t, errors.Join(err, s.Close()))
	m, err := ReadManifest(backup)
	must(t, err)
	opts := RestoreOptions{Force: true, Now: noon()}
	temp := path + restoringTail
	_, err = prepareCopy(ctx, filepath.Join(backup, backupDB), temp, m, opts)
	must(t, err)
	if files, _ := filepath.Glob(temp + "*"); len(files) != 1 || readTest(t, temp)[18] != 2 {
		t.Errorf("the copy is %v, or not in the mode in which every database of this program is", files)
	}
	standsBeside := sizeOf(s.originals.headFile()) >= 0
	_, err = takePlace(ctx, temp, path, opts)
	must(t, err)
	if standing := sizeOf(s.originals.headFile()) >= 0; !standsBeside || standing {
		t.Errorf("the head of the database before stands: %v, and after the rename %v", standsBeside, standing)
	}
	standsAs(t, "cut off after the rename", path, 1, 1)
	s = openAt(t, path)
	next, err := s.Backup(ctx, t.TempDir())
	must(t, err)
	older, err := ReadManifest(left)
	must(t, err)
	if newer, err := ReadManifest(next); err != nil || older.Compare(newer) >= 0 {
		t.Errorf("the backup after the restore is not the newer: %v", err)
	}
	fresh := filepath.Join(t.TempDir(), "deep", "qianqi.db")
	_, err = Restore(ctx, backup, fresh, RestoreOptions{Now: at(1, func() {
		if sizeOf(fresh+restoringTail) < 0 || (originals{dir: originalsDir(fresh)}).any() {
			t.Error("originals come before the copy, and others may make an empty database beside them")
		}
		if sizeOf(fresh+restoringTail+"-wal") >= 0 {
			t.Error("the copy has a log beside it, which a restore after this one would take for its own")
		}
	})})
	must(t, err)
	sound(t, openAt(t, fresh))
}

// A head that cannot be taken away would speak of the restored database: nothing is replaced.
func TestRestoreKeepsNoForeignHead(t *testing.T) {
	path, backup := restorable(t)
	head := originals{dir: originalsDir(path)}.headFile()
	must(t, errors.Join(os.Remove(head), os.MkdirAll(filepath.Join(head, "full"), 0o700)))
	aside, err := Restore(context.Background(), backup, path, RestoreOptions{Force: true, Now: noon()})
	if err == nil || aside != "" {
		t.Errorf("%q %v", aside, err)
	}
	standsAs(t, "beside a head that stays", path, 2, 0)
	must(t, os.Remove(path))
	if _, err := Restore(context.Background(), backup, path, RestoreOptions{Now: noon()}); err == nil || sizeOf(path) >= 0 {
		t.Errorf("restored beside the head of another database: %v", err)
	}
}

// A backup of an older program is brought up to date before it takes the place, in the same one file; the backup
// itself is the copy from before.
func TestRestoreOfAnOlderSchema(t *testing.T) {
	ctx, from := context.Background(), filepath.Join(t.TempDir(), "older.db")
	steps, err := migrations(migrationFiles)
	must(t, err)
	db, err := connect(from, dsn(from, copyPragmas), 1)
	must(t, err)
	old := &Store{Reader: &Reader{path: from}, write: db, now: noon()}
	must(t, errors.Join(old.apply(ctx, steps[:len(steps)-1]), old.Close()))
	path := filepath.Join(t.TempDir(), "qianqi.db")
	temp := path + restoringTail
	head, err := prepareCopy(ctx, from, temp, Manifest{}, RestoreOptions{Now: noon()})
	if err != nil || head.Seq != 1 {
		t.Fatalf("%+v %v", head, err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the copy: %v %v", entries, err)
	}
	must(t, os.Rename(temp, path))
	s, err := Open(ctx, path, Options{ReadOnly: true})
	must(t, err)
	defer s.Close()
	if at, err := s.AuditHead(ctx); err != nil || at != head {
		t.Errorf("head %+v, want %+v: %v", at, head, err)
	}
}
