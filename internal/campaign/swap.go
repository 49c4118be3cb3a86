package campaign

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/thousand-enterprises/qianqi/internal/report"
)

// shelf is a folder of reports: one folder a year, the earlier reports in .older, and a first page
// that leads to the newest.
type shelf struct {
	dir  string
	mine string // tells the half-written folders of this database from those of another
	keep int    // earlier reports kept of every year

	exchange func(a, b string) error // swaps two folders in one step; nil is the system's way
}

// swapIn writes the files that produce makes to a folder beside the year's report, puts it in its
// stead, and returns the SHA-256 of every file. Whatever happens, and at every instant, the year's
// folder is the old report or the new one.
func (s shelf) swapIn(year int, produce func(report.Put) error) (map[string]string, error) {
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return nil, err
	}
	fresh, err := os.MkdirTemp(s.dir, s.half(year)+"*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(fresh) // after the swap it holds the old report, if that was not put away
	sums, err := writeAll(fresh, produce)
	if err := errors.Join(err, os.Chmod(fresh, 0o755)); err != nil {
		return nil, err
	}
	return sums, s.setUp(year, fresh)
}

// setUp puts a finished folder in the place of the year's report.
func (s shelf) setUp(year int, fresh string) error {
	replaced, err := s.swap(fresh, place(s.dir, year))
	if err != nil {
		return err
	}
	syncFolder(s.dir)
	if replaced {
		if err := s.putAway(year, fresh); err != nil {
			return err
		}
	}
	return s.writeFirstPage()
}

// half is how the name of a folder begins that is being written for a year.
func (s shelf) half(year int) string { return ".new-" + s.mine + "-" + strconv.Itoa(year) + "-" }

// swap puts fresh where stands is. The old folder, if there was one, is afterwards where fresh was.
func (s shelf) swap(fresh, stands string) (replaced bool, err error) {
	if _, err := os.Lstat(stands); errors.Is(err, fs.ErrNotExist) {
		return false, os.Rename(fresh, stands)
	}
	if s.exchange == nil {
		s.exchange = exchange
	}
	err = s.exchange(fresh, stands)
	if err == nil || !errors.Is(err, errors.ErrUnsupported) {
		return err == nil, err
	}
	// Where the system cannot exchange two folders there is an instant without a report; tidy
	// puts the old one back should the process end right then.
	aside := fresh + ".old"
	if err := os.Rename(stands, aside); err != nil {
		return false, err
	}
	if err := os.Rename(fresh, stands); err != nil {
		return false, errors.Join(err, os.Rename(aside, stands))
	}
	return true, os.Rename(aside, fresh)
}

// older is where the earlier reports of a year are kept.
func (s shelf) older(year int) string { return filepath.Join(s.dir, ".older", strconv.Itoa(year)) }

// putAway keeps an earlier report under a running number and its label, and lets go of those
// beyond the number to be kept. A report that was made again is not kept twice.
func (s shelf) putAway(year int, old string) error {
	label := labelIn(old)
	if label == labelIn(place(s.dir, year)) || s.keep < 1 {
		return nil // the caller removes it
	}
	if err := os.MkdirAll(s.older(year), 0o755); err != nil {
		return err
	}
	kept := s.kept(year)
	next := 1
	if len(kept) > 0 {
		number, _, _ := strings.Cut(kept[len(kept)-1], "-")
		last, _ := strconv.Atoi(number)
		next = last + 1
	}
	name := fmt.Sprintf("%04d-%s", next, cmp.Or(label, "unknown"))
	if err := os.Rename(old, filepath.Join(s.older(year), name)); err != nil {
		return err
	}
	kept = append(kept, name)
	for _, gone := range kept[:max(0, len(kept)-s.keep)] {
		if err := os.RemoveAll(filepath.Join(s.older(year), gone)); err != nil {
			return err
		}
	}
	return nil
}

// kept lists the earlier reports of a year, oldest first.
func (s shelf) kept(year int) []string {
	entries, _ := os.ReadDir(s.older(year))
	var names []string
	for _, e := range entries {
		if number, _, ok := strings.Cut(e.Name(), "-"); ok && e.IsDir() && len(number) >= 4 {
			names = append(names, e.Name())
		}
	}
	return names
}

// labelIn is the label of the report in a folder; "" where it has none.
func labelIn(folder string) string { return Printable(madeIn(folder).Label) }

// madeIn is what the report in a folder says that it was made of; nothing where it says nothing.
func madeIn(folder string) (made madeOf) {
	data, err := os.ReadFile(filepath.Join(folder, madeOfFile))
	if err != nil || json.Unmarshal(data, &made) != nil {
		return madeOf{}
	}
	return made
}

// tidy removes what interrupted runs of this database left in the folder, and puts back a report
// that was moved aside and not yet replaced. Only the holder of the run lock may call it.
func (s shelf) tidy() ([]string, error) {
	left := globIn(s.dir, ".new-"+s.mine+"-*")
	for _, path := range left {
		year := yearOfHalf(strings.TrimPrefix(filepath.Base(path), ".new-"+s.mine+"-"))
		if _, err := os.Lstat(place(s.dir, year)); strings.HasSuffix(path, ".old") && errors.Is(err, fs.ErrNotExist) {
			if err := os.Rename(path, place(s.dir, year)); err != nil {
				return left, err
			}
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return left, err
		}
	}
	return left, nil
}

