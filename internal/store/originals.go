package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// originals is the folder beside the database that keeps every file as handed in, named by the
// SHA-256 of its bytes: ab/abcd…. A file is written under tmp/, made durable and renamed, all
// under the write lock of the database and before the rows that name it are committed.
type originals struct{ dir string }

// originalsDir is the folder of a database: qianqi.db → qianqi.originals.
func originalsDir(path string) string {
	return strings.TrimSuffix(path, filepath.Ext(path)) + ".originals"
}

func (o originals) temp() string { return filepath.Join(o.dir, "tmp") }

// file is where the bytes with this hash stand.
func (o originals) file(sum string) string { return filepath.Join(o.dir, sum[:2], sum) }

// any reports whether at least one original is kept.
func (o originals) any() bool {
	found, _ := fs.Glob(os.DirFS(o.dir), "[0-9a-f][0-9a-f]/*") // the folder's own name is no pattern
	return len(found) > 0
}

// read returns the bytes with this hash and checks that they are.
func (o originals) read(sum string) ([]byte, error) {
	if !isSum(sum) {
		return nil, notFound("原始文件", "original")
	}
	data, err := os.ReadFile(o.file(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound("原始文件", "original")
	}
	if err != nil {
		return nil, explain(o.file(sum), err)
	}
	if sumOf(data) != sum {
		return nil, &Error{ErrDamaged, o.file(sum), "原始文件 " + sum + " 的内容已变。", "The original no longer matches its hash.", nil}
	}
	return data, nil
}

// Original returns the bytes of a submission as handed in, their hash checked; where a person was
// erased from them, the copy that stands for them.
func (r *Reader) Original(ctx context.Context, sum string) ([]byte, error) {
	if !isSum(sum) {
		return nil, notFound("原始文件", "original")
	}
	now, err := currentOriginal(ctx, r.read, sum)
	if err != nil {
		return nil, explain(r.path, err)
	}
	return r.originals.read(now)
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// isSum reports whether s is a SHA-256 in lower-case hex, hence safe as a file name.
func isSum(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// spoolWorkers write originals while rows are prepared: a disk serves several syncs at once in
// the time of one.
const spoolWorkers = 8

// spool writes the originals of one batch. It is used by one goroutine, under the write lock.
type spool struct {
	originals
	jobs  chan spooled
	wait  sync.WaitGroup
	mu    sync.Mutex
	err   error
	sums  []string // written under tmp/, in order of arrival
	known map[string]bool
	tail  string // of the names under tmp/: no two batches share one
}

// batches counts the batches of this process.
var batches atomic.Int64

type spooled struct {
	sum  string
	data []byte
}

// newSpool clears what a killed process left under tmp/. Nobody else can be writing there.
func newSpool(o originals) (*spool, error) {
	left, err := os.ReadDir(o.temp())
	if err != nil {
		return nil, err
	}
	for _, e := range left {
		if err := os.Remove(filepath.Join(o.temp(), e.Name())); err != nil {
			return nil, err
		}
	}
	tail := "." + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatInt(batches.Add(1), 10)
	return &spool{originals: o, known: make(map[string]bool), tail: tail}, nil
}

// place is where the bytes are written first.
func (s *spool) place(sum string) string { return filepath.Join(s.temp(), sum+s.tail) }

// add takes the bytes of one original unless they are kept already.
func (s *spool) add(sum string, data []byte) {
	if s.known[sum] || sizeOf(s.file(sum)) == int64(len(data)) {
		return
	}
	s.known[sum] = true
	if s.jobs == nil {
		s.start()
	}
	s.sums = append(s.sums, sum)
	s.jobs <- spooled{sum, data}
}

func (s *spool) start() {
	s.jobs = make(chan spooled, spoolWorkers)
	for range spoolWorkers {
		s.wait.Add(1)
		go func() {
			defer s.wait.Done()
			for j := range s.jobs {
				s.keep(writeDurably(s.place(j.sum), j.data))
			}
		}()
	}
}

// keep remembers the first failure.
func (s *spool) keep(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

// settle waits until everything is on disk and moves it to its name.
func (s *spool) settle() error {
	if err := s.finish(); err != nil {
		return err
	}
	var dirs []string
	for _, sum := range s.sums {
		dir := filepath.Dir(s.file(sum))
		if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return err
			}
		}
		if err := os.Rename(s.place(sum), s.file(sum)); err != nil {
			return err
		}
	}
	return s.syncDirs(dirs)
}

// syncDirs makes the new names durable, and the folders that hold them.
func (s *spool) syncDirs(dirs []string) error {
	if len(dirs) == 0 {
		return nil
	}
	var wait sync.WaitGroup
	for part := range slices.Chunk(dirs, (len(dirs)+spoolWorkers-1)/spoolWorkers) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for _, dir := range part {
				s.keep(syncDir(dir))
			}
		}()
	}
	wait.Wait()
	s.keep(syncDir(s.dir))
	return s.err
}

// finish ends the workers and returns the first failure.
func (s *spool) finish() error {
	if s.jobs != nil {
		close(s.jobs)
		s.wait.Wait()
		s.jobs = nil
	}
	return s.err
}

// drop removes what this batch wrote under tmp/; its rows will not come. What has its final name
// stays: the write lock may be another's by now, whose rows may name the same file, and the next
// hand-in of the same bytes finds it.
func (s *spool) drop() {
	_ = s.finish()
	for _, sum := range s.sums {
		_ = os.Remove(s.place(sum))
	}
	s.sums = nil
}

// writeDurably writes a new file (0600) and returns when it is on disk.
func writeDurably(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = bytes.NewReader(data).WriteTo(f)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// writeAtomically replaces a small file in one step.
func writeAtomically(path string, data []byte) error {
	temp := path + ".new"
	if err := writeDurably(temp, data); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return syncDir(filepath.Dir(path))
}
