package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/store"
)

// small is a place where the program has run once over a few invented visits.
func small(t *testing.T) workplace {
	t.Helper()
	w := newWorkplace(t)
	if err := shareStills(w.dir); err != nil {
		t.Fatal(err)
	}
	if o := w.run(t, "sample", "--years", "2026", "--visits", "4", "--out", "inbox"); o.code != exitOK {
		t.Fatal(o.errOut)
	}
	if o := w.run(t, "run", "inbox"); o.code != exitOK {
		t.Fatalf("exit %d %s", o.code, o.errOut)
	}
	return w
}

// TestFaultsAsTyped lets the program run once and then meet one trouble after another.
func TestFaultsAsTyped(t *testing.T) {
	w := small(t)
	t.Run("two runs at once", w.twoRunsAtOnce)
	t.Run("a folder of reports that is read-only", w.reportsReadOnly)
	t.Run("a database that is read-only", w.databaseReadOnly)
	t.Run("files that cannot be read", w.filesUnreadable)
	t.Run("every time zone", w.everyZone)
	t.Run("a clock set back", w.clockBack)
	t.Run("a database that is refused", w.databaseRefused)
}

// A second run ends at once with 4 and names the first by its process; the first goes on undisturbed.
func (w workplace) twoRunsAtOnce(t *testing.T) {
	first := w.command(t, "run", "inbox", "--force")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	for range 5000 {
		if _, err := os.Stat(filepath.Join(w.dir, "qianqi.lock.json")); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if err := first.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	o := w.run(t, "run", "inbox")
	if err := first.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if o.code != exitLocked || !strings.Contains(o.errOut, fmt.Sprint(first.Process.Pid)) {
		t.Errorf("exit %d, want %d and process %d named: %s", o.code, exitLocked, first.Process.Pid, o.errOut)
	}
	if err := first.Wait(); err != nil {
		t.Errorf("the first run: %v", err)
	}
	w.verified(t, "after both")
}

// sealed sets permissions until the test ends.
func sealed(t *testing.T, mode os.FileMode, paths ...string) {
	t.Helper()
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(path, info.Mode()) })
	}
}

// stands wants a run to have ended so, in these words, with report and database as they were.
func (w workplace) stands(t *testing.T, o outcome, code int, before map[string]string, says ...string) {
	t.Helper()
	for _, say := range says {
		if o.code != code || !strings.Contains(o.out+o.errOut, say) || strings.Contains(o.errOut, "goroutine ") {
			t.Errorf("exit %d, want %d and %q:\n%s\n%s", o.code, code, say, o.out, o.errOut)
		}
	}
	if !maps.Equal(reportSums(t, w.dir), before) {
		t.Error("the report changed")
	}
	w.verified(t, "afterwards")
}

func (w workplace) reportsReadOnly(t *testing.T) {
	before := reportSums(t, w.dir)
	t.Run("sealed", func(t *testing.T) {
		reports := filepath.Join(w.dir, "reports")
		sealed(t, 0o555, filepath.Join(reports, "2026"), reports)
		w.obeys = true
		w.stands(t, w.run(t, "run", "inbox", "--force"), exitFailed, before, "写不了报告，原有的报告不变", "reports/")
		if o := w.run(t, "doctor", "inbox"); o.code != exitFailed || !strings.Contains(o.out, "H016") {
			t.Errorf("doctor: exit %d %s", o.code, o.out)
		}
	})
	w.stands(t, w.run(t, "run", "inbox", "--force"), exitOK, before, "报告 report")
}

func (w workplace) databaseReadOnly(t *testing.T) {
	before := reportSums(t, w.dir)
	t.Run("sealed", func(t *testing.T) {
		sealed(t, 0o444, filepath.Join(w.dir, "qianqi.db"))
		sealed(t, 0o555, filepath.Join(w.dir, "qianqi.originals"), w.dir)
		w.obeys = true
		o := w.run(t, "run", "inbox", "--force")
		if o.code != exitFailed || !strings.Contains(o.errOut, "只读") || !maps.Equal(reportSums(t, w.dir), before) {
			t.Errorf("exit %d %s", o.code, o.errOut)
		}
	})
	w.obeys = true
	w.stands(t, w.run(t, "run", "inbox"), exitOK, before, "没有新内容")
}

