package campaign

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
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
