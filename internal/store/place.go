package store

import (
	"os"
	"path/filepath"
)

// mostLinks is how many links are followed, as Linux does; beyond that they go round in a circle.
const mostLinks = 40

// Place is where the file of the database at path is, or would be made: path itself, or, where path is a link to a
// file, what that points to. Lock, originals, pictures and backups stand beside this place: a database that
// has two names has each of them once.
func Place(path string) string {
	at := filepath.Clean(path)
	for range mostLinks {
		target, err := os.Readlink(at)
		if err != nil { // no link, or nothing is there
			break
		}
		if !filepath.IsAbs(target) {
			target = filepath.Dir(at) + string(filepath.Separator) + target // not Join: .. behind a folder that is a link leads elsewhere
		}
		folder, name := filepath.Split(target)
		if real, err := filepath.EvalSymlinks(folder); err == nil {
			folder = real
		}
		at = filepath.Join(folder, name)
	}
	if at == filepath.Clean(path) {
		return path
	}
	return at
}

// checkLink refuses a database whose link has originals of its own beside it: the originals of some rows would be
// missing at the place that the link points to.
func checkLink(link, place string) error {
	if link == place {
		return nil
	}
	own, kept := originals{dir: originalsDir(link)}, originals{dir: originalsDir(place)}
	if !own.any() || SameFolder(own.dir, kept.dir) {
		return nil
	}
	return &Error{ErrConflict, link, "数据库 " + link + " 是指向 " + place + " 的链接，链接旁却另有原始文件 " + own.dir + "：请把其中的文件连同子文件夹并入 " + kept.dir + "，移走前者，再试。",
		"The database " + link + " is a link to " + place + ", and beside the link stand originals of its own, " + own.dir + ": copy what is in there, with its folders, into " + kept.dir +
			", move the former away, and try again.", nil}
}

// SameFolder reports whether two paths, relative ones from here, name the same place, if need be through links.
func SameFolder(a, b string) bool {
	if x, err := os.Stat(a); err == nil {
		y, err := os.Stat(b)
		return err == nil && os.SameFile(x, y)
	}
	a, errA := filepath.Abs(a)
	b, errB := filepath.Abs(b)
	return errA == nil && errB == nil && a == b
}
