package internal

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// step is a row of a walk in ARCHITECTURE.md: | 2 | `path/file.go` `Func` | what happens |.
var step = regexp.MustCompile("^\\| [0-9]+ \\| `([^`]+)` `([^`]+)` \\|")

// TestTheWalksOfTheMapExist holds the walks of ARCHITECTURE.md against the code: a newcomer who
// follows them must find every file and function named there.
func TestTheWalksOfTheMapExist(t *testing.T) {
	page, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	for _, line := range strings.Split(string(page), "\n") {
		m := step.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		steps++
		code, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(m[1])))
		if err != nil {
			t.Errorf("ARCHITECTURE.md names %s: %v", m[1], err)
			continue
		}
		if !regexp.MustCompile(`(?m)^func (\([^)]*\) )?` + m[2] + `\b`).Match(code) {
			t.Errorf("ARCHITECTURE.md names %s in %s, which does not define it", m[2], m[1])
		}
	}
	if steps < 10 {
		t.Errorf("found %d steps of walks; ten or more are expected", steps)
	}
}

// TestThePathsOfTheDocumentsExist: every file, folder or pattern of files that a document names in code letters,
// from the root of the house, is there.
func TestThePathsOfTheDocumentsExist(t *testing.T) {
	path := regexp.MustCompile("`((?:internal|cmd|testdata|surveys)/[A-Za-z0-9_./*-]+)`")
	found := 0
	for _, document := range []string{"ARCHITECTURE.md", "README.md", "surveys/README.md", "reports/README.md"} {
		page, err := os.ReadFile(filepath.Join("..", document))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range path.FindAllSubmatch(page, -1) {
			found++
			if files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(string(m[1])))); err != nil || len(files) == 0 {
				t.Errorf("%s names %s, which is not there (%v)", document, m[1], err)
			}
		}
	}
	if found < 20 {
		t.Errorf("found %d paths; twenty or more are expected", found)
	}
}

// TestEveryDependencyHasItsReason holds the table of dependencies in ARCHITECTURE.md against go.mod and the
// imports: each direct requirement stands in one row, with the rooms whose program files import it.
func TestEveryDependencyHasItsReason(t *testing.T) {
	page, err := os.ReadFile("../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "| module | used by | reason |")
	table, _, _ = strings.Cut(table, "\n\n")
	requirements := directRequirements(t)
	rooms := importers(t)
	known := make(map[string]bool)
	for _, row := range regexp.MustCompile("(?m)^\\| ([^|]*`[^|]*) \\| ([^|]*) \\|").FindAllStringSubmatch(table, -1) {
		used := make(map[string]bool)
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			i := slices.IndexFunc(requirements, func(path string) bool { return path == name[1] || strings.HasSuffix(path, "/"+name[1]) })
			if i < 0 {
				t.Errorf("ARCHITECTURE.md gives a reason for %s, which go.mod does not require directly", name[1])
				continue
			}
			known[requirements[i]] = true
			maps.Copy(used, rooms[requirements[i]])
		}
		if want := strings.Split(row[2], ", "); !strings.HasPrefix(row[1], "tests only") && !sameSet(want, used) {
			t.Errorf("ARCHITECTURE.md says that %s is used by %q; it is imported by %q", row[1], want, slices.Sorted(maps.Keys(used)))
		}
	}
	for _, path := range requirements {
		if !known[path] {
			t.Errorf("ARCHITECTURE.md gives no reason for %s", path)
		}
	}
}

func sameSet(list []string, set map[string]bool) bool {
	return len(list) == len(set) && !slices.ContainsFunc(list, func(s string) bool { return !set[s] })
}

// directRequirements are the modules that go.mod requires and does not mark as indirect.
func directRequirements(t *testing.T) []string {
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(string(mod), -1) {
		out = append(out, m[1])
	}
	return out
}

// importers are the rooms whose program files import a direct requirement, by its path. The rooms that only
// tests import do not count.
func importers(t *testing.T) map[string]map[string]bool {
	out := make(map[string]map[string]bool)
	requirements := directRequirements(t)
	eachFile(t, func(room, path string) {
		if room == "internal/chromium" || room == "internal/trial" {
			return
		}
		for _, imported := range importsOf(t, path) {
			for _, requirement := range requirements {
				if imported != requirement && !strings.HasPrefix(imported, requirement+"/") {
					continue
				}
				if out[requirement] == nil {
					out[requirement] = make(map[string]bool)
				}
				name := filepath.Base(room)
				if strings.HasPrefix(room, "cmd/") {
					name = "cmd"
				}
				out[requirement][name] = true
			}
		}
	})
	return out
}
