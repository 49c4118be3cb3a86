package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// A database that this program must not touch is refused by name and left as it was.
func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name, why string
		make      func(t *testing.T, path string)
		want      error
		says      string // in both languages somewhere
	}{
		{"foreign", "another program's tables", func(t *testing.T, path string) {
			execute(t, path, "PRAGMA journal_mode = DELETE", "CREATE TABLE bookmarks (url TEXT)")
		}, ErrForeign, "bookmarks"},
		{"foreign by id", "another program's application id", func(t *testing.T, path string) {
			execute(t, path, "PRAGMA application_id = 77")
		}, ErrForeign, "另一个程序"},
		{"newer", "the schema of a later version", func(t *testing.T, path string) {
			ours(t, path)
			execute(t, path, "PRAGMA user_version = 999")
		}, ErrNewer, "999"},
		{"not a database", "a text file under our name", func(t *testing.T, path string) {
			writeTest(t, path, []byte(strings.Repeat("这不是数据库。", 400)))
		}, ErrDamaged, "qianqi restore"},
		{"cut in half", "pages are missing", func(t *testing.T, path string) {
			ours(t, path)
			truncate(t, path, sizeOf(path)/2)
		}, ErrDamaged, "qianqi restore"},
		{"cut by one page", "the header says more", func(t *testing.T, path string) {
			ours(t, path)
			truncate(t, path, sizeOf(path)-4096)
		}, ErrDamaged, "qianqi restore"},
		{"cut to nothing beside its originals", "an empty file would be taken for a new database", func(t *testing.T, path string) {
			ours(t, path)
			truncate(t, path, 0)
		}, ErrDamaged, "qianqi restore"},
		{"first page overwritten", "the header is gone", func(t *testing.T, path string) {
			ours(t, path)
			overwrite(t, path, 0, 4096)
		}, ErrDamaged, "qianqi restore"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "调研 [2026]?%#.db")
			c.make(t, path)
			before := readTest(t, path)
			for _, ro := range []bool{false, true} {
				s, err := Open(context.Background(), path, Options{ReadOnly: ro})
				if err == nil {
					s.Close()
				}
				if !errors.Is(err, c.want) {
					t.Fatalf("%s, read-only %v: got %v, want %v", c.why, ro, err, c.want)
				}
				var own *Error
				if !errors.As(err, &own) || own.ZH == "" || own.EN == "" || own.Path != path || !strings.Contains(err.Error(), c.says) {
					t.Errorf("the message names no path or not %q: %v", c.says, err)
				}
			}
			if string(before) != string(readTest(t, path)) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestOpenMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	if _, err := Open(context.Background(), path, Options{ReadOnly: true}); !errors.Is(err, ErrMissing) {
		t.Errorf("read-only: %v", err)
	}
	if sizeOf(path) >= 0 {
		t.Error("reading made a file")
	}
}

// A damage in the middle is found by Verify and by whatever reads it, never taken for fewer rows.
func TestDamageInTheMiddle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "qianqi.db")
	s := openAt(t, path)
	for n := range 60 {
		mustSave(t, s, handIn(fmt.Sprint(n), aVisit(n, 3)))
	}
	s.Close()
	size := sizeOf(path)
	for at := int64(4096); at+4096 <= size; at += 7 * 4096 {
		good := readTest(t, path)
		overwrite(t, path, at, 4096)
		checkDamage(t, path, at)
		writeTest(t, path, good)
	}
}

func checkDamage(t *testing.T, path string, at int64) {
	t.Helper()
	s, err := Open(context.Background(), path, Options{})
	if errors.Is(err, ErrDamaged) {
		return
	}
	if err != nil {
		t.Errorf("page at %d: %v", at, err)
		return
	}
	defer s.Close()
	found, err := s.Verify(context.Background())
	if err != nil || len(found) == 0 {
		t.Errorf("page at %d: overwritten, and nothing found: %v", at, err)
	}
}

