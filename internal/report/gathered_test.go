package report

import (
	"maps"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// gathered is a whole report in memory: every file by its path, with "/" between folders.
type gathered struct {
	files map[string][]byte
}

// Paths lists the files in sorted order.
func (g *gathered) Paths() []string { return slices.Sorted(maps.Keys(g.files)) }

// File returns the content of one file; nil where there is none.
func (g *gathered) File(path string) []byte { return g.files[path] }

func (g *gathered) put(path string, data []byte) error {
	g.files[path] = data
	return nil
}

// gather makes a report and keeps all of it.
func gather(a *gap.Analysis, opts Options) (*gathered, error) {
	site := &gathered{files: map[string][]byte{}}
	if err := Make(a, opts, site.put); err != nil {
		return nil, err
	}
	return site, nil
}
