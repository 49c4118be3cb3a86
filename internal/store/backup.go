package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A backup is a folder: the database as one file, every original it names, and a manifest with
// the hashes of both, written last. It is complete or it does not have its name.
const (
	backupDB       = "qianqi.db"
	backupManifest = "manifest.json"
	backupFormat   = "qianqi-backup-1"
)

// PartialTail ends the name of a backup that is not whole.
const PartialTail = ".partial"

// Manifest says what a backup holds.
type Manifest struct {
	Format      string    `json:"format"`
	MadeAt      time.Time `json:"made_at"`
	Schema      int       `json:"schema"`
	Database    Kept      `json:"database"`
	Originals   []Kept    `json:"originals"`
	Submissions int       `json:"submissions"`
	Visits      int       `json:"visits"` // that count
	Audit       Head      `json:"audit_head"`
	Restored    time.Time `json:"restored,omitzero"` // when a backup last took the place of this database; zero where none did, or an older program wrote this
}

// Compare orders backups of one database from old to new. A restored database goes on from an older
// record of the log, so that what it left behind has higher records and is older all the same; between
// two restores the log has the order, whatever the clock said.
func (m Manifest) Compare(other Manifest) int {
	return cmp.Or(m.Restored.Compare(other.Restored), cmp.Compare(m.Audit.Seq, other.Audit.Seq), m.MadeAt.Compare(other.MadeAt))
}

// Backup writes a copy of database and originals into a new folder below dir, verifies it by
// opening and reading all of it, and returns its path. Others may read and write meanwhile; the
// copy is of one moment.
func (s *Store) Backup(ctx context.Context, dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", explain(dir, err)
	}
	name := "qianqi-" + s.now().UTC().Format("20060102T150405Z")
	partial, err := os.MkdirTemp(dir, name+"-*"+PartialTail) // one of its own: others may begin theirs in the same second
	if err != nil {
		return "", explain(dir, err)
	}
	final := ""
	if err = s.backUpInto(ctx, partial); err == nil {
		final, err = renameFree(partial, filepath.Join(dir, name))
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return "", errors.Join(explain(partial, err), os.RemoveAll(partial))
	}
	return final, nil
}

// renameFree gives a folder the name, or the first numbered one that nothing has.
func renameFree(folder, name string) (string, error) {
	for n := 1; ; n++ {
		free := nthName(name, n)
		if sizeOf(free) >= 0 {
			continue
		}
		if err := os.Rename(folder, free); err == nil || sizeOf(free) < 0 {
			return free, err
		}
	}
}

// nthName is a name for the n-th thing of that name, counted from 1.
func nthName(name string, n int) string {
	if n == 1 {
		return name
	}
	return fmt.Sprintf("%s-%d", name, n)
}

func (s *Store) backUpInto(ctx context.Context, dir string) error {
	copied := filepath.Join(dir, backupDB)
	if err := s.vacuumInto(ctx, copied); err != nil {
		return err
	}
	m, err := describe(ctx, copied)
	if err != nil {
		return err
	}
	m.MadeAt = s.now().UTC().Truncate(time.Second)
	to := originals{dir: originalsDir(copied)}
	for _, k := range m.Originals {
		if err := errors.Join(ctx.Err(), to.copyFrom(s.originals, k.SHA256)); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(m, "", " ")
	if err == nil {
		err = writeAtomically(filepath.Join(dir, backupManifest), append(text, '\n'))
	}
	if err != nil {
		return err
	}
	_, err = CheckBackup(ctx, dir)
	return err
}

// copyFrom copies one original durably; a copy that does not match its hash is an error.
func (o originals) copyFrom(from originals, sum string) error {
	data, err := from.read(sum)
	if err != nil {
		return err
	}
	if sizeOf(o.file(sum)) == int64(len(data)) {
		if _, err := o.read(sum); err == nil {
			return nil
		}
	}
	if err := os.MkdirAll(filepath.Dir(o.file(sum)), 0o700); err != nil {
		return explain(o.dir, err)
	}
	return explain(o.file(sum), writeAtomically(o.file(sum), data))
}

// describe reads what a backup's database holds, after making it durable.
func describe(ctx context.Context, path string) (Manifest, error) {
	m := Manifest{Format: backupFormat}
	if err := syncFile(path); err != nil {
		return m, explain(path, err)
	}
	r, closeIt, err := openCopy(path)
	if err != nil {
		return m, err
	}
	h, err := readHeader(ctx, r.read)
	if err == nil {
		err = h.judge(path, false)
	}
	if err == nil {
		m.Originals, err = r.keptOriginals(ctx)
	}
	if err == nil {
		err = r.read.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM submission), (SELECT count(*) FROM visit WHERE until IS NULL)").Scan(&m.Submissions, &m.Visits)
	}
	if err == nil {
		m.Audit, err = r.AuditHead(ctx)
	}
	if err == nil {
		err = r.read.QueryRowContext(ctx, "SELECT coalesce((SELECT at FROM audit WHERE action = ? ORDER BY seq DESC LIMIT 1), '')", restoredAction).Scan(timeOf(&m.Restored))
	}
	m.Schema = h.schema
	if err = errors.Join(err, closeIt()); err != nil {
		return m, explain(path, err)
	}
	m.Database.SHA256, m.Database.Size, err = hashFile(path)
	return m, explain(path, err)
}

// openCopy reads the database of a backup, which nobody writes to.
func openCopy(path string) (*Reader, func() error, error) {
	params := url.Values{"mode": {"ro"}, "immutable": {"1"}, "_pragma": {"query_only(1)", "cell_size_check(1)"}}
	db, err := connect(path, dsn(path, params), 1)
	if err != nil {
		return nil, nil, err
	}
	return &Reader{read: db, path: path, originals: originals{dir: originalsDir(path)}, at: latest}, db.Close, nil
}

