package campaign

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// file is one file to read: where it is, and the name that messages use.
type file struct {
	path string
	name string // the path as the user gave it or found below it, with slashes
	err  error  // why it cannot be read, nil for an ordinary file
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
		if clean := filepath.Clean(f.path); !seen[clean] {
			seen[clean] = true
			files = append(files, f)
		}
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || !info.IsDir() {
			add(file{path: path, name: filepath.ToSlash(path), err: err})
			continue
		}
		for _, f := range below(path) {
			add(f)
		}
	}
	return files
}

// below lists the spreadsheets under a folder, shallow before deep, then by name.
func below(root string) []file {
	var files []file
	// The walk itself never fails: what cannot be read becomes a file with an error.
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			files = append(files, file{path, filepath.ToSlash(path), err})
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
		case path != root && passedOver(d.Name()):
			if d.IsDir() {
				return fs.SkipDir
			}
		case spreadsheets[strings.ToLower(filepath.Ext(path))] && (!d.IsDir() || path != root):
			files = append(files, file{path, filepath.ToSlash(path), nil})
			if d.IsDir() {
				return fs.SkipDir
			}
		}
		return nil
	})
	slices.SortStableFunc(files, func(a, b file) int { return strings.Count(a.name, "/") - strings.Count(b.name, "/") })
	return files
}

// passedOver reports whether a name is hidden or the lock file of an open workbook.
func passedOver(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$")
}
