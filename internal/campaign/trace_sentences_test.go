package campaign

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// withoutAddress are the kinds of numbers that a sentence may hold beside those that are links: as the
// methods page names them, with its reasons, and as the Chinese text states them. A number that is none
// of these must lead to its cells.
var withoutAddress = []struct {
	kind     string
	patterns []*regexp.Regexp
}{
	{"year", patterns(`20\d\d 年`, `千企调研 20\d\d`, `( 20\d\d)+$`)},
	{"parameter", patterns(`95%`, `前 \d 位`, `(不足|少于) 5 家`, `(在 |多给 )\d+ 学时`, `[1-5] (了解|按例操作|独立完成|综合应用|引领创新)`, `^(< |≥ )?\d\.\d(–\d\.\d)?$`,
		`≥ 90% 好，85–90% 基本满足，75–85% 略低，< 75% 不足`, `超过 [35]0%`, `标准误 0\.3 级与 0\.5 级`, `80% 以上`, `0–10,000；2,500 以上`, `10,000 ÷ HHI`, `9、3、1 表示`,
		`\b1 为完全一致，0 为`, `记为 0 级`)},
	{"name", patterns(`\bV\d\.\d`, `\bH\d\d-\d+`, `\b[DP]20\d\d-\d+`, `课程地图 [\d.]+`, `编码簿 \S+ [\d.]+`, `5G-A 5G-Advanced`, `\(\d\d-\d{4}\.\d\d\)`, `qianqi trace \S+`)},
	{"count", patterns(`\d+ 项能力`, `\d+ 个模块`, `\d+个模块讲授它`, `\d+ 处断点`, `\d+处`, `\d+ 种考试`, `\d+ 张表`, `逐条看 +\(\d+\)`, `\d+ 个岗位族因样本不足并入`, `另有 \d+ (个用的|项技术)`)},
	{"computed", patterns(`τ = \d\.\d\d`, `占全部得分的 \d+%`)},
	{"curriculum", patterns(`由 \d 级(教到|变为) \d 级`, `教到 \d 级`, `约加 \d+ 学时`, `用去 \d+ 学时`, `补上加权覆盖差距的 \d+%`, `中位数 \d+ 学时`)},
	{"outcomes", patterns(`取得证书 \d+ 人次`)},
	{"frame", patterns(`（\d+ / \d+ 家）`, `抽样框(覆盖|的) \d+%`)},
	{"words", patterns(`（\d+ 家）`, `\d+ 段岗位文字中，\d+%`, `岗位文字有 \d+% 提到`, `κ \d\.\d\d 至 \d\.\d\d`)},
	{"concentration", patterns(`的 \d+% 集中在`)},
	{"quoted", patterns(`来源(的?表1|正文).*`, `CC BY 4\.0.*`, `47 段公开招聘文字.*`, `由 0–7 线性换算为 1–5`, `学期1–6`)},
}

func patterns(all ...string) []*regexp.Regexp {
	out := make([]*regexp.Regexp, len(all))
	for i, p := range all {
		out[i] = regexp.MustCompile(p)
	}
	return out
}

// everySentenceTraces goes over every sentence of every page, outside its tables. A number in it is a
// link to the figure it states, or to the figures it is the difference of, and these rest on cells; or
// it is of a kind that has no address, which the methods page names.
func everySentenceTraces(t *testing.T, w *world) {
	y := w.way()
	used, links, sentences := map[string]bool{}, 0, 0
	for _, p := range w.pages(t) {
		if p.file == "methods.html" || p.file == "rules.html" { // formulas with an invented example; rules with theirs
			continue
		}
		for _, n := range p.sentences() {
			if !strings.ContainsAny(wordsOf(n, "zh")+wordsOf(n, "en"), "0123456789") {
				continue
			}
			sentences++
			for link := range n.Descendants() {
				if isQuote(link) {
					links++
					y.states(t, p.file, wordsOf(link, "zh"), addressesOf(link))
				}
			}
			zh, en := unlinked(n, "zh"), unlinked(n, "en")
			if rest := withoutKinds(zh, used); strings.ContainsAny(rest, "0123456789") {
				t.Errorf("%s: a number leads nowhere and is of no kind that needs not: %q in %q", p.file, rest, zh)
			}
			for _, number := range digits.FindAllString(others.ReplaceAllString(en, ""), -1) {
				if !slices.Contains(digits.FindAllString(zh, -1), number) {
					t.Errorf("%s: %s leads nowhere in English only: %q", p.file, number, en)
				}
			}
		}
	}
	for _, k := range withoutAddress {
		for _, p := range k.patterns {
			if !used[p.String()] {
				t.Errorf("no %s reads as %s: take it out", k.kind, p)
			}
		}
		if !strings.Contains(string(w.site(t)["methods.html"]), `id="whence-`+k.kind+`"`) {
			t.Errorf("the methods page does not say why numbers of the kind %s have no address", k.kind)
		}
	}
	contentsRepeat(t, w)
	if links < 400 || sentences < 400 {
		t.Errorf("%d links in %d sentences were looked at", links, sentences)
	}
}

