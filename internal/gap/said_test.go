package gap

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// Which states of what enterprises say may be shown one after another.
func TestOpen(t *testing.T) {
	r := runOf(codebook.Default(), plainInputs(12))
	state := func(what string, weights ...float64) said { // a letter each
		out := make(said)
		for i, letter := range what {
			s := saying{string(letter), 1}
			if i < len(weights) {
				s.weight = weights[i]
			}
			if letter != '-' {
				out[fmt.Sprint(i)] = s
			}
		}
		return out
	}
	for _, c := range []struct {
		why    string
		states []said
		want   bool
	}{
		{"the first report", []said{state("aaaaaaaa")}, true},
		{"the same again", []said{state("aaaaaaaa"), state("aaaaaaaa")}, true},
		{"one speaks otherwise", []said{state("aaaaaaaa"), state("baaaaaaa")}, false},
		{"one came", []said{state("aaaaaaa-"), state("aaaaaaaa")}, false},
		{"four went", []said{state("aaaaaaaaa"), state("----aaaaa")}, false},
		{"five speak otherwise", []said{state("aaaaaaaa"), state("bbbbbaaa")}, true},
		{"five, of which one outweighs the others", []said{state("aaaaaaaa"), state("bbbbbaaa", 100)}, false},
		{"so few before that it was not shown", []said{state("aaaa"), state("aaaaaaaa")}, true},
		{"otherwise than the first, though not than the second", []said{state("aaaaaaaaaaa"), state("bbbbbbaaaaa"), state("baaaaaaaaaa")}, false},
		{"a state that was held back was not shown", []said{state("aaaaaaaaaaa"), state("bbaaaaaaaaa"), state("bbbbbaaaaaa")}, true},
	} {
		if got := r.open(c.states); got != c.want {
			t.Errorf("%s: open %v, want %v", c.why, got, c.want)
		}
	}
	r.in.K = -1
	if !r.open([]said{state("aaaaaaaa"), state("baaaaaaa")}) {
		t.Error("held back where nothing is protected")
	}
}

// Beside an earlier report a technology, a title and the share of an ecosystem are held back where so few
// changed it that they would follow; nothing else is.
func TestSignalsBesideAnEarlierReport(t *testing.T) {
	cb := codebook.Default()
	base := func() Inputs {
		in := plainInputs(24)
		s := in.Samples[2026]
		in.Samples[2025] = plainSample(24)
		in.Samples[2025].Year = 2025
		for e := range s.Enterprises {
			for _, year := range []int{2025, 2026} {
				in.Samples[year].Enterprises[e].Ecosystems = []string{[]string{"huawei", "huawei", "zte"}[e%3]}
				in.Samples[year].Trends = append(in.Samples[year].Trends, demand.Trend{Enterprise: int32(e), Visit: int32(e), Technology: "Wi-Fi 7", Direction: "rising"},
					demand.Trend{Enterprise: int32(e), Visit: int32(e), Technology: "SRv6", Direction: "falling"})
			}
			s.Jobs.Title[2*e], s.Jobs.Title[2*e+1] = "大模型运维工程师", "云网工程师"
		}
		return in
	}
	all := func(int) bool { return true }
	for _, c := range []struct {
		why                                string
		change                             func(earlier map[int]*demand.Sample)
		technologies, titles, held, before int
		named                              bool // the largest ecosystem
	}{
		{"the same answers", func(map[int]*demand.Sample) {}, 2, 2, 0, 2, true},
		{"two saw one fall", func(s map[int]*demand.Sample) {
			s[2026].Trends[0].Direction, s[2026].Trends[2].Direction = "falling", "falling"
		}, 1, 2, 1, 1, true},
		{"six saw one fall", func(s map[int]*demand.Sample) {
			for e := range 6 {
				s[2026].Trends[2*e].Direction = "falling"
			}
		}, 2, 2, 0, 2, true},
		{"two saw one fall the year before", func(s map[int]*demand.Sample) {
			s[2025].Trends[0].Direction, s[2025].Trends[2].Direction = "falling", "falling"
		}, 2, 2, 0, 1, true},
		{"two had a job of another title", func(s map[int]*demand.Sample) {
			s[2026].Jobs.Title[0], s[2026].Jobs.Title[2] = "网络工程师", "网络工程师"
		}, 2, 1, 1, 2, true},
		{"two were of the other ecosystem", func(s map[int]*demand.Sample) {
			s[2026].Enterprises[0].Ecosystems, s[2026].Enterprises[1].Ecosystems = []string{"zte"}, []string{"zte"}
		}, 2, 2, 0, 2, false},
	} {
		in := base()
		earlier := map[int]*demand.Sample{}
		in.Earlier = make(map[int][]*demand.Sample)
		for year, s := range in.Samples {
			earlier[year] = someOf(s, all)
		}
		c.change(earlier)
		for year, s := range earlier {
			in.Earlier[year] = []*demand.Sample{s}
		}
		a := analyse(t, cb, in)
		if len(a.Technologies.Rows) != c.technologies || len(a.Titles.Rows) != c.titles || a.Technologies.Held+a.Titles.Held != c.held {
			t.Errorf("%s: %d technologies and %d titles, %d and %d held back", c.why, len(a.Technologies.Rows), len(a.Titles.Rows), a.Technologies.Held, a.Titles.Held)
		}
		if n := count(a.Technologies.Rows, func(w Technology) bool { return w.Before.Shown() }); n != c.before {
			t.Errorf("%s: %d shares of the year before are shown", c.why, n)
		}
		i := slices.IndexFunc(a.Dependence.Rows, func(r Concentration) bool { return r.Of == "visits" && r.Over == "ecosystem" })
		if row := a.Dependence.Rows[i]; (row.TopShare != nil) != c.named || !c.named && math.Mod(*row.HHI, 100) != 0 {
			t.Errorf("%s: %+v", c.why, row)
		}
	}
}
