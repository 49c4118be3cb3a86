package campaign

import (
	"cmp"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/thousand-enterprises/qianqi/internal/workbook"
)

// MostFileBytes is the size of the largest file that is taken in.
const MostFileBytes = workbook.MostFileBytes

// file is one file to read: where it is, and the name that messages use.
type file struct {
	path string
	name string // the path as the user gave it or found below it, with slashes
	err  error  // why it cannot be read, nil for an ordinary file

	info fs.FileInfo // as it lay there when its turn came; nil before, and where it cannot be looked at
}

// spreadsheets are the endings that a folder is searched for. Formats we cannot read are among
// them, so that a file in the wrong format is refused with the way out, not passed over.
var spreadsheets = map[string]bool{
	".xlsx": true, ".xlsm": true, ".xltx": true, ".csv": true, ".tsv": true,
	".xls": true, ".xlsb": true, ".et": true, ".ods": true, ".numbers": true,
}

// collect lists the files to read: those named, and the spreadsheets in folders named, deeper
// folders after shallower ones so that a year's roster is in before its visits. Hidden files
// and the lock files of open workbooks (~$…, .~…) are passed over. A file is listed once.
func collect(paths []string) []file {
	var files []file
	seen := make(map[string]bool)
	add := func(f file) {
		f.name = strings.ToValidUTF8(f.name, "\uFFFD") // a name in GBK; the path stays as it is
		if clean := filepath.Clean(f.path); !seen[clean] {
			seen[clean] = true
			files = append(files, f)
		}
	}
	for _, named := range paths {
		info, err := os.Stat(named)
		if err != nil || !info.IsDir() {
			add(file{path: named, name: filepath.ToSlash(named), err: err})
			continue
		}
		for _, f := range below(named) {
			add(f)
		}
	}
	return files
}

// below lists the spreadsheets under a folder, shallow before deep, then by name.
func below(root string) []file {
	var files []file
	// The walk itself never fails: what cannot be read becomes a file with an error.
	_ = filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			files = append(files, file{path: at, name: filepath.ToSlash(at), err: err})
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case at != root && passedOver(d.Name()):
			if d.IsDir() {
				return fs.SkipDir
			}
		case spreadsheets[strings.ToLower(filepath.Ext(at))] && (!d.IsDir() || at != root):
			files = append(files, file{path: at, name: filepath.ToSlash(at)})
			if d.IsDir() {
				return fs.SkipDir
			}
		}
		return nil
	})
	slices.SortStableFunc(files, func(a, b file) int { return cmp.Compare(a.tier(), b.tier()) })
	return files
}

// rosterNames are words in a file name by which a roster is expected: it goes before the
// visits of its folder, since staff numbers are held against it.
var rosterNames = []string{"roster", "名册", "名单"}

// tier orders files: shallow before deep, in one folder the roster first.
func (f file) tier() int {
	tier := 2 * strings.Count(f.name, "/")
	base := strings.ToLower(path.Base(f.name))
	for _, word := range rosterNames {
		if strings.Contains(base, word) {
			return tier
		}
	}
	return tier + 1
}

// tiers yields the runs of files of one tier.
func tiers(files []file) iter.Seq[[]file] {
	return func(yield func([]file) bool) {
		for start, i := 0, 1; i <= len(files); i++ {
			if i == len(files) || files[i].tier() != files[start].tier() {
				if !yield(files[start:i]) {
					return
				}
				start = i
			}
		}
	}
}

// passedOver reports whether a name is hidden or the lock file of an open workbook.
func passedOver(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$")
}
