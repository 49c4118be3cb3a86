package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// owing is what an erasure has to remove from the disk once it is in the database. The erasures of
// which that is not done yet stand in a file beside the originals, a line each; it is written and read
// under the database's write lock only, so that whoever reads it there knows that no other erasure is
// under way.
type owing struct {
	Pseudonym string   `json:"pseudonym"`         // of the erasure on record; one that is on none never came to be
	Outside   []string `json:"outside,omitempty"` // paths beside the database
}

// owed is that file. What stands before an erasure in the database's own pages is owed as well while it is there.
func (o originals) owed() string { return filepath.Join(o.dir, "erasure-unfinished") }

// owe adds an erasure to the file, durably.
func (o originals) owe(one owing) error {
	have, err := os.ReadFile(o.owed())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return explain(o.owed(), err)
	}
	line, err := json.Marshal(one)
	if err == nil {
		err = writeAtomically(o.owed(), append(append(have, line...), '\n'))
	}
	return explain(o.owed(), err)
}

// owing lists the erasures in the file; none where there is no file.
func (o originals) owing() ([]owing, error) {
	have, err := os.ReadFile(o.owed())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var list []owing
	for line := range bytes.Lines(have) {
		var one owing
		if err == nil {
			err = json.Unmarshal(line, &one)
		}
		list = append(list, one)
	}
	return list, explain(o.owed(), err)
}

// Unforgotten lists what is left on the disk of an erasure that was cut off, or whose end somebody's
// reading held up: files as handed in that copies stand for now, what was beside the database, and the
// mark that old pages of the database may still be there. Forget clears all of it.
func (r *Reader) Unforgotten(ctx context.Context) ([]string, error) {
	var left []string
	if sizeOf(r.originals.owed()) >= 0 {
		left = append(left, r.originals.owed())
	}
	outside, err := r.outside(ctx, r.read)
	for _, path := range outside {
		if _, gone := os.Lstat(path); gone == nil {
			left = append(left, path)
		}
	}
	if err != nil {
		return left, err
	}
	gone, err := r.redacted(ctx)
	for _, sum := range gone {
		if path := r.originals.file(sum); sizeOf(path) >= 0 {
			left = append(left, path)
		}
	}
	return left, err
}

// outside lists the paths beside the database that erasures on record have to remove.
func (r *Reader) outside(ctx context.Context, q querier) ([]string, error) {
	owing, err := r.originals.owing()
	var paths []string
	for _, one := range owing {
		var done bool
		if err == nil {
			err = explain(r.path, q.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM erasure WHERE pseudonym = ?)", one.Pseudonym).Scan(&done))
		}
		if done {
			paths = append(paths, one.Outside...)
		}
	}
	return paths, err
}

// redacted lists the files as handed in that copies stand for now.
func (r *Reader) redacted(ctx context.Context) ([]string, error) {
	if erases, err := r.erases(ctx); err != nil || !erases {
		return nil, err
	}
	return queryAll(ctx, r, func(x *string) []any { return []any{x} }, "SELECT sha256 FROM redacted ORDER BY sha256")
}

// erases is false for a backup from before there were erasures.
func (r *Reader) erases(ctx context.Context) (yes bool, err error) {
	err = r.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'redacted')").Scan(&yes)
	return yes, explain(r.path, err)
}

// Forget removes what erasures left on the disk: the files that copies stand for now, what they named
// beside the database, and the old content of the database's own pages. It may be called at any time.
// ErrBusy says that somebody is still reading what stood there before.
func (s *Store) Forget(ctx context.Context) error {
	if s.write == nil {
		return readOnly(s.path, nil)
	}
	mark, err := s.removeOwed(ctx)
	if err != nil {
		return err
	}
	if _, err := s.write.ExecContext(ctx, "VACUUM"); err != nil {
		return explain(s.path, err)
	}
	var busy, pages, moved int
	err = s.write.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	if err == nil && busy != 0 { // the statement says so in its row, not by an error
		return &Error{ErrBusy, s.path, "个人信息已清除，但数据库正被读取，旧页还在磁盘上；下一次运行会再清理。",
			"The person was erased, but somebody is reading the database, so that old pages are still on the disk; the next run clears them.", nil}
	}
	if err != nil {
		return explain(s.path, err)
	}
	return s.settle(ctx, mark)
}

// removeOwed removes the files of erasures that are on record, and returns the mark as it found it.
func (s *Store) removeOwed(ctx context.Context) (mark []byte, err error) {
	var paths []string
	err = s.locked(ctx, func(q querier) error {
		mark, _ = os.ReadFile(s.originals.owed())
		paths, err = s.outside(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	gone, err := s.redacted(ctx)
	for _, sum := range gone {
		paths = append(paths, s.originals.file(sum))
	}
	for _, path := range paths {
		err = errors.Join(err, explain(path, os.RemoveAll(path)))
	}
	return mark, err
}

// settle takes away the mark, unless another erasure has changed it since it was read: that one's pages
// are still there.
func (s *Store) settle(ctx context.Context, mark []byte) error {
	return s.locked(ctx, func(querier) error {
		now, err := os.ReadFile(s.originals.owed())
		if err == nil && bytes.Equal(now, mark) {
			err = os.Remove(s.originals.owed())
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return explain(s.originals.owed(), err)
	})
}

// locked calls f while nobody else writes to the database; f writes nothing.
func (s *Store) locked(ctx context.Context, f func(querier) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return explain(s.path, err)
	}
	defer func() { _ = tx.Rollback() }()
	return f(tx)
}
