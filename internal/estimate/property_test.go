package estimate

import (
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
)

// What must not change a number does not: the statistics are compared to
// rounding error, over one- and two-stage designs, with and without
// calibration.

// variant is a sample with columns to estimate, rebuilt at will.
type variant struct {
	s       Sample
	y, x    []float64
	level   []int32
	margins bool
}

func variants(t *testing.T) map[string]variant {
	c1, c2, st := readTable(t, "apiclus1.csv"), readTable(t, "apiclus2.csv"), readTable(t, "apistrat.csv")
	one := Sample{Weight: c1.num("pw"), PSU: c1.id("dnum"), FPC: c1.num("fpc")}
	return map[string]variant{
		"clusters":        {one, c1.num("api00"), c1.num("target"), c1.id("stype"), false},
		"post-stratified": {one, c1.num("api00"), c1.num("target"), c1.id("stype"), true},
		"two-stage": {Sample{Weight: c2.num("pw"), PSU: c2.id("dnum"), SSU: c2.id("snum"), FPC: c2.num("fpc1"), FPC2: c2.num("fpc2")},
			c2.num("api00"), c2.num("target"), c2.id("stype"), false},
		"strata": {Sample{Weight: st.num("pw"), Strata: st.id("stype"), PSU: st.id("snum"), FPC: st.num("fpc")},
			st.num("api00"), st.num("target"), st.id("sch.wide"), false},
	}
}

// figures are the statistics of a variant, in a fixed order.
func (v variant) figures(t *testing.T) []Estimate {
	t.Helper()
	d := design(t, v.s)
	if v.margins {
		var err error
		if d, err = d.PostStratify(Margin{v.level, []float64{4421, 755, 1018}}); err != nil {
			t.Fatal(err)
		}
	}
	in := Split(v.level, 2)
	mean := d.LineariseMean(v.y, in[0])
	out := []Estimate{
		d.Mean(v.y, All()), d.Mean(v.x, in[1]), d.Ratio(v.x, v.y, All()), d.Quantile(v.y, 0.5, All()),
		d.Difference(mean, d.LineariseMean(v.y, in[1])), d.Product(mean, d.LineariseMean(v.x, All())),
	}
	var jack *Replicates
	var err error
	if jack, err = d.JKn(); err != nil {
		t.Fatal(err)
	}
	return append(out, jack.Mean(v.x, in[0]), jack.Ratio(v.x, v.y, All()))
}

func same(t *testing.T, a, b []Estimate) {
	t.Helper()
	for k := range a {
		for name, pair := range map[string][2]float64{
			"value": {a[k].Value, b[k].Value}, "SE": {a[k].SE, b[k].SE}, "lo": {a[k].Lo, b[k].Lo}, "hi": {a[k].Hi, b[k].Hi},
			"df": {a[k].DF, b[k].DF}, "DEFFReplace": {a[k].DEFFReplace, b[k].DEFFReplace},
		} {
			if math.IsNaN(pair[0]) && math.IsNaN(pair[1]) {
				continue
			}
			near(t, "statistic "+name, pair[1], pair[0], 1e-9)
		}
	}
}

func TestScalingWeightsChangesNothing(t *testing.T) {
	for name, v := range variants(t) {
		t.Run(name, func(t *testing.T) {
			before := v.figures(t)
			w := make([]float64, len(v.s.Weight))
			for i := range w {
				w[i] = v.s.Weight[i] * 7.25
			}
			v.s.Weight = w
			same(t, before, v.figures(t))
		})
	}
}

// reordered rebuilds a variant from the rows at the given places.
func (v variant) reordered(at []int) variant {
	v.s.Weight, v.s.Strata, v.s.PSU, v.s.FPC = pick(v.s.Weight, at), pick(v.s.Strata, at), pick(v.s.PSU, at), pick(v.s.FPC, at)
	v.s.SSU, v.s.FPC2 = pick(v.s.SSU, at), pick(v.s.FPC2, at)
	v.y, v.x, v.level = pick(v.y, at), pick(v.x, at), pick(v.level, at)
	return v
}

func pick[T any](from []T, at []int) []T {
	if from == nil {
		return nil
	}
	out := make([]T, len(at))
	for i, k := range at {
		out[i] = from[k]
	}
	return out
}

func TestPermutingRowsChangesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for name, v := range variants(t) {
		t.Run(name, func(t *testing.T) {
			same(t, v.figures(t), v.reordered(rng.Perm(len(v.y))).figures(t))
		})
	}
}

// Two rows of half the weight are the same evidence as one, as long as they
// stay in one sampling unit.
func TestSplittingRowsOfAUnitChangesNothing(t *testing.T) {
	for name, v := range variants(t) {
		t.Run(name, func(t *testing.T) {
			if v.s.SSU != nil {
				v.s.SSU = append([]int32(nil), v.s.SSU...)
			}
			before := v.figures(t)
			at := make([]int, 0, 2*len(v.y))
			for i := range v.y {
				at = append(at, i, i)
			}
			v = v.reordered(at)
			for i := range v.s.Weight {
				v.s.Weight[i] /= 2
			}
			after := v.figures(t)
			for k := range after { // a design effect is per row, so it does change
				after[k].DEFFReplace = before[k].DEFFReplace
			}
			same(t, before, after)
		})
	}
}

