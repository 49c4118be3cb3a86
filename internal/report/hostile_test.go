package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// hostile are texts a spreadsheet may hold. All of them are to be shown as text, short.
var hostile = []string{
	`</script><script>alert(1)</script>`,
	`</title></style><script>alert(2)</script>`,
	`<img src=x onerror=alert(3)>`,
	`'"` + "`" + `\"><svg onload=alert(4)>`,
	`__f__alert(5)__f__`,
	`{{.}} {b} {small|x} ${alert(6)}`,
	`javascript:alert(7)`,
	`=HYPERLINK("x","y")`,
	"\xff\xfe\x00\x1d\x1e\x1f坏a\u2028b\u2029c\u202egnp.exe\u2066\u200b👩‍💻🧑🏽‍🔧مهندس شبكات", // what is no letter, side by side
	strings.Repeat("长", 10_000),
	`*/ } body { display:none } /*`,
}

// hostileAnalysis puts s wherever a workbook, a codebook or a curriculum can put text.
func hostileAnalysis(s string) (*gap.Analysis, Options) {
	cb := *codebook.Default()
	cb.Rules = slices.Clone(cb.Rules) // the index of the codebook goes by place
	for i := range cb.Rules {
		cb.Rules[i].Title = same(s)
	}
	cb.Rules[0] = codebook.Rule{Code: codebook.RuleID(s), Stage: s, Severity: codebook.SeverityError, Title: same(s), Message: same(s), Fix: same(s), Why: same(s), Before: s, After: s}
	a := inventedAnalysis(&cb)
	a.Programmes, a.Competencies = a.Programmes[:1], a.Competencies[:3]
	a.Codebook = gap.CodebookRef{ID: s, Version: s, Title: same(s)}
	a.BaseText, a.WeightText, a.Notes = same(s), same(s), []Text{same(s)}
	for i := range a.Programmes {
		p := &a.Programmes[i]
		p.Headline, p.Findings = same(s), []Text{same(s)}
		for j := range p.Loop.Nodes {
			p.Loop.Nodes[j].Name = same(s)
		}
		p.Loop.Unit, p.Plan.Costing = same(s), same(s)
		p.Links = []gap.BrokenLink{{Kind: gap.LinkKind(s), Text: same(s), Figures: []string{s}}}
		p.Outcomes.Competitions = []curriculum.CompetitionOutcome{{Competition: s, Track: s, Stage: s, Award: s, Year: 2026}}
		p.Outcomes.Certificates[0].Cohort = s
		for j := range p.Verdicts {
			p.Verdicts[j].Sentences = []Text{same(s), same(s)}
			p.Verdicts[j].Decision.ID, p.Verdicts[j].Decision.Module = s, curriculum.ModuleCode(s)
		}
	}
	for i := range a.Methods {
		a.Methods[i] = gap.MethodText{Method: a.Methods[i].Method, Name: same(s), Formula: s, Source: s, Reading: same(s)}
	}
	a.Technologies.Rows[0].Name, a.Titles.Rows[0].Title = s, s
	a.Texts.Rows[0].Words[0].Word = s
	a.Benchmark.Title, a.Benchmark.Note, a.Benchmark.Attribution, a.Benchmark.Rows[0].Elements = same(s), same(s), s, []string{s}
	a.Dependence.Rows[0].Top, a.Dependence.Rows[1].TopBand = s, s
	a.Dependence.Without.Verdict, a.Dependence.Without.What = same(s), same(s)
	a.Quality.NonResponse[0].Item = s
	a.Quality.Strata[0].Industry = s
	for i := range a.Cells { // a family that no codebook knows, named by whoever wrote the file
		if a.Cells[i].Domain.Family == "security" {
			a.Cells[i].Domain.Family = codebook.FamilyID(s)
		}
	}
	a.Priority[0].Family = codebook.FamilyID(s)
	m := inventedCurriculum()
	for i := range m.Modules {
		m.Modules[i].Name = same(s)
		m.Modules[i].Exercises = []curriculum.Competition{{Name: s, Track: s}}
	}
	return a, Options{Codebook: &cb, Curriculum: m, Run: s}
}

// unpressed builds the pages without drawing still pictures, which the tests of stills cover.
type unpressed struct{}

func (unpressed) Load(string) ([]byte, bool) { return []byte("<svg></svg>"), true }
func (unpressed) Store(string, []byte)       {}

// placesJSON is what the search of a page looks through.
var placesJSON = regexp.MustCompile(`(?s)<script type="application/json" class="places">(.*?)</script>`)

// pagesAndCSV are the files of a report in which a text could act.
func pagesAndCSV(a *gap.Analysis, opts Options) (*gathered, error) {
	site, d := &gathered{files: map[string][]byte{}}, deskFor(a, opts)
	pages, err := d.setPages(opts, site.put)
	if err != nil {
		return nil, err
	}
	if err := site.put(exampleFile, newExample(d.n.cb).csv()); err != nil {
		return nil, err
	}
	for _, table := range d.datasets(pages) {
		if err := putTable(site.put, &table, nil); err != nil {
			return nil, err
		}
	}
	return site, nil
}

