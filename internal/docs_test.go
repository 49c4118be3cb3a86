package internal

import (
	"os"
	"path/filepath"
	"regexp"
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