// contentsRepeat: a line of a list of contents says what the section says that it leads to, where its
// figures are links.
func contentsRepeat(t *testing.T, w *world) {
	t.Helper()
	said, lines := map[string]string{}, map[string]string{}
	for _, p := range w.pages(t) {
		for n := range p.doc.Descendants() {
			if n.Data == "h2" || n.Data == "h1" {
				place := p.file
				for up := n.Parent; n.Data == "h2" && up != nil; up = up.Parent {
					if up.Data == "section" {
						place += "#" + attribute(up, "id")
					}
				}
				said[place] = strings.TrimPrefix(wordsOf(n, "zh"), "§")
			}
			for up := n.Parent; n.Data == "a" && up != nil; up = up.Parent {
				if class, href := attribute(up, "class"), attribute(n, "href"); class == "toc" || class == "pages" && strings.Contains(href, "#") {
					if strings.HasPrefix(href, "#") {
						href = p.file + href
					}
					lines[href] = wordsOf(n, "zh")
				}
			}
		}
	}
	for place, line := range lines {
		if said[place] != line {
			t.Errorf("a list of contents says %q of %s, which says %q", line, place, said[place])
		}
	}
	if len(lines) < 80 {
		t.Errorf("only %d lines of contents were looked at", len(lines))
	}
}

var (
	digits = regexp.MustCompile(`[0-9]+`)
	others = regexp.MustCompile(` and \d+ more `) // where Chinese gives the whole number
)

// withoutKinds takes the numbers out of a sentence that need no address, and notes what they read as.
func withoutKinds(zh string, used map[string]bool) string {
	for _, k := range withoutAddress {
		for _, p := range k.patterns {
			if p.MatchString(zh) {
				used[p.String()] = true
				zh = p.ReplaceAllString(zh, "")
			}
		}
	}
	return zh
}

// isQuote reports a figure in a sentence that says where it is from.
func isQuote(n *html.Node) bool {
	return n.Data == "a" && attribute(n, "class") == "how" || n.Data == "span" && attribute(n, "data-from") != "" || n.Data == "data"
}

// unlinked is a sentence in one language without the figures that lead somewhere.
func unlinked(n *html.Node, lang string) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		class := attribute(n, "class")
		switch {
		case n.Type == html.ElementNode && (isQuote(n) || class == "rows" || (class == "zh" || class == "en") && class != lang):
			b.WriteByte(' ')
			return
		case n.Type == html.TextNode:
			b.WriteString(n.Data)
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(n)
	return strings.TrimSpace(strings.ReplaceAll(b.String(), "\u00a0", " "))
}

// sentences are the elements of a page that hold text of their own, outside tables, drawings and
// scripts. Lists of contents are left out: their lines repeat findings and lead to them.
func (p shownPage) sentences() []*html.Node {
	var out []*html.Node
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch class := attribute(n, "class"); {
		case n.Type == html.ElementNode && slices.Contains([]string{"head", "table", "script", "style", "svg"}, n.Data) && n.Data != "header",
			n.Data == "dd", class == "toc", class == "pages", class == "explore":
			return
		case n.Type == html.ElementNode && slices.Contains([]string{"h1", "h2", "h3", "p", "dt", "li", "summary", "footer"}, n.Data):
			out = append(out, n)
			return
		case n.Type == html.TextNode && strings.ContainsAny(n.Data, "0123456789"):
			out = append(out, n)
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(p.doc)
	return out
}