func TestHostileText(t *testing.T) {
	for _, s := range hostile {
		a, opts := hostileAnalysis(s)
		opts.Stills = unpressed{}
		build := pagesAndCSV
		if !utf8.ValidString(s) { // which the other forms could refuse
			build = gather
		}
		site, err := build(a, opts)
		if err != nil {
			t.Errorf("%.40q: %v", s, err)
			continue
		}
		for _, p := range site.Paths() {
			switch {
			case strings.HasSuffix(p, ".html"):
				harmless(t, p, site.File(p))
			case strings.HasSuffix(p, ".csv"):
				inertCSV(t, p, site.File(p))
			}
		}
		overview := site.File("index.html")
		index := placesJSON.FindSubmatch(overview)
		if index == nil {
			t.Fatal("the overview holds no index of places")
		}
		if n := len(overview) - len(index[1]); n > 1_500_000 {
			t.Errorf("%.20q makes the overview %d bytes long without its index", s, n)
		}
		var places []json.RawMessage
		if err := json.Unmarshal(index[1], &places); err != nil {
			t.Fatal(err)
		}
		for _, place := range places {
			if len(place) > 3_000 {
				t.Errorf("%.20q makes one place of the index %d bytes long", s, len(place))
			}
		}
	}
}

// Charts are drawn from hostile text by echarts itself, and stay inert.
func TestHostileStills(t *testing.T) {
	p := openPress(t)
	for _, s := range hostile {
		name := same(s)
		for _, b := range []interface{ Chart() (*Chart, error) }{
			IntervalPlot{ID: "i", Alt: name, Scale: []Text{name, name, name, name, name}, Head: name, Rows: []IntervalRow{{Name: name, Required: pm(3, .2), Margin: name}, {Name: name, Required: Point{Why: name}}}},
			SankeyPlot{ID: "s", Alt: name, Unit: name, Nodes: []SankeyNode{{"a", name, 0, false}, {"b", name, 1, true}}, Links: []SankeyLink{{"a", "b", 3, true, ""}}},
			HeatPlot{ID: "h", Alt: name, Measure: name, Rows: []Text{name}, Columns: []Text{name}, Cells: [][]Point{{pm(3, .2)}}, Steps: levelSteps},
		} {
			c, err := b.Chart()
			if err != nil {
				t.Fatalf("%.40q: %v", s, err)
			}
			if svg := drawn(t, p, c); len(svg) < 20_000 {
				inertSVG(t, c.ID, svg)
			} else {
				t.Errorf("%.20q makes a picture of %d bytes", s, len(svg))
			}
		}
	}
}

// Elements and attributes our templates and pictures use; anything else came from the text.
var (
	ourElements = " html head meta title style body a header p b nav div button main h1 h2 h3 footer script span section ul li ol dl dt dd figure svg g path rect text tspan circle polygon polyline table caption thead tbody tr th td details summary aside code form label select input sub del ins br defs clippath clipPath "
	ourJSON     = regexp.MustCompile(`^(option|cuts|places)$`)
)

// harmless reports whatever in a page could act that did not come from us.
func harmless(t *testing.T, name string, pageHTML []byte) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(pageHTML))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	scripts := 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !strings.Contains(ourElements, " "+n.Data+" ") {
			t.Errorf("%s: element <%s>", name, n.Data)
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" && n.Namespace == "" || a.Key == "src" {
				t.Errorf("%s: attribute %s=%q", name, a.Key, a.Val)
			}
		}
		if href, ok := attr["href"]; ok && !ourHref.MatchString(href) {
			t.Errorf("%s: link to %q", name, href)
		}
		switch n.Data {
		case "script":
			scripts += checkScript(t, name, n, attr)
		case "style":
			checkStyle(t, name, n)
		}
	}
	if scripts != 1 {
		t.Errorf("%s: %d scripts that run, want 1", name, scripts)
	}
	if name == "rules.html" {
		return // rules may speak of what no number may be
	}
	text := visible(doc)
	for _, never := range []string{"NaN", "Infinity", "undefined", "<nil>", "%!", "ZgotmplZ"} {
		if i := strings.Index(text, never); i >= 0 {
			t.Errorf("%s says %q: …%.80s", name, never, text[max(0, i-40):])
		}
	}
}

var ourHref = regexp.MustCompile(`^([a-zA-Z0-9_-]+\.html)?(#[^\s"<>]*)?$|^data/[a-zA-Z0-9_-]+\.(csv|xlsx)$|^data/figures\.parquet$|^data/tables(\.schema)?\.json$|^data\.json$`)

