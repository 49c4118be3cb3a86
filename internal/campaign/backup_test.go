package campaign

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// desktop is a database with its backups beside it and a clock that goes on by an hour every time it is asked.
type desktop struct {
	t       *testing.T
	db, dir string
	hours   int
}

func newDesktop(t *testing.T) *desktop {
	dir := t.TempDir()
	return &desktop{t: t, db: filepath.Join(dir, "qianqi.db"), dir: filepath.Join(dir, "qianqi.backups")}
}

func (d *desktop) now() time.Time {
	d.hours++
	return yearEnd.Add(time.Duration(d.hours) * time.Hour)
}

// change puts records on the log and then backs up.
func (d *desktop) change(records, keep int) *BackupResult {
	d.t.Helper()
	ctx := context.Background()
	st, err := store.Open(ctx, d.db, store.Options{Now: d.now})
	must(d.t, err)
	for range records {
		_, err := st.Audit(ctx, store.AuditEntry{Action: "made.up"})
		must(d.t, err)
	}
	r, err := (&Campaign{Codebook: codebook.Default(), Store: st, Now: d.now}).Backup(ctx, d.dir, keep)
	must(d.t, errors.Join(err, st.Close()))
	return r
}

func (d *desktop) restore(backup string) *Restored {
	d.t.Helper()
	r, err := Restore(context.Background(), RestoreOptions{Backup: backup, DB: d.db, Dir: d.dir, Force: true, By: "operator", Now: d.now})
	must(d.t, err)
	return r
}

// After a restore the log goes on from an older record. What was backed up before, with more records, is
// the older all the same: latest is the backup made last, and what is let go are the others.
func TestBackupsAfterARestore(t *testing.T) {
	d := newDesktop(t)
	first, left := d.change(1, 0), d.change(11, 0)
	d.restore(first.Folder)
	last := d.change(1, 0)
	if r := d.restore("latest"); r.Backup != last.Folder {
		t.Errorf("the latest is %s, want %s", r.Backup, last.Folder)
	}
	kept := d.change(1, 1)
	if want := []string{first.Folder, left.Folder, last.Folder}; !slices.Equal(kept.Removed, want) {
		t.Errorf("let go %v, want %v", kept.Removed, want)
	}
	all, err := Backups(d.dir)
	if err != nil || len(all) != 1 || filepath.ToSlash(all[0].Folder) != kept.Folder {
		t.Errorf("left: %+v %v", all, err)
	}
	for i := range 3 {
		if again := d.change(1, 2); len(again.Removed) != min(i, 1) {
			t.Errorf("backup %d with two kept lets go %v", i, again.Removed)
		}
	}
}

// examined are the findings of a doctor that have to do with the database and what lies beside it.
func (d *desktop) examined() map[string][]Finding {
	found := make(map[string][]Finding)
	for _, f := range Examine(context.Background(), d.setup()).Findings {
		found[f.Code] = append(found[f.Code], f)
	}
	return found
}

func (d *desktop) setup() Setup {
	return Setup{DB: d.db, Reports: filepath.Join(filepath.Dir(d.db), "reports"), Backups: d.dir, Codebook: codebook.Default(), Now: d.now}
}

// A doctor who finds the two halves of a restore and no database says to restore again, and to delete
// neither; once that was done, what was put aside may go.
func TestDoctorOnARestoreCutOff(t *testing.T) {
	d := newDesktop(t)
	backup := d.change(1, 0)
	must(t, os.Rename(d.db, d.db+".replaced-20261231T020000Z"))
	must(t, os.WriteFile(d.db+".restoring", nil, 0o600))
	found := d.examined()
	if f := found["H029"]; len(f) != 1 || f[0].Warning || !strings.Contains(f[0].EN, ".restoring") || !strings.Contains(f[0].Fix.EN, "qianqi restore again") {
		t.Errorf("cut off: %+v", f)
	}
	for _, code := range []string{"H002", "H017", "H028"} {
		if len(found[code]) > 0 {
			t.Errorf("cut off: %s %+v", code, found[code])
		}
	}
	d.restore(backup.Folder)
	if found = d.examined(); len(found["H029"]) > 0 || len(found["H028"]) != 1 {
		t.Errorf("restored again: %+v", found)
	}
}

// A folder in the place of the database is a wrong path and no failing disk, and its mode is its owner's affair.
func TestDoctorOnAFolder(t *testing.T) {
	d := newDesktop(t)
	must(t, os.Mkdir(d.db, 0o755))
	found := d.examined()
	if f := found["H030"]; len(f) != 1 || !strings.Contains(f[0].Fix.EN, "--db") {
		t.Errorf("a folder: %+v", found)
	}
	for _, code := range []string{"H002", "H006", "H008", "H009", "H011"} {
		if len(found[code]) > 0 {
			t.Errorf("%s: %+v", code, found[code])
		}
	}
}

// The name of a folder is no pattern: what lies in it is found whatever it is called.
func TestFolderNamesAreNoPatterns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "调研[2026")
	d := &desktop{t: t, db: filepath.Join(dir, "qianqi.db"), dir: filepath.Join(dir, "qianqi.backups")}
	d.change(1, 0)
	reports := d.setup().Reports
	shelf := shelf{dir: reports, mine: "0a1b2c3d"}
	half := filepath.Join(reports, shelf.half(2026)+"1")
	temp := filepath.Join(dir, "qianqi.originals", "tmp", "half")
	must(t, errors.Join(os.MkdirAll(half, 0o755), os.WriteFile(temp, nil, 0o600), os.WriteFile(filepath.Join(reports, "index.html"), nil, 0o644)))
	var left []string
	for _, f := range d.examined()["H017"] {
		left = append(left, f.Path)
	}
	if want := []string{half, temp}; !slices.Equal(left, want) {
		t.Errorf("doctor finds %v, want %v", left, want)
	}
	if pages := printed(reports); len(pages) != 1 {
		t.Errorf("to be printed: %v", pages)
	}
	if cleared, err := shelf.tidy(); err != nil || len(cleared) != 1 || exists(half) {
		t.Errorf("a run clears %v %v", cleared, err)
	}
}
