package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
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
// what does not match; ErrNewer and ErrForeign are as of Open.
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
	h, err := readHeader(ctx, r.read)
	if err == nil {
		err = h.judge(path, false) // what a newer program wrote cannot be checked here, much less continued
	}
	if err != nil {
		return explain(path, err)
	}
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

// syncFile makes the database of a backup, or a copy of it, durable; nothing else has it open.
func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
