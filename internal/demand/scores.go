package demand

import "math"

// quantity numbers what is estimated for a competency in a domain.
type quantity uint8

const (
	qImportance quantity = iota
	qRequired
	qGraduate
	qHigh
	qGap
	qBorich
	qCoverage
	qRatio
	qRanked
	qOpportunity
	quantities
)

// measureOf names the quantities.
var measureOf = [quantities]Measure{MeanImportance, MeanRequired, MeanGraduate, HighDemandShare,
	PerformanceGap, BorichMWDS, CoverageGap, SatisfactionRatio, RankedDiscrepancy, Opportunity}

// restsOn says which base carries a quantity: whose jobs and enterprises it counts.
var restsOn = [quantities]int{onImportance, onRequired, onGraduate, onRequired,
	onPairs, onPairs, onReference, onPairs, onPairs, onGraduate}

// summary is what a first pass over a domain's cells gives.
type summary struct {
	a       [guarded]float64 // Σ w·a
	s       [answers]float64 // Σ w·a·answer
	largest [guarded]float64 // the most that one enterprise holds of a
	ent     [guarded]int32   // enterprises that answered
	jobs    [bases]int32     // jobs that answered
	mean    [answers]float64 // s/a
	per     [answers]float64 // 1/a, 0 where nobody answered
	value   [quantities]float64
	ok      [quantities]bool
	slope   slopes
}

// slopes are the partial derivatives of the quantities that are not means themselves.
type slopes struct{ borichGap, borichI, ratioO, ratioR, chanceI, chanceO float64 }

// summarise sums the cells of every domain and evaluates every quantity.
func (v *View) summarise(w *worker) {
	clear(w.sum)
	for l := range levels {
		in := v.cells.in[l]
		for i := range w.tally[l] {
			weight := v.weight[v.cells.owner[l][i]]
			for _, n := range in.of(i) {
				w.sum[n].take(&w.tally[l][i], weight)
			}
		}
	}
	for n := range w.sum {
		w.sum[n].evaluate()
	}
}

// take adds one cell.
func (m *summary) take(c *sums, w float64) {
	for b, a := range c.a {
		if a != 0 {
			wa := w * float64(a)
			m.a[b] += wa
			m.largest[b] = max(m.largest[b], wa)
			m.ent[b]++
			m.jobs[b] += int32(c.n[b])
		}
	}
	for b := onUnpaired; b < guarded; b++ {
		if a := c.held(b); a != 0 {
			wa := w * float64(a)
			m.a[b] += wa
			m.largest[b] = max(m.largest[b], wa)
			m.ent[b]++
		}
	}
	for k, s := range c.s {
		m.s[k] += w * float64(s)
	}
}

// evaluate derives every quantity from the means, with its gradient for the delta method.
// Borich 1980; Narine & Harder 2021 for the ranked discrepancy, −100 (every job short) to 100;
// Ulwick 2005 for the opportunity score, here on the means of the 1–5 scale.
func (m *summary) evaluate() {
	for k := range m.mean {
		if a := m.a[baseOf[k]]; a > 0 {
			m.mean[k], m.per[k] = m.s[k]/a, 1/a
		}
	}
	r, gap := &m.mean, m.mean[sumPR]-m.mean[sumPO]
	m.set(qImportance, r[sumI], onImportance)
	m.set(qRequired, r[sumR], onRequired)
	m.set(qGraduate, r[sumO], onGraduate)
	m.set(qHigh, r[sumHigh], onRequired)
	m.set(qGap, gap, onPairs)
	m.set(qCoverage, r[sumOver], onReference)
	m.set(qRanked, 100*r[sumSign], onPairs)
	m.set(qBorich, gap*r[sumI], onPairs, onImportance)
	m.slope.borichGap, m.slope.borichI = r[sumI], gap
	if r[sumPR] > 0 {
		m.set(qRatio, r[sumPO]/r[sumPR], onPairs)
		m.slope.ratioO, m.slope.ratioR = 1/r[sumPR], -r[sumPO]/(r[sumPR]*r[sumPR])
	}
	short := r[sumI] - r[sumO]
	m.set(qOpportunity, r[sumI]+max(short, 0), onImportance, onGraduate)
	m.slope.chanceI, m.slope.chanceO = 1, 0
	if short > 0 {
		m.slope.chanceI, m.slope.chanceO = 2, -1
	}
}