// ReadManifest reads what a backup says that it holds, and nothing else of it. ErrDamaged says that
// the folder is no complete backup.
func ReadManifest(dir string) (Manifest, error) {
	var m Manifest
	text, err := os.ReadFile(filepath.Join(dir, backupManifest))
	if err != nil || json.Unmarshal(text, &m) != nil || m.Format != backupFormat {
		return m, &Error{ErrDamaged, dir, dir + " 不是完整的 qianqi 备份：没有可读的 " + backupManifest + "。", "This is no complete backup of qianqi: it has no readable " + backupManifest + ".", err}
	}
	return m, nil
}

// CheckBackup reads all of a backup: manifest, hashes, database, originals. ErrDamaged names
// what does not match.
func CheckBackup(ctx context.Context, dir string) (Manifest, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return m, err
	}
	path, err := filepath.Abs(filepath.Join(dir, backupDB))
	if err != nil {
		return m, err
	}
	sum, size, err := hashFile(path)
	if err != nil || sum != m.Database.SHA256 || size != m.Database.Size {
		return m, badBackup(dir, "the database does not match the manifest", err)
	}
	return m, checkCopy(ctx, dir, path, &m)
}

func badBackup(dir, what string, err error) error {
	return &Error{ErrDamaged, dir, "备份 " + dir + " 已损坏（" + what + "）。请换另一份备份。", "The backup is damaged: " + what + ". Use another one.", err}
}

func checkCopy(ctx context.Context, dir, path string, m *Manifest) error {
	r, closeIt, err := openCopy(path)
	if err != nil {
		return err
	}
	defer closeIt()
	for _, check := range []func(context.Context) ([]Finding, error){r.verifyPages, r.verifyReferences, r.verifyOriginals} {
		found, err := check(ctx)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return badBackup(dir, found[0].EN, nil)
		}
	}
	broken, err := r.VerifyAudit(ctx, m.Audit)
	if err == nil && broken != 0 {
		err = badBackup(dir, fmt.Sprintf("its audit log is broken at record %d", broken), nil)
	}
	return err
}

// RestoreOptions of Restore.
type RestoreOptions struct {
	Force bool             // moves what stands at the path aside instead of refusing
	Now   func() time.Time // nil is time.Now
	By    string           // for the audit log
}

// Restore checks a backup and puts it at path, database and originals. What stands there already
// is refused with ErrExists or, with Force, renamed (and named in aside) after making sure that
// no process has it open (ErrBusy). Originals that are there stay.
func Restore(ctx context.Context, backup, path string, opts RestoreOptions) (aside string, err error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if !isFile(path) {
		return "", notFile(path)
	}
	m, err := CheckBackup(ctx, backup)
	if err != nil {
		return "", err
	}
	from, to := originals{dir: originalsDir(filepath.Join(backup, backupDB))}, originals{dir: originalsDir(path)}
	for _, k := range m.Originals {
		if err := errors.Join(ctx.Err(), to.copyFrom(from, k.SHA256)); err != nil {
			return "", err
		}
	}
	temp := path + restoringTail
	if err := copyFile(filepath.Join(backup, backupDB), temp); err != nil {
		return "", errors.Join(explain(temp, err), os.Remove(temp))
	}
	if aside, err = takePlace(ctx, temp, path, opts); err != nil {
		return aside, errors.Join(explain(path, err), os.RemoveAll(temp))
	}
	return aside, recordRestore(ctx, path, m, opts)
}

// takePlace puts the database at temp in the place of the one at path. Where it cannot, that one is back in
// its place, or aside says where it is.
func takePlace(ctx context.Context, temp, path string, opts RestoreOptions) (aside string, err error) {
	if aside, err = makeRoom(ctx, path, opts); err == nil {
		if err = os.Rename(temp, path); err == nil {
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

// restoredAction is what the log calls a restore.
const restoredAction = "database.restored"

// recordRestore opens the restored database, which also migrates it, and notes where it is from.
func recordRestore(ctx context.Context, path string, m Manifest, opts RestoreOptions) error {
	_ = os.Remove(originals{dir: originalsDir(path)}.headFile()) // it speaks of the database before
	s, err := Open(ctx, path, Options{Now: opts.Now})
	if err != nil {
		return err
	}
	_, err = s.Audit(ctx, AuditEntry{Actor: opts.By, Action: restoredAction, Object: "backup/" + stampTime(m.MadeAt)})
	return errors.Join(err, s.Close())
}

// makeRoom renames the database at path, if there is one, or what a restore that was cut off left of it.
func makeRoom(ctx context.Context, path string, opts RestoreOptions) (aside string, err error) {
	switch {
	case !stands(path):
		return "", nil
	case sizeOf(path) < 0: // its log alone, which must not come to stand beside another database
	case !opts.Force:
		return "", &Error{ErrExists, path, "已有数据库 " + path + "；加 --force 会先把它改名保存。", "There is a database at this path; --force renames it first.", nil}
	default:
		if err := refuseInUse(ctx, path); err != nil {
			return "", err
		}
	}
	aside = freeName(path + asideMark + opts.Now().UTC().Format("20060102T150405Z"))
	return aside, moveDatabase(path, aside)
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
// open. A database too damaged to be asked is in nobody's use.
func refuseInUse(ctx context.Context, path string) error {
	db, err := connect(path, dsn(path, url.Values{"_pragma": {"busy_timeout(0)"}}), 1)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "PRAGMA journal_mode = DELETE")
	if err = explain(path, err); errors.Is(err, ErrBusy) {
		return err
	}
	return nil
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

// syncFile makes a backup's database durable; nothing else has it open.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
