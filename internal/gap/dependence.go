package gap

import (
	"fmt"
	"math"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// dependence measures how concentrated the survey is on few partners.
func (r *run) dependence() Dependence {
	quantities := []struct {
		of    string
		per   func(*demand.View) []float64 // enterprise → amount
		known bool                         // public anyway: the school's own visits
	}{{"visits", visitsEach, true}, {"hires", func(v *demand.View) []float64 { return hires(v.Sample, demand.Domain{}) }, false}, {"certification_demand", certificatesEach, false}}
	views := []*demand.View{r.view}
	for _, s := range r.in.Earlier[r.in.Year] {
		views = slices.Insert(views, len(views)-1, demand.NewView(r.cb, s, demand.Options{Base: r.in.Base}))
	}
	var out Dependence
	for _, q := range quantities {
		per := eachState(views, q.per)
		over := func(kind string, groups func(*demand.Enterprise) []string) Concentration {
			states := make([]grouped, len(views))
			for i, v := range views {
				states[i] = group(v.Sample, per[i], groups)
			}
			return r.over(q.of, kind, states)
		}
		out.Rows = append(out.Rows,
			r.overEnterprises(q.of, per[len(per)-1], q.known),
			over("industry", func(e *demand.Enterprise) []string { return []string{e.Industry} }),
			over("ecosystem", func(e *demand.Enterprise) []string { return e.Ecosystems }))
	}
	out.Without = r.withoutLargest()
	return out
}

func visitsEach(v *demand.View) []float64 {
	out := make([]float64, len(v.Sample.Enterprises))
	for _, visit := range v.Sample.Visits {
		out[visit.Enterprise]++
	}
	return out
}

// certificatesEach counts certificates asked for, each by what its job counts for.
func certificatesEach(v *demand.View) []float64 {
	out := make([]float64, len(v.Sample.Enterprises))
	for j, certs := range v.Sample.Jobs.Certificates {
		e := v.Sample.Jobs.Enterprise[j]
		out[e] += float64(len(certs)) * v.Weight(j) / v.EnterpriseWeight(int(e))
	}
	return out
}

// overEnterprises measures concentration on single enterprises. The share of the largest and
// the index would show that enterprise's own hires to whoever knows which it is, so they are
// given in bands unless they are the school's own visits. Of one that dominates the index would be that share.
func (r *run) overEnterprises(of string, per []float64, public bool) Concentration {
	c := estimate.Concentrate(per)
	out := Concentration{Of: of, Over: "enterprise", Units: c.Holders, Withheld: demand.NoData}
	switch {
	case !c.OK():
	case public:
		out.TopShare, out.HHI, out.Effective, out.Withheld = known(c.Top), known(c.HHI), known(c.Effective), demand.Good
	case r.limit(per) != "":
		out.Units, out.Withheld = 0, r.limit(per)
	default:
		hhi := max(100, math.Round(c.HHI/100)*100)
		out.TopBand, out.HHI, out.Effective, out.Withheld = band(c.Top), known(hhi), known(math.Round(1e5/hhi)/10), demand.Good
	}
	return out
}

// band is the ten-point band of a share.
func band(share float64) string {
	lo := min(9, int(share*10+1e-9)) * 10
	return fmt.Sprintf("%d–%d %%", lo, lo+10)
}

// grouped is what the enterprises of each group hold.
type grouped map[string]*holders

type holders struct {
	held []float64 // in the order of the sample
	by   said
}

// group divides amounts among groups of enterprises; one of several groups is split evenly among them.
func group(s *demand.Sample, per []float64, groups func(*demand.Enterprise) []string) grouped {
	out := make(grouped)
	for e, amount := range per {
		codes := groups(&s.Enterprises[e])
		for _, code := range codes {
			if part := amount / float64(len(codes)); code != "" && part > 0 {
				out.of(code).add(s.Enterprises[e].Key, part)
			}
		}
	}
	return out
}

func (g grouped) of(code string) *holders {
	if g[code] == nil {
		g[code] = &holders{by: make(said)}
	}
	return g[code]
}

func (h *holders) add(enterprise string, part float64) {
	h.held = append(h.held, part)
	weight := h.by[enterprise].weight + part
	h.by[enterprise] = saying{fmt.Sprint(weight), weight}
}

// others are what each enterprise holds in all groups but one, together.
func (g grouped) others(but string) said {
	out := &holders{by: make(said)}
	for _, code := range sortedKeys(g) {
		if code != but {
			for _, e := range sortedKeys(g[code].by) {
				out.add(e, g[code].by[e].weight)
			}
		}
	}
	return out.by
}

// over measures concentration on groups of enterprises, of states as open takes them. The largest group is
// named only where its share gives no enterprise away: see mayName. Where any group is confidential, or what
// changed in it since an earlier report, the index is rounded, since with the totals published elsewhere an
// exact one is an equation for what is withheld.
func (r *run) over(of, kind string, states []grouped) Concentration {
	now := states[len(states)-1]
	codes := sortedKeys(now)
	values := make([]float64, len(codes))
	exact := true
	for i, code := range codes {
		values[i] = sumOf(now[code].held)
		exact = exact && !r.confidential(now[code].held)
	}
	for _, g := range states {
		for code := range g {
			exact = exact && r.open(eachState(states, func(g grouped) said { return g.saidOf(code) }))
		}
	}
	c := estimate.Concentrate(values)
	out := Concentration{Of: of, Over: kind, Units: c.Holders, Withheld: demand.NoData}
	if !c.OK() {
		return out
	}
	out.HHI, out.Effective, out.Withheld = known(c.HHI), known(c.Effective), demand.Good
	if !exact {
		out.HHI, out.Effective = known(math.Round(c.HHI/100)*100), known(math.Round(c.Effective*10)/10)
	}
	if top := codes[c.TopIndex]; r.mayName(kind, top, states) {
		out.Top, out.TopShare = top, known(c.Top)
		return out
	}
	out.TopBand = band(c.Top)
	return out
}

func (g grouped) saidOf(code string) said {
	if g[code] == nil {
		return nil
	}
	return g[code].by
}

// mayName reports whether the share of a group may be shown: neither the group nor all others
// together are confidential, in themselves or beside earlier reports, and the group is not withheld as a
// domain elsewhere.
func (r *run) mayName(kind, group string, states []grouped) bool {
	now := states[len(states)-1]
	var others []float64
	rest := now.others(group)
	for _, e := range sortedKeys(rest) {
		others = append(others, rest[e].weight)
	}
	if r.confidential(now[group].held) || len(others) > 0 && r.confidential(others) {
		return false
	}
	if !r.open(eachState(states, func(g grouped) said { return g.saidOf(group) })) ||
		!r.open(eachState(states, func(g grouped) said { return g.others(group) })) {
		return false
	}
	return kind != "industry" || r.table.Size(demand.Domain{Industry: group}).Shown()
}

// confidential reports fewer than k holders, or one that dominates.
func (r *run) confidential(held []float64) bool {
	return len(held) < r.in.K || slices.Max(held) > Dominance*sumOf(held)
}

// limit says why what enterprises hold of a quantity is confidential; "" where it is not, or nobody holds any.
func (r *run) limit(per []float64) demand.Flag {
	held := filter(per, func(v float64) bool { return v > 0 })
	switch {
	case r.in.K < 0 || len(held) == 0 || !r.confidential(held):
		return ""
	case len(held) < r.in.K:
		return demand.WithheldFew
	}
	return demand.WithheldDominance
}

func sumOf(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x
	}
	return sum
}