// set records a quantity if there are answers on every base it is made of.
func (m *summary) set(q quantity, value float64, on ...int) {
	m.ok[q] = true
	for _, b := range on {
		m.ok[q] = m.ok[q] && m.a[b] > 0
	}
	m.value[q] = value
}

// count gives the enterprises and jobs a quantity rests on. One that is made of two bases
// counts the smaller.
func (m *summary) count(q quantity) (enterprises, jobs int) {
	b := restsOn[q]
	if (q == qBorich || q == qOpportunity) && m.ent[onImportance] < m.ent[b] {
		b = onImportance
	}
	return int(m.ent[b]), int(m.jobs[b])
}

// influence fills z with the linearised scores of one cell: what it adds to each quantity.
// The means of a cell's answers are z_k = w(s_k − mean_k·a)/A (Särndal, Swensson & Wretman
// 1992, section 5.6); the quantities follow by the chain rule.
func (m *summary) influence(c *sums, w float64, z *[quantities]float64) {
	var u [answers]float64
	for k := range u {
		u[k] = w * (float64(c.s[k]) - m.mean[k]*float64(c.a[baseOf[k]])) * m.per[k]
	}
	gap := u[sumPR] - u[sumPO]
	z[qImportance] = u[sumI]
	z[qRequired] = u[sumR]
	z[qGraduate] = u[sumO]
	z[qHigh] = u[sumHigh]
	z[qGap] = gap
	z[qBorich] = m.slope.borichGap*gap + m.slope.borichI*u[sumI]
	z[qCoverage] = u[sumOver]
	z[qRatio] = m.slope.ratioO*u[sumPO] + m.slope.ratioR*u[sumPR]
	z[qRanked] = 100 * u[sumSign]
	z[qOpportunity] = m.slope.chanceI*u[sumI] + m.slope.chanceO*u[sumO]
}

// spread holds, for one domain and stratum, the sums of scores and squares from which
// variances follow, and how many enterprises answered.
type spread struct {
	z, zz   [quantities]float64
	touched [bases]int32
}

// scatter runs the second pass: scores of every cell, by domain and stratum.
func (v *View) scatter(w *worker) {
	clear(w.spread)
	strata := v.design.strata()
	var z [quantities]float64
	for l := range levels {
		in := v.cells.in[l]
		for i := range w.tally[l] {
			c, e := &w.tally[l][i], v.cells.owner[l][i]
			for _, n := range in.of(i) {
				if int(n) < len(v.domains) {
					w.sum[n].influence(c, v.weight[e], &z)
					w.spread[int(n)*strata+int(v.design.home[e])].take(c, &z)
				}
			}
		}
	}
}

func (s *spread) take(c *sums, z *[quantities]float64) {
	for q, x := range z {
		s.z[q] += x
		s.zz[q] += x * x
	}
	for b, a := range c.a {
		if a != 0 {
			s.touched[b]++
		}
	}
}

// variance is Σ_h factor_h·(Σz² − (Σz)²/n_h): the with-replacement or finite-population
// variance of the total of the scores, clustered on the enterprise.
func (d *design) variance(strata []spread, q quantity) float64 {
	var sum float64
	for h := range strata {
		s := &strata[h]
		part := s.zz[q]
		if d.centre[h] {
			part -= s.z[q] * s.z[q] / d.count[h]
		}
		sum += d.factor[h] * part
	}
	return math.Max(sum, 0)
}

// freedom is the degrees of freedom of a domain's interval: those of the design in the strata
// the domain touches, n_h − 1 each, but never more than the enterprises that answered allow.
// (Survey packages stop at the first; with five enterprises behind a figure that would give
// the interval of a large sample. Compare Korn & Graubard 1999, section 5.2.)
func (d *design) freedom(touched func(h int) int32) float64 {
	df, answered := 0.0, 0.0
	for h, n := range d.count {
		if seen := touched(h); seen > 0 {
			df += n - 1
			answered += float64(seen)
		}
	}
	return max(0, min(df, answered-1))
}
