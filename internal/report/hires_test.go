package report

import (
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
		a.Facts.Hires, a.Programmes[0].Openings = demand.Figure{Flag: flag}, demand.Figure{Flag: flag}
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
