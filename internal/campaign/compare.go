package campaign

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/gap"
	"github.com/thousand-enterprises/qianqi/internal/report"
)

// watched are the measures whose movement is told. The others follow from them.
var watched = []demand.Measure{demand.PerformanceGap, demand.MeanRequired, demand.MeanGraduate, demand.MeanImportance}

// address is a figure's place within a year.
type address struct {
	domain     demand.Domain
	competency codebook.CompetencyID
	measure    demand.Measure
}

// published is a year's figures as a report published them: only those shown, with an interval.
type published map[address]report.Value

// publishedIn reads the figures of a report's data.json.
func publishedIn(data []byte) (published, error) {
	var doc struct {
		Cells []struct {
			Domain     demand.Domain         `json:"domain"`
			Competency codebook.CompetencyID `json:"competency"`
			Measure    demand.Measure        `json:"measure"`
			Estimate   *float64              `json:"estimate"`
			Lo         *float64              `json:"lo"`
			Hi         *float64              `json:"hi"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	out := make(published, len(doc.Cells))
	for _, c := range doc.Cells {
		if c.Estimate != nil && c.Lo != nil && c.Hi != nil && slices.Contains(watched, c.Measure) {
			out[address{c.Domain, c.Competency, c.Measure}] = report.Value{Estimate: *c.Estimate, Lo: *c.Lo, Hi: *c.Hi}
		}
	}
	return out, nil
}

// publishedBy is what an analysis will publish, read the same way, so that both sides of a
// comparison are rounded alike.
func publishedBy(a *gap.Analysis) (published, error) {
	data, err := a.JSON()
	if err != nil {
		return nil, err
	}
	return publishedIn(data)
}

// compareReports compares two reports on one year.
func compareReports(year int, before, after published) *report.FigureChanges {
	out := &report.FigureChanges{Year: year}
	for at, now := range after {
		then, shown := before[at]
		if !shown {
			out.Shown++
			continue
		}
		out.Compared++
		if now.Estimate < then.Lo || now.Estimate > then.Hi || then.Estimate < now.Lo || then.Estimate > now.Hi {
			out.Moved = append(out.Moved, report.Move{Domain: at.domain, Competency: at.competency, Measure: at.measure, Before: then, After: now})
		}
		compareGap(out, at, then, now)
	}
	for at := range before {
		if _, shown := after[at]; !shown {
			out.Withheld++
		}
	}
	order(out)
	return out
}

// compareGap notes a performance gap of the cluster or a programme that opened or closed.
func compareGap(out *report.FigureChanges, at address, then, now report.Value) {
	if at.measure != demand.PerformanceGap || at.domain != (demand.Domain{Programme: at.domain.Programme}) {
		return
	}
	g := report.GapChange{Domain: at.domain, Competency: at.competency, Gap: now}
	switch {
	case now.Lo > 0 && then.Lo <= 0:
		out.Opened = append(out.Opened, g)
	case now.Lo <= 0 && then.Lo > 0:
		out.Closed = append(out.Closed, g)
	}
}

// compareYears takes from an analysis what moved since the year before; nil where there is none.
func compareYears(a *gap.Analysis) *report.FigureChanges {
	if a.Change.Since == 0 {
		return nil
	}
	out := &report.FigureChanges{Year: a.Change.Since}
	for _, p := range a.Change.Past {
		if p.Year == a.Change.Since {
			out.AskedOtherwise = append(out.AskedOtherwise, p)
		}
	}
	for _, r := range a.Change.Rows {
		if !r.Change.Shown() || !r.Before.HasSE || !r.After.HasSE {
			continue
		}
		out.Compared++
		then, now := valueOf(r.Before), valueOf(r.After)
		if r.Moved {
			out.Moved = append(out.Moved, report.Move{Domain: r.Domain, Competency: r.Competency, Measure: r.Measure, Before: then, After: now})
		}
		compareGap(out, address{r.Domain, r.Competency, r.Measure}, then, now)
	}
	order(out)
	return out
}

// valueOf rounds as data.json does.
func valueOf(f demand.Figure) report.Value {
	return report.Value{Estimate: round(f.Estimate), Lo: round(f.Lo), Hi: round(f.Hi)}
}

// round keeps six decimals, more than any page shows.
func round(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// order puts the widest subgroups first, and in them the largest movements.
func order(c *report.FigureChanges) {
	slices.SortFunc(c.Moved, func(a, b report.Move) int {
		return cmp.Or(cmp.Compare(depth(a.Domain), depth(b.Domain)),
			cmp.Compare(math.Abs(b.After.Estimate-b.Before.Estimate), math.Abs(a.After.Estimate-a.Before.Estimate)),
			cmp.Compare(a.Domain.Key(), b.Domain.Key()), cmp.Compare(a.Competency, b.Competency), cmp.Compare(a.Measure, b.Measure))
	})
	for _, list := range [][]report.GapChange{c.Opened, c.Closed} {
		slices.SortFunc(list, func(a, b report.GapChange) int {
			return cmp.Or(cmp.Compare(depth(a.Domain), depth(b.Domain)), cmp.Compare(b.Gap.Estimate, a.Gap.Estimate),
				cmp.Compare(a.Domain.Key(), b.Domain.Key()), cmp.Compare(a.Competency, b.Competency))
		})
	}
}

// depth is 0 for the whole cluster, 1 for a programme, 2 for what is smaller.
func depth(d demand.Domain) int {
	switch d {
	case demand.Domain{}:
		return 0
	case demand.Domain{Programme: d.Programme}:
		return 1
	}
	return 2
}

// dues lists what waits for the committee in a year, and the decisions that its figures are the
// first to judge.
func dues(reg *curriculum.Register, a *gap.Analysis) []report.Due {
	var out []report.Due
	if reg == nil {
		return nil
	}
	superseded, last := closings(reg)
	for _, p := range reg.Proposals {
		if superseded[p.ID] || p.Year > a.Year {
			continue
		}
		if d, decided := last[p.ID]; !decided || d.Outcome == curriculum.Defer && d.Year < a.Year {
			out = append(out, report.Due{Kind: dueKind(&p, decided), ID: string(p.ID), Day: string(p.Opened), Change: p.Kind,
				Programme: p.Programme, Module: p.Module, Competency: p.Competency})
		}
	}
	for _, v := range a.Verdicts {
		if d := v.Decision; d.Outcome == curriculum.Adopt && d.Effective == a.Year {
			out = append(out, report.Due{Kind: report.DueJudge, ID: d.ID, Day: string(d.Day), Change: d.Kind,
				Programme: d.Programme, Module: d.Module, Competency: d.Competency, Result: string(v.Result)})
		}
	}
	return out
}

// closings says which proposals another took the place of, and what was last decided on each.
func closings(reg *curriculum.Register) (superseded map[curriculum.ProposalID]bool, last map[curriculum.ProposalID]curriculum.Decision) {
	superseded, last = make(map[curriculum.ProposalID]bool), make(map[curriculum.ProposalID]curriculum.Decision)
	for _, p := range reg.Proposals {
		if p.Supersedes != "" {
			superseded[p.Supersedes] = true
		}
	}
	for _, d := range reg.Decisions {
		last[d.Proposal] = d
	}
	return superseded, last
}

func dueKind(p *curriculum.Proposal, decided bool) string {
	sides := make(map[curriculum.Side]bool)
	for _, r := range p.Reviews {
		sides[r.Side] = true
	}
	switch {
	case decided:
		return report.DueRevisit
	case sides[curriculum.School] && sides[curriculum.Enterprise]:
		return report.DueDecide
	}
	return report.DueReview
}
