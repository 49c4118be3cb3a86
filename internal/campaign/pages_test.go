package campaign

import (
	"bytes"
	"context"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/report"
)

// shownPage is one page of the sample's report.
type shownPage struct {
	file string
	doc  *html.Node
}

// site is the report of the newest year, built once, beside reports of the years before.
func (w *world) site(t *testing.T) tree {
	t.Helper()
	if w.built == nil {
		a, opts, err := w.reported(context.Background(), AnalyzeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		opts.Stills, opts.Years = noStills{}, []int{2024, 2025}
		w.built = tree{}
		if err := report.Make(a, opts, w.built.put); err != nil {
			t.Fatal(err)
		}
	}
	return w.built
}

// pages are the pages of the site, read back once; they are not to be changed.
func (w *world) pages(t *testing.T) []shownPage {
	t.Helper()
	if w.read != nil {
		return w.read
	}
	for _, path := range slices.Sorted(maps.Keys(w.site(t))) {
		if !strings.HasSuffix(path, ".html") {
			continue
		}
		doc, err := html.Parse(bytes.NewReader(w.site(t)[path]))
		if err != nil {
			t.Fatal(err)
		}
		w.read = append(w.read, shownPage{path, doc})
	}
	return w.read
}

// printedFigure is a number on a page with the address it leads to.
type printedFigure struct {
	page, text string
	column     string // in the table of changes: 2025 or 变化; otherwise ""
	at         gap.Address
}

// plainColumns are the columns that print the figure their cells lead to, and nothing made from it.
var plainColumns = regexp.MustCompile(`^(重要度|岗位要求|要求|毕业生现状|毕业生|差距|差距 R−O|要求 ≥ 4 的岗位)$`)

// figures are the numbers in the tables of the page that can be computed by hand.
func (p shownPage) figures() []printedFigure {
	var out []printedFigure
	for table := range p.doc.Descendants() {
		if table.Data != "table" {
			continue
		}
		heads, caption := chinese(table, "thead", "th"), strings.Join(chinese(table, "", "caption"), "")
		for row := range table.Descendants() {
			if row.Data == "tr" && row.Parent.Data == "tbody" {
				out = append(out, p.rowFigures(row, heads, caption)...)
			}
		}
	}
	return out
}

func (p shownPage) rowFigures(row *html.Node, heads []string, caption string) []printedFigure {
	var out []printedFigure
	i := 0
	for cell := range row.ChildNodes() {
		if cell.Type != html.ElementNode {
			continue
		}
		head := heads[i]
		i++
		link := linkOf(cell)
		at, ok := addressIn(link)
		f := printedFigure{page: p.file, text: wordsOf(cell, "zh"), at: at}
		changes := caption == "差距的变化"
		if changes && (head == "2025" || head == "变化") {
			f.column = head
			f.at.Year = 2026
		}
		plain := plainColumns.MatchString(head) || changes && (head == "2025" || head == "2026" || head == "变化") || strings.HasPrefix(caption, "各能力按")
		if ok && plain && strings.ContainsAny(f.text[:min(1, len(f.text))]+" ", "0123456789") || ok && plain && strings.HasPrefix(f.text, "−") {
			out = append(out, f)
		}
	}
	return out
}

// linkOf is where a cell's figure is traced; "" where the cell has no such link.
func linkOf(cell *html.Node) string {
	for n := range cell.Descendants() {
		if n.Data == "a" && strings.HasPrefix(attribute(n, "class"), "how") {
			return attribute(n, "href")
		}
	}
	return ""
}

func addressIn(href string) (gap.Address, bool) {
	_, fragment, _ := strings.Cut(href, "#")
	if plain, err := url.PathUnescape(fragment); err == nil {
		fragment = plain
	}
	return gap.ParseAddress(fragment)
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// wordsOf is the text below a node, without what stands in another language than the one named.
func wordsOf(n *html.Node, lang string) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if class := attribute(n, "class"); n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "svg" || (class == "zh" || class == "en") && class != lang) {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(n)
	return strings.TrimSpace(b.String())
}

// chinese lists the words of every element of a kind within another ("" for anywhere) below a node.
func chinese(n *html.Node, within, kind string) []string {
	var out []string
	for e := range n.Descendants() {
		if e.Data == kind && (within == "" || e.Parent.Parent.Data == within) {
			out = append(out, wordsOf(e, "zh"))
		}
	}
	return out
}

// explained reports whether the part of the page around a number says where its numbers come from. A
// trace page is the place itself; methods, rules and downloads hold examples and sizes, no figures.
func (p shownPage) explained(n *html.Node) bool {
	if strings.HasPrefix(p.file, "trace-") || p.file == "methods.html" || p.file == "downloads.html" || p.file == "rules.html" {
		return true
	}
	for up := n.Parent; up != nil; up = up.Parent {
		if up.Data != "section" {
			continue
		}
		for d := range up.Descendants() {
			if d.Data == "details" && strings.Contains(attribute(d, "class"), "trace") && len(wordsOf(d, "zh")) > 20 {
				return true
			}
		}
	}
	return false
}
