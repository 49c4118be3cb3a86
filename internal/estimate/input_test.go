package estimate

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// wantFault demands an InputError with a code and the row it names.
func wantFault(t *testing.T, err error, f Fault, row int) {
	t.Helper()
	var in *InputError
	if !errors.As(err, &in) {
		t.Errorf("error %v, want fault %s", err, f)
		return
	}
	if in.Fault != f || in.Row != row {
		t.Errorf("fault %s at row %d, want %s at %d (%v)", in.Fault, in.Row, f, row, err)
	}
	if row >= 0 && !strings.Contains(err.Error(), "row ") {
		t.Errorf("message %q names no row", err)
	}
}

func TestNewDesignRefuses(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		why   string
		s     Sample
		fault Fault
		row   int
	}{
		{"no rows at all", Sample{}, FaultLength, -1},
		{"columns of different length", Sample{Weight: []float64{1, 1}, PSU: []int32{1}}, FaultLength, -1},
		{"second-stage columns without units", Sample{N: 2, Strata2: []int32{1, 1}}, FaultStages, -1},
		{"level of 95 instead of 0.95", Sample{N: 2, Level: 95}, FaultLevel, -1},
		{"zero weight", Sample{Weight: []float64{1, 0}}, FaultWeight, 1},
		{"negative weight", Sample{Weight: []float64{-1, 1}}, FaultWeight, 0},
		{"missing weight", Sample{Weight: []float64{1, nan}}, FaultWeight, 1},
		{"endless weight", Sample{Weight: []float64{inf, 1}}, FaultWeight, 0},
		{"missing population size", Sample{FPC: []float64{9, nan}}, FaultFPC, 1},
		{"negative second population size", Sample{N: 2, SSU: []int32{1, 2}, FPC2: []float64{-1, 1}}, FaultFPC, 0},
		{"population below the sample", Sample{FPC: []float64{2, 2, 2}}, FaultFPCSmall, 0},
		{"population varies in a stratum", Sample{FPC: []float64{9, 9, 8}}, FaultFPCVaries, 2},
		{"second-stage population below the sample", Sample{PSU: []int32{1, 1, 2, 2}, SSU: []int32{1, 2, 3, 4},
			FPC: []float64{9, 9, 9, 9}, FPC2: []float64{5, 5, 1, 1}}, FaultFPCSmall, 2},
		{"unit in two strata", Sample{Strata: []int32{1, 1, 2, 2}, PSU: []int32{1, 2, 2, 3}}, FaultNesting, 2},
		{"one unit in a stratum", Sample{Strata: []int32{1, 1, 2}}, FaultLonely, 2},
		{"one subunit in a unit", Sample{PSU: []int32{1, 1, 2}, SSU: []int32{1, 2, 3}, FPC: []float64{9, 9, 9}}, FaultLonely, 2},
	} {
		d, err := NewDesign(c.s)
		if d != nil {
			t.Errorf("%s: a design came back", c.why)
		}
		t.Log(err)
		wantFault(t, err, c.fault, c.row)
	}
}

func TestCalibrationRefuses(t *testing.T) {
	d := design(t, Sample{N: 4})
	ok := Margin{[]int32{0, 0, 1, 1}, []float64{10, 30}}
	for _, c := range []struct {
		why   string
		m     []Margin
		fault Fault
		row   int
	}{
		{"a level without total", []Margin{{[]int32{0, 0, 1, 2}, []float64{10, 30}}}, FaultCell, 3},
		{"a row without level", []Margin{{[]int32{0, -1, 1, 1}, []float64{10, 30}}}, FaultCell, 1},
		{"a total without sample", []Margin{{[]int32{0, 0, 1, 1}, []float64{10, 30, 5}}}, FaultMargin, -1},
		{"a level with total zero", []Margin{{[]int32{0, 0, 1, 1}, []float64{10, 0}}}, FaultMargin, -1},
		{"too few rows", []Margin{{[]int32{0}, []float64{10}}}, FaultLength, -1},
		{"totals that differ", []Margin{ok, {[]int32{0, 1, 0, 1}, []float64{20, 25}}}, FaultMargins, -1},
		{"margins that cannot be met", []Margin{ok, {[]int32{0, 0, 1, 1}, []float64{20, 20}}}, FaultConvergence, -1},
	} {
		_, err := d.Rake(c.m, Raking{Rounds: 50})
		t.Log(c.why, err)
		wantFault(t, err, c.fault, c.row)
	}
	p, err := d.PostStratify(ok)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.PostStratify(ok)
	wantFault(t, err, FaultCalibrated, -1)
	if _, err := d.PostStratify(Margin{[]int32{0, 0, 1, 1}, []float64{10, 30, 0}}); err != nil {
		t.Errorf("an empty level with total 0 is refused: %v", err)
	}
}

