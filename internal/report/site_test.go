package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

var theSite = sync.OnceValues(func() (*gathered, error) {
	return gather(twoProgrammes(), Options{Curriculum: inventedCurriculum(), Run: "#0007"})
})

// twoProgrammes is the invented analysis cut to two programmes: as many kinds of page, less to draw.
func twoProgrammes() *gap.Analysis {
	a := inventedAnalysis(codebook.Default())
	a.Programmes = a.Programmes[:2]
	return a
}

// fixtureSite is the report of the invented analysis, built once.
func fixtureSite(t *testing.T) *gathered {
	t.Helper()
	s, err := theSite()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func htmlPages(s *gathered) []string {
	var out []string
	for _, p := range s.Paths() {
		if strings.HasSuffix(p, ".html") {
			out = append(out, p)
		}
	}
	return out
}

// album keeps still pictures in memory.
type album struct {
	sync.Mutex
	pictures map[string][]byte
	asked    int
}

func (a *album) Load(key string) ([]byte, bool) {
	a.Lock()
	defer a.Unlock()
	a.asked++
	svg, ok := a.pictures[key]
	return svg, ok
}

func (a *album) Store(key string, svg []byte) {
	a.Lock()
	defer a.Unlock()
	if a.pictures == nil {
		a.pictures = map[string][]byte{}
	}
	a.pictures[key] = svg
}

// The same analysis gives the same bytes, with kept pictures and without.
func TestSameInputSameBytes(t *testing.T) {
	kept := &album{}
	build := func() *gathered {
		s, err := gather(twoProgrammes(), Options{Curriculum: inventedCurriculum(), Run: "#0007", Stills: kept})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := build()
	drawnOnce := len(kept.pictures)
	second := build()
	if drawnOnce == 0 || len(kept.pictures) != drawnOnce {
		t.Errorf("%d pictures kept after the first build, %d after the second", drawnOnce, len(kept.pictures))
	}
	for _, other := range []*gathered{second, fixtureSite(t)} {
		if !slices.Equal(first.Paths(), other.Paths()) {
			t.Fatalf("other files: %v and %v", first.Paths(), other.Paths())
		}
		for _, p := range first.Paths() {
			if !bytes.Equal(first.File(p), other.File(p)) {
				t.Errorf("%s differs between two builds", p)
			}
		}
	}
}

func TestEveryPage(t *testing.T) {
	s := fixtureSite(t)
	for _, p := range htmlPages(s) {
		page := s.File(p)
		harmless(t, p, page)
		if len(page) > 1_800_000 {
			t.Errorf("%s has %d bytes, more than 1.8 MB", p, len(page))
		}
		sum := sha256.Sum256([]byte(between(string(page), "<script>", "</script>")))
		if want := "sha256-" + base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(html.UnescapeString(string(page)), want) {
			t.Errorf("%s: its policy does not allow its own script %s", p, want)
		}
		for _, must := range []string{"样例数据：企业、人员与评分均为虚构", "走访不是随机样本", "#0007", "编码簿"} {
			if !strings.Contains(string(page), must) {
				t.Errorf("%s does not say %q", p, must)
			}
		}
	}
}

// between is the text after the last open and before the next close.
func between(s, open, end string) string {
	_, s, _ = strings.Cut(s, open)
	s, _, _ = strings.Cut(s, end)
	return s
}

// Every link leads somewhere that is there, down to the anchor, and no page has an id twice.
func TestLinksLeadSomewhere(t *testing.T) {
	s := fixtureSite(t)
	ids, links := map[string]bool{}, map[string][]string{}
	for _, p := range htmlPages(s) {
		doc, err := html.Parse(bytes.NewReader(s.File(p)))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			for _, a := range n.Attr {
				switch {
				case a.Key == "id" && ids[p+"#"+a.Val]:
					t.Errorf("%s has the id %s twice", p, a.Val)
				case a.Key == "id":
					ids[p+"#"+a.Val] = true
				case a.Key == "href":
					links[p] = append(links[p], a.Val)
				}
			}
		}
	}
	for p, hrefs := range links {
		for _, href := range hrefs {
			file, anchor, _ := strings.Cut(href, "#")
			if file == "" {
				file = p
			}
			if s.File(file) == nil {
				t.Errorf("%s links to %s, which is not there", p, href)
			} else if anchor != "" && !ids[file+"#"+anchor] {
				t.Errorf("%s links to %s, where there is no such place", p, href)
			}
		}
	}
}

// What is missing reads as a sentence: no year, no visit, nothing answered, all withheld.
func TestNothingReadsAsBlank(t *testing.T) {
	cb := codebook.Default()
	empty := &gap.Analysis{Year: 2026}
	bare := &gap.Analysis{Year: 2026, Competencies: []codebook.CompetencyID{"fault_diagnosis", "protocol_comprehension"}, K: 5}
	for _, p := range cb.Programmes {
		bare.Programmes = append(bare.Programmes, gap.ProgrammeGap{Programme: p.Code, DomainGap: gap.DomainGap{Domain: demand.Domain{Programme: p.Code}, Rows: []gap.Row{{Competency: "fault_diagnosis"}, {Competency: "protocol_comprehension"}}}})
	}
	withheld := inventedAnalysis(cb)
	for i := range withheld.Cells {
		withheld.Cells[i].Figure = held(demand.WithheldFew)
	}
	for _, dg := range append([]*gap.DomainGap{&withheld.Overall}, domainGaps(withheld)...) {
		for i, r := range dg.Rows {
			few := held(demand.WithheldFew)
			dg.Rows[i] = gap.Row{Competency: r.Competency, Importance: few, Required: few, Graduate: few, HighDemand: few, Gap: few, Borich: few, Ratio: few, Coverage: r.Coverage}
		}
		dg.Short, dg.Robust, dg.Ranked, dg.Crosshair = nil, nil, false, gap.Crosshair{}
		dg.Enterprises, dg.Openings = held(demand.WithheldFew), held(demand.WithheldFew)
	}
	unrated := inventedAnalysis(cb)
	for i := range unrated.Cells {
		if unrated.Cells[i].Competency == "fault_diagnosis" {
			unrated.Cells[i].Figure = demand.Figure{Flag: demand.NoData}
		}
	}
	for _, dg := range append([]*gap.DomainGap{&unrated.Overall}, domainGaps(unrated)...) {
		for i, r := range dg.Rows {
			if r.Competency == "fault_diagnosis" {
				dg.Rows[i] = gap.Row{Competency: r.Competency}
			}
		}
		isIt := func(id codebook.CompetencyID) bool { return id == "fault_diagnosis" }
		dg.Short, dg.Robust = slices.DeleteFunc(slices.Clone(dg.Short), isIt), slices.DeleteFunc(slices.Clone(dg.Robust), isIt)
	}
	for _, c := range []struct {
		name string
		a    *gap.Analysis
		says map[string]string // page → what it must say
	}{
		{"a competency that nobody rated", unrated, map[string]string{"competency-fault_diagnosis.html": "网络故障诊断的总体差距：无数据"}},
		{"an analysis of nothing", empty, map[string]string{"index.html": "今年还没有一个专业的差距可以公布", "quality.html": "没有名册，覆盖率无从计算"}},
		{"programmes without a visit", bare, map[string]string{"programme-iot.html": "今年没有走访到招收本专业毕业生的企业", "competency-fault_diagnosis.html": "无数据"}},
		{"everything withheld", withheld, map[string]string{"programme-iot.html": "没有一项能力的差距可以公布", "competency-fault_diagnosis.html": "样本不足，不予公布"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := gather(c.a, Options{Codebook: cb, Stills: unpressed{}})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range htmlPages(s) {
				harmless(t, p, s.File(p))
				noEmptyCells(t, p, s.File(p))
			}
			for p, say := range c.says {
				if !bytes.Contains(s.File(p), []byte(say)) {
					t.Errorf("%s does not say %q", p, say)
				}
				if m := regexp.MustCompile(`<dd>(<a[^>]*>)?(0 / [^<]*)?(</a>)?</dd>`).Find(s.File(p)); m != nil {
					t.Errorf("%s counts what is not known: %s", p, m)
				}
			}
		})
	}
}

func domainGaps(a *gap.Analysis) []*gap.DomainGap {
	var out []*gap.DomainGap
	for i := range a.Programmes {
		out = append(out, &a.Programmes[i].DomainGap)
	}
	return out
}

// noEmptyCells checks that every cell that stands for a number holds a number or words.
func noEmptyCells(t *testing.T, name string, page []byte) {
	t.Helper()
	if m := regexp.MustCompile(`<td class="n">\s*</td>`).Find(page); m != nil {
		t.Errorf("%s holds an empty cell: %s", name, m)
	}
}

// A programme page says what was withheld in words, and its charts carry no number for it.
func TestWithheldStaysWithheld(t *testing.T) {
	s := fixtureSite(t)
	if !bytes.Contains(s.File("index.html"), []byte("样本不足，不予公布")) {
		t.Error("the overview does not say that something is withheld")
	}
	var wire struct {
		Cells []struct {
			Estimate *float64 `json:"estimate"`
			N        *int     `json:"n_enterprises"`
			Flag     string   `json:"flag"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(s.File("data.json"), &wire); err != nil {
		t.Fatal(err)
	}
	withheld := 0
	for _, c := range wire.Cells {
		if strings.HasPrefix(c.Flag, "withheld_few") {
			withheld++
			if c.Estimate != nil || c.N != nil {
				t.Fatalf("a withheld cell is in the JSON: %+v", c)
			}
		}
	}
	if withheld == 0 {
		t.Error("the fixture withholds nothing, so this test shows nothing")
	}
	for line := range strings.Lines(string(s.File("data/figures.csv"))) {
		if strings.Contains(line, "withheld_few") && !strings.Contains(line, ",,,,,,withheld_few") {
			t.Fatalf("a withheld cell is in the CSV: %s", line)
		}
	}
}

// Another school's five competencies go through without a change of code.
func TestAnotherCodebook(t *testing.T) {
	cb, err := codebook.Parse(nursingYAML())
	if err != nil {
		t.Fatal(err)
	}
	s, err := gather(inventedAnalysis(cb), Options{Codebook: cb, Stills: unpressed{}})
	if err != nil {
		t.Fatal(err)
	}
	for p, say := range map[string]string{"index.html": "护理", "programme-nursing.html": "无菌操作", "competency-asepsis.html": "能说出无菌操作原则1。"} {
		if !bytes.Contains(s.File(p), []byte(say)) {
			t.Errorf("%s does not say %q", p, say)
		}
	}
	if bytes.Contains(s.File("programme-nursing.html"), []byte("网络故障诊断")) && !bytes.Contains([]byte(inventedAnalysis(cb).Programmes[0].Headline.ZH), []byte("网络故障诊断")) {
		t.Error("a competency of the other codebook appears")
	}
}

func nursingYAML() []byte {
	var b strings.Builder
	b.WriteString("id: nursing\nversion: \"1\"\ntitle: {zh: 护理调研, en: Nursing survey}\ncompetencies:\n")
	for i, c := range [][3]string{{"asepsis", "无菌操作", "Asepsis"}, {"assessment", "病情评估", "Assessment"}, {"medication", "给药", "Medication"}, {"communication", "沟通", "Communication"}, {"documentation", "记录", "Documentation"}} {
		fmt.Fprintf(&b, "  - code: %s\n    name: {zh: %s, en: %s}\n    short: {zh: %s, en: %s}\n    definition: {zh: 定义%d。, en: Definition %d.}\n    anchors:\n", c[0], c[1], c[2], c[1], c[2], i, i)
		for level := 1; level <= 5; level++ {
			fmt.Fprintf(&b, "      - {zh: 能说出%s原则%d。, en: States principle %d of %s.}\n", c[1], level, level, c[2])
		}
	}
	b.WriteString("programmes:\n  - {code: nursing, name: {zh: 护理, en: Nursing}, short: {zh: 护理, en: Nursing}, tracks: []}\n")
	return []byte(b.String())
}

// The hooks Go allows are the hooks the script has.
func TestHooksMatchTheScript(t *testing.T) {
	body := between(chartJS, "var hooks = {", "\n  };")
	var have []string
	for _, m := range regexp.MustCompile(`(?m)^    (\w+): function`).FindAllStringSubmatch(body, -1) {
		have = append(have, m[1])
	}
	slices.Sort(have)
	var want []string
	for h := range hooks {
		want = append(want, h)
	}
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("chart.js has %v, option.go allows %v", have, want)
	}
}

// The text of one page is pinned, without script and style, so that a change of words is seen.
func TestGoldenPage(t *testing.T) {
	page := bareText(fixtureSite(t).File("competency-fault_diagnosis.html"))
	golden(t, "competency.html", page)
}

func bareText(page []byte) []byte {
	page = regexp.MustCompile(`(?s)<(style|script)[^>]*>.*?</(style|script)>`).ReplaceAll(page, nil)
	page = regexp.MustCompile(`(?s)<svg xmlns.*?</svg>`).ReplaceAll(page, []byte("<svg/>"))
	return regexp.MustCompile(`<meta http-equiv[^>]*>`).ReplaceAll(page, nil)
}
