package gap

import (
	"math"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// domainGaps makes the gap tables of the whole sample and of every programme. All p values of
// all of them are adjusted together: they are read together.
func (r *run) domainGaps() []DomainGap {
	out := make([]DomainGap, len(r.domains))
	var p []float64
	for i := range r.domains {
		out[i] = r.domainGap(i)
		for _, row := range out[i].Rows {
			p = append(p, orNaN(row.P))
		}
	}
	adjusted := estimate.BenjaminiHochberg(p)
	for i := range out {
		for k := range out[i].Rows {
			out[i].Rows[k].AdjustedP = known(adjusted[0])
			adjusted = adjusted[1:]
		}
		out[i].judge()
	}
	return out
}

func orNaN(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}

// known points to a number that is one; nil for NaN and infinities.
func known(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

func (r *run) domainGap(i int) DomainGap {
	d := r.domains[i]
	g := DomainGap{Domain: d, Openings: r.table.Figure(d, "", demand.Openings), Enterprises: r.table.Size(d)}
	for c := range r.sample.Competencies {
		g.Rows = append(g.Rows, r.row(d, c))
	}
	g.rank()
	if r.means != nil {
		g.rankIntervals(func(c int) demand.Resampled { return r.means[c][i] })
	}
	return g
}

func (r *run) row(d demand.Domain, c int) Row {
	id := r.sample.Competencies[c]
	figure := func(m demand.Measure) demand.Figure { return r.table.Figure(d, id, m) }
	row := Row{
		Competency: id, Importance: figure(demand.MeanImportance), Required: figure(demand.MeanRequired),
		Graduate: figure(demand.MeanGraduate), HighDemand: figure(demand.HighDemandShare), Gap: figure(demand.PerformanceGap),
		Borich: figure(demand.BorichMWDS), Ratio: figure(demand.SatisfactionRatio),
		Ranked: figure(demand.RankedDiscrepancy), Opportunity: figure(demand.Opportunity),
		Coverage: r.coverage(d, id, figure(demand.CoverageGap)),
	}
	if row.Ratio.Shown() {
		row.Band = BandOf(row.Ratio.Estimate)
	}
	row.P = known(pValue(row.Gap))
	return row
}

// coverage is what the curriculum teaches of a competency; over several programmes only the
// gap is known.
func (r *run) coverage(d demand.Domain, c codebook.CompetencyID, gap demand.Figure) Coverage {
	out := Coverage{Gap: gap}
	m := r.curriculum()
	if m == nil || d.Programme == "" {
		return out
	}
	var t curriculum.Taught
	t, out.Known = m.Taught(d.Programme, c)
	out.Taught, out.Compulsory, out.Hours, out.Modules = float64(t.Level), float64(t.Compulsory), t.Hours, t.Modules
	return out
}

// points are the means that the methods rest on, from what is shown and nothing else.
func (g *DomainGap) points() []Point {
	out := make([]Point, len(g.Rows))
	for i, row := range g.Rows {
		out[i] = Point{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
		if !row.ranked() {
			continue
		}
		out[i] = Point{
			Importance: row.Importance.Estimate, Graduate: row.Graduate.Estimate,
			Discrepancy: row.Ranked.Estimate / 100,
		}
		out[i].PairO, out[i].PairR = pairMeans(row.Gap.Estimate, row.Ratio.Estimate, row.Graduate.Estimate)
	}
	return out
}

// ranked reports whether every figure that a method needs is shown.
func (r *Row) ranked() bool {
	return r.Importance.Shown() && r.Graduate.Shown() && r.Gap.Shown() && r.Ratio.Shown() && r.Ranked.Shown() && r.Borich.Shown()
}

// pairMeans recovers mean O and mean R over pairs from their difference and ratio. Where they
// are equal the ratio says nothing and the graduate level stands for both.
func pairMeans(gap, ratio, graduate float64) (o, r float64) {
	if math.Abs(1-ratio) < 1e-9 {
		return graduate, graduate
	}
	r = gap / (1 - ratio)
	return r - gap, r
}

// rank places the competencies under every method.
func (g *DomainGap) rank() {
	points := g.points()
	shown := 0
	for i := range g.Rows {
		if g.Rows[i].ranked() {
			shown++
		}
	}
	g.TopK = topOf(shown)
	g.Ranked = shown >= 3
	if !g.Ranked {
		return
	}
	g.Crosshair = Crosshair{OK: true, Name: say("各能力总平均", "grand means of the competencies")}
	g.Crosshair.Importance, g.Crosshair.Graduate = GrandMeans(points)
	quadrants := Quadrants(points)
	needs := make(map[Method][]float64)
	for _, m := range MethodOrder() {
		needs[m] = Needs(m, points)
		for i, place := range Places(needs[m]) {
			if place > 0 {
				g.Rows[i].Ranks = append(g.Rows[i].Ranks, Rank{Method: m, Rank: place})
			}
		}
	}
	for i := range g.Rows {
		g.Rows[i].Quadrant = quadrants[i]
		if g.Rows[i].ranked() {
			g.Rows[i].Diagonal = demand.Figure{Estimate: needs[ByQuadrant][i], Flag: demand.Good,
				Enterprises: g.Rows[i].Graduate.Enterprises, Jobs: g.Rows[i].Graduate.Jobs}
		}
	}
	g.Agreement, g.MeanTau = agree(needs)
}

// topOf is how many count as the top of n: three of six or more, fewer of fewer.
func topOf(n int) int { return min(3, max(1, n/2)) }

// rankIntervals gives every rank the percentile interval it has over the replicates.
func (g *DomainGap) rankIntervals(means func(c int) demand.Resampled) {
	if !g.Ranked {
		return
	}
	var rows []int
	for i := range g.Rows {
		if g.Rows[i].ranked() {
			rows = append(rows, i)
		}
	}
	resampled := make([]demand.Resampled, len(rows))
	for k, i := range rows {
		resampled[k] = means(i)
	}
	drawn := resampledPlaces(resampled)
	for m := range drawn {
		for k, i := range rows {
			lo, hi := estimate.Percentiles(drawn[m][k], Confidence)
			if lo == lo {
				g.Rows[i].Ranks[m].Lo, g.Rows[i].Ranks[m].Hi = int(lo), int(hi)
			}
		}
	}
}

// resampledPlaces ranks every replicate by every method: [method][row][replicate], without the
// replicates in which a row has no place.
func resampledPlaces(rows []demand.Resampled) [][][]float64 {
	replicates := len(rows[0].Importance)
	out := make([][][]float64, len(MethodOrder()))
	for m := range out {
		out[m] = make([][]float64, len(rows))
		for k := range rows {
			out[m][k] = make([]float64, 0, replicates)
		}
	}
	points, need, place := make([]Point, len(rows)), make([]float64, len(rows)), make([]int, len(rows))
	for b := range replicates {
		for k := range rows {
			s := &rows[k]
			points[k] = Point{s.Importance[b], s.Graduate[b], s.PairR[b], s.PairO[b], s.Sign[b]}
		}
		for m, method := range MethodOrder() {
			for k, p := range places(needs(method, points, need), place) {
				if p > 0 {
					out[m][k] = append(out[m][k], float64(p))
				}
			}
		}
	}
	return out
}

// judge finds what holds under every method: the robust top and the competencies that are
// short beyond their error.
func (g *DomainGap) judge() {
	for i := range g.Rows {
		row := &g.Rows[i]
		row.Robust = len(row.Ranks) > 0 && !slices.ContainsFunc(row.Ranks, func(k Rank) bool { return k.Rank > g.TopK })
		row.Short = row.short()
		if row.Robust {
			g.Robust = append(g.Robust, row.Competency)
		}
		if row.Short {
			g.Short = append(g.Short, row.Competency)
		}
	}
}

// short reports a shortfall beyond error under every method that knows a zero: the intervals
// of gap, Borich score, ranked discrepancy and ratio all lie on the side of too little, and
// the gap's p value holds after adjustment. (The quadrant and the opportunity score only
// compare competencies with one another.)
func (r *Row) short() bool {
	return r.Gap.Beyond(0) && r.Borich.Beyond(0) &&
		r.Ranked.Shown() && r.Ranked.HasSE && r.Ranked.Hi < 0 &&
		r.Ratio.Shown() && r.Ratio.HasSE && r.Ratio.Hi < 1 &&
		r.AdjustedP != nil && *r.AdjustedP < Alpha
}
