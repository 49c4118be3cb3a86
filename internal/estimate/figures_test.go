package estimate

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

func TestLogitIntervalOfAShare(t *testing.T) {
	c, d := designOf(t, "clus1_nofpc")
	e := d.Proportion(c.is("sch.wide", "Yes"), All())
	q := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: 14}.Quantile(0.975)
	logit, half := math.Log(e.Value/(1-e.Value)), q*e.SE/(e.Value*(1-e.Value))
	near(t, "lower", math.Log(e.Lo/(1-e.Lo)), logit-half, 1e-12)
	near(t, "upper", math.Log(e.Hi/(1-e.Hi)), logit+half, 1e-12)
	// R: svyciprop(~I(stype == "H"), dclus1 with fpc, method = "logit"), df 14
	_, d = designOf(t, "clus1_fpc")
	h := d.Proportion(c.is("stype", "H"), All())
	if !(0 < h.Lo && h.Lo < h.Value && h.Value < h.Hi && h.Hi < 1) {
		t.Errorf("share of high schools: %+v", h)
	}
}

func TestShareOfNoneAndAll(t *testing.T) {
	d := design(t, Sample{PSU: []int32{1, 1, 2, 3, 4, 5, 5, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}})
	zero, one := make([]float64, d.Rows()), filled(d.Rows(), 1)
	e := d.Proportion(zero, All())
	_, hi := ClopperPearson(0, 20, 0.95) // 0.1684, Newcombe's example of 0 in 20
	if e.Lo != 0 || e.Reason != AllEqual {
		t.Errorf("share of none: %+v", e)
	}
	near(t, "upper bound of none", e.Hi, hi, 1e-9)
	e = d.Proportion(one, All())
	if e.Hi != 1 {
		t.Errorf("share of all: %+v", e)
	}
	near(t, "lower bound of all", e.Lo, 1-hi, 1e-9)
}

// R: quantile(x, type = 1) for equal weights; the weighted cases by hand from
// the definition inf{x: F(x) ≥ p}.
func TestQuantileRule(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	d := design(t, Sample{N: 10})
	for _, c := range [][2]float64{{.01, 1}, {.05, 1}, {.1, 1}, {.15, 2}, {.21, 3}, {.5, 5}, {.51, 6}, {.9, 9}, {.95, 10}, {.99, 10}} {
		near(t, "quantile", d.Quantile(x, c[0], All()).Value, c[1], 0)
	}
	w := design(t, Sample{Weight: []float64{5, 1, 1, 1, 1, 1, 1, 1, 1, 1}})
	near(t, "weighted median", w.Quantile(x, 0.5, All()).Value, 3, 0)
	near(t, "weighted third", w.Quantile(x, 0.3, All()).Value, 1, 0)
}

func TestWoodruffInterval(t *testing.T) {
	c, d := designOf(t, "strat_fpc")
	y := c.num("api00")
	e := d.Quantile(y, 0.5, All())
	below := make([]float64, len(y))
	for i, v := range y {
		if v <= e.Value {
			below[i] = 1
		}
	}
	share := d.Mean(below, All())
	near(t, "lower", e.Lo, d.Quantile(y, share.Lo, All()).Value, 0)
	near(t, "upper", e.Hi, d.Quantile(y, share.Hi, All()).Value, 0)
	near(t, "SE", e.SE, (e.Hi-e.Lo)/(share.Hi-share.Lo)*share.SE, 1e-12)
	j, err := d.JKn()
	if err != nil {
		t.Fatal(err)
	}
	r := j.Quantile(y, 0.5, All())
	if r.Value != e.Value || math.Abs(r.SE/e.SE-1) > 0.2 {
		t.Errorf("jackknife median %v ± %v, linearised %v ± %v", r.Value, r.SE, e.Value, e.SE)
	}
	if q := d.Quantile(y, 0.001, All()); q.Reason != OpenInterval || !math.IsNaN(q.Lo) {
		t.Errorf("extreme quantile: %+v", q)
	}
	if q := d.Quantile(filled(200, 4), 0.5, All()); q.Reason != AllEqual || q.Lo != 4 {
		t.Errorf("median of equal answers: %+v", q)
	}
	top := filled(200, 5)
	top[0] = 1
	if q := d.Quantile(top, 0.5, All()); q.Value != 5 || q.OK() == false || q.Reason != OpenInterval || !math.IsNaN(q.SE) {
		t.Errorf("median at the top of the scale: %+v", q)
	}
}

