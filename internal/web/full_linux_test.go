package web

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
)

// full lets f run on a disk that takes no file larger than some bytes: to a program that is a full disk.
func full(t *testing.T, size uint64, f func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
			t.Fatal(err)
		}
	}()
	f()
}

// files lists what lies in the site's folder, the database's own files aside and, aside too, the original
// of the one workbook at hand: written whole under its hash it harms nothing and serves the next try.
func (s *site) files(besides file) (names []string) {
	dir, sum := filepath.Dir(s.c.Store.Path()), fmt.Sprintf("%x", sha256.Sum256(besides.data))
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Dir(path) != dir && d.Name() != sum {
			names = append(names, path)
		}
		return nil
	})
	return names
}

// On a full disk a person is told so, at the check and at the confirmation; nothing is half stored, no file
// is left lying about, pages can be read, and once there is room the same press of the button works.
func TestFullDisk(t *testing.T) {
	const alone = "QIANQI_FULL_DISK" // set in the child: the limit is the whole process's, and go test keeps a log in this one
	if os.Getenv(alone) == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
		child.Env = append(os.Environ(), alone+"=1")
		if out, err := child.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS: TestFullDisk ")) {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	s := newSite(t)
	s.add("T1", campaign.Faculty)
	v := s.as("T1")
	first := v.take("a.xlsx", aBook(t, aVisit("T1", 1)))
	good := file{"b.xlsx", aBook(t, aVisit("T1", 2))}
	kept := s.files(good)
	for _, room := range []uint64{0, 100, 4096} {
		full(t, room, func() {
			v.hand(good).want(t, http.StatusInsufficientStorage, "磁盘已满", "没有收下")
			v.get(first).want(t, http.StatusOK)
			v.get("/visits").want(t, http.StatusOK)
		})
		if now := s.files(good); !slices.Equal(now, kept) {
			t.Fatalf("with room for %d bytes this stayed: %v, want %v", room, now, kept)
		}
	}
	check := v.handOne(good.name, good.data)
	kept = s.files(good)
	for _, room := range []uint64{0, 100, 4096, 1 << 16} {
		full(t, room, func() {
			v.post(check+"/confirm").want(t, http.StatusInsufficientStorage, "磁盘已满")
			v.get(check).want(t, http.StatusOK, "没有错误，可以提交")
		})
		if now := s.files(good); !slices.Equal(now, kept) || s.visits() != 1 {
			t.Fatalf("with room for %d bytes: %d visits; this stayed: %v, want %v", room, s.visits(), now, kept)
		}
	}
	v.post(check+"/confirm").want(t, http.StatusSeeOther)
	if s.visits() != 2 || s.parkedFiles() != 0 {
		t.Errorf("%d visits, %d files wait", s.visits(), s.parkedFiles())
	}
	if findings, err := s.c.Store.Verify(t.Context()); err != nil || len(findings) != 0 {
		t.Errorf("the database: %v %v", findings, err)
	}
}
