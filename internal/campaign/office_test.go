package campaign

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/store"
)

// office is a set-up after its first run: inbox, database, reports; late holds lateVisits more, enough
// for the figures to follow. None of them is wrong. What a batch does hangs on no number of pages: its
// codebook is small.
type office struct {
	dir      string
	stills   stillFolder // what the first run drew
	codebook *codebook.Codebook
}

const lateVisits = 7

func newOffice(t *testing.T) *office {
	t.Helper()
	w := &office{dir: t.TempDir(), codebook: smallCodebook(t)}
	ctx := context.Background()
	_, err := WriteSample(ctx, w.codebook, SampleOptions{Out: w.at("inbox"), Years: []int{2025, 2026}, Visits: 6 + lateVisits})
	if err != nil {
		t.Fatal(err)
	}
	visits, _ := filepath.Glob(w.at("inbox/2026/visits/*.xlsx"))
	must(t, os.Mkdir(w.at("late"), 0o755))
	for _, visit := range visits[:lateVisits] {
		must(t, os.Rename(visit, filepath.Join(w.at("late"), filepath.Base(visit))))
	}
	age(t, w.dir)
	c := w.campaign(t, w.dir)
	c.Drawn = nil
	if r := mustRun(t, c, w.dir); r.Report.Unchanged || r.Changes.Before != "" || r.Changes.Visits != [2]int{0, 6} {
		t.Errorf("the first run: %+v %+v", r.Report, r.Changes)
	}
	_, err = c.Backup(ctx, w.at("qianqi.backups"), 0)
	w.stills = stillFolder{filepath.Join(t.TempDir(), "stills"), c.Now}
	must(t, errors.Join(err, c.Store.Close(), os.Rename(c.stillFolder().dir, w.stills.dir)))
	return w
}

func (w *office) at(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

// smallCodebook is the built-in codebook with two programmes and some competencies, of which it takes no
// fewer than three; where none are named, with its first three.
func smallCodebook(t *testing.T, competencies ...codebook.CompetencyID) *codebook.Codebook {
	t.Helper()
	cb := *codebook.Default()
	if len(competencies) == 0 {
		competencies = []codebook.CompetencyID{cb.Competencies[0].Code, cb.Competencies[1].Code, cb.Competencies[2].Code}
	}
	cb.Programmes = cb.Programmes[:2]
	cb.Competencies = slices.DeleteFunc(slices.Clone(cb.Competencies), func(c codebook.Competency) bool { return !slices.Contains(competencies, c.Code) })
	cb.Lexicon = slices.DeleteFunc(slices.Clone(cb.Lexicon), func(e codebook.LexiconEntry) bool { return !slices.Contains(competencies, e.Competency) })
	text, err := cb.YAML()
	must(t, err)
	small, err := codebook.Parse(text)
	must(t, err)
	return small
}

// age makes files old enough for a stamp.
func age(t *testing.T, dir string) {
	t.Helper()
	old := yearEnd.Add(-time.Hour)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chtimes(path, old, old)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// campaign opens the database of a copy.
func (w *office) campaign(t *testing.T, dir string) *Campaign {
	t.Helper()
	now := func() time.Time { return yearEnd }
	st, err := store.Open(context.Background(), filepath.Join(dir, "qianqi.db"), store.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return &Campaign{Codebook: w.codebook, Store: st, Now: now, Program: "test 1", Drawn: drawnOnce{w.stills}}
}

// copied is a campaign on a copy of the office.
func (w *office) copied(t *testing.T) (*Campaign, string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(w.dir)); err != nil {
		t.Fatal(err)
	}
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error { // CopyFS makes its own modes
		if err == nil && strings.Contains(path, "qianqi.") {
			mode := fs.FileMode(0o600)
			if d.IsDir() {
				mode = 0o700
			}
			err = os.Chmod(path, mode)
		}
		return err
	}))
	return w.campaign(t, dir), dir
}

// drawnOnce are the charts of the first run; what a batch does hangs on no others, and these stay blank.
type drawnOnce struct{ stillFolder }

func (d drawnOnce) Load(key string) ([]byte, bool) {
	if svg, ok := d.stillFolder.Load(key); ok {
		return svg, true
	}
	return noStills{}.Load(key)
}

// options of a run over folders of an office; without names its inbox.
func options(dir string, names ...string) RunOptions {
	if len(names) == 0 {
		names = []string{"inbox"}
	}
	o := RunOptions{Reports: filepath.Join(dir, "reports"), Ingest: IngestOptions{By: "test"}}
	for _, name := range names {
		o.Ingest.Paths = append(o.Ingest.Paths, filepath.Join(dir, name))
	}
	return o
}

func mustRun(t *testing.T, c *Campaign, dir string, names ...string) *RunResult {
	t.Helper()
	r, err := c.Run(context.Background(), options(dir, names...))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// treeAt is the SHA-256 of every file below a folder; empty where there is none.
func treeAt(t *testing.T, folder string) map[string]string {
	t.Helper()
	sums := make(map[string]string)
	files, err := filesBelow(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for name := range files {
		data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		sums[name] = sumOf(data)
	}
	return sums
}

// withClosing is a codebook with a closing date.
func withClosing(of *codebook.Codebook, year int, day string) *codebook.Codebook {
	cb := *of
	cb.Campaigns = []codebook.Campaign{{Year: year, Closes: day}}
	return &cb
}

func mustGlob(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %v", pattern, err)
	}
	return found[0]
}
