package estimate

import (
	"math"
	"testing"
)

// The variances of textbooks, written out in loops that share nothing with the engine, for what R
// printed with fewer digits than it can be held to: Cochran 1977 (10.8, 11.24), Särndal, Swensson &
// Wretman 1992 (4.3.21, 5.7.4, 7.9.8), Wolter 2007 (4.5.3, 4.5.5).

const tolNaive = 1e-10

// units adds numbers up by unit, in the order in which units appear.
func units(x []float64, of []string) (order []string, sum map[string]float64) {
	sum = make(map[string]float64)
	for i, u := range of {
		if _, seen := sum[u]; !seen {
			order = append(order, u)
		}
		sum[u] += x[i]
	}
	return order, sum
}

// between is n/(n−1)·Σ(t − t̄)² over the totals of units.
func between(x []float64, of []string) float64 {
	order, sum := units(x, of)
	var mean, squares float64
	n := float64(len(order))
	for _, u := range order {
		mean += sum[u] / n
	}
	for _, u := range order {
		squares += (sum[u] - mean) * (sum[u] - mean)
	}
	return n / (n - 1) * squares
}

// weightedMean is Σwy/Σw and its linearised scores w(y − ȳ)/Σw.
func weightedMean(y, w []float64) (mean float64, z []float64) {
	var top, bottom float64
	for i := range y {
		top += w[i] * y[i]
		bottom += w[i]
	}
	mean = top / bottom
	for i := range y {
		z = append(z, w[i]*(y[i]-mean)/bottom)
	}
	return mean, z
}

// only picks the rows at which a column holds a value.
func only[T any](from []T, column []string, value string) (out []T) {
	for i, v := range column {
		if v == value {
			out = append(out, from[i])
		}
	}
	return out
}

func TestStratifiedAndClusteredByHand(t *testing.T) {
	c, d := designOf(t, "strat_fpc")
	_, open := designOf(t, "strat_nofpc")
	mean, z := weightedMean(c.num("api00"), c.num("pw"))
	var with, without float64
	for _, s := range stypes {
		part := between(only(z, c["stype"], s), only(c["snum"], c["stype"], s))
		n := float64(len(only(z, c["stype"], s)))
		with += (1 - n/only(c.num("fpc"), c["stype"], s)[0]) * part
		without += part
	}
	e := d.Mean(c.num("api00"), All())
	near(t, "stratified mean", e.Value, mean, tolNaive)
	near(t, "its SE", e.SE, math.Sqrt(with), tolNaive)
	near(t, "without fpc", open.Mean(c.num("api00"), All()).SE, math.Sqrt(without), tolNaive)

	c, d = designOf(t, "clus1_fpc")
	mean, z = weightedMean(c.num("api00"), c.num("pw"))
	e = d.Mean(c.num("api00"), All())
	near(t, "cluster mean", e.Value, mean, tolNaive)
	near(t, "its SE", e.SE, math.Sqrt((1-15.0/757)*between(z, c["dnum"])), tolNaive)
}

func TestTwoStagesByHand(t *testing.T) {
	c, d := designOf(t, "clus2_fpc")
	mean, z := weightedMean(c.num("api00"), c.num("pw"))
	districts, _ := units(z, c["dnum"])
	f1 := float64(len(districts)) / c.num("fpc1")[0]
	variance := (1 - f1) * between(z, c["dnum"])
	for _, district := range districts {
		schools := only(c["snum"], c["dnum"], district)
		if f2 := float64(len(schools)) / only(c.num("fpc2"), c["dnum"], district)[0]; f2 < 1 {
			variance += f1 * (1 - f2) * between(only(z, c["dnum"], district), schools)
		}
	}
	e := d.Mean(c.num("api00"), All())
	near(t, "two-stage mean", e.Value, mean, tolNaive)
	near(t, "its SE", e.SE, math.Sqrt(variance), tolNaive)
}

