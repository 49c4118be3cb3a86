package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// Killed at random instants, the database holds every visit that was acknowledged, each once,
// and nothing of any other but at most the one whose commit was not heard of.
func TestKilledWhileIngesting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "qianqi.db")
	rng := rand.New(rand.NewPCG(11, 12))
	ours(t, path)
	const base = 1 // the visit of ours
	next, known := 100, make(map[string]bool)
	for round := range trial.Rounds(20, 200) {
		size := 1 + rng.IntN(3)
		c := start(t, self(t), nil, "ingest", path, strconv.Itoa(next), strconv.Itoa(next+5000), strconv.Itoa(size))
		sums := acked(c.killAfterLines(rng.IntN(16), time.Duration(rng.IntN(20000))*time.Microsecond))
		for _, sum := range sums {
			known[sum] = true
		}
		next += max(len(sums)-3, 0) // the next round hands some of them in again
		checkKept(t, path, round, known, base, size)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d visits acknowledged", len(known))
	if len(known) == 0 {
		t.Error("no round got as far as a commit")
	}
	finish(t, path, 100, next+10)
}

// checkKept opens what a killed process left.
func checkKept(t *testing.T, path string, round int, known map[string]bool, base, unheard int) {
	t.Helper()
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
	defer s.Close()
	rows, err := s.Submissions(context.Background(), Filter{})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]int)
	for _, r := range rows {
		seen[r.SHA256]++
	}
	for sum := range known {
		if seen[sum] != 1 {
			t.Errorf("round %d: %s acknowledged, stored %d times", round, sum, seen[sum])
		}
	}
	if extra := len(rows) - base - len(known); extra < 0 || extra > unheard {
		t.Errorf("round %d: %d stored, %d acknowledged", round, len(rows)-base, len(known))
	}
	for _, r := range rows {
		known[r.SHA256] = true // a commit that was not heard of is one all the same
	}
	delete(known, rows[0].SHA256)
	if n := count(t, s, "SELECT max(seq) - count(*) FROM audit"); n != 0 {
		t.Errorf("round %d: the audit log has a gap", round)
	}
	soundBut(t, s, "S008", "S009") // originals whose rows did not come, temporary files
}

// finish hands in every file and compares with a database that was never disturbed.
func finish(t *testing.T, path string, from, to int) {
	t.Helper()
	calm := filepath.Join(t.TempDir(), "calm.db")
	ours(t, calm)
	var stores []*Store
	for _, p := range []string{path, calm} {
		lines := start(t, self(t), nil, "ingest", p, strconv.Itoa(from), strconv.Itoa(to), "100").rest()
		if n := len(acked(lines)); n != to-from {
			t.Fatalf("the next run took %d of %d: %v", n, to-from, lines[len(lines)-1])
		}
		s := openAt(t, p)
		soundBut(t, s, "S008") // an original whose file was never handed in again
		stores = append(stores, s)
	}
	sameContent(t, stores[0], stores[1])
}

// Killed while the database is being made, it opens the next time.
func TestKilledWhileCreating(t *testing.T) {
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(13, 14))
	for round := range trial.Rounds(10, 100) {
		path := filepath.Join(dir, fmt.Sprintf("%d.db", round))
		start(t, self(t), nil, "ingest", path, "0", "9", "1").killAfter(time.Duration(3+rng.IntN(40)) * time.Millisecond)
		s, err := Open(context.Background(), path, Options{})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		soundBut(t, s, "S008", "S009")
		s.Close()
	}
}

// Killed at random instants, a restore has done all, its record included, or the database of before stands
// in its place or aside; nobody takes its log for tampered with, and the restore, run again, puts all right.
func TestKilledWhileRestoring(t *testing.T) {
	ctx, rng := context.Background(), rand.New(rand.NewPCG(15, 16))
	path := filepath.Join(t.TempDir(), "qianqi.db")
	ours(t, path)
	s := openAt(t, path)
	before := count(t, s, "SELECT count(*) FROM submission")
	dir, err := s.Backup(ctx, t.TempDir())
	must(t, errors.Join(err, s.Close()))
	first := start(t, self(t), nil, "restore", dir, path)
	<-first.lines // it begins
	begun := time.Now()
	<-first.lines // it is done; a process takes its time to end
	takes, whole := time.Since(begun), 0
	first.rest()
	for round := range trial.Rounds(12, 300) {
		s := openAt(t, path)
		mustSave(t, s, handIn(fmt.Sprint("since", round), aVisit(50+round, 1)))
		must(t, s.Close())
		start(t, self(t), nil, "restore", dir, path).killAfterLines(0, time.Duration(rng.Int64N(int64(takes))))
		if sizeOf(path) < 0 {
			if _, err := Open(ctx, path, Options{}); !errors.Is(err, ErrCutOff) {
				t.Fatalf("round %d: no database stands there: %v", round, err)
			}
			_, err = Restore(ctx, dir, path, RestoreOptions{})
			must(t, err)
		}
		s = openAt(t, path)
		soundBut(t, s, "S008", "S009")
		if count(t, s, "SELECT count(*) FROM submission") == before {
			whole++
			if n := count(t, s, "SELECT count(*) FROM audit WHERE action = ?", restoredAction); n != 1 {
				t.Errorf("round %d: restored, and %d records say so", round, n)
			}
		}
		must(t, s.Close())
	}
	t.Logf("%d were done", whole)
}

