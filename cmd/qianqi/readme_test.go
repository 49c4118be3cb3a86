package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestReadmeNamesEveryCommand keeps the command table whole: a feature nobody can find is none.
func TestReadmeNamesEveryCommand(t *testing.T) {
	page := readme(t)
	for _, cmd := range newRootCmd().Commands() {
		if cmd.Hidden || cmd.Name() == "help" || cmd.Name() == "completion" {
			continue
		}
		if !strings.Contains(page, "`qianqi "+cmd.Name()+"`") {
			t.Errorf("README.md does not name `qianqi %s` in its command table", cmd.Name())
		}
	}
}

// TestReadmeToursRun types every qianqi line of the README's tours, in order, in one folder.
func TestReadmeToursRun(t *testing.T) {
	var script strings.Builder
	for _, line := range tourLines(readme(t)) {
		script.WriteString(line + "\n")
	}
	if strings.Count(script.String(), "\n") < 10 {
		t.Fatalf("the tours have hardly any command:\n%s", script.String())
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "readme.txt"), []byte(script.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Dir: dir, Setup: asShipped, Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits}})
}

// planted are the commands that end with 3 in the tours: a blank form, and the sample's wrong cell.
var planted = regexp.MustCompile(`^qianqi (ingest|run)\b`)

// tourLines turns the README's shell blocks into script lines.
func tourLines(page string) []string {
	var lines []string
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(page, -1) {
		for _, line := range strings.Split(block[1], "\n") {
			line, _, _ = strings.Cut(line, "#")
			line = strings.TrimSpace(line)
			switch {
			case planted.MatchString(line):
				lines = append(lines, "exits 3 "+line)
			case strings.HasPrefix(line, "qianqi "):
				lines = append(lines, "exec "+line)
			}
		}
	}
	return lines
}

func readme(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
