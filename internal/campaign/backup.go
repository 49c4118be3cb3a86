package campaign

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/thousand-enterprises/qianqi/internal/store"
)

// BackupResult is a backup that was made and read back whole.
type BackupResult struct {
	Folder      string   `json:"folder"`
	Submissions int      `json:"submissions"`
	Visits      int      `json:"visits"` // that count
	Originals   int      `json:"originals"`
	Bytes       int64    `json:"bytes"`
	Removed     []string `json:"removed,omitempty"` // what interrupted backups left, and older ones that were let go
}

// BackupsBeside is where backups go unless a folder is named: beside the database, qianqi.db →
// qianqi.backups, wherever a link to it stands. A copy on another disk or machine is the office's to make.
func BackupsBeside(db string) string {
	db = store.Place(db)
	return strings.TrimSuffix(db, filepath.Ext(db)) + ".backups"
}

// Backup copies database and originals into a new folder below dir while others go on reading and
// writing, and reads all of the copy back before it counts. With keep > 0 older backups beyond that
// number are let go, once the new one is proved; what interrupted backups left in dir goes at once.
func (c *Campaign) Backup(ctx context.Context, dir string, keep int) (*BackupResult, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("写不了备份 cannot write a backup: %w", err)
	}
	cleared, stuck := clearPartial(dir)
	writing := backupLock(dir)
	_, _ = writing.TryRLockContext(ctx, patience/10) // a disk without locks takes a backup all the same
	defer writing.Unlock()
	folder, err := c.Store.Backup(ctx, dir)
	if err != nil {
		return nil, err
	}
	m, err := store.ReadManifest(folder)
	if err != nil {
		return nil, err
	}
	r := &BackupResult{Folder: filepath.ToSlash(folder), Submissions: m.Submissions, Visits: m.Visits, Originals: len(m.Originals), Bytes: m.Database.Size, Removed: cleared}
	for _, o := range m.Originals {
		r.Bytes += o.Size
	}
	c.log().InfoContext(ctx, "backup made", "folder", folder, "visits", m.Visits, "bytes", r.Bytes)
	if keep > 0 {
		var old []string
		old, err = letGo(dir, folder, keep)
		r.Removed = append(r.Removed, old...)
	}
	return r, errors.Join(stuck, err)
}

// backupLock is the lock of a folder of backups. Whoever writes one holds it with all others who do;
// whoever clears what was cut off holds it alone, and so takes nothing that is being written.
func backupLock(dir string) *flock.Flock {
	return flock.New(filepath.Join(dir, ".lock"), flock.SetPermissions(0o600))
}

// partials lists the backups below a folder that are not whole.
func partials(dir string) []string {
	entries, _ := os.ReadDir(dir)
	var left []string
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), "qianqi-") && strings.HasSuffix(e.Name(), store.PartialTail) {
			left = append(left, filepath.Join(dir, e.Name()))
		}
	}
	return left
}

// clearPartial removes backups that were cut off, unless somebody is writing one.
func clearPartial(dir string) (removed []string, err error) {
	lock := backupLock(dir)
	if alone, err := lock.TryLock(); err != nil || !alone {
		return nil, nil
	}
	defer lock.Unlock()
	for _, folder := range partials(dir) {
		if err := os.RemoveAll(folder); err != nil {
			return removed, err
		}
		removed = append(removed, filepath.ToSlash(folder))
	}
	return removed, nil
}

// backupUnderWay reports whether somebody is writing a backup below a folder.
func backupUnderWay(dir string) bool {
	lock := backupLock(dir)
	if _, err := os.Stat(lock.Path()); err != nil {
		return false
	}
	alone, err := lock.TryLock()
	if alone {
		_ = lock.Unlock()
	}
	return err == nil && !alone
}

// letGo removes all but the newest backups of a folder, in the order of Backups.
func letGo(dir, newest string, keep int) ([]string, error) {
	all, err := Backups(dir)
	if err != nil {
		return nil, err
	}
	var removed []string
	for _, b := range all[:max(0, len(all)-keep)] {
		if filepath.Base(b.Folder) == filepath.Base(newest) {
			continue
		}
		if err := os.RemoveAll(b.Folder); err != nil {
			return removed, err
		}
		removed = append(removed, filepath.ToSlash(b.Folder))
	}
	return removed, nil
}

// BackupRow is one complete backup.
type BackupRow struct {
	Folder string         `json:"folder"`
	Holds  store.Manifest `json:"holds"`
}

// Backups lists the complete backups below a folder, oldest first as Manifest.Compare has it; none where
// there is no folder.
func Backups(dir string) ([]BackupRow, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var rows []BackupRow
	for _, e := range entries {
		folder := filepath.Join(dir, e.Name())
		if m, err := store.ReadManifest(folder); err == nil && e.IsDir() && !strings.HasSuffix(e.Name(), store.PartialTail) {
			rows = append(rows, BackupRow{folder, m})
		}
	}
	slices.SortFunc(rows, func(a, b BackupRow) int {
		return cmp.Or(a.Holds.Compare(b.Holds), cmp.Compare(a.Folder, b.Folder))
	})
	return rows, err
}

// RestoreOptions say which backup goes where.
type RestoreOptions struct {
	Backup string // a folder made by Backup, or "latest": the newest one in Backups
	DB     string // path of the database
	Dir    string // where "latest" is looked for
	Force  bool   // a database that stands there is moved aside
	By     string // for the audit log; "" is the operating system's user
	Now    func() time.Time
}

// Restored says what was put back.
type Restored struct {
	Backup string    `json:"backup"`
	MadeAt time.Time `json:"made_at"`
	Visits int       `json:"visits"`
	Aside  string    `json:"aside,omitempty"` // where the database that stood there is now
}

// ErrNoBackup says that there is no backup to restore.
type ErrNoBackup struct{ Dir string }

// Error names the folder that was searched.
func (e *ErrNoBackup) Error() string {
	return "文件夹 " + e.Dir + " 里没有完整的备份。\nThere is no complete backup in " + e.Dir + "."
}

// Restore proves a backup and puts it in the place of the database, with its originals. It takes
// the run lock, so that no run is under way meanwhile.
func Restore(ctx context.Context, o RestoreOptions) (*Restored, error) {
	if o.Backup == "latest" {
		all, err := Backups(o.Dir)
		if err != nil {
			return nil, err
		}
		if len(all) == 0 {
			return nil, &ErrNoBackup{o.Dir}
		}
		o.Backup = all[len(all)-1].Folder
	}
	path, err := filepath.Abs(store.Place(o.DB))
	if err != nil {
		return nil, err
	}
	lock, err := lockBeside(path, o.Now())
	if err != nil {
		return nil, err
	}
	defer lock.release()
	m, err := store.ReadManifest(o.Backup)
	if err != nil {
		return nil, err
	}
	aside, err := store.Restore(ctx, o.Backup, path, store.RestoreOptions{Force: o.Force, Now: o.Now, By: actor(o.By)})
	return &Restored{filepath.ToSlash(o.Backup), m.MadeAt, m.Visits, aside}, err
}
