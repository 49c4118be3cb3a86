package campaign

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// A database that has a second name by a link has one run lock and one folder of backups.
func TestLinkedDatabase(t *testing.T) {
	d := newDesktop(t)
	d.change(1, 0)
	link := filepath.Join(t.TempDir(), "linked.db")
	must(t, os.Symlink(d.db, link))
	ctx := context.Background()
	st, err := store.Open(ctx, d.db, store.Options{Now: d.now})
	must(t, err)
	defer st.Close()
	held, err := (&Campaign{Codebook: codebook.Default(), Store: st, Now: d.now}).lock()
	must(t, err)
	defer held.release()

	if got := BackupsBeside(link); got != d.dir {
		t.Errorf("backups of the linked database go to %s, not %s", got, d.dir)
	}
	through, err := store.Open(ctx, link, store.Options{Now: d.now})
	must(t, err)
	defer through.Close()
	_, locked := (&Campaign{Codebook: codebook.Default(), Store: through, Now: d.now}).lock()
	_, restored := Restore(ctx, RestoreOptions{Backup: "latest", DB: link, Dir: d.dir, Force: true, Now: d.now})
	for what, err := range map[string]error{"a run": locked, "a restore": restored} {
		if underWay := (*ErrLocked)(nil); !errors.As(err, &underWay) {
			t.Errorf("%s through the link beside a run: %v", what, err)
		}
	}
	found := false
	for _, f := range Examine(ctx, Setup{DB: link, Reports: t.TempDir(), Backups: d.dir, Codebook: codebook.Default(), Now: d.now}).Findings {
		found = found || f.Code == "H018"
	}
	if !found {
		t.Error("the doctor does not see the run through the link")
	}
}
