package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
)

// Planned hires that are not shown are no number on the overview and on a programme's page: the words
// of the flag say why.
func TestHiresThatAreNotShown(t *testing.T) {
	for _, flag := range []demand.Flag{demand.NoData, demand.WithheldFew, demand.WithheldDominance, demand.WithheldComplement} {
		a := inventedAnalysis(codebook.Default())
		a.Overall.Openings, a.Programmes[0].Openings = demand.Figure{Flag: flag}, demand.Figure{Flag: flag}
		d := newDesk(a, names{cb: codebook.Default()}, nil)
		for page, facts := range map[string][]fact{"overview": d.clusterFacts(), "programme": d.programmeFacts(a.Programmes[0])} {
			said := 0
			for _, f := range facts {
				if !strings.Contains(f.Label.ZH, "计划招聘") {
					continue
				}
				said++
				if why := flagText(flag); f.Value != "—" || !strings.HasSuffix(f.Label.ZH, "："+why.ZH) || !strings.HasSuffix(f.Label.EN, ": "+why.EN) || len(f.Quotes) != 0 || f.How == "" {
					t.Errorf("%s, %s: %+v", page, flag, f)
				}
			}
			if said != 1 {
				t.Errorf("%s, %s: planned hires stand %d times among the facts", page, flag, said)
			}
		}
	}
}

// The overview prints the weighted total of planned hires, and no other beside it: of a survey that visited
// all but one stratum whole, the two would differ by what the few visited there plan.
func TestHiresOfAllAreWeighted(t *testing.T) {
	a := inventedAnalysis(codebook.Default())
	a.Overall.Openings = demand.Figure{Estimate: 713.2, Enterprises: 84, Jobs: 201, Flag: demand.Good}
	facts := newDesk(a, names{cb: codebook.Default()}, nil).clusterFacts()
	if i := slices.IndexFunc(facts, func(f fact) bool { return f.Value == "713" }); i < 0 || !strings.Contains(facts[i].Label.ZH, "加权") || !strings.Contains(facts[i].Label.EN, "201 jobs") {
		t.Errorf("facts of the overview: %+v", facts)
	}
}

// Which family hires most is not said where no figure is shown, and why.
func TestNoFamilyFirst(t *testing.T) {
	for _, c := range []struct {
		why   string
		flags [2]demand.Flag
		says  string
	}{
		{"no job says how many", [2]demand.Flag{demand.NoData, demand.NoData}, "没有岗位写明"},
		{"what one family plans is withheld", [2]demand.Flag{demand.NoData, demand.WithheldFew}, "不能公布"},
	} {
		a := inventedAnalysis(codebook.Default())
		a.Priority = a.Priority[:2]
		for i, flag := range c.flags {
			a.Priority[i].Rank, a.Priority[i].Openings = 0, demand.Figure{Flag: flag}
		}
		if got, quotes := newDesk(a, names{cb: codebook.Default()}, nil).priorityFinding(); !strings.Contains(got.ZH, c.says) || len(quotes) != 0 {
			t.Errorf("%s: %q", c.why, got.ZH)
		}
	}
}

// How many hold a quantity is no zero where it is withheld or nobody said.
func TestUnitsThatAreNotShown(t *testing.T) {
	for flag, want := range map[demand.Flag]string{demand.WithheldDominance: "一家企业占比过高，不予公布", demand.NoData: "无数据"} {
		if got := unitsCell(gap.Concentration{Of: "hires", Withheld: flag}).Print().ZH; got != want {
			t.Errorf("%s: %q, want %q", flag, got, want)
		}
	}
	if got := unitsCell(gap.Concentration{Units: 9, Withheld: demand.Good}).Print().ZH; got != "9" {
		t.Errorf("nine partners: %q", got)
	}
}
