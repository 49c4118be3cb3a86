package store

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// RestoreOptions of Restore.
type RestoreOptions struct {
	Force bool             // moves what stands at the path aside instead of refusing
	Now   func() time.Time // nil is time.Now
	By    string           // for the audit log
}

// Restore checks a backup and puts it at path, database and originals. What stands there already
// is refused with ErrExists or, with Force, renamed (and named in aside) after making sure that
// no process has it open (ErrBusy); where it is refused at first sight, as the backup of a newer program is
// (ErrNewer), nothing was copied. Originals that are there stay. The copy is whole, its record of the restore
// included, before it takes the place: cut off or cancelled at any moment, Restore has done all or the database
// of before is there, in its place or aside.
func Restore(ctx context.Context, backup, path string, opts RestoreOptions) (aside string, err error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if name, network := networkFS(nearest(filepath.Dir(path))); network {
		return "", refuseNetwork(path, name)
	}
	if !isFile(path) {
		return "", notFile(path)
	}
	m, err := CheckBackup(ctx, backup)
	if err == nil {
		err = refusePlace(ctx, path, opts)
	}
	if err != nil {
		return "", err
	}
	temp := path + restoringTail // before the originals: where no database stands, it keeps others from making one
	head, err := prepareCopy(ctx, filepath.Join(backup, backupDB), temp, m, opts)
	if err == nil {
		err = copyOriginals(ctx, backup, path, m)
	}
	if err == nil {
		aside, err = takePlace(ctx, temp, path, opts)
	}
	if err != nil {
		return aside, errors.Join(explain(path, err), os.RemoveAll(temp))
	}
	originals{dir: originalsDir(path)}.keepHead(head)
	return aside, nil
}

// copyOriginals puts what a backup has of originals beside the database at path, and makes their folder.
func copyOriginals(ctx context.Context, backup, path string, m Manifest) error {
	from, to := originals{dir: originalsDir(filepath.Join(backup, backupDB))}, originals{dir: originalsDir(path)}
	if err := os.MkdirAll(to.temp(), 0o700); err != nil {
		return explain(to.temp(), err)
	}
	for _, k := range m.Originals {
		if err := errors.Join(ctx.Err(), to.copyFrom(from, k.SHA256)); err != nil {
			return err
		}
	}
	return nil
}

// prepareCopy copies the database of a backup to temp, brings it up to date and notes in its log where it is
// from. All of it is in that one file, so that renaming it is the whole restore. It returns the last record.
func prepareCopy(ctx context.Context, from, temp string, m Manifest, opts RestoreOptions) (Head, error) {
	err := os.MkdirAll(filepath.Dir(temp), 0o700)
	if err == nil {
		err = copyFile(from, temp)
	}
	if err != nil {
		return Head{}, explain(temp, err)
	}
	db, err := connect(temp, dsn(temp, copyPragmas), 1)
	if err != nil {
		return Head{}, err
	}
	s := &Store{Reader: &Reader{path: temp, at: latest}, write: db, now: opts.Now}
	head, err := s.recordRestore(ctx, m, opts)
	if err == nil {
		_, err = db.ExecContext(ctx, "PRAGMA journal_mode = WAL") // as every database of this program is
	}
	if err = errors.Join(err, s.Close()); err == nil {
		err = syncFile(temp)
	}
	return head, explain(temp, err)
}

// copyPragmas are those of a writer, but for the journal: nobody else has the file, which is thrown away
// whatever goes wrong, and a log beside it would not be renamed with it.
var copyPragmas = url.Values{
	"_pragma": {"foreign_keys(1)", "journal_mode(memory)", "synchronous(full)", "cell_size_check(1)", "trusted_schema(0)"},
	"_txlock": {"immediate"},
}

// restoredAction is what the log calls a restore.
const restoredAction = "database.restored"

// recordRestore brings the schema of a backup's copy up to date, of which the backup is the copy from before,
// and appends to its log.
func (s *Store) recordRestore(ctx context.Context, m Manifest, opts RestoreOptions) (Head, error) {
	steps, err := migrations(migrationFiles)
	if err == nil {
		err = s.applyAll(ctx, steps)
	}
	if err != nil {
		return Head{}, err
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return Head{}, err
	}
	defer tx.Rollback()
	head, err := auditHead(ctx, tx)
	if err != nil {
		return Head{}, err
	}
	log := newRows("audit", auditColumns, "")
	log.add(head.link(AuditEntry{At: opts.Now(), Actor: opts.By, Action: restoredAction, Object: "backup/" + stampTime(m.MadeAt)}).values()...)
	if err := log.flush(ctx, tx); err != nil {
		return Head{}, err
	}
	return head, tx.Commit()
}