func TestReplicatesRefuse(t *testing.T) {
	stratified := design(t, Sample{Strata: []int32{1, 1, 2, 2}})
	_, err := stratified.JK1()
	wantFault(t, err, FaultReplicates, -1)
	_, err = stratified.Bootstrap(1, 1)
	wantFault(t, err, FaultReplicates, -1)
	_, err = design(t, Sample{FPC: []float64{2, 2}}).JKn()
	wantFault(t, err, FaultReplicates, -1)
}

// Every state in which a number is not known, and what stands there instead.
func TestAbsentAndDoubtfulNumbers(t *testing.T) {
	nan := math.NaN()
	y := []float64{3, 3, 4, nan, nan, 5}
	d := design(t, Sample{PSU: []int32{1, 1, 2, 3, 3, 4}})
	lonely := design(t, Sample{Strata: []int32{1, 2, 3}, Lonely: LonelyCertainty})
	average := design(t, Sample{Strata: []int32{1, 2, 3}, Lonely: LonelyAverage})
	spread := design(t, Sample{Strata: []int32{1, 1, 2, 2}, DF: DFAnswers})
	for _, c := range []struct {
		why                string
		e                  Estimate
		reason             Reason
		value, se, bounded bool
	}{
		{"nobody in the domain", d.Mean(y, Domain{}), NoAnswers, false, false, false},
		{"nobody answered", d.Mean(y, Rows(3, 4)), NoAnswers, false, false, false},
		{"nobody answered, total", d.Total(y, Rows(3, 4)), NoAnswers, false, false, false},
		{"nobody answered, ratio", d.Ratio(y, y, Rows(3)), NoAnswers, false, false, false},
		{"nobody answered, quantile", d.Quantile(y, .5, Rows(3)), NoAnswers, false, false, false},
		{"denominator zero", d.Ratio(y, make([]float64, 6), All()), ZeroDenominator, false, false, false},
		{"one unit", d.Mean(y, Rows(0, 1)), OnePSU, true, false, false},
		{"one row", d.Mean(y, Rows(2)), OnePSU, true, false, false},
		{"one unit, total", d.Total(y, Rows(0, 1)), "", true, true, true},
		{"all equal in two units", d.Mean([]float64{3, 3, 3, 3, 3, 3}, All()), AllEqual, true, true, true},
		{"ratio always the same", d.Ratio([]float64{2, 4, 6, 2, 2, 2}, []float64{1, 2, 3, 1, 1, 1}, All()), AllEqual, true, true, true},
		{"all strata lonely", lonely.Mean([]float64{1, 2, 3}, All()), LonelyStrata, true, false, false},
		{"all strata lonely, average", average.Mean([]float64{1, 2, 3}, All()), LonelyStrata, true, false, false},
		{"one answer per stratum, df of answers", spread.Mean([]float64{1, nan, nan, 4}, All()), NoDF, true, true, false},
		{"a proportion of 3", d.Proportion(y, All()), OutOfRange, false, false, false},
		{"a quantile beyond 1", d.Quantile(y, 1.5, All()), OutOfRange, false, false, false},
		{"a difference with a missing side", d.Difference(d.LineariseMean(y, All()), d.LineariseMean(y, Rows(3))), NoAnswers, false, false, false},
		{"a quotient by zero", d.Smooth(func(v []float64) (float64, []float64) { return v[0] / 0, []float64{1} }, d.LineariseMean(y, All())), ZeroDenominator, false, false, false},
	} {
		if c.e.Reason != c.reason {
			t.Errorf("%s: reason %q, want %q", c.why, c.e.Reason, c.reason)
		}
		if c.e.OK() != c.value || math.IsNaN(c.e.SE) == c.se || math.IsNaN(c.e.Lo) == c.bounded {
			t.Errorf("%s: %+v", c.why, c.e)
		}
	}
	if l := d.LineariseMean(y, Rows(3)); l.OK() {
		t.Error("a linearised mean over nothing is OK")
	}
	if c := d.Covariance(d.LineariseMean(y, All()), d.LineariseMean(y, Rows(3))); !math.IsNaN(c[0][1]) || math.IsNaN(c[0][0]) {
		t.Errorf("covariance with nothing: %v", c)
	}
}