// residuals are those of the weighted regression on indicators, by elimination without pivots on
// the normal equations; a collinear indicator is left out.
func residuals(z, w []float64, indicators [][]float64) []float64 {
	k := len(indicators)
	m := make([][]float64, k)
	for a := range m {
		m[a] = make([]float64, k+1)
		for i := range z {
			for b := range k {
				m[a][b] += w[i] * indicators[a][i] * indicators[b][i]
			}
			m[a][k] += w[i] * indicators[a][i] * z[i]
		}
	}
	beta := make([]float64, k)
	for a := range m {
		if math.Abs(m[a][a]) < 1e-6 {
			continue
		}
		for b := range m {
			if b != a {
				f := m[b][a] / m[a][a]
				for col := range m[b] {
					m[b][col] -= f * m[a][col]
				}
			}
		}
	}
	for a := range m {
		if math.Abs(m[a][a]) >= 1e-6 {
			beta[a] = m[a][k] / m[a][a]
		}
	}
	out := append([]float64(nil), z...)
	for i := range out {
		for a := range k {
			out[i] -= beta[a] * indicators[a][i]
		}
	}
	return out
}

// fitted are weights brought to known totals of each column's values in turn, over and over.
func fitted(w []float64, columns []string, c table, totals []map[string]float64) []float64 {
	w = append([]float64(nil), w...)
	for range 2000 {
		for k, name := range columns {
			_, sum := units(w, c[name])
			for i, v := range c[name] {
				w[i] *= totals[k][v] / sum[v]
			}
		}
	}
	return w
}

func TestCalibratedByHand(t *testing.T) {
	c, d := designOf(t, "clus1_fpc")
	y := c.num("api00")
	types, wide := map[string]float64{"E": 4421, "H": 755, "M": 1018}, map[string]float64{"No": 1072, "Yes": 5122}
	var indicators [][]float64
	for _, s := range stypes {
		indicators = append(indicators, c.is("stype", s))
	}
	for name, k := range map[string]struct {
		est        *Design
		columns    []string
		totals     []map[string]float64
		indicators [][]float64
	}{
		"post-stratified": {postStratified(t, c, d), []string{"stype"}, []map[string]float64{types}, indicators},
		"raked": {raked(t, c, d), []string{"stype", "sch.wide"}, []map[string]float64{types, wide},
			append(append([][]float64(nil), indicators...), c.is("sch.wide", "No"), c.is("sch.wide", "Yes"))},
	} {
		w := fitted(c.num("pw"), k.columns, c, k.totals)
		mean, z := weightedMean(y, w)
		perRow := make([]float64, len(z)) // the score of a row of weight one
		for i := range z {
			perRow[i] = z[i] / w[i]
		}
		e := residuals(perRow, c.num("pw"), k.indicators) // weighted as drawn
		for i := range e {
			e[i] *= w[i]
		}
		got := k.est.Mean(y, All())
		near(t, name+" mean", got.Value, mean, tolR)
		near(t, name+" SE", got.SE, math.Sqrt((1-15.0/757)*between(e, c["dnum"])), tolR)
	}
}

func TestJackknifeByHand(t *testing.T) {
	c, d := designOf(t, "clus1_nofpc")
	y, w := c.num("api00"), c.num("pw")
	without := func(unit string, column string) float64 {
		var top, bottom float64
		for i, u := range c[column] {
			if u != unit {
				top += w[i] * y[i]
				bottom += w[i]
			}
		}
		return top / bottom
	}
	spread := func(estimates []float64) float64 {
		var mean, squares float64
		for _, e := range estimates {
			mean += e / float64(len(estimates))
		}
		for _, e := range estimates {
			squares += (e - mean) * (e - mean)
		}
		return squares
	}
	districts, _ := units(w, c["dnum"])
	var left []float64
	for _, u := range districts {
		left = append(left, without(u, "dnum"))
	}
	n := float64(len(left))
	j, err := d.JK1()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "JK1", j.Mean(y, All()).SE, math.Sqrt((n-1)/n*spread(left)), tolNaive)

	s, sd := designOf(t, "strat_nofpc")
	y, w = s.num("api00"), s.num("pw")
	var replicates, scales []float64
	for _, h := range stypes {
		size := float64(len(only(w, s["stype"], h)))
		for k := range w {
			if s["stype"][k] != h {
				continue
			}
			var top, bottom float64
			for i := range w { // the rest of the stratum takes over its weight
				f := 1.0
				if i == k {
					f = 0
				} else if s["stype"][i] == h {
					f = size / (size - 1)
				}
				top += f * w[i] * y[i]
				bottom += f * w[i]
			}
			replicates, scales = append(replicates, top/bottom), append(scales, (size-1)/size)
		}
	}
	var mean, variance float64 // R's default: deviations from the mean of all replicates
	for _, r := range replicates {
		mean += r / float64(len(replicates))
	}
	for k, r := range replicates {
		variance += scales[k] * (r - mean) * (r - mean)
	}
	jn, err := sd.JKn()
	if err != nil {
		t.Fatal(err)
	}
	near(t, "JKn", jn.Mean(y, All()).SE, math.Sqrt(variance), tolNaive)
}