func TestPValue(t *testing.T) {
	e := Estimate{Value: 2.228138851964939, SE: 1, DF: 10}
	near(t, "p at the 97.5 % point", e.PValue(0), 0.05, 1e-9)
	if p := (Estimate{Value: 1, SE: 0, DF: 3}).PValue(0); !math.IsNaN(p) {
		t.Errorf("p without spread = %v", p)
	}
	if p := (Estimate{Value: 1, SE: 1, DF: 0}).PValue(0); !math.IsNaN(p) {
		t.Errorf("p without degrees of freedom = %v", p)
	}
}

func TestTrendOfFewYears(t *testing.T) {
	nan := math.NaN()
	years := []float64{2023, 2024, 2025, 2026}
	m := MannKendall(years, []float64{1, 2, 3, 4}, 0.95)
	if !m.OK() || m.Slope != 1 || m.S != 6 || m.Tau != 1 || !m.Exact {
		t.Errorf("rising: %+v", m)
	}
	near(t, "exact P of four rising years", m.P, 2.0/24, 1e-12) // Kendall 1970, table 1
	m = MannKendall(years, []float64{1, nan, 3, nan}, 0.95)
	if m.N != 2 || m.Slope != 1 || m.P != 1 || !math.IsNaN(m.Lo) {
		t.Errorf("two years: %+v", m)
	}
	m = MannKendall(years, []float64{2, 2, 2, 2}, 0.95)
	if m.Slope != 0 || m.P != 1 || !math.IsNaN(m.Tau) || m.Exact {
		t.Errorf("level: %+v", m)
	}
	m = MannKendall([]float64{2026}, []float64{2}, 0.95)
	if m.OK() || !math.IsNaN(m.P) {
		t.Errorf("one year: %+v", m)
	}
	// Ties on both sides: S and its variance from Kendall 1970, example 4.1
	x := []float64{1, 2.5, 2.5, 4.5, 4.5, 6.5, 6.5, 8, 9.5, 9.5}
	y := []float64{1, 2, 4.5, 4.5, 4.5, 4.5, 8, 8, 8, 10}
	near(t, "S with ties", concordance(x, y), 33, 0)
	near(t, "tau-b with ties", KendallTauB(x, y), 33/math.Sqrt(41*36), 1e-12)
}

func TestRanks(t *testing.T) {
	nan := math.NaN()
	for i, want := range []float64{2.5, 1, nan, 2.5, 4} {
		near(t, "rank", Ranks([]float64{3, 5, nan, 3, 1})[i], want, 0)
	}
	got := RankIntervals([]float64{3, 2, nan}, [][]float64{{3, 1, 3, nan}, {2, 2, 2, 9}, {nan, nan, nan, nan}}, 0.5)
	if got[0].Rank != 1 || got[0].Lo != 1 || got[0].Hi != 2 {
		t.Errorf("first: %+v", got[0])
	}
	if got[1].Rank != 2 || got[1].Lo != 1 || got[1].Hi != 2 {
		t.Errorf("second: %+v", got[1])
	}
	if !math.IsNaN(got[2].Rank) || !math.IsNaN(got[2].Lo) {
		t.Errorf("absent: %+v", got[2])
	}
	if one := RankIntervals([]float64{1}, nil, 0.95); one[0].Rank != 1 || !math.IsNaN(one[0].Hi) {
		t.Errorf("no replicates: %+v", one)
	}
	values := make([]float64, 1000)
	for i := range values {
		values[i] = float64(1000 - i)
	}
	lo, hi := Percentiles(values, 0.95)
	if lo != 25 || hi != 976 {
		t.Errorf("percentiles %g, %g", lo, hi)
	}
}

func TestConcentrationEdges(t *testing.T) {
	if c := Concentrate([]float64{0, math.NaN(), -1}); c.OK() || c.TopIndex != -1 || !math.IsNaN(c.HHI) {
		t.Errorf("nothing: %+v", c)
	}
	if c := Concentrate([]float64{0, 7}); c.HHI != 1e4 || c.Effective != 1 || c.TopIndex != 1 || !math.IsNaN(c.Normal) {
		t.Errorf("one holder: %+v", c)
	}
	c, per := ConcentrateBy([]float64{1, 2, 3, 4}, []int32{0, 1, 0, -1}, 2)
	if per[0] != 4 || per[1] != 2 || c.TopIndex != 0 || c.Holders != 2 {
		t.Errorf("by holder: %+v %v", c, per)
	}
}

