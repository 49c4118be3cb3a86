package curriculum_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

var update = flag.Bool("update", false, "write the fixture folders anew from the tables of this room")

// fixtures are the cases of one table as text, where the whole program's tests find them:
// go test ./internal/curriculum -update writes them anew.
type fixtures struct {
	sound string // the workbook without a fault
	base  string // its name
	cases []survey.TextCase
}

func newFixtures(sound *survey.Book, base string) *fixtures {
	return &fixtures{sound: sound.Text(), base: base}
}

// add keeps one case: want is rule@cell, with the workbooks handed in before it.
func (f *fixtures) add(want, why string, book *survey.Book, with ...string) {
	if rule, cell, ok := strings.Cut(want, "@"); ok {
		f.cases = append(f.cases, survey.TextCase{Code: codebook.RuleID(rule), Cell: cell, Why: why, With: with, Base: f.base, Book: book.Text()})
	}
}

// check holds the folders against the table.
func (f *fixtures) check(t *testing.T, name string) {
	t.Helper()
	if name == f.base {
		kept(t, filepath.Join("should_pass", name+".txt"), f.sound)
	}
	kept(t, filepath.Join("should_fail", name+".txt"), survey.CasesText(f.cases, map[string]string{f.base: f.sound}))
}

func kept(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("../../testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != text {
		t.Errorf("%s is not what this room's table says; -update writes it anew (%v)", name, err)
	}
}