// takePlace puts the database at temp in the place of the one at path, whose head goes while neither stands
// there. Where it cannot, that one is back in its place, or aside says where it is.
func takePlace(ctx context.Context, temp, path string, opts RestoreOptions) (aside string, err error) {
	if aside, err = makeRoom(ctx, path, opts); err == nil {
		if err = (originals{dir: originalsDir(path)}).dropHead(); err == nil {
			err = os.Rename(temp, path)
		}
		if err == nil {
			err = syncDir(filepath.Dir(path))
		} else if aside != "" {
			err = errors.Join(err, moveDatabase(aside, path))
		}
	}
	if sizeOf(aside) < 0 {
		aside = ""
	}
	return aside, err
}

// restoringTail ends the name of a database that is being restored, until it is whole.
const restoringTail = ".restoring"

// ClearRestore removes what a restore that was cut off left beside the database at path: a copy of
// the backup, with all that it says of people. Only the holder of the run lock may call it, and only where
// the database stands: it may be all that there is.
func ClearRestore(path string) error {
	err := os.Remove(path + restoringTail)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return explain(path, err)
}

// makeRoom renames the database at path, if there is one, or what a restore that was cut off left of it.
func makeRoom(ctx context.Context, path string, opts RestoreOptions) (aside string, err error) {
	if err := refusePlace(ctx, path, opts); err != nil || !stands(path) {
		return "", err
	}
	aside = freeName(path + asideMark + opts.Now().UTC().Format("20060102T150405Z"))
	return aside, moveDatabase(path, aside)
}

// refusePlace says why nothing may take the place of what stands at path.
func refusePlace(ctx context.Context, path string, opts RestoreOptions) error {
	switch {
	case sizeOf(path) < 0: // nothing, or a log alone, which must not come to stand beside another database
		return nil
	case !opts.Force:
		return &Error{ErrExists, path, "已有数据库 " + path + "；加 --force 会先把它改名保存。", "There is a database at this path; --force renames it first.", nil}
	}
	return refuseInUse(ctx, path)
}

// moveDatabase renames the files of a database, all of them or none.
func moveDatabase(from, to string) error {
	for i, tail := range databaseTails {
		if sizeOf(from+tail) < 0 {
			continue
		}
		err := os.Rename(from+tail, to+tail)
		if err == nil {
			continue
		}
		for _, moved := range databaseTails[:i] {
			if sizeOf(to+moved) >= 0 {
				err = errors.Join(err, os.Rename(to+moved, from+moved))
			}
		}
		return err
	}
	return nil
}

// stands reports whether any file of a database is there.
func stands(path string) bool {
	return slices.ContainsFunc(databaseTails, func(tail string) bool { return sizeOf(path+tail) >= 0 })
}

// cutRestore lists what a restore that was cut off may have left in the place of the database at path: the
// copy of the backup, and the databases put aside.
func cutRestore(path string) []string {
	older, _ := OlderCopies(path)
	left := slices.DeleteFunc(older, func(copied string) bool { return !strings.HasPrefix(copied, path+asideMark) })
	if sizeOf(path+restoringTail) >= 0 {
		left = append(left, path+restoringTail)
	}
	return left
}

// asideMark stands between the name of a database and the time at which a backup took its place.
const asideMark = ".replaced-"

// databaseTails end the names of the files that a database consists of.
var databaseTails = []string{"", "-wal", "-shm"}

// freeName numbers a name until no database stands there: a second restore within the same second, or
// after the clock was set back, takes away nothing that an earlier one put aside.
func freeName(name string) string {
	for n := 1; ; n++ {
		free := nthName(name, n)
		if !stands(free) {
			return free
		}
	}
}

// OlderCopies lists what stands beside the database at path and holds it as it once was: databases that
// a restore put aside, and copies from before an upgrade. Erasures do not reach them.
func OlderCopies(path string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var list []string
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), filepath.Base(path))
		aside := strings.HasPrefix(rest, asideMark) && !strings.HasSuffix(rest, "-wal") && !strings.HasSuffix(rest, "-shm")
		if before := strings.HasPrefix(rest, ".schema-") && strings.HasSuffix(rest, ".bak"); ok && (aside || before) {
			list = append(list, filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
	return list, err
}

// refuseInUse asks SQLite to leave WAL mode, which it only does when no other connection is
// open. A database that cannot be read is in nobody's use; any other failure to ask proves nothing.
func refuseInUse(ctx context.Context, path string) error {
	db, err := connect(path, dsn(path, url.Values{"_pragma": {"busy_timeout(0)"}}), 1)
	if err != nil {
		return err
	}
	defer db.Close()
	_, cause := db.ExecContext(ctx, "PRAGMA journal_mode = DELETE")
	err = explain(path, cause)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, ErrBusy):
		return &Error{ErrBusy, path, "另一个程序正打开着数据库 " + path + "（多半是 qianqi serve）；等待无用，请先结束那个程序，再运行一次 qianqi restore。",
			"Another program has the database open, most likely qianqi serve. Waiting does not help: end that program, then run qianqi restore again.", cause}
	case errors.Is(err, ErrDamaged), errors.Is(err, ErrIO):
		return nil
	}
	return err
}

// copyFile copies a backup's database durably.
func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Sync(), dst.Close())
}
