package campaign

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// ErrLocked says that another run is under way, and whose it is.
type ErrLocked struct {
	Path   string
	Holder Holder
}

// Holder is who holds the run lock.
type Holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// Error names the holder in both languages.
func (e *ErrLocked) Error() string {
	h := e.Holder
	return fmt.Sprintf("另一个运行正在进行：进程 %d，主机 %s，自 %s 起（锁文件 %s）。等它结束再试。\n"+
		"Another run is under way: process %d on %s since %s. Try again when it has finished.",
		h.PID, h.Host, h.Since.Format(time.RFC3339), e.Path, h.PID, h.Host, h.Since.Format(time.RFC3339))
}

// runLock is the lock of one run. The operating system drops it when the process ends,
// however it ends; the file that stays behind means nothing.
type runLock struct {
	flock *flock.Flock
	note  string
}

// lock takes the run lock of the database, or says who holds it.
func (c *Campaign) lock() (*runLock, error) { return lockBeside(c.Store.Path(), c.Now()) }

// lockFile is the lock of the database at path: qianqi.db → qianqi.lock.
func lockFile(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) + ".lock" }

// patience is how long a lock is waited for: long enough for somebody who only looks whether it is
// held, far too short for a run.
const patience = 300 * time.Millisecond

// lockBeside takes the run lock of the database at path. The holder's note stands in a file of its
// own, since a locked file cannot be read everywhere.
func lockBeside(path string, now time.Time) (*runLock, error) {
	file := lockFile(path)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, fmt.Errorf("锁不了 cannot lock %s: %w", file, err)
	}
	l := &runLock{flock.New(file, flock.SetPermissions(0o600)), file + ".json"}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	held, err := l.flock.TryLockContext(ctx, patience/10)
	switch {
	case held:
		l.sign(now)
		return l, nil
	case errors.Is(err, context.DeadlineExceeded):
		return nil, &ErrLocked{file, l.holder()}
	}
	return nil, fmt.Errorf("锁不了 cannot lock %s: %w", file, err)
}

// holder reads the note of whoever holds the lock; empty while it is being written.
func (l *runLock) holder() (h Holder) {
	if data, err := os.ReadFile(l.note); err == nil {
		_ = json.Unmarshal(data, &h)
	}
	return h
}

// runUnderWay reports whether a run of the database at path is under way, and whose.
func runUnderWay(path string) (Holder, bool) {
	l := &runLock{flock.New(lockFile(path)), lockFile(path) + ".json"}
	if _, err := os.Stat(lockFile(path)); err != nil {
		return Holder{}, false
	}
	free, err := l.flock.TryRLock()
	if free {
		_ = l.flock.Unlock()
	}
	return l.holder(), err == nil && !free
}

// sign leaves the holder's note for others to read. It is a courtesy: a disk too full for it will
// stop the run elsewhere.
func (l *runLock) sign(now time.Time) {
	host, _ := os.Hostname()
	data, err := json.Marshal(Holder{os.Getpid(), host, now})
	if temp := l.note + ".new"; err == nil && os.WriteFile(temp, data, 0o600) == nil {
		_ = os.Rename(temp, l.note)
	}
}

// release drops the lock and the note.
func (l *runLock) release() {
	_ = os.Remove(l.note)
	_ = l.flock.Unlock()
}
