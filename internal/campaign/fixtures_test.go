package campaign

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// The folders testdata/should_pass and testdata/should_fail hold workbooks written as text tables, most
// of them written there by the rooms whose rules they are about. Here each of them goes, as a real
// xlsx file, the whole way that a user's file goes.

const fixtureDir = "../../testdata"

// soundBooks are the workbooks without a fault, by name.
func soundBooks(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(fixtureDir, "should_pass", "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no sound workbooks", err)
	}
	books := make(map[string]string)
	for _, path := range paths {
		books[strings.TrimSuffix(filepath.Base(path), ".txt")] = mustText(t, path)
	}
	return books
}

func mustText(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// failingCases are all the cases of testdata/should_fail.
func failingCases(t *testing.T, sound map[string]string) []survey.TextCase {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(fixtureDir, "should_fail", "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var all []survey.TextCase
	for _, path := range paths {
		cases, err := survey.CasesFromText(mustText(t, path), sound)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, cases...)
	}
	return all
}

// inJune is the day on which the cases are handed in.
var inJune = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func openInJune(t *testing.T) *Campaign {
	c := openCampaign(t)
	c.Now = func() time.Time { return inJune }
	return c
}

func TestSoundWorkbooksPass(t *testing.T) {
	for name, text := range soundBooks(t) {
		c := openInJune(t)
		dir := writeFiles(t, map[string][]byte{name + ".xlsx": workbookOf(t, survey.BookFromText(text))})
		f := mustIngest(t, c, IngestOptions{Paths: []string{dir}}).Files[0]
		if f.Status == Rejected || f.Status == Unreadable || len(f.Issues) > 0 {
			t.Errorf("%s is %s: %s", name, f.Status, codes(&f))
		}
	}
}

// TestEveryRuleIsBroken hands in every failing case and finds its rule at its cell, in the words of
// the catalogue. Cases that need the same workbooks before them share a database.
func TestEveryRuleIsBroken(t *testing.T) {
	sound := soundBooks(t)
	groups := make(map[string][]survey.TextCase)
	for _, c := range failingCases(t, sound) {
		with := strings.Join(c.With, " ")
		if strings.HasPrefix(string(c.Code), "V08") {
			with = " " + string(c.Code) // the screening looks at what counts in the end: its cases must not replace one another
		}
		if c.Code != "T002" { // a workbook of another kind is taken for what it is
			groups[with] = append(groups[with], c)
		}
	}
	for with, cases := range groups {
		t.Run("with "+with, func(t *testing.T) {
			c := openInJune(t)
			o := IngestOptions{Year: 2026}
			for _, name := range cases[0].With {
				if strings.HasSuffix(name, ".yaml") {
					o.Mapping = filepath.Join(fixtureDir, "should_pass", name)
					continue
				}
				dir := writeFiles(t, map[string][]byte{name + ".xlsx": workbookOf(t, survey.BookFromText(sound[name]))})
				mustIngest(t, c, IngestOptions{Paths: []string{dir}})
			}
			files := make(map[string][]byte)
			for i, k := range cases {
				files[fmt.Sprintf("%03d-%s.xlsx", i, k.Code)] = workbookOf(t, survey.BookFromText(k.Book))
			}
			o.Paths = []string{writeFiles(t, files)}
			result := mustIngest(t, c, o)
			for i := range result.Files {
				breaks(t, c.Codebook, &cases[i], &result.Files[i])
			}
		})
	}
}

// breaks checks that a file breaks the rule of its case where the case says.
func breaks(t *testing.T, cb *codebook.Codebook, c *survey.TextCase, f *FileResult) {
	t.Helper()
	rule, _ := cb.Rule(c.Code)
	for i := range f.Issues {
		issue := &f.Issues[i]
		at := slices.ContainsFunc(issue.Cells(), func(r survey.Ref) bool { return r.Cell() == c.Cell })
		if issue.Code != c.Code || !at {
			continue
		}
		if issue.Severity != rule.Severity || !follows(issue.Message.ZH, rule.Message.ZH) || !follows(issue.Message.EN, rule.Message.EN) {
			t.Errorf("%s (%s): %q does not follow the catalogue's %q", c.Code, c.Why, issue.Message, rule.Message)
		}
		if rule.Severity == codebook.SeverityError && f.Status != Rejected {
			t.Errorf("%s (%s): the file is %s", c.Code, c.Why, f.Status)
		}
		return
	}
	t.Errorf("%s at %q (%s): got %s", c.Code, c.Cell, c.Why, codes(f))
}

var placeholder = regexp.MustCompile(`\\\{[a-z_]+\\\}`)

// follows reports whether a message is a rule's text with its names filled in.
func follows(message, text string) bool {
	pattern := placeholder.ReplaceAllString(regexp.QuoteMeta(text), `(?s:.*)`)
	return regexp.MustCompile("^" + pattern + "$").MatchString(message)
}

// elsewhere are rules whose case is no workbook alone, with the tests that break them and why.
var elsewhere = map[codebook.RuleID]string{
	"V024": "../survey/rules_test.go", // no form asks yes or no: the parser alone can break it
	"X001": "run_test.go",             // a year that is closed
	"X002": "rivals_test.go",          // what only the database can refuse
	"X005": "rivals_test.go",          // two files at once
	"X006": "intake_test.go",          // a returned copy filled in anew
	"X007": "privacy_refused_test.go", // a file of somebody who was erased
	"X020": "../web/upload_test.go",   // who is signed in
	"X021": "../web/upload_test.go",
	"X022": "../web/upload_test.go",
	"X023": "../web/rights_test.go",
	"A001": "../web/admin_test.go", // a list of accounts, typed or pasted by an administrator
	"A002": "../web/admin_test.go",
	"A003": "../web/admin_test.go",
	"A004": "../web/admin_test.go",
	"A005": "../web/admin_test.go",
	"A006": "../web/admin_test.go",
}

// TestEveryRuleHasACase: a rule without a failing case fails here. The rules about files (F) are
// broken byte by byte in the workbook room, which holds its own table against the catalogue.
func TestEveryRuleHasACase(t *testing.T) {
	have := make(map[codebook.RuleID]bool)
	for _, c := range failingCases(t, soundBooks(t)) {
		have[c.Code] = true
	}
	for code := range elsewhere {
		if have[code] {
			t.Errorf("%s is listed elsewhere and has a case", code)
		}
		if !strings.Contains(mustText(t, elsewhere[code]), `"`+string(code)+`"`) {
			t.Errorf("%s does not speak of %s", elsewhere[code], code)
		}
		have[code] = true
	}
	bytewise := mustText(t, "../workbook/fault_test.go") + mustText(t, "../workbook/read_file_test.go")
	for _, r := range codebook.Default().Rules {
		switch {
		case r.Retired:
		case strings.HasPrefix(string(r.Code), "F"):
			if !strings.Contains(bytewise, `"`+string(r.Code)+`"`) {
				t.Errorf("%s (%s) has no failing file in the workbook room", r.Code, r.Title.EN)
			}
		case !have[r.Code]:
			t.Errorf("%s (%s) has no failing workbook: add one to testdata/should_fail/*.txt, or name the test that breaks it in elsewhere", r.Code, r.Title.EN)
		}
		delete(have, r.Code)
	}
	for code := range have {
		t.Errorf("a case for %s, which the catalogue does not have", code)
	}
}
