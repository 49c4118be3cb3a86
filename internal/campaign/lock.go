package campaign

import (
	"encoding/json"
	"fmt"
	"os"
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

// lock takes the run lock of the database, or says who holds it. The holder's note stands in
// a file of its own, since a locked file cannot be read everywhere.
func (c *Campaign) lock() (*runLock, error) {
	path := strings.TrimSuffix(c.Store.Path(), ".db") + ".lock"
	l := &runLock{flock.New(path), path + ".json"}
	held, err := l.flock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("锁不了 cannot lock %s: %w", path, err)
	}
	if !held {
		refusal := &ErrLocked{Path: path}
		if data, err := os.ReadFile(l.note); err == nil {
			_ = json.Unmarshal(data, &refusal.Holder) // a half-written note only leaves the names empty
		}
		return nil, refusal
	}
	return l, l.sign(c.Now())
}

// sign leaves the holder's note for others to read.
func (l *runLock) sign(now time.Time) error {
	host, _ := os.Hostname()
	data, err := json.Marshal(Holder{os.Getpid(), host, now})
	if err != nil {
		return err
	}
	return os.WriteFile(l.note, data, 0o600)
}

// release drops the lock and the note.
func (l *runLock) release() {
	_ = os.Remove(l.note)
	_ = l.flock.Unlock()
}