// Ratio, domain mean, domain total and the difference of two domains in a clustered sample.
func TestRatioAndDomainsByHand(t *testing.T) {
	c, d := designOf(t, "clus1_fpc")
	x, y, w, in, out := c.num("api99"), c.num("api00"), c.num("pw"), c.is("stype", "E"), c.is("stype", "M")
	f := 1 - 15.0/757
	variance := func(score func(i int) float64) float64 {
		z := make([]float64, len(w))
		for i := range z {
			z[i] = w[i] * score(i)
		}
		return f * between(z, c["dnum"])
	}
	sum := func(of func(i int) float64) (s float64) {
		for i := range w {
			s += w[i] * of(i)
		}
		return s
	}
	ty, tx := sum(func(i int) float64 { return y[i] }), sum(func(i int) float64 { return x[i] })
	r := d.Ratio(y, x, All())
	near(t, "ratio", r.Value, ty/tx, tolNaive)
	near(t, "ratio SE", r.SE, math.Sqrt(variance(func(i int) float64 { return (y[i] - ty/tx*x[i]) / tx })), tolNaive)
	mean := func(of []float64) (m, n float64) {
		n = sum(func(i int) float64 { return of[i] })
		return sum(func(i int) float64 { return of[i] * y[i] }) / n, n
	}
	a, na := mean(in)
	b, nb := mean(out)
	e, m := c.where("stype", "E"), c.where("stype", "M")
	near(t, "domain SE", d.Mean(y, e).SE, math.Sqrt(variance(func(i int) float64 { return in[i] * (y[i] - a) / na })), tolNaive)
	near(t, "domain total SE", d.Total(y, e).SE, math.Sqrt(variance(func(i int) float64 { return in[i] * y[i] })), tolNaive)
	diff := d.Difference(d.LineariseMean(y, m), d.LineariseMean(y, e))
	near(t, "difference", diff.Value, a-b, tolNaive)
	near(t, "difference SE", diff.SE, math.Sqrt(variance(func(i int) float64 { return in[i]*(y[i]-a)/na - out[i]*(y[i]-b)/nb })), tolNaive)
}

// TestThePopulation holds the file of all schools against the truth that comes with R's results, so
// that coverage is counted against the right numbers.
func TestThePopulation(t *testing.T) {
	c := readTable(t, "apipop.csv")
	truth := reference(t)["population_truth"].(map[string]any)
	census := design(t, Sample{N: len(c["api00"])})
	near(t, "schools", float64(census.Rows()), truth["N"].(float64), 0)
	near(t, "api00", census.Mean(c.num("api00"), All()).Value, truth["mean_api00"].(float64), 1e-12)
	near(t, "api99", census.Mean(c.num("api99"), All()).Value, truth["mean_api99"].(float64), 1e-12)
	for _, s := range stypes {
		near(t, "schools "+s, census.Total(c.is("stype", s), All()).Value, truth["stype"].(map[string]any)[s].(float64), 1e-12)
		near(t, "api99 "+s, census.Mean(c.num("api99"), c.where("stype", s)).Value, truth["by_stype_api99"].(map[string]any)[s].(float64), 1e-12)
	}
}
