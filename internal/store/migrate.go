package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// applicationID marks a database as ours in its header: "QIAN".
const applicationID = 0x5149414E

// migration is one step of the schema. Steps are only ever added.
type migration struct {
	number int
	name   string
	sql    string
}

// sha256 proves later which text was applied.
func (m migration) sha256() string {
	sum := sha256.Sum256([]byte(m.sql))
	return hex.EncodeToString(sum[:])
}

// migrations returns the steps in order, numbered from 1 without a gap.
func migrations(files fs.FS) ([]migration, error) {
	entries, err := fs.ReadDir(files, "migrations")
	if err != nil {
		return nil, err
	}
	var steps []migration
	for i, e := range entries { // ReadDir sorts by name
		number, name, ok := strings.Cut(strings.TrimSuffix(e.Name(), ".sql"), "_")
		n, err := strconv.Atoi(number)
		if !ok || err != nil || n != i+1 {
			return nil, fmt.Errorf("store: migration %q is out of order", e.Name())
		}
		text, err := fs.ReadFile(files, "migrations/"+e.Name())
		if err != nil {
			return nil, err
		}
		steps = append(steps, migration{n, name, string(text)})
	}
	return steps, nil
}

// header is what tells whose database it is.
type header struct {
	application int64
	schema      int // number of the last migration applied
	tables      []string
}

// inspect refuses a database that is not ours, too new, too old to be read unchanged, or
// damaged. It changes nothing, so that a stranger's file stays as it was; only an interrupted
// change is undone, as any program does that opens it.
func inspect(ctx context.Context, path string, ro bool) error {
	source := dsn(path, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(" + busyTimeout + ")"}})
	switch {
	case ro:
		source = readOnlyDSN(ctx, path)
	case sizeOf(path+"-journal") > 0: // a killed process left a change half made, which SQLite must undo first
		source = dsn(path, url.Values{"_pragma": {"busy_timeout(" + busyTimeout + ")"}})
	}
	db, err := connect(path, source, 1)
	if err != nil {
		return err
	}
	defer db.Close()
	h, err := readHeader(ctx, db)
	if err != nil {
		return explain(path, err)
	}
	return h.judge(path, ro)
}

func readHeader(ctx context.Context, db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (header, error) {
	var h header
	var tables sql.NullString
	for _, q := range []struct {
		sql  string
		into any
	}{
		{"PRAGMA application_id", &h.application},
		{"PRAGMA user_version", &h.schema},
		{"SELECT group_concat(name, ', ') FROM (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name LIMIT 5)", &tables},
	} {
		if err := db.QueryRowContext(ctx, q.sql).Scan(q.into); err != nil {
			return h, err
		}
	}
	if tables.Valid {
		h.tables = strings.Split(tables.String, ", ")
	}
	return h, nil
}

// judge says whether this program may use a database with this header.
func (h header) judge(path string, ro bool) error {
	newest := newestSchema()
	switch empty := h.application == 0 && h.schema == 0 && len(h.tables) == 0; {
	case empty && ro:
		return &Error{ErrMissing, path, "数据库 " + path + " 是空的。", "The database is empty.", nil}
	case empty:
		return nil
	case h.application != applicationID:
		found := strings.Join(h.tables, ", ")
		return &Error{ErrForeign, path, "文件 " + path + " 是另一个程序的数据库（含表：" + found + "），不会改动它。请用 --db 指定别的文件。",
			"This is the database of another program (tables: " + found + "); it was left as it is. Name another file with --db.", nil}
	case h.schema > newest:
		return &Error{ErrNewer, path, fmt.Sprintf("数据库 %s 由更新版本的 qianqi 写成（结构 %d，本程序至多 %d）。请升级程序。", path, h.schema, newest),
			fmt.Sprintf("The database was written by a newer qianqi (schema %d, this program knows up to %d). Upgrade the program.", h.schema, newest), nil}
	case h.schema < newest && ro:
		return &Error{ErrOutdated, path, fmt.Sprintf("数据库 %s 是旧版结构（%d，本程序为 %d），只读打开不能升级；请先运行任一写入命令。", path, h.schema, newest),
			fmt.Sprintf("The database has an older schema (%d, this program has %d) and was opened read-only; run any command that writes first.", h.schema, newest), nil}
	}
	return nil
}

func newestSchema() int {
	entries, _ := fs.ReadDir(migrationFiles, "migrations")
	return len(entries)
}

// migrate brings the schema up to date. What stands there already is backed up first, beside it.
func (s *Store) migrate(ctx context.Context) error {
	steps, err := migrations(migrationFiles)
	if err != nil {
		return err
	}
	return s.apply(ctx, steps)
}

func (s *Store) apply(ctx context.Context, steps []migration) error {
	h, err := readHeader(ctx, s.write)
	if err != nil {
		return err
	}
	if h.schema > 0 && h.schema < len(steps) {
		if err := s.backUpBefore(ctx, h.schema); err != nil {
			return err
		}
	}
	if h.schema == len(steps) {
		return s.proveWritable(ctx)
	}
	return s.applyAll(ctx, steps)
}

// applyAll applies the steps that the schema lacks.
func (s *Store) applyAll(ctx context.Context, steps []migration) error {
	for _, m := range steps {
		if err := s.applyOne(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// applyOne applies a step unless another process did so meanwhile.
func (s *Store) applyOne(ctx context.Context, m migration) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	h, err := readHeader(ctx, tx)
	if err != nil || h.schema >= m.number {
		return err
	}
	for _, text := range []string{
		"CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT",
		m.sql,
		fmt.Sprintf("PRAGMA application_id = %d", applicationID),
		fmt.Sprintf("PRAGMA user_version = %d", m.number),
	} {
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("migration %d %s: %w", m.number, m.name, err)
		}
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO migration VALUES (?, ?, ?, ?)", m.number, m.name, m.sha256(), stampTime(s.now()))
	if err != nil {
		return err
	}
	return tx.Commit()
}

// backUpBefore keeps a copy of the database as an older program left it.
func (s *Store) backUpBefore(ctx context.Context, schema int) error {
	target := fmt.Sprintf("%s.schema-%d.%s.bak", s.path, schema, s.now().UTC().Format("20060102T150405Z"))
	if sizeOf(target) > 0 { // a second try within the same second finds the same content
		return nil
	}
	return s.vacuumInto(ctx, target)
}

// vacuumInto writes a compact copy of the database to a new file (0600). It reads through a
// connection of its own, so that nobody waits for it.
func (r *Reader) vacuumInto(ctx context.Context, target string) error {
	if err := createEmpty(target); err != nil {
		return err
	}
	db, err := connect(r.path, dsn(r.path, url.Values{"_pragma": {"busy_timeout(" + busyTimeout + ")"}}), 1)
	if err == nil {
		_, err = db.ExecContext(ctx, "VACUUM INTO ?", target)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		return errors.Join(explain(target, err), os.Remove(target))
	}
	return nil
}

// proveWritable takes and releases the write lock, so that a read-only place is told at once.
func (s *Store) proveWritable(ctx context.Context) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	return tx.Rollback()
}

// stampTime writes a time the way every column holds it: UTC, RFC 3339, whole seconds.
func stampTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// parseStamp reads what stampTime wrote; the zero time where the text is no time.
func parseStamp(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s)
	return t.UTC()
}
