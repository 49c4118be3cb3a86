package internal

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestCountsAgreeWithTheirNouns: no text puts a number before a noun that stands in the plural whatever the number
// is; codebook.Count and codebook.Noun, in templates n, write "1 file" and "2 files". Words after a number that are
// no nouns, and limits that are never one, are named here.
func TestCountsAgreeWithTheirNouns(t *testing.T) {
	allowed := map[string]string{}
	for why, words := range map[string]string{
		"a word after a year, a run, a version":       "outcomes is was does has knows stands needs counts this",
		"a limit that is never one":                   "characters years competencies anchors points",
		"a constant":                                  "kinds",
		"an error of ours, a field of a record":       "columns cells status",
		"a statistical print, beside strata and PSUs": "rows",
		"an attribute of a page":                      "class autofocus",
	} {
		for word := range strings.FieldsSeq(words) {
			allowed[word] = why
		}
	}
	inCode, inPage := regexp.MustCompile(`%d(?: [^\s%a-zA-Z，：]+)? ([a-z]+s)\b`), regexp.MustCompile(`\}\}[^<"{}a-zA-Z]* ([a-z]+s)\b`)
	found := 0
	look := func(path, text string, pattern *regexp.Regexp) {
		for _, m := range pattern.FindAllStringSubmatch(text, -1) {
			found++
			if allowed[m[1]] == "" {
				t.Errorf("%s: %q is wrong for one; write it with codebook.Count", path, m[0])
			}
		}
	}
	for path, s := range program(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					look(path, text, inCode)
				}
			}
			return true
		})
	}
	pages, err := filepath.Glob("*/templates/*.html")
	if err != nil || len(pages) < 20 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, path := range pages {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		look(path, string(data), inPage)
	}
	if found == 0 {
		t.Error("no text was looked at: the patterns match nothing")
	}
}
