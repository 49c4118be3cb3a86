package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver; nothing else in the program opens the database files
)

// Options of Open.
type Options struct {
	ReadOnly  bool             // never writes, never migrates
	MustExist bool             // writes, but makes no database: ErrMissing where none stands
	College   string           // whose records are read; "" reads those of every college in the file
	Now       func() time.Time // the clock, safe for concurrent use; nil is time.Now
}

// Store is an open database with its originals. It is safe for concurrent use, also beside
// other processes that use the same database.
type Store struct {
	*Reader
	write *sql.DB // one connection: writers of this process queue here, those of others on the lock
	now   func() time.Time
}

// Reader reads the database as it stood at one moment. A Store reads it as it stands now.
type Reader struct {
	read      *sql.DB
	path      string // absolute
	originals originals
	college   string // whose records are seen; "" is everybody's
	at        Moment // last moment that is seen
}

// latest sees everything; one below the largest integer so that a missing end still lies beyond.
const latest Moment = 1<<63 - 2

// busyTimeout is how long a statement waits for the writer of another process.
const busyTimeout = "15000"

// Open opens the database at path, or at the Place that path links to, creating it where none stands, and
// brings its schema up to date after a backup. The error is an *Error whose Kind says what is wrong: ErrForeign,
// ErrNewer, ErrOutdated, ErrDamaged, ErrFull, ErrReadOnly, ErrNetworkFS, ErrBusy, ErrMissing, ErrCutOff,
// ErrNotFile, ErrConflict.
func Open(ctx context.Context, path string, opts Options) (*Store, error) {
	link, errLink := filepath.Abs(path)
	abs, err := filepath.Abs(Place(path))
	if err = errors.Join(errLink, err); err == nil {
		err = checkLink(link, abs)
	}
	if err != nil {
		return nil, err
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	kept := originals{dir: originalsDir(abs)}
	fresh, err := prepareFiles(abs, kept, opts.ReadOnly || opts.MustExist)
	if err != nil {
		return nil, err
	}
	if !fresh {
		if err := inspect(ctx, abs, opts.ReadOnly); err != nil {
			return nil, err
		}
	}
	s := &Store{Reader: &Reader{path: abs, originals: kept, college: opts.College, at: latest}, now: opts.Now}
	if opts.ReadOnly {
		s.read, err = connect(abs, readOnlyDSN(ctx, abs), runtime.NumCPU()+1)
	} else {
		err = s.openForWriting(ctx)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// openForWriting connects, migrates and proves that the folder can be written to.
func (s *Store) openForWriting(ctx context.Context) error {
	var err error
	if s.write, err = connect(s.path, dsn(s.path, writerPragmas), 1); err != nil {
		return err
	}
	if err = s.migrate(ctx); err == nil {
		s.read, err = connect(s.path, dsn(s.path, readerPragmas), runtime.NumCPU()+1)
	}
	if err == nil {
		err = os.MkdirAll(s.originals.temp(), 0o700)
	}
	if err != nil {
		return errors.Join(explain(s.path, err), s.Close())
	}
	return nil
}

// Close ends all connections.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Path is the absolute path of the database file.
func (r *Reader) Path() string { return r.path }

// At returns a reader of the database as it stood at m; 0 is now.
func (s *Store) At(m Moment) *Reader {
	r := *s.Reader
	if m > 0 {
		r.at = m
	}
	return &r
}

// The pragmas of a connection; the driver sets busy_timeout first.
var (
	writerPragmas = url.Values{
		"_pragma": {"busy_timeout(" + busyTimeout + ")", "foreign_keys(1)", "journal_mode(wal)", "synchronous(full)",
			"cell_size_check(1)", "trusted_schema(0)", "cache_size(-16000)"},
		"_txlock": {"immediate"},
	}
	readerPragmas = url.Values{
		"_pragma": {"busy_timeout(" + busyTimeout + ")", "query_only(1)", "cell_size_check(1)", "trusted_schema(0)", "cache_size(-8000)"},
	}
)

// dsn writes the file: form, in which no character of a path has a meaning.
func dsn(path string, params url.Values) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") { // C:/…
		slashed = "/" + slashed
	}
	return "file://" + (&url.URL{Path: slashed}).EscapedPath() + "?" + params.Encode()
}

// readOnlyDSN opens without ever creating a file. In a folder that cannot be written to SQLite
// has no room for its shared-memory file; then, where no log awaits replay, the file is read
// as one that does not change.
func readOnlyDSN(ctx context.Context, path string) string {
	params := url.Values{"mode": {"ro"}, "_pragma": readerPragmas["_pragma"]}
	db, err := sql.Open("sqlite", dsn(path, params))
	if err != nil {
		return dsn(path, params)
	}
	defer db.Close()
	var n int
	err = db.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&n)
	if err != nil && sizeOf(path+"-wal") <= 0 {
		params.Set("immutable", "1")
	}
	return dsn(path, params)
}

func connect(path, dsn string, connections int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, explain(path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// prepareFiles looks at the place without opening anything and, for writing, makes the folder
// (0700) and an empty database file (0600). fresh says that there is no content yet.
func prepareFiles(path string, kept originals, mustExist bool) (fresh bool, err error) {
	dir := filepath.Dir(path)
	if name, network := networkFS(nearest(dir)); network {
		return false, refuseNetwork(path, name)
	}
	switch size := sizeOf(path); {
	case !isFile(path):
		return false, notFile(path)
	case size < 0 && len(cutRestore(path)) > 0:
		return false, cutOff(path, cutRestore(path))
	case size > 0:
		return false, nil
	case size == 0 && (sizeOf(path+"-wal") > 0 || kept.any()):
		return false, damaged(path, errors.New("the file is empty, but its log or its originals are not"))
	case mustExist:
		return false, &Error{ErrMissing, path, "没有数据库 " + path + "。", "There is no database at this path.", nil}
	case size == 0:
		return true, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false, explain(dir, err)
	}
	return true, explain(path, createEmpty(path))
}

func refuseNetwork(path, name string) *Error {
	return &Error{ErrNetworkFS, path, "数据库不能放在网络文件系统（" + name + "）上：那里的文件锁不可靠，数据会丢失。请放到本机磁盘。",
		"A database on a network file system (" + name + ") loses data, since file locks do not hold there; keep it on a local disk.", nil}
}

// createEmpty makes the file with its final permissions, which SQLite gives to its log as well.
// No lock can be lost by closing it: a file that did not exist is in nobody's hands.
func createEmpty(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// sizeOf is the size of a file, -1 where there is none. It opens nothing.
func sizeOf(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	return info.Size()
}

// isFile is false where something stands that is no file.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err != nil || info.Mode().IsRegular()
}

// nearest is the closest folder above dir that exists.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}

// Size is what the database takes on disk, in bytes, what waits in its journal included.
func (s *Store) Size() int64 { return sizeOf(s.path) + max(sizeOf(s.path+"-wal"), 0) }
