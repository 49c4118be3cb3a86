package gap

import (
	"math"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// compared are the measures whose change is followed from year to year.
var compared = []demand.Measure{demand.PerformanceGap, demand.MeanRequired, demand.MeanGraduate, demand.MeanImportance}

// panel reports which enterprises of a sample another sample holds too, by key.
func panel(s, other *demand.Sample) func(enterprise int) bool {
	keys := make(map[string]bool, len(other.Enterprises))
	for i := range other.Enterprises {
		keys[other.Enterprises[i].Key] = true
	}
	in := make([]bool, len(s.Enterprises))
	for i := range s.Enterprises {
		in[i] = keys[s.Enterprises[i].Key]
	}
	return func(enterprise int) bool { return in[enterprise] }
}

// compare sets one competency beside the year before, in every domain.
func (r *run) compare(c int, now, then *demand.Column) {
	inNow := panel(r.sample, r.in.Samples[r.before])
	inThen := panel(r.in.Samples[r.before], r.sample)
	id := r.sample.Competencies[c]
	var past *codebook.Past
	if p, otherwise := r.cb.PastOf(id, r.before); otherwise {
		past = &p
	}
	for _, d := range r.domains {
		for _, m := range compared {
			row := changeRow{r: r, from: r.before, to: r.in.Year, domain: d, competency: id, measure: m}
			made := row.make(now, then, inNow, inThen)
			made.Past = past
			r.changes = append(r.changes, made)
		}
	}
}

// changeRow compares one figure of two years.
type changeRow struct {
	r          *run
	from, to   int
	domain     demand.Domain
	competency codebook.CompetencyID
	measure    demand.Measure
}

// make fills in the row. The change among the same enterprises is withheld where those visited in
// one of the years only are so few that their answers, or their number, would follow from it and
// from the figures of the two years.
func (w changeRow) make(now, then *demand.Column, inNow, inThen func(int) bool) ChangeRow {
	out := ChangeRow{
		Domain: w.domain, Competency: w.competency, Measure: w.measure,
		Before: w.r.tables[w.from].Figure(w.domain, w.competency, w.measure),
		After:  w.r.tables[w.to].Figure(w.domain, w.competency, w.measure),
	}
	after, before := now.Linear(w.domain, w.measure, nil), then.Linear(w.domain, w.measure, nil)
	out.Change = paired(demand.Difference(after, before, w.r.in.K), out.After, out.Before)
	if !out.Change.Shown() {
		out.Same = out.Change
		return out
	}
	out.P = known(pValue(out.Change))
	sameAfter, sameBefore := now.Linear(w.domain, w.measure, inNow), then.Linear(w.domain, w.measure, inThen)
	out.Same = demand.Difference(sameAfter, sameBefore, w.r.in.K)
	for _, others := range [2]demand.Linear{now.Linear(w.domain, w.measure, not(inNow)), then.Linear(w.domain, w.measure, not(inThen))} {
		if others.Confidential(w.r.in.K) && out.Same.Flag != demand.NoData {
			out.Same = demand.Figure{Flag: demand.WithheldComplement}
		}
	}
	if out.Same.Shown() && (w.changed(w.to, w.from) || w.changed(w.from, w.to)) {
		out.Same = demand.Figure{Flag: demand.WithheldComplement}
	}
	if out.Same.Shown() {
		out.Parts = split(out.Change.Estimate, out.Same.Estimate, sameAfter.Weight/after.Weight, sameBefore.Weight/before.Weight)
	}
	return out
}

// changed reports whether too few of the enterprises that a year shares with the other, or of those
// it does not, answered anew since an earlier report: the two figures together would give them away.
func (w changeRow) changed(year, other int) bool {
	for _, v := range w.r.views[year].Changes() {
		column := v.NewColumn()
		column.Load(slices.Index(w.r.sample.Competencies, w.competency))
		in := panel(v.Sample, w.r.in.Samples[other])
		if column.Linear(w.domain, w.measure, in).Confidential(w.r.in.K) || column.Linear(w.domain, w.measure, not(in)).Confidential(w.r.in.K) {
			return true
		}
	}
	return false
}

func not(in func(int) bool) func(int) bool { return func(e int) bool { return !in(e) } }

// paired withholds a change unless both figures it compares are shown.
func paired(change, after, before demand.Figure) demand.Figure {
	for _, f := range [2]demand.Figure{after, before} {
		if !f.Shown() {
			return demand.Figure{Flag: f.Flag}
		}
	}
	return change
}

// split divides a change exactly. Same is the change among the enterprises visited in both
// years; it counts with the mean of their shares of the weight in the two years. All the rest
// is due to other enterprises having been visited.
func split(change, same, shareAfter, shareBefore float64) Parts {
	within := same * (shareAfter + shareBefore) / 2
	return Parts{OK: true, Within: within, Between: change - within}
}

// change gathers what is known about the course over time.
func (r *run) change() Change {
	out := Change{Since: r.before, Years: r.years, Rows: r.changes, Trend: r.trend()}
	if r.before != 0 {
		out.Panel = r.panelSize()
	}
	for _, y := range r.years[:len(r.years)-1] {
		for _, id := range r.sample.Competencies {
			if p, otherwise := r.cb.PastOf(id, y); otherwise {
				out.Past = append(out.Past, p)
			}
		}
	}
	adjustChanges(out.Rows)
	return out
}

// panelSize counts the enterprises visited in both years; 0 where they, or those visited in one of
// the years only, are one to k−1.
func (r *run) panelSize() int {
	in, n := panel(r.sample, r.in.Samples[r.before]), 0
	for e := range r.sample.Enterprises {
		if in(e) {
			n++
		}
	}
	for _, visited := range [2]int{len(r.sample.Enterprises), len(r.in.Samples[r.before].Enterprises)} {
		if others := visited - n; n < r.in.K || others > 0 && others < r.in.K {
			return 0
		}
	}
	return n
}

// past lists the figures of the earlier years that a reader may set beside this one.
func (r *run) past() []PastYear {
	var out []PastYear
	for _, y := range slices.Backward(r.years) {
		if y == r.in.Year {
			continue
		}
		cells := filter(r.tables[y].Cells(), func(c demand.Cell) bool {
			return c.Measure == demand.MeanRequired || c.Measure == demand.MeanGraduate || c.Measure == demand.PerformanceGap
		})
		out = append(out, PastYear{y, cells})
	}
	return out
}

// adjustChanges adjusts the p values of the performance gaps together, since they are read
// together, and those of the other measures likewise.
func adjustChanges(rows []ChangeRow) {
	adjustByMeasure(len(rows), func(i int) (demand.Measure, *float64) { return rows[i].Measure, rows[i].P }, func(i int, p float64) {
		rows[i].AdjustedP = known(p)
		rows[i].Moved = rows[i].AdjustedP != nil && p < Alpha
	})
}

// adjustTrends adjusts the p values of the trends as adjustChanges does those of the changes.
func adjustTrends(rows []TrendRow) {
	adjustByMeasure(len(rows), func(i int) (demand.Measure, *float64) { return rows[i].Measure, rows[i].P },
		func(i int, p float64) { rows[i].AdjustedP = known(p) })
}

// adjustByMeasure gives each of n rows its p value adjusted over the rows of the same measure; NaN where it has none.
func adjustByMeasure(n int, row func(i int) (demand.Measure, *float64), give func(i int, adjusted float64)) {
	for _, m := range compared {
		p := make([]float64, n)
		for i := range p {
			p[i] = math.NaN()
			if of, v := row(i); of == m {
				p[i] = orNaN(v)
			}
		}
		for i, v := range estimate.BenjaminiHochberg(p) {
			if of, _ := row(i); of == m {
				give(i, v)
			}
		}
	}
}

// trend fits a line through four years or more: the median of all slopes (Sen 1968) with the
// test of Mann (1945) and Kendall.
func (r *run) trend() []TrendRow {
	if len(r.years) < 4 {
		return nil
	}
	var out []TrendRow
	for _, c := range r.sample.Competencies {
		for _, d := range r.domains {
			for _, m := range compared {
				if row, ok := r.trendRow(d, c, m); ok {
					out = append(out, row)
				}
			}
		}
	}
	adjustTrends(out)
	return out
}

// trendRow reports false where fewer than four years show the figure.
func (r *run) trendRow(d demand.Domain, c codebook.CompetencyID, m demand.Measure) (TrendRow, bool) {
	row := TrendRow{Domain: d, Competency: c, Measure: m}
	var x []float64
	for _, y := range r.years {
		if f := r.tables[y].Figure(d, c, m); f.Shown() {
			row.Years, row.Values, x = append(row.Years, y), append(row.Values, f.Estimate), append(x, float64(y))
		}
	}
	t := estimate.MannKendall(x, row.Values, Confidence)
	if t.N < 4 || !t.OK() {
		return TrendRow{}, false
	}
	row.Slope, row.P = t.Slope, known(t.P)
	if tau := known(t.Tau); tau != nil {
		row.Tau = *tau
	}
	return row, true
}