func checkScript(t *testing.T, name string, n *html.Node, attr map[string]string) (runs int) {
	t.Helper()
	text := ""
	if n.FirstChild != nil {
		text = n.FirstChild.Data
	}
	if attr["type"] != "application/json" {
		if text != script() {
			t.Errorf("%s: a script that is not ours: %.60q", name, text)
		}
		return 1
	}
	if !json.Valid([]byte(text)) || !ourJSON.MatchString(attr["class"]) || attr["class"] == "option" && strings.Contains(text, "__f__") {
		t.Errorf("%s: data block %q: %.80q", name, attr["class"], text)
	}
	return 0
}

// runningHeads is how the style of a page names it at the top of its printed sheets.
var runningHeads = regexp.MustCompile(`^@page\{@top-left\{content:"[^"\\<>&\n\r\f]+"\}(@top-right\{content:"[^"\\<>&\n\r\f]+"\})?\}$`)

func checkStyle(t *testing.T, name string, n *html.Node) {
	t.Helper()
	text := ""
	if n.FirstChild != nil {
		text = n.FirstChild.Data
	}
	if text != style() && !runningHeads.MatchString(text) {
		t.Errorf("%s: a style that is not ours: %.200q", name, text)
	}
}

// visible is the text a reader sees.
func visible(doc *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style") {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
			b.WriteByte(' ')
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	return b.String()
}

// inertCSV checks that a file is a rectangle in which no text starts like a formula.
func inertCSV(t *testing.T, name string, data []byte) {
	t.Helper()
	body, ok := bytes.CutPrefix(data, []byte(bom))
	if !ok {
		t.Errorf("%s: no byte order mark: spreadsheets would misread the Chinese", name)
	}
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll() // refuses rows of unequal length
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	number := regexp.MustCompile(`^-?[0-9.]+(e[+-]?[0-9]+)?$`)
	for _, r := range rows {
		for _, field := range r {
			if field != "" && strings.ContainsAny(field[:1], "=+-@\t\r\n") && !number.MatchString(field) {
				t.Errorf("%s: field %.40q would be a formula", name, field)
			}
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for why, o := range map[string]option{
		"a function marker":        {"series": []any{option{"name": "__f__alert(1)__f__"}}},
		"a marker as a key":        {"__f__": 1},
		"an unknown hook":          {"formatter": option{"$hook": "eval"}},
		"a hook that is no name":   {"formatter": option{"$hook": 7}},
		"NaN, which JSON has not":  {"data": []any{nan()}},
		"what is not JSON at all":  {"f": func() {}},
		"a hook deep in the lists": {"a": []any{[]any{option{"b": option{"$hook": "nope"}}}}},
	} {
		if b, err := encode(o); err == nil {
			t.Errorf("encode let %s pass: %s", why, b)
		}
	}
}

func nan() float64 { return demand.Figure{}.Estimate / demand.Figure{}.Estimate }

// FuzzPage sets a page from arbitrary text and checks that nothing in it acts.
func FuzzPage(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := same(plain(s, 80))
		chart, err := IntervalPlot{ID: "c", Alt: text, Scale: []Text{text, text, text, text, text}, Rows: []IntervalRow{{Name: same(s), Required: pm(3, .5), Margin: same(s)}}}.Chart()
		if err != nil {
			t.Fatal(err)
		}
		p := &page{File: "x.html", Template: "argument", Title: text, Kicker: text, Headline: text, Certainty: []Text{text}, Facts: []fact{{Value: text.ZH, Label: text}},
			Points: []point{{text, []item{{"bad", text, []quote{{Printed: text.ZH, From: []string{text.ZH}, How: "#x"}}, []link{{"#x", text}}}}}}, site: &frame{Year: 2026, Notices: []Text{text}, Nav: []link{{"x.html", text}}, Colophon: []Text{text}},
			Sections: []*section{{ID: "x", Finding: text, Lead: []Text{text}, Chart: chart, Aside: []note{{text, text}}, Base: text, Traces: []trace{{Address: text.ZH, Method: "gap", What: text}},
				Table: &table{ID: "x", Caption: text, Columns: []column{{Key: "k", Head: text}}, Rows: [][]cell{{textCell(text)}, {{Lines: []Text{text}, Tag: "code"}}}}}}}
		out, err := p.render()
		if err != nil {
			t.Fatal(err)
		}
		harmlessOnly(t, out)
	})
}

// harmlessOnly is harmless without the check of words, which arbitrary text may well contain.
func harmlessOnly(t *testing.T, out []byte) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if !strings.Contains(ourElements, " "+n.Data+" ") {
			t.Errorf("element <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" {
				t.Errorf("attribute %s=%q", a.Key, a.Val)
			}
		}
		if n.Data == "script" && n.FirstChild != nil && n.FirstChild.Data != script() && !json.Valid([]byte(n.FirstChild.Data)) {
			t.Errorf("script %.60q", n.FirstChild.Data)
		}
		if n.Data == "style" {
			checkStyle(t, "page", n)
		}
	}
}