// withoutLargest ranks again without the enterprise that counts for most.
func (r *run) withoutLargest() Rerun {
	weight := make([]float64, len(r.sample.Enterprises))
	for j, e := range r.sample.Jobs.Enterprise {
		weight[e] += r.view.Weight(j)
	}
	top := -1
	for e, w := range weight {
		if w > 0 && (top < 0 || w > weight[top]) {
			top = e
		}
	}
	if top < 0 {
		return Rerun{}
	}
	out := r.rerun(say("不含权重最大的一家企业", "without the enterprise that counts for most"),
		func(j int) bool { return int(r.sample.Jobs.Enterprise[j]) == top })
	out.Verdict = stable(out, say("结论不依赖任何一家企业", "the conclusion does not depend on one enterprise"),
		say("部分结论依赖一家企业，引用时须说明", "part of the conclusion depends on one enterprise; say so when it is quoted"))
	return out
}

// rerun ranks the competencies of every domain by performance gap again, leaving out the jobs
// for which skip is true. Only the ranks are kept: see Rerun.
func (r *run) rerun(what codebook.Text, skip func(job int) bool) Rerun {
	out := Rerun{What: what}
	view := r.view.Without(skip)
	columns := make([][]float64, len(r.domains)) // [domain][competency]
	column := view.NewColumn()
	for c := range r.sample.Competencies {
		column.Load(c)
		for i, d := range r.domains {
			l := column.Linear(d, demand.PerformanceGap, nil)
			gap := math.NaN()
			if l.OK && l.Enterprises >= r.in.K {
				gap = l.Value
			}
			columns[i] = append(columns[i], gap)
		}
	}
	for i, d := range r.domains {
		out.add(r, d, columns[i])
	}
	return out
}

// add compares the ranks of one domain, over the competencies shown both times.
func (o *Rerun) add(r *run, d demand.Domain, without []float64) {
	with := make([]float64, len(without))
	for c, id := range r.sample.Competencies {
		with[c] = math.NaN()
		if f := r.table.Figure(d, id, demand.PerformanceGap); f.Shown() && without[c] == without[c] {
			with[c] = f.Estimate
			continue
		}
		without[c] = math.NaN()
	}
	before, after := Places(with), Places(without)
	for c, id := range r.sample.Competencies {
		if before[c] == 0 {
			continue
		}
		o.Rows = append(o.Rows, RankChange{Domain: d, Competency: id, With: before[c], Without: after[c]})
		if before[c] != after[c] {
			o.Changed++
		}
	}
}

// stable says whether a rerun moved a competency into or out of the top, overall.
func stable(o Rerun, holds, depends codebook.Text) codebook.Text {
	if len(o.Rows) == 0 {
		return say("数据不足，无法检验", "too little data to tell")
	}
	count := make(map[demand.Domain]int)
	for _, row := range o.Rows {
		count[row.Domain]++
	}
	for _, row := range o.Rows {
		top := topOf(count[row.Domain])
		if (row.With <= top) != (row.Without <= top) {
			return depends
		}
	}
	return holds
}