func yearOfHalf(rest string) int {
	number, _, _ := strings.Cut(rest, "-")
	year, _ := strconv.Atoi(number)
	return year
}

// writeFirstPage leads readers of the folder to the newest report: a page everywhere, and a link
// called latest where the system has links.
func (s shelf) writeFirstPage() error {
	years := reportYears(s.dir)
	if len(years) == 0 {
		return nil
	}
	newest := strconv.Itoa(years[len(years)-1])
	var list strings.Builder
	for _, y := range slices.Backward(years) {
		fmt.Fprintf(&list, "<li><a href=\"%d/index.html\">%d</a></li>\n", y, y)
	}
	page := fmt.Sprintf(firstPage, html.EscapeString(newest), list.String())
	if err := replaceFile(filepath.Join(s.dir, "index.html"), []byte(page)); err != nil {
		return err
	}
	link := filepath.Join(s.dir, "latest")
	if info, err := os.Lstat(link); err == nil && info.Mode()&fs.ModeSymlink == 0 {
		return nil // somebody else's
	}
	if now, err := os.Readlink(link); err == nil && now == newest {
		return nil
	}
	temp := filepath.Join(s.dir, s.half(0)+"latest")
	_ = os.Remove(temp)
	if os.Symlink(newest, temp) == nil { // not every system lets everybody make links
		_ = os.Rename(temp, link)
	}
	return nil
}

const firstPage = `<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=%[1]s/index.html">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><title>千企调研报告 · reports</title></head>
<body><h1>千企调研报告 Reports</h1>
<ul>
%[2]s</ul></body></html>
`

// replaceFile puts a small file in the place of another in one step, unless it is the same.
func replaceFile(path string, data []byte) error {
	if now, err := os.ReadFile(path); err == nil && string(now) == string(data) {
		return nil
	}
	temp := path + ".new"
	if err := writeDurably(temp, data); err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// writers is how many files are written at the same time: a disk that is waited for by several has
// them all at once.
const writers = 8

// treeWriter writes the files of a folder durably while the next ones are made.
type treeWriter struct {
	root    string
	folders map[string]bool   // made so far
	sums    map[string]string // SHA-256 by path
	turns   chan struct{}     // as many as may be written at once
	group   sync.WaitGroup
	failed  atomic.Pointer[error] // the first
}

// writeAll writes what produce makes below root, and returns the SHA-256 of every file.
func writeAll(root string, produce func(report.Put) error) (map[string]string, error) {
	w := &treeWriter{root: root, folders: map[string]bool{}, sums: map[string]string{}, turns: make(chan struct{}, writers)}
	err := produce(w.put)
	w.group.Wait()
	if failed := w.failed.Load(); failed != nil {
		err = *failed
	}
	if err != nil {
		return nil, err
	}
	for folder := range w.folders {
		syncFolder(folder)
	}
	return w.sums, nil
}

// put starts to write a file; its error may be that of an earlier one.
func (w *treeWriter) put(name string, data []byte) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("a page named %q would leave the folder", name)
	}
	path := filepath.Join(w.root, filepath.FromSlash(name))
	if folder := filepath.Dir(path); !w.folders[folder] {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		w.folders[folder] = true
	}
	w.sums[name] = sumOf(data)
	w.turns <- struct{}{}
	w.group.Go(func() {
		if err := writeDurably(path, data); err != nil {
			w.failed.CompareAndSwap(nil, &err)
		}
		<-w.turns
	})
	if failed := w.failed.Load(); failed != nil {
		return *failed
	}
	return nil
}

// writeTree writes every file durably.
func writeTree(root string, files tree) error {
	_, err := writeAll(root, files.into)
	return err
}

// inParallel calls do for every item, so many at the same time, until one fails; the error is the first.
func inParallel[T any](workers int, items []T, do func(T) error) error {
	var next atomic.Int64
	var group sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for range min(workers, len(items)) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(items); i = int(next.Add(1)) - 1 {
				if err := do(items[i]); err != nil {
					next.Store(int64(len(items)))
					mu.Lock()
					if failed == nil {
						failed = err
					}
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	return failed
}

// writeDurably writes a file and waits until the disk has it.
func writeDurably(path string, data []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err = f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

// syncFolder makes the names in a folder durable where the system can; a report that a power cut
// undoes is made again by the next run.
func syncFolder(path string) {
	if f, err := os.Open(path); err == nil {
		_ = f.Sync()
		_ = f.Close()
	}
}

// matches reports whether a folder holds exactly the files of these sums.
func matches(folder string, sums map[string]string) bool {
	if len(sums) == 0 {
		return false
	}
	buffer := make([]byte, 64<<10)
	for name, sum := range sums {
		if got, err := fileSum(filepath.Join(folder, filepath.FromSlash(name)), buffer); err != nil || got != sum {
			return false
		}
	}
	return true
}

// fileSum is the SHA-256 of a file in hex, read through a buffer.
func fileSum(path string, buffer []byte) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.CopyBuffer(sum, struct{ io.Reader }{f}, buffer); err != nil { // the bare reader, since a file brings a buffer of its own
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