// A domain estimate equals the ratio of two totals with zeros outside it.
func TestDomainMeanIsARatioOfTotals(t *testing.T) {
	c, d := designOf(t, "clus1_fpc")
	y, in := c.num("api00"), c.is("stype", "H")
	masked := make([]float64, len(y))
	for i := range y {
		masked[i] = y[i] * in[i]
	}
	a, b := d.Mean(y, c.where("stype", "H")), d.Ratio(masked, in, All())
	near(t, "value", a.Value, b.Value, 1e-12)
	near(t, "SE", a.SE, b.SE, 1e-12)
}

// The variance of a difference follows from the covariance matrix.
func TestDifferenceUsesTheCovariance(t *testing.T) {
	c, d := designOf(t, "clus1_fpc")
	a := d.LineariseMean(c.num("api99"), All())
	b := d.LineariseMean(c.num("api00"), All())
	cov := d.Covariance(a, b)
	diff := d.Difference(a, b)
	near(t, "value", diff.Value, b.Value-a.Value, 1e-12)
	near(t, "variance", diff.SE*diff.SE, cov[0][0]+cov[1][1]-2*cov[0][1], 1e-9)
	gain := make([]float64, d.Rows())
	for i := range gain {
		gain[i] = c.num("api00")[i] - c.num("api99")[i]
	}
	near(t, "SE of the paired gain", diff.SE, d.Mean(gain, All()).SE, 1e-9)
	near(t, "variance of the scores", d.Variance(b.Scores(d.Rows())), cov[1][1], 1e-12)
}

// Replicates and linearisation are two ways to one number.
func TestReplicatesAgreeWithLinearisation(t *testing.T) {
	c := syntheticCampaign(t)
	boot, err := c.d.Bootstrap(2000, 11)
	if err != nil {
		t.Fatal(err)
	}
	jack, err := c.d.JKn()
	if err != nil {
		t.Fatal(err)
	}
	for k := range 2 {
		taylor := c.d.Mean(c.rating[k], c.families[k])
		near(t, "bootstrap", boot.Mean(c.rating[k], c.families[k]).SE, taylor.SE, 0.06)
		near(t, "jackknife", jack.Mean(c.rating[k], c.families[k]).SE, taylor.SE, 0.01)
	}
	product := c.d.Product(c.d.LineariseMean(c.rating[0], All()), c.d.LineariseMean(c.rating[1], All()))
	m := boot.Means(All(), c.rating[0], c.rating[1])
	for k := range m[0] {
		m[0][k] *= m[1][k]
	}
	near(t, "product", boot.With(product, m[0]).SE, product.SE, 0.06)
}

func TestBootstrapIsTheSameOnAnyNumberOfCores(t *testing.T) {
	c, d := designOf(t, "clus1_fpc")
	p := raked(t, c, d)
	var first []float64
	for _, cores := range []int{1, 2, 7} {
		before := runtime.GOMAXPROCS(cores)
		r, err := p.Bootstrap(600, 5)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := d.Bootstrap(600, 5)
		if err != nil {
			t.Fatal(err)
		}
		got := append(r.Means(All(), c.num("api00"))[0], plain.Totals(All(), c.num("enroll"))[0]...)
		runtime.GOMAXPROCS(before)
		if first == nil {
			first = got
		}
		for k := range got {
			if got[k] != first[k] {
				t.Fatalf("replicate %d differs on %d cores: %v and %v", k, cores, got[k], first[k])
			}
		}
	}
	again, _ := d.Bootstrap(600, 6)
	if again.Totals(All(), c.num("enroll"))[0][0] == first[600] {
		t.Error("another seed gives the same replicate")
	}
}

// Replicate weights give the replicate estimates, calibrated or not.
func TestReplicateWeightsMatchReplicateMeans(t *testing.T) {
	c, d := designOf(t, "clus1_fpc")
	y := c.num("api00")
	for _, d := range []*Design{d, raked(t, c, d)} {
		boot, _ := d.Bootstrap(20, 1)
		jack, _ := d.JK1()
		for _, r := range []*Replicates{boot, jack} {
			means := r.Means(All(), y)[0]
			for k := range r.Len() {
				var sum, weight float64
				for i, w := range r.Weights(k) {
					sum += w * y[i]
					weight += w
				}
				near(t, "replicate mean", means[k], sum/weight, 1e-12)
			}
		}
	}
}

// The rescaled bootstrap has the right variance for a total under every rule
// that keeps lonely strata in.
func TestBootstrapOfLonelyStrata(t *testing.T) {
	c := readTable(t, "apiclus1.csv")
	for _, rule := range []Lonely{LonelyCertainty, LonelyAdjust, LonelyAverage} {
		d := design(t, Sample{Weight: c.num("pw"), Strata: c.id("dnum"), Lonely: rule})
		r, err := d.Bootstrap(4000, 2)
		if err != nil {
			t.Fatal(err)
		}
		near(t, rule.String(), r.Total(c.num("api00"), All()).SE, d.Total(c.num("api00"), All()).SE, 0.05)
	}
}
