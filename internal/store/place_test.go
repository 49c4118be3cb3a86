package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A database has one place, whatever links lead to it.
func TestPlace(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, folder := range []string{"data/deep", "srv"} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	writeTest(t, "data/qianqi.db", nil)
	for name, target := range map[string]string{"srv/qianqi.db": "../data/qianqi.db", "srv/again.db": "qianqi.db", "srv/whole.db": filepath.Join(dir, "data/qianqi.db"),
		"srv/new.db": "../data/new.db", "srv/far.db": "../none/new.db", "srv/self.db": "self.db", "folder": "data/deep", "data/deep/up.db": "../qianqi.db", "srv/over.db": "../folder/../qianqi.db"} {
		if err := os.Symlink(target, name); err != nil {
			t.Fatal(err)
		}
	}
	real := filepath.Join(dir, "data/qianqi.db")
	for _, c := range []struct{ why, path, want string }{
		{"no link", "data/qianqi.db", "data/qianqi.db"},
		{"nothing there", "srv/none.db", "srv/none.db"},
		{"no folder there", "none/none.db", "none/none.db"},
		{"a link", "srv/qianqi.db", real},
		{"a link, by its whole path", filepath.Join(dir, "srv/qianqi.db"), real},
		{"a link to a link", "srv/again.db", real},
		{"a link to a whole path", "srv/whole.db", real},
		{"a link to what is not there yet", "srv/new.db", filepath.Join(dir, "data/new.db")},
		{"a link into a folder that is not there", "srv/far.db", "none/new.db"},
		{"a link in a folder that is a link: .. is above the folder's own place", "folder/up.db", real},
		{"a link through a folder that is a link", "srv/over.db", real},
		{"a link to itself", "srv/self.db", filepath.Join(dir, "srv/self.db")},
	} {
		got := Place(c.path)
		if abs, err := filepath.Abs(got); filepath.IsAbs(c.want) && err == nil {
			got = abs
		}
		if got != c.want {
			t.Errorf("%s: %s is at %s, not %s", c.why, c.path, got, c.want)
		}
	}
}

// Through a link a database has the originals of its place, also where the link led nowhere at first; originals
// beside the link are not passed over in silence.
func TestOpenLinked(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	link, place := filepath.Join(dir, "link.db"), filepath.Join(dir, "data", "qianqi.db")
	if err := errors.Join(os.Mkdir(filepath.Dir(place), 0o700), os.Symlink(filepath.Join("data", "qianqi.db"), link)); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), link, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Path() != place || s.originals.dir != filepath.Join(dir, "data", "qianqi.originals") {
		t.Errorf("opened at %s with %s", s.Path(), s.originals.dir)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	own := originals{dir: filepath.Join(dir, "link.originals")}
	if sizeOf(own.dir) >= 0 {
		t.Error("originals beside the link")
	}
	sum := strings.Repeat("ab", 32)
	kept := filepath.Join(dir, "data", "qianqi.originals", "ab", sum)
	if err := errors.Join(os.MkdirAll(filepath.Dir(own.file(sum)), 0o700), os.MkdirAll(filepath.Dir(kept), 0o700), os.WriteFile(kept, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		why    string
		make   func() error
		refuse bool
	}{
		{"a folder with nothing in it", func() error { return nil }, false},
		{"an original beside the link", func() error { return os.WriteFile(own.file(sum), nil, 0o600) }, true},
		{"both are one folder", func() error { return errors.Join(os.RemoveAll(own.dir), os.Symlink("data/qianqi.originals", own.dir)) }, false},
	} {
		if err := c.make(); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), link, Options{ReadOnly: true})
		if err == nil {
			err = s.Close()
		}
		if c.refuse != errors.Is(err, ErrConflict) || c.refuse && !strings.Contains(err.Error(), own.dir) || !c.refuse && err != nil {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}
