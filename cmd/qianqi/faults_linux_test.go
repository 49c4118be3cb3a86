package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// small is a place where the program has run once over a few invented visits.
func small(t *testing.T) workplace {
	t.Helper()
	w := newWorkplace(t)
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
