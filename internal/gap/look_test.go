package gap

import (
	"fmt"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

func fig(f demand.Figure) string {
	if !f.Shown() {
		return string(f.Flag)
	}
	return fmt.Sprintf("%.2f±%.2f[%.2f,%.2f] n%d/%d %s", f.Estimate, f.SE, f.Lo, f.Hi, f.Enterprises, f.Jobs, f.Flag)
}

func TestLook(t *testing.T) {
	cb := codebook.Default()
	a := analyse(t, cb, world(cb, 48))
	flags := map[demand.Flag]int{}
	for _, c := range a.Cells {
		flags[c.Figure.Flag]++
	}
	t.Logf("%+v", a.Facts)
	t.Log(flags)
	lv := map[string]map[demand.Flag]int{}
	for _, c := range a.Cells {
		d := c.Domain
		k := fmt.Sprint(d.Programme != "", d.Family != "", d.Industry != "", d.Size != "", d.Region != "")
		if lv[k] == nil {
			lv[k] = map[demand.Flag]int{}
		}
		lv[k][c.Figure.Flag]++
	}
	for k, v := range lv {
		t.Log(k, v)
	}
	show := func(g DomainGap) {
		t.Log("==", g.Domain.Key(), "openings", fig(g.Openings), "tau", g.MeanTau, "robust", g.Robust, "short", g.Short)
		for _, r := range g.Rows {
			t.Logf("%-24s I %s R %s O %s gap %s ratio %s cov T%.0f %s p %v ranks %v %s %s", r.Competency, fig(r.Importance), fig(r.Required), fig(r.Graduate), fig(r.Gap), fig(r.Ratio), r.Coverage.Taught, fig(r.Coverage.Gap), r.AdjustedP, r.Ranks, r.Quadrant, r.Band)
		}
	}
	show(a.Overall)
	for _, p := range a.Programmes {
		show(p.DomainGap)
		t.Log(p.Headline, p.Findings)
		for _, l := range p.Links {
			t.Log(l.Kind, l.Text.ZH)
		}
		t.Logf("%+v", p.Plan)
		for _, m := range p.House.Modules {
			t.Logf("%+v", m)
		}
		t.Log(len(p.Loop.Nodes), len(p.Loop.Links), p.Loop.Merged)
	}
	for _, p := range a.Priority {
		t.Log(p.Family, p.Rank, p.RankLo, p.RankHi, fig(p.Openings), fig(p.Growth), fig(p.Breadth), fig(p.Salary))
	}
	for _, r := range a.Change.Rows {
		if r.Measure == demand.PerformanceGap {
			t.Log(r.Domain.Key(), r.Competency, fig(r.Change), "same", fig(r.Same), r.Parts, r.Moved)
		}
	}
	for _, v := range a.Verdicts {
		t.Log(v.Decision.ID, v.Decision.Competency, v.Result, fig(v.Before), fig(v.After), fig(v.Change), v.Parts, v.Domains)
		for _, s := range v.Sentences {
			t.Log("   ", s.ZH, s.EN)
		}
	}
	t.Logf("%+v", a.Technologies)
	t.Logf("%+v", a.Titles)
	for _, d := range a.Dependence.Rows {
		t.Logf("%+v", d)
	}
	t.Log(a.Dependence.Without.Changed, a.Dependence.Without.Verdict)
	t.Logf("%+v", a.Quality.Strata)
	t.Logf("%+v", a.Quality.Reliability)
	t.Log(a.Quality.StraightLine.Changed, fig(a.Quality.StraightShare), a.Quality.Leniency.Changed, a.Quality.LeniencyShare)
	for _, r := range a.Texts.Rows {
		t.Log(r.Competency, fig(r.Mentions), fig(r.HighIf), fig(r.HighElse), fig(r.LowIf), r.Words)
	}
	for _, r := range a.Benchmark.Rows {
		t.Log(r.Competency, fig(r.Importance), fig(r.Level), r.Elements)
	}
	t.Log(a.BaseText, a.WeightText)
}