func TestReplicatesOfAbsentNumbers(t *testing.T) {
	nan := math.NaN()
	d := design(t, Sample{PSU: []int32{1, 1, 2, 3}})
	j, err := d.JK1()
	if err != nil {
		t.Fatal(err)
	}
	if e := j.Mean([]float64{1, nan, nan, nan}, All()); e.Reason != OnePSU || !math.IsNaN(e.SE) {
		t.Errorf("jackknife of one unit: %+v", e)
	}
	if v := j.Variance([]float64{1, nan, 2}); !math.IsNaN(v) {
		t.Errorf("jackknife with a replicate missing: %v", v)
	}
	b, err := d.Bootstrap(200, 3)
	if err != nil {
		t.Fatal(err)
	}
	two := []float64{1, 2, 4, nan} // some replicates hold neither unit 1 nor 2
	values := b.Means(All(), two)[0]
	missing := 0
	for _, v := range values {
		if math.IsNaN(v) {
			missing++
		}
	}
	if missing == 0 || math.IsNaN(b.Variance(values)) {
		t.Errorf("%d replicates without value, variance %v", missing, b.Variance(values))
	}
	if p := b.Proportion([]float64{2, 0, 1, 1}, All()); p.OK() {
		t.Errorf("replicate proportion of 2 is %v", p.Value)
	}
}

func TestParseLonely(t *testing.T) {
	for l := LonelyFail; l <= LonelyAverage; l++ {
		if got, ok := ParseLonely(l.String()); got != l || !ok {
			t.Errorf("%s reads back as %v", l, got)
		}
	}
	if _, ok := ParseLonely("ignore"); ok {
		t.Error("an unknown rule is accepted")
	}
}

func TestWeightsFollowFromFPC(t *testing.T) {
	d := design(t, Sample{PSU: []int32{1, 1, 2, 2}, SSU: []int32{1, 2, 1, 2}, FPC: []float64{8, 8, 8, 8}, FPC2: []float64{2, 2, 6, 6}})
	for i, want := range []float64{4, 4, 12, 12} {
		near(t, "weight", d.Weights()[i], want, 1e-12)
	}
	if d.Level() != 0.95 || d.Strata() != 1 || d.PSUs() != 2 || d.LonelyStrata() != 0 {
		t.Errorf("level %g, %d strata, %d units", d.Level(), d.Strata(), d.PSUs())
	}
	d = design(t, Sample{FPC: []float64{math.Inf(1), math.Inf(1)}})
	near(t, "with replacement", d.Weights()[0], 1, 0)
}

func TestDomains(t *testing.T) {
	a, b := Where([]bool{true, false, true, true}), Rows(3, 2, 1, 1)
	if got := a.And(b).rows; len(got) != 2 || got[0] != 2 || got[1] != 3 {
		t.Errorf("and = %v", got)
	}
	if got := All().And(a).rows; len(got) != 3 {
		t.Errorf("all and a = %v", got)
	}
	if got := a.And(All()).rows; len(got) != 3 {
		t.Errorf("a and all = %v", got)
	}
	parts := Split([]int32{0, 2, -1, 0, 9}, 3)
	if len(parts[0].rows) != 2 || len(parts[1].rows) != 0 || len(parts[2].rows) != 1 {
		t.Errorf("split = %v", parts)
	}
	if e := design(t, Sample{N: 4}).Mean([]float64{1, 2, 3, 4}, parts[1]); e.OK() {
		t.Error("an empty part has a mean")
	}
}

func TestDegreesOfFreedomRules(t *testing.T) {
	nan := math.NaN()
	y := []float64{1, 2, nan, 4, 5, 7}
	for rule, want := range map[DF]float64{DFDesign: 5, DFDomain: 3, DFAnswers: 2} {
		d := design(t, Sample{N: 6, DF: rule})
		if e := d.Mean(y, Rows(0, 1, 2, 3)); e.DF != want {
			t.Errorf("rule %d: df %g, want %g", rule, e.DF, want)
		}
	}
}
