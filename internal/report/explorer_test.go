package report

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

func figuresOf(rows [][3]explorerFig) []explorerFig {
	var out []explorerFig
	for _, r := range rows {
		out = append(out, r[:]...)
	}
	return out
}

// The look-again table offers published figures only.
func TestExplorerWithholds(t *testing.T) {
	a := inventedAnalysis(codebook.Default())
	d := newDesk(a, names{cb: codebook.Default()}, nil)
	var data explorerData
	if err := json.Unmarshal(d.explorer(demand.Domain{}).data, &data); err != nil {
		t.Fatal(err)
	}
	shown, withheld := 0, 0
	for _, year := range data.Years {
		for cut, rows := range year.Cells {
			for _, f := range figuresOf(rows) {
				if flag := demand.Flag(f[4].(string)); flag == demand.Good || flag == demand.Caution {
					shown++
				} else if withheld++; f[0] != nil || f[1] != nil || f[2] != nil || f[3] != nil || f[5] != nil {
					t.Errorf("%d %s: %v", year.Year, cut, f)
				}
			}
		}
	}
	if shown == 0 || withheld == 0 {
		t.Errorf("%d shown and %d withheld figures: the fixture shows nothing", shown, withheld)
	}
}

var (
	addressed = regexp.MustCompile(`(?s)<td[^>]* id="([^"]+/[^"]+)"[^>]*>(.*?)</td>`)
	anyTag    = regexp.MustCompile(`<[^>]*>`)
)

// tracedCells are the texts of the cells of a trace page by address.
func tracedCells(page []byte) map[string]string {
	out := make(map[string]string)
	for _, m := range addressed.FindAllSubmatch(page, -1) {
		out[html.UnescapeString(string(m[1]))] = html.UnescapeString(anyTag.ReplaceAllString(string(m[2]), ""))
	}
	return out
}

// Every number of the look-again table leads to the cell of a trace page that holds the same number,
// whichever part is chosen.
func TestExplorerTraces(t *testing.T) {
	s := fixtureSite(t)
	pages, cells := fixturePages(t), map[string]map[string]string{}
	tb := pages.window(t)
	for _, file := range []string{"index.html", "programme-computer_network.html"} {
		tb.turn(file, "")
		links := value[[][2]string](tb, `(() => { const out = [], take = () => document.querySelectorAll(".view td.n").forEach(td => { const a = td.querySelector("a"); out.push([a ? a.getAttribute("href") : "", td.textContent]) });
			take();
			document.querySelectorAll(".pick select:not([name=year])").forEach(s => { [...s.options].forEach(o => { if (o.value) { s.value = o.value; s.onchange(); take() } }) });
			return out })()`)
		if len(links) < 500 {
			t.Errorf("%s: %d numbers in all parts: the fixture shows nothing", file, len(links))
		}
		for _, l := range links {
			page, address, _ := strings.Cut(l[0], "#")
			if cells[page] == nil {
				cells[page] = tracedCells(s.File(page))
			}
			if got := cells[page][address]; !strings.Contains(got, strings.ReplaceAll(l[1], "—", "")) || got == "" {
				t.Fatalf("%s: %q leads to %q, which holds %q", file, l[1], l[0], got)
			}
		}
		// The report of 2025 is not beside this one: a number names the command.
		earlier := value[string](tb, `(() => { const s = document.querySelector(".pick [name=year]"); s.value = "2025"; s.onchange(); return document.querySelector(".view td.n").innerHTML })()`)
		if !strings.HasPrefix(earlier, `<span title="qianqi trace 2025/`) {
			t.Errorf("%s: a number of 2025 is %s", file, earlier)
		}
		tb.noComplaints()
	}
}

// The numbers of an earlier year lead to the report of that year where it stands beside this one.
func TestExplorerOfAnEarlierYear(t *testing.T) {
	a := inventedAnalysis(codebook.Default())
	for _, c := range []struct {
		why    string
		beside []int
		trace  []string // of 2026, 2025, 2024
	}{
		{"every year has its report", []int{2024, 2025, 2026}, []string{"trace-all.html", "../2025/trace-all.html", "../2024/trace-all.html"}},
		{"the report of 2024 is gone", []int{2025, 2026}, []string{"trace-all.html", "../2025/trace-all.html", ""}},
		{"this report stands alone", nil, []string{"trace-all.html", "", ""}},
	} {
		var data explorerData
		if err := json.Unmarshal(newDesk(a, names{cb: codebook.Default()}, c.beside).explorer(demand.Domain{}).data, &data); err != nil {
			t.Fatal(err)
		}
		for i, y := range data.Years {
			if i >= len(c.trace) || y.Trace != c.trace[i] {
				t.Errorf("%s: %d leads to %q", c.why, y.Year, y.Trace)
			}
		}
	}
}