func TestPlainIntervalsOfNothing(t *testing.T) {
	for name, f := range map[string]func(k, n, level float64) (float64, float64){
		"Wilson": Wilson, "continuity": WilsonContinuity, "exact": ClopperPearson,
	} {
		if lo, hi := f(0, 0, 0.95); !math.IsNaN(lo) || !math.IsNaN(hi) {
			t.Errorf("%s of no trials: %g, %g", name, lo, hi)
		}
		if lo, hi := f(5, 5, 0.95); lo <= 0 || hi != 1 {
			t.Errorf("%s of five in five: %g, %g", name, lo, hi)
		}
	}
}

func TestReliability(t *testing.T) { // NCHS: n < 30 not shown; 30–59 or RSE ≥ 30 % unreliable
	for _, c := range []struct {
		n    int
		se   float64
		want Reliability
	}{{29, 0.1, NotShown}, {30, 0.1, Unreliable}, {59, 0.1, Unreliable}, {60, 0.29, Reliable}, {60, 0.30, Unreliable}, {500, math.NaN(), NotShown}} {
		if got := (Estimate{Value: 1, SE: c.se, N: c.n}).Reliability(); got != c.want {
			t.Errorf("n %d, SE %g: %s, want %s", c.n, c.se, got, c.want)
		}
	}
}

// Two stages with strata at the second, by the formula written out.
func TestSecondStageStrata(t *testing.T) {
	s := Sample{
		PSU:     []int32{1, 1, 1, 1, 2, 2, 2, 2},
		Strata2: []int32{1, 1, 2, 2, 1, 1, 2, 2},
		SSU:     []int32{1, 2, 3, 4, 5, 6, 7, 8},
		FPC:     filled(8, 4),
		FPC2:    []float64{5, 5, 6, 6, 5, 5, 6, 6},
	}
	y := []float64{1, 3, 2, 8, 4, 4, 6, 1}
	e := design(t, s).Total(y, All())
	w := []float64{5, 5, 6, 6, 5, 5, 6, 6} // 4/2 · 5/2 and 4/2 · 6/2
	z := make([]float64, 8)
	for i := range z {
		z[i] = w[i] * y[i]
	}
	square := func(a, b float64) float64 { return 2 * (a - b) * (a - b) / 2 } // n/(n−1)·Σ(z−z̄)² for two
	want := (1 - 2.0/4) * square(z[0]+z[1]+z[2]+z[3], z[4]+z[5]+z[6]+z[7])
	for p := range 2 {
		a, b := z[4*p:4*p+2], z[4*p+2:4*p+4]
		want += 2.0 / 4 * ((1-2.0/5)*square(a[0], a[1]) + (1-2.0/6)*square(b[0], b[1]))
	}
	near(t, "value", e.Value, z[0]+z[1]+z[2]+z[3]+z[4]+z[5]+z[6]+z[7], 1e-12)
	near(t, "variance", e.SE*e.SE, want, 1e-12)
	// one unit is enough for a mean when its subunits vary
	if one := design(t, s).Mean(y, Rows(0, 1, 2, 3)); !(one.SE > 0) {
		t.Errorf("mean within one unit: %+v", one)
	}
}

func TestReplicateProportion(t *testing.T) {
	c, d := designOf(t, "clus1_nofpc")
	j, err := d.JK1()
	if err != nil {
		t.Fatal(err)
	}
	e := j.Proportion(c.is("stype", "E"), All())
	near(t, "R's jackknife SE", e.SE, 0.0519586712418233, tolR)
	lo, hi := d.shareInterval(e)
	if e.Lo != lo || e.Hi != hi || e.Lo < 0.6 {
		t.Errorf("not the logit interval: %+v", e)
	}
	if a := absent(NoAnswers); !math.IsNaN(a.SE) {
		t.Error("an absent estimate has an SE")
	}
	if e := j.Proportion(c.is("stype", "E"), Domain{}); e.OK() || !math.IsNaN(e.Lo) {
		t.Errorf("share of nobody: %+v", e)
	}
}
