package campaign

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/thousand-enterprises/qianqi/internal/report"
)

// everyBriefTraces goes over the briefs of every programme. A number carries the address of its figure
// in both forms, or is of a kind that has none; the pages that hold it have a way from the figure, and
// so has who holds the paper: the line below says how.
func everyBriefTraces(t *testing.T, w *world) {
	a, opts, err := w.reported(context.Background(), AnalyzeOptions{})
	must(t, err)
	briefs, err := report.Briefs(a, opts, report.BriefOptions{})
	must(t, err)
	y := w.way()
	for _, f := range briefs {
		doc, err := html.Parse(bytes.NewReader(f.HTML))
		must(t, err)
		var figures [][2]string
		for n := range doc.Descendants() {
			if !slices.Contains([]string{"h1", "h2", "p", "th", "td"}, n.Data) || attribute(n, "id") == "trace" {
				continue
			}
			for quote := range n.Descendants() {
				if quote.Data == "data" {
					addresses := strings.Fields(attribute(quote, "value"))
					y.states(t, f.Name, wordsOf(quote, "zh"), addresses)
					figures = append(figures, [2]string{wordsOf(quote, "zh"), attribute(quote, "title")})
				}
			}
			if rest := withoutKinds(unlinked(n, "zh"), map[string]bool{}); strings.ContainsAny(rest, "0123456789") && !taughtLevel(n) {
				t.Errorf("%s: a number leads nowhere and is of no kind that needs not: %q", f.Name, rest)
			}
		}
		if len(figures) < 40 {
			t.Errorf("%s holds %d figures only", f.Name, len(figures))
		}
		if got := quotedIn(string(unpacked(t, "x.docx", f.Docx)["word/document.xml"])); !slices.Equal(got, figures) {
			t.Errorf("%s: the document carries %d figures, the page to be printed %d, or others", f.Name, len(got), len(figures))
		}
	}
	if len(briefs) != len(w.analysis.Programmes) {
		t.Errorf("only %d briefs were looked at", len(briefs))
	}
}

var hyperlink = regexp.MustCompile(`<w:hyperlink w:anchor="trace" w:history="0" w:tooltip="([^"]*)">.*?<w:t xml:space="preserve">([^<]*)</w:t></w:r></w:hyperlink>`)

// quotedIn are the figures of a document with what the pointer over them shows.
func quotedIn(document string) [][2]string {
	var out [][2]string
	for _, m := range hyperlink.FindAllStringSubmatch(document, -1) {
		out = append(out, [2]string{html.UnescapeString(m[2]), html.UnescapeString(m[1])})
	}
	return out
}

// taughtLevel reports a cell of the column that holds taught levels, which are from the curriculum map.
func taughtLevel(n *html.Node) bool {
	column := 0
	for c := n.PrevSibling; c != nil; c = c.PrevSibling {
		column++
	}
	if n.Data != "td" {
		return false
	}
	table := n.Parent.Parent.Parent
	return chinese(table, "thead", "th")[column] == "所教"
}