// What cannot be read is named; all else goes in, and what is on record stays.
func (w workplace) filesUnreadable(t *testing.T) {
	before, visits := reportSums(t, w.dir), filepath.Join(w.dir, "inbox/2026/visits")
	some, err := filepath.Glob(filepath.Join(visits, "*.xlsx"))
	if err != nil || len(some) < 4 {
		t.Fatal(some, err)
	}
	for _, c := range []struct {
		why  string
		path string
		code int
		says []string
	}{
		{"a file", some[1], exitPartial, []string{"F007", filepath.Base(some[1]), "未变 7，"}},
		{"a folder", visits, exitPartial, []string{"F007", "2026/visits", "没有权限", "未变 4，"}},
		{"the inbox", filepath.Join(w.dir, "inbox"), exitFailed, []string{"没有权限读取 inbox，什么也没有读入"}},
	} {
		t.Run(c.why, func(t *testing.T) {
			sealed(t, 0o000, c.path)
			w.obeys = true
			w.stands(t, w.run(t, "run", "inbox", "--reread"), c.code, before, c.says...)
		})
	}
	w.stands(t, w.run(t, "run", "inbox", "--reread"), exitOK, before, "没有新内容")
}

// Wherever the machine stands, at the first hour of a day or at its last, the same files give the same report.
func (w workplace) everyZone(t *testing.T) {
	before := reportSums(t, w.dir)
	for _, zone := range []string{"Pacific/Kiritimati", "America/Adak"} {
		t.Setenv("TZ", zone)
		w.stands(t, w.run(t, "run", "inbox", "--force", "--reread"), exitOK, before, "未变")
		there := newWorkplace(t)
		if err := os.Symlink(filepath.Join(w.dir, "qianqi.stills"), filepath.Join(there.dir, "qianqi.stills")); err != nil {
			t.Fatal(err)
		}
		there.stands(t, there.run(t, "run", filepath.Join(w.dir, "inbox")), exitOK, before, "报告 report")
	}
}

// A clock behind the last record is told, by a doctor and by the run, also by a quiet one; nothing is
// lost by it.
func (w workplace) clockBack(t *testing.T) {
	before := reportSums(t, w.dir)
	for _, flag := range []string{"--keep=5", "--quiet"} {
		s, err := store.Open(t.Context(), filepath.Join(w.dir, "qianqi.db"), store.Options{Now: func() time.Time { return time.Now().AddDate(1, 0, 0) }})
		if err != nil {
			t.Fatal(err)
		}
		id, err := s.StartRun(t.Context(), store.Run{Kind: "run"})
		if err := errors.Join(err, s.FinishRun(t.Context(), store.Run{ID: id, Status: "failed"}), s.Close()); err != nil {
			t.Fatal(err)
		}
		if o := w.run(t, "doctor", "inbox"); o.code != exitFailed || !strings.Contains(o.out, "H013") {
			t.Errorf("doctor: exit %d %s", o.code, o.out)
		}
		w.stands(t, w.run(t, "run", "inbox", flag), exitOK, before, "早于数据库最后的记录", "请校准时钟", "没有新内容")
	}
}

// What is not a sound database of this program or an older one is refused in words, and left as it is.
func (w workplace) databaseRefused(t *testing.T) {
	db := filepath.Join(w.dir, "qianqi.db")
	sound, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	header := func(at int, n uint32) []byte {
		data := append([]byte(nil), sound...)
		binary.BigEndian.PutUint32(data[at:], n)
		return data
	}
	for _, c := range []struct {
		why  string
		data []byte
		says string
	}{
		{"a newer program's", header(60, 999), "999"},
		{"another program's", header(68, 7), "另一个程序"},
		{"cut short", sound[:20000], "qianqi restore"},
		{"no database at all", []byte(strings.Repeat("企", 9000)), "已损坏"},
	} {
		if err := os.WriteFile(db, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		o := w.run(t, "run", "inbox")
		if o.code != exitFailed || !strings.Contains(o.errOut, c.says) || strings.Contains(o.errOut, "goroutine ") {
			t.Errorf("%s: exit %d, want %d and %q: %s", c.why, o.code, exitFailed, c.says, o.errOut)
		}
		if now, err := os.ReadFile(db); err != nil || string(now) != string(c.data) {
			t.Errorf("%s: the file was changed: %v", c.why, err)
		}
	}
}