func TestModesKeepOthersOut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "deep")
	s := openAt(t, filepath.Join(dir, "qianqi.db"))
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	err := filepath.WalkDir(filepath.Dir(dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && ownerOnly && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sound(t, s)
}

func TestOriginalsAreKept(t *testing.T) {
	ctx := context.Background()
	s := openTemp(t)
	sub := handIn("a", aVisit(1, 1))
	mustSave(t, s, sub)
	got, err := s.Original(ctx, sub.SHA256)
	if err != nil || string(got) != string(sub.Data) {
		t.Errorf("original: %q %v", got, err)
	}
	for _, sum := range []string{"", "../../etc/passwd", strings.Repeat("0", 64)} {
		if _, err := s.Original(ctx, sum); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", sum, err)
		}
	}
	overwrite(t, s.originals.file(sub.SHA256), 0, 1)
	if _, err := s.Original(ctx, sub.SHA256); !errors.Is(err, ErrDamaged) {
		t.Errorf("a changed original was handed out: %v", err)
	}
}

func TestReadOnlyReads(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "qianqi.db")
	mustSave(t, openAt(t, path), handIn("a", aVisit(1, 1)))
	s, err := Open(ctx, path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if years, err := s.Years(ctx); err != nil || len(years) != 1 || years[0].Visits != 1 {
		t.Errorf("years: %+v %v", years, err)
	}
	if _, err := s.Save(ctx, handIn("b", aVisit(2, 1))); !errors.Is(err, ErrReadOnly) {
		t.Errorf("save: %v", err)
	}
	sound(t, s)
}

// An older database is backed up before it is changed, and a failed step leaves it as it was.
func TestMigrationBacksUpFirst(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "qianqi.db")
	s := openAt(t, path)
	mustSave(t, s, handIn("a", aVisit(1, 1)))
	steps, err := migrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	next := len(steps) + 1
	broken := migration{next, "broken", "CREATE TABLE half (id INTEGER); CREATE TABLE visit (id INTEGER)"}
	if err := s.apply(ctx, append(steps, broken)); err == nil {
		t.Error("a step that cannot be applied was")
	}
	if n := count(t, s, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"); n != 0 {
		t.Error("half a step stayed")
	}
	good := migration{next, "good", "CREATE TABLE extra (id INTEGER) STRICT"}
	if err := s.apply(ctx, append(steps, good)); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, "SELECT count(*) FROM migration WHERE number = ? AND name = 'good' AND length(sha256) = 64", next); n != 1 {
		t.Error("the step is not on record")
	}
	copies, _ := filepath.Glob(path + ".schema-*.bak")
	if len(copies) == 0 {
		t.Fatal("no backup was made")
	}
	old := openAt(t, copies[0])
	if n := count(t, old, "SELECT count(*) FROM visit"); n != 1 {
		t.Errorf("the backup holds %d visits", n)
	}
	if _, err := Open(ctx, path, Options{}); !errors.Is(err, ErrNewer) {
		t.Errorf("the older program opened the newer database: %v", err)
	}
}

func TestMigrationsAreInOrder(t *testing.T) {
	for name, names := range map[string][]string{"a gap": {"0001_a.sql", "0003_b.sql"}, "no number": {"a.sql"}, "twice": {"0001_a.sql", "0001_b.sql"}} {
		files := fstest.MapFS{}
		for _, n := range names {
			files["migrations/"+n] = &fstest.MapFile{}
		}
		if _, err := migrations(files); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// ours makes a database of this program with one visit, closed.
func ours(t *testing.T, path string) {
	t.Helper()
	s := openAt(t, path)
	mustSave(t, s, handIn("a", aVisit(1, 3)))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// execute runs SQL on a file past the store.
func execute(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", dsn(path, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range statements {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

func readTest(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func writeTest(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

func overwrite(t *testing.T, path string, at int64, n int) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte(strings.Repeat("\xa5", n)), at); err != nil {
		t.Fatal(err)
	}
}
