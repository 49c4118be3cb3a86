package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/thousand-enterprises/qianqi/internal/campaign"
	"github.com/thousand-enterprises/qianqi/internal/store"
	"github.com/thousand-enterprises/qianqi/internal/trial"
)

// These tests run the program as it is shipped over the tracked sample campaign, and end it without
// warning or take the disk away under it.

// calm is what undisturbed runs over the sample campaign make. The first run lacks the decisions
// of the year, so that the second one has a report to replace. (A visit would not do: a report that
// differs from the one before by a single enterprise is not made.)
type calm struct {
	workplace
	surveys, part string            // the whole inbox, and the one without decisions
	base          workplace         // how it stood after the first run
	first, second map[string]string // the report after each run, by SHA-256
	alone         map[string]string // the report of a run that begins from nothing; it has none to compare with
	files         map[string]bool   // every file on record after the second, by SHA-256
	work          time.Duration     // CPU time of a run that begins from nothing, its charts drawn already
}

func newCalm(t *testing.T) *calm {
	t.Helper()
	c := &calm{workplace: newWorkplace(t), part: filepath.Join(t.TempDir(), "surveys")}
	var err error
	if c.surveys, err = filepath.Abs("../../surveys"); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(c.part, os.DirFS(c.surveys)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(filepath.Join(c.part, "2026/decisions.xlsx")), shareStills(c.dir)); err != nil {
		t.Fatal(err)
	}
	c.round(t, c.part)
	c.first = reportSums(t, c.dir)
	c.base = newWorkplace(t)
	c.base.wiped(t, c.dir)
	if err := os.RemoveAll(filepath.Join(c.base.dir, "qianqi.stills")); err != nil { // which places share
		t.Fatal(err)
	}
	c.round(t, c.surveys)
	c.second = reportSums(t, c.dir)
	c.files = make(map[string]bool)
	for sum, n := range onRecord(t, c.dir) {
		c.files[sum] = n == 1
	}
	if maps.Equal(c.first, c.second) || len(c.files) < 150 {
		t.Fatalf("decisions changed nothing, or only %d files are on record", len(c.files))
	}
	again := c.empty(t)
	c.work = c.measured(t, again)
	c.alone = reportSums(t, again.dir)
	for name, sum := range c.alone {
		if told := name == "index.html" || strings.HasPrefix(name, "changes."); c.second[name] != sum && !told {
			t.Errorf("%s depends on the runs before", name)
		}
	}
	return c
}