// A full disk is said in a sentence; what was stored stays, stays readable, and the next run
// goes on where this one stopped.
func TestDiskFull(t *testing.T) {
	points := trial.Rounds(4, 50)
	for i := range points {
		dir, unmount := smallDisk(t, 200<<10+i*(1400<<10)/points)
		path := filepath.Join(dir, "qianqi.db")
		lines := start(t, self(t), nil, "ingest", path, "0", "3000", "20").rest()
		checkFull(t, lines)
		grown(t, dir)
		if sizeOf(path) > 0 {
			s := openAt(t, path)
			if n := count(t, s, "SELECT count(*) FROM submission"); n < len(acked(lines)) {
				t.Errorf("%d acknowledged, %d stored", len(acked(lines)), n)
			}
			soundBut(t, s, "S008", "S009")
			s.Close()
		}
		again := start(t, self(t), nil, "ingest", path, "0", "60", "20").rest()
		if len(acked(again)) != 60 {
			t.Errorf("after room was made the next run took %d of 60: %v", len(acked(again)), again[len(again)-1])
		}
		unmount()
	}
}

// The same with a limit on the size of a file.
func TestFileSizeLimit(t *testing.T) {
	points := trial.Rounds(4, 50)
	for i := range points {
		path := filepath.Join(t.TempDir(), "qianqi.db")
		limit := 4<<10 + i*(1<<20)/points
		lines := start(t, self(t), nil, "ingest", path, "0", "3000", "20", strconv.Itoa(limit)).rest()
		checkFull(t, lines)
		again := start(t, self(t), nil, "ingest", path, "0", "60", "20").rest()
		if len(acked(again)) != 60 {
			t.Errorf("limit %d: without it the next run took %d of 60: %v", limit, len(acked(again)), again[len(again)-1])
		}
		s := openAt(t, path)
		for _, sum := range acked(lines) {
			if count(t, s, "SELECT count(*) FROM submission WHERE sha256 = ?", sum) != 1 {
				t.Errorf("limit %d: an acknowledged file was lost", limit)
			}
		}
		soundBut(t, s, "S008")
		s.Close()
	}
}

func checkFull(t *testing.T, lines []string) {
	t.Helper()
	last := ""
	for _, l := range lines {
		if strings.HasPrefix(l, "READ ") && !strings.HasSuffix(l, "<nil>") {
			t.Errorf("what was stored could not be read on a full disk: %s", l)
		}
		last = l
	}
	if !strings.HasPrefix(last, "ERR full ") || !strings.Contains(last, "磁盘已满") {
		t.Errorf("a full disk was told as %q", last)
	}
}

// smallDisk is a folder on a file system of so many bytes, or, where none may be mounted, one
// on which the children meet a file-size limit instead (TestFileSizeLimit).
func smallDisk(t *testing.T, size int) (dir string, unmount func()) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		t.Setenv(childTask+"_LIMIT", strconv.Itoa(size/2))
		return dir, func() {}
	}
	done := false
	unmount = func() {
		if !done {
			done = true
			if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(unmount)
	return dir, unmount
}

// grown makes room on the small disk.
func grown(t *testing.T, dir string) {
	t.Helper()
	t.Setenv(childTask+"_LIMIT", "")
	_ = syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=64m")
}

// In a folder that may not be written to, the program says so at the start and leaves nothing.
func TestReadOnlyFolder(t *testing.T) {
	dir, err := os.MkdirTemp("", "qianqi-readonly-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	program := filepath.Join(dir, "program")
	if err := copyFile(self(t), program); err != nil {
		t.Fatal(err)
	}
	empty, used := filepath.Join(dir, "empty"), filepath.Join(dir, "used")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	ours(t, filepath.Join(used, "qianqi.db"))
	for path, mode := range map[string]os.FileMode{dir: 0o755, program: 0o755, empty: 0o555, used: 0o555,
		filepath.Join(used, "qianqi.db"): 0o444, filepath.Join(used, "qianqi.originals"): 0o555} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	var attr *syscall.SysProcAttr
	if os.Getuid() == 0 { // whom no mode keeps out
		attr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	for _, path := range []string{filepath.Join(empty, "qianqi.db"), filepath.Join(empty, "new", "qianqi.db"), filepath.Join(used, "qianqi.db")} {
		lines := start(t, program, attr, "open", path).rest()
		if len(lines) != 1 || !strings.HasPrefix(lines[0], "ERR read-only ") || !strings.Contains(lines[0], filepath.Dir(path)) {
			t.Errorf("%s: %v", path, lines)
		}
	}
	if left, _ := os.ReadDir(empty); len(left) != 0 {
		t.Errorf("a refused start left %v", left)
	}
}
