package campaign

import (
	"bytes"
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/report"
)

// stillsLimit bounds the folder of drawn charts. One report takes about 3 MiB.
const stillsLimit = 64 << 20

// stillFolder keeps drawn charts beside the database: qianqi.db → qianqi.stills. Drawing takes most
// of the time of a report. Everything in it may be deleted at any time.
type stillFolder struct {
	dir string
	now func() time.Time
}

func (c *Campaign) stills() report.Stills {
	if c.Drawn != nil {
		return c.Drawn
	}
	return c.stillFolder()
}

func (c *Campaign) stillFolder() stillFolder { return stillFolder{c.beside(".stills"), c.Now} }

// beside is a path beside the database that shares its name: qianqi.db → qianqi<ending>.
func (c *Campaign) beside(ending string) string {
	return strings.TrimSuffix(c.Store.Path(), filepath.Ext(c.Store.Path())) + ending
}

func (f stillFolder) file(key string) string { return filepath.Join(f.dir, key[:2], key) }

// Load returns a chart drawn before. A file that is not whole, as a crash may leave one, counts as
// none: its first line is the hash of the rest.
func (f stillFolder) Load(key string) ([]byte, bool) {
	data, err := os.ReadFile(f.file(key))
	sum, svg, ok := bytes.Cut(data, []byte("\n"))
	if err != nil || !ok || sumOf(svg) != string(sum) {
		return nil, false
	}
	f.touch(key)
	return svg, true
}

// touch remembers, to the day, that a chart was of use.
func (f stillFolder) touch(key string) {
	now := f.now()
	if info, err := os.Stat(f.file(key)); err == nil && now.Sub(info.ModTime()) > 24*time.Hour {
		_ = os.Chtimes(f.file(key), now, now)
	}
}

// Store keeps a chart. Failing to costs the next run a little time and nothing else.
func (f stillFolder) Store(key string, svg []byte) {
	if os.MkdirAll(filepath.Dir(f.file(key)), 0o700) != nil {
		return
	}
	temp, err := os.CreateTemp(filepath.Dir(f.file(key)), ".new-*")
	if err != nil {
		return
	}
	_, err = temp.WriteString(sumOf(svg) + "\n" + string(svg))
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temp.Name(), f.file(key))
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
}

// prune lets the charts go that were of no use for longest, until the rest is within the limit.
func (f stillFolder) prune(limit int64) {
	type kept struct {
		path string
		size int64
		used time.Time
	}
	var all []kept
	var total int64
	_ = filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			all = append(all, kept{path, info.Size(), info.ModTime()})
			total += info.Size()
		}
		return nil
	})
	if total <= limit {
		return
	}
	slices.SortFunc(all, func(a, b kept) int { return cmp.Or(a.used.Compare(b.used), strings.Compare(a.path, b.path)) })
	for _, k := range all {
		if total <= limit {
			return
		}
		if os.Remove(k.path) == nil {
			total -= k.size
		}
	}
}