// measured is a round over the whole inbox, and the CPU time that it took.
func (c *calm) measured(t *testing.T, w workplace) time.Duration {
	t.Helper()
	cmd := w.command(t, "run", c.surveys)
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != exitPartial {
		t.Fatalf("run: exit %d %v\n%s", code, err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// round is one run that nobody disturbs. It ends with 3: one workbook has a wrong cell on purpose.
func (w workplace) round(t *testing.T, inbox string) {
	t.Helper()
	if o := w.run(t, "run", inbox); o.code != exitPartial {
		t.Fatalf("run: exit %d\n%s\n%s", o.code, o.out, o.errOut)
	}
}

// empty is a place without a database, with the charts that were drawn already.
func (c *calm) empty(t *testing.T) workplace {
	t.Helper()
	w := newWorkplace(t)
	c.shareStills(t, w.dir)
	return w
}

func (c *calm) shareStills(t *testing.T, dir string) {
	t.Helper()
	if err := os.Symlink(filepath.Join(c.dir, "qianqi.stills"), filepath.Join(dir, "qianqi.stills")); err != nil {
		t.Fatal(err)
	}
}

// wiped removes everything but the charts that are drawn and starts anew from another place, or from nothing.
func (w workplace) wiped(t *testing.T, from string) {
	t.Helper()
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "qianqi.stills" {
			if err := os.RemoveAll(filepath.Join(w.dir, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	if from != "" {
		if out, err := exec.Command("cp", "-a", from+"/.", w.dir).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
	}
}

// reportSums is the SHA-256 of every file of the report; nil where there is none.
func reportSums(t *testing.T, dir string) map[string]string {
	t.Helper()
	folder := filepath.Join(dir, "reports", "2026")
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	sums := make(map[string]string)
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(folder, path)
		sums[rel] = fmt.Sprintf("%x", sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

// onRecord counts every file that is on record, by SHA-256.
func onRecord(t *testing.T, dir string) map[string]int {
	t.Helper()
	s, err := store.Open(context.Background(), filepath.Join(dir, "qianqi.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows, err := s.Submissions(context.Background(), store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	sums := make(map[string]int)
	for _, r := range rows {
		sums[r.SHA256]++
	}
	return sums
}

// survived looks over what a run left that was cut off: nothing accepted before is gone or there
// twice, every original matches its hash, database and audit log are sound, and the report is one
// of those given, whole. Known grows by what is on record.
func (w workplace) survived(t *testing.T, what string, known map[string]bool, reports ...map[string]string) {
	t.Helper()
	if got := reportSums(t, w.dir); !slices.ContainsFunc(reports, func(r map[string]string) bool { return maps.Equal(r, got) }) {
		t.Errorf("%s: the report is neither the old one nor the new one, %d files", what, len(got))
	}
	if info, err := os.Stat(filepath.Join(w.dir, "qianqi.db")); err != nil || info.Size() == 0 {
		return // not even begun
	}
	now := onRecord(t, w.dir)
	for sum := range known {
		if now[sum] != 1 {
			t.Errorf("%s: %s was accepted and is there %d times", what, sum, now[sum])
		}
	}
	for sum, n := range now {
		if known[sum] = true; n != 1 {
			t.Errorf("%s: %s is there %d times", what, sum, n)
		}
	}
	w.verified(t, what)
}

// verified lets the program prove its database. Originals without a record and temporary files may
// be left by a run that was cut off, and a report whose run is not on record yet.
func (w workplace) verified(t *testing.T, what string) {
	t.Helper()
	o := w.run(t, "verify", "--json")
	var said struct{ Findings []campaign.Finding }
	if err := json.Unmarshal([]byte(o.out), &said); err != nil {
		t.Errorf("%s: verify: exit %d %v\n%s%s", what, o.code, err, o.out, o.errOut)
	}
	for _, f := range said.Findings {
		if !slices.Contains([]string{"S008", "S009", "P002"}, f.Code) {
			t.Errorf("%s: verify: %s %s %s", what, f.Code, f.EN, f.Path)
		}
	}
}

// completed lets the next run finish and holds everything against the undisturbed one.
func (c *calm) completed(t *testing.T, what string, w workplace, want map[string]string) {
	t.Helper()
	w.round(t, c.surveys)
	if got := reportSums(t, w.dir); !maps.Equal(got, want) {
		t.Errorf("%s: the report of the next run is not that of an undisturbed one", what)
	}
	now := onRecord(t, w.dir)
	for sum := range c.files {
		if now[sum] != 1 {
			t.Errorf("%s: after the next run %s is there %d times", what, sum, now[sum])
		}
	}
	if len(now) != len(c.files) {
		t.Errorf("%s: %d files on record, want %d", what, len(now), len(c.files))
	}
	if o := w.run(t, "verify"); o.code != exitOK {
		t.Errorf("%s: verify after the next run: %s", what, o.out)
	}
	if left, _ := filepath.Glob(filepath.Join(w.dir, "reports", ".new-*")); len(left) > 0 {
		t.Errorf("%s: %v was left", what, left)
	}
}

// TestCutOff disturbs runs over the sample campaign.
func TestCutOff(t *testing.T) {
	c := newCalm(t)
	t.Run("killed", c.killed)
	t.Run("the disk is full", c.diskFull)
}

// Killed at a random instant, a run loses and doubles nothing, and the next one ends where an
// undisturbed one would have. Every second round goes on from what the last one left.
func (c *calm) killed(t *testing.T) {
	w, rng := c.empty(t), rand.New(rand.NewPCG(21, 22))
	w.wiped(t, c.base.dir)
	rest := c.measured(t, w)
	var known map[string]bool
	var old, fresh map[string]string
	killed, finished, chain := 0, 0, 0
	begin := func() {
		chain, known = 0, make(map[string]bool)
		from := ""
		if old, fresh = nil, c.alone; rng.IntN(2) == 0 {
			from, old, fresh = c.base.dir, c.first, c.second
		}
		w.wiped(t, from)
	}
	begin()
	for want := trial.Rounds(5, 200); killed < want && !t.Failed(); {
		length := rest // the least that is left to do, whatever the run before got done
		if chain == 0 && old == nil {
			length = c.work
		}
		at := time.Duration(rng.Int64N(int64(length)))
		what := fmt.Sprintf("kill %d after %v of CPU time", killed, at)
		if c.cutOff(t, w, at) {
			killed, chain = killed+1, chain+1
			if killed%20 == 0 {
				t.Logf("%d of %d runs killed, %d finished before they were", killed, want, finished)
			}
		} else {
			finished++
			chain = 3
		}
		w.survived(t, what, known, old, fresh)
		if chain == 3 {
			c.completed(t, what, w, fresh)
			begin()
		}
	}
	c.completed(t, "at the end", w, fresh)
	t.Logf("%d runs killed, %d finished before they were; a run takes %v of CPU time, one after another %v", killed, finished, c.work, rest)
}

// cutOff starts a run and kills it once it has used so much CPU time; false where it had finished
// by then. How far a run is its CPU time tells on a busy machine as on an idle one, the clock does not.
func (c *calm) cutOff(t *testing.T, w workplace, after time.Duration) bool {
	t.Helper()
	cmd := w.command(t, "run", c.surveys)
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			used, err := cpuTime(cmd.Process.Pid)
			if err != nil {
				return // it has finished
			}
			if used >= after {
				_ = cmd.Process.Signal(syscall.SIGKILL)
				return
			}
			time.Sleep(max((after-used)/time.Duration(2*runtime.NumCPU()), 100*time.Microsecond))
		}
	}()
	_ = cmd.Wait()
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !status.Signaled() && status.ExitStatus() != exitPartial {
		t.Errorf("exit %d\n%s", status.ExitStatus(), errOut.String())
	}
	return status.Signaled()
}

// cpuTime is what a process has used of all CPUs so far.
func cpuTime(pid int) (time.Duration, error) {
	const wholeProcess = 2 // the kernel's name of a clock is made of the number of the process and what is counted
	var ts unix.Timespec
	err := unix.ClockGettime(int32(^pid<<3|wholeProcess), &ts)
	return time.Duration(ts.Nano()), err
}

// A full disk ends a run with a clear word; what stood stands, and with room the next run goes on.
func (c *calm) diskFull(t *testing.T) {
	points := trial.Rounds(4, 50)
	full := 0
	for i := range points {
		from, old, fresh := "", map[string]string(nil), c.alone
		w := newWorkplace(t)
		size := int64(100<<10) + int64(i)*(20<<20)/int64(points)
		if i%2 == 1 {
			from, old, fresh = c.base.dir, c.first, c.second
			size += treeSize(t, from)
		}
		what := fmt.Sprintf("disk of %d KiB", size>>10)
		disk := smallDisk(t, w.dir, size)
		c.shareStills(t, w.dir)
		w.wiped(t, from)
		known := make(map[string]bool)
		o := disk.run(t, w, "run", c.surveys)
		if o.code != exitPartial { // otherwise there was room enough
			full++
			saysFull(t, what, o)
		}
		disk.enlarge(t)
		w.survived(t, what, known, old, fresh)
		c.completed(t, what, w, fresh)
		disk.unmount(t)
	}
	t.Logf("%d disks, %d of them too small", points, full)
	if full < points/3 {
		t.Errorf("only %d of %d disks were full", full, points)
	}
}

// A full disk ends a backup with a clear word; what is left counts as no backup.
func TestDiskFullWhileBackingUp(t *testing.T) {
	w := newWorkplace(t)
	if o := w.run(t, "sample", "--years", "2026", "--visits", "12", "--out", "inbox"); o.code != exitOK {
		t.Fatal(o.errOut)
	}
	if o := w.run(t, "ingest", "inbox", "--returns", "none"); o.code != exitOK && o.code != exitPartial {
		t.Fatal(o.errOut)
	}
	points, need := trial.Rounds(6, 50), treeSize(t, w.dir)
	for i := range points {
		size := int64(20<<10) + int64(i)*need/2/int64(points)
		what := fmt.Sprintf("disk of %d KiB", size>>10)
		to := filepath.Join(w.dir, fmt.Sprintf("disk%d", i))
		if err := os.Mkdir(to, 0o700); err != nil {
			t.Fatal(err)
		}
		disk := smallDisk(t, to, size)
		if o := disk.run(t, w, "backup", to); o.code != exitOK {
			saysFull(t, what, o)
			if all, err := campaign.Backups(to); err != nil || len(all) != 0 {
				t.Errorf("%s: half a backup counts: %+v %v", what, all, err)
			}
		} else if i == 0 {
			t.Errorf("%s was enough for a backup", what)
		}
		disk.enlarge(t)
		if o := w.run(t, "backup", to); o.code != exitOK {
			t.Errorf("%s: with room: exit %d %s", what, o.code, o.errOut)
		}
		disk.unmount(t)
	}
	w.verified(t, "after all backups")
}

// saysFull wants exit code 1 and a sentence in Chinese that names the disk.
func saysFull(t *testing.T, what string, o outcome) {
	t.Helper()
	if o.code != exitFailed || !strings.Contains(o.errOut, "磁盘已满") && !strings.Contains(o.errOut, "no space left") && !strings.Contains(o.errOut, "file too large") {
		t.Errorf("%s: exit %d\n%s", what, o.code, o.errOut)
	}
	if strings.Contains(o.errOut, "goroutine ") {
		t.Errorf("%s: a crash: %s", what, o.errOut)
	}
}

// disk is a folder with so much room: a small file system where one may be mounted, else a limit on
// the size of every file.
type disk struct {
	dir     string
	limit   int64 // of a file; 0 where the file system is small
	mounted bool
}

func smallDisk(t *testing.T, dir string, size int64) *disk {
	t.Helper()
	d := &disk{dir: dir}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		d.limit = max(size/12, 16<<10)
		_ = os.Remove(filepath.Join(dir, "qianqi.stills"))
		return d
	}
	d.mounted = true
	t.Cleanup(func() { d.unmount(t) })
	return d
}

// run runs the program on the disk as it is.
func (d *disk) run(t *testing.T, w workplace, args ...string) outcome {
	t.Helper()
	if d.limit == 0 {
		return w.run(t, args...)
	}
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", append([]string{"-c", fmt.Sprintf(`ulimit -f %d && exec "$0" "$@"`, d.limit/512), path}, args...)...)
	cmd.Dir, cmd.Env = w.dir, append(os.Environ(), "TMPDIR="+w.temp)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	_ = cmd.Run()
	return outcome{code: cmd.ProcessState.ExitCode(), out: out.String(), errOut: errOut.String()}
}

func (d *disk) enlarge(t *testing.T) {
	t.Helper()
	d.limit = 0
	if d.mounted {
		if err := syscall.Mount("tmpfs", d.dir, "tmpfs", syscall.MS_REMOUNT, "size=256m"); err != nil {
			t.Fatal(err)
		}
	}
}

func (d *disk) unmount(t *testing.T) {
	if d.mounted {
		d.mounted = false
		if err := syscall.Unmount(d.dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	}
}

// treeSize is what the files below a folder take.
func treeSize(t *testing.T, dir string) (size int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			info, infoErr := d.Info()
			err = infoErr
			size += (info.Size() + 4095) &^ 4095
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}
