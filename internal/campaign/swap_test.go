package campaign

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The same on systems that can exchange two folders in one step and on those that cannot.
func TestShelf(t *testing.T) {
	for name, swap := range map[string]func(a, b string) error{
		"in one step": nil,
		"in two":      func(string, string) error { return errors.ErrUnsupported },
	} {
		t.Run(name, func(t *testing.T) {
			s := shelf{dir: filepath.Join(t.TempDir(), "reports"), mine: "00000001", keep: 2, exchange: swap}
			for n := range 5 {
				must(t, swapped(s, 2026, aReport(n)))
				if got := treeAt(t, place(s.dir, 2026)); got["index.html"] != sumOf(aReport(n)["index.html"]) {
					t.Fatalf("report %d does not stand", n)
				}
			}
			must(t, swapped(s, 2026, aReport(4))) // made again: not kept twice
			if kept := s.kept(2026); !slices.Equal(kept, []string{"0003-label2", "0004-label3"}) {
				t.Errorf("kept %v", kept)
			}
			must(t, swapped(s, 2025, aReport(9)))
			if years := reportYears(s.dir); !slices.Equal(years, []int{2025, 2026}) {
				t.Errorf("years %v", years)
			}
			if first, err := os.ReadFile(filepath.Join(s.dir, "index.html")); err != nil || !contains(first, "url=2026/index.html") || !contains(first, "2025/index.html") {
				t.Errorf("the first page: %s %v", first, err)
			}
			if left, _ := filepath.Glob(filepath.Join(s.dir, ".new-*")); len(left) > 0 {
				t.Errorf("left lying: %v", left)
			}
		})
	}
}

func contains(data []byte, text string) bool { return bytes.Contains(data, []byte(text)) }

func swapped(s shelf, year int, files tree) error {
	_, err := s.swapIn(year, files.into)
	return err
}

func aReport(n int) tree {
	return tree{
		"index.html":    fmt.Appendf(nil, "report %d", n),
		"data/all.csv":  fmt.Appendf(nil, "%d", n),
		madeOfFile:      fmt.Appendf(nil, `{"label":"label%d"}`, n),
		"assets/a/b.js": []byte("same"),
	}
}

// A process that ended between the two steps leaves the old report aside; tidying puts it back.
func TestTidyPutsBack(t *testing.T) {
	s := shelf{dir: t.TempDir(), mine: "00000001", keep: 1}
	must(t, swapped(s, 2026, aReport(1)))
	fresh := filepath.Join(s.dir, s.half(2026)+"55")
	must(t, os.Rename(place(s.dir, 2026), fresh+".old"))
	must(t, os.MkdirAll(fresh, 0o755))
	_, err := s.tidy()
	must(t, err)
	if got := treeAt(t, place(s.dir, 2026)); got["index.html"] != sumOf([]byte("report 1")) {
		t.Error("the old report was not put back")
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, ".new-*")); len(left) > 0 {
		t.Errorf("left lying: %v", left)
	}
}

// A report that cannot be written leaves the one that stands.
func TestSwapThatFails(t *testing.T) {
	broken := errors.New("no")
	s := shelf{dir: t.TempDir(), mine: "00000001", keep: 1}
	must(t, swapped(s, 2026, aReport(1)))
	want := treeAt(t, place(s.dir, 2026))
	s.exchange = func(string, string) error { return broken }
	if err := swapped(s, 2026, aReport(2)); !errors.Is(err, broken) {
		t.Errorf("the failure is told: %v", err)
	}
	if err := swapped(s, 2026, tree{"../out": nil}); err == nil {
		t.Error("a page outside the folder")
	}
	if got := treeAt(t, place(s.dir, 2026)); len(got) != len(want) || got["index.html"] != want["index.html"] {
		t.Error("the report changed")
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, ".new-*")); len(left) > 0 {
		t.Errorf("left lying: %v", left)
	}
}

// A name of latest that is not ours is left alone.
func TestForeignLatest(t *testing.T) {
	s := shelf{dir: t.TempDir(), mine: "00000001"}
	must(t, os.WriteFile(filepath.Join(s.dir, "latest"), []byte("theirs"), 0o644))
	must(t, swapped(s, 2026, aReport(1)))
	if data, err := os.ReadFile(filepath.Join(s.dir, "latest")); err != nil || string(data) != "theirs" {
		t.Errorf("latest is now %q %v", data, err)
	}
}

func TestStills(t *testing.T) {
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	f := stillFolder{t.TempDir(), func() time.Time { return now }}
	keys := []string{sumOf([]byte("a")), sumOf([]byte("b")), sumOf([]byte("c"))}
	for i, key := range keys {
		f.Store(key, fmt.Appendf(nil, "<svg>%d\n</svg>", i))
		at := now.AddDate(0, 0, -10+i)
		must(t, os.Chtimes(f.file(key), at, at))
	}
	if svg, ok := f.Load(keys[0]); !ok || string(svg) != "<svg>0\n</svg>" { // of use again: now the newest
		t.Errorf("loaded %q %v", svg, ok)
	}
	if _, ok := f.Load(sumOf(nil)); ok {
		t.Error("a chart that was never drawn")
	}
	must(t, os.Truncate(f.file(keys[2]), 70))
	must(t, os.Chtimes(f.file(keys[2]), now.AddDate(0, 0, -1), now.AddDate(0, 0, -1)))
	if svg, ok := f.Load(keys[2]); ok {
		t.Errorf("half a chart: %q", svg)
	}
	f.prune(100)
	if _, ok := f.Load(keys[0]); !ok {
		t.Error("what was of use last was let go")
	}
	if _, ok := f.Load(keys[1]); ok {
		t.Error("what was of no use for longest was kept")
	}
	f.dir = filepath.Join(f.dir, keys[0][:2], keys[0]) // a file: nothing can be kept there
	f.Store(keys[1], nil)
}
