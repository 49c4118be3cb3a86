package demand

import (
	"math"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// A Linear must give the table's own figure, with and without a frame.
func TestLinearAgreesWithTheTable(t *testing.T) {
	cb := codebook.Default()
	for name, prepare := range map[string]func(*Sample){"without a frame": func(*Sample) {}, "with a frame": frame} {
		s := invent(cb, 40, 150, 3)
		prepare(s)
		v := NewView(cb, s, Options{Base: BaseHires, K: -1, Taught: taughtForTest})
		table, column := v.Tabulate(), v.NewColumn()
		for c, id := range s.Competencies[:2] {
			column.Load(c)
			for _, d := range v.Domains()[:30] {
				for _, m := range append(MeasureOrder(), RankedDiscrepancy, Opportunity) {
					want, got := table.Figure(d, id, m), column.Linear(d, m, nil).Figure(-1)
					if got.Flag != want.Flag || !near(got.Estimate, want.Estimate) || !near(got.SE, want.SE) || !near(got.Hi, want.Hi) || got.Jobs != want.Jobs {
						t.Fatalf("%s %s %s %s: %+v, table %+v", name, d.Key(), id, m, got, want)
					}
				}
			}
		}
		if l := column.Linear(Domain{Programme: "none"}, MeanRequired, nil); l.OK || l.Figure(5).Flag != NoData {
			t.Error("a domain that is not there has an answer")
		}
	}
}

// years gives two samples that share most enterprises.
func years(cb *codebook.Codebook) (before, after *Sample) {
	before, after = invent(cb, 50, 170, 11), invent(cb, 50, 190, 12)
	for i := range after.Enterprises {
		if i%4 == 0 {
			after.Enterprises[i].Key = "new-" + after.Enterprises[i].Key
		}
	}
	return before, after
}

// The error of a change must be that of one design of all enterprises of both years, in which
// an enterprise visited twice is one unit.
func TestDifferenceTakesThePanelIntoAccount(t *testing.T) {
	cb := codebook.Default()
	before, after := years(cb)
	load := func(s *Sample) *Column {
		c := NewView(cb, s, Options{Base: BaseOne, K: -1}).NewColumn()
		c.Load(2)
		return c
	}
	a, b := load(after).Linear(Domain{}, PerformanceGap, nil), load(before).Linear(Domain{}, PerformanceGap, nil)
	got := Difference(a, b, -1)
	want := unionVariance(t, before, after, 2)
	// The union of 62 enterprises is one stratum there and two of 50 here: n/(n−1) differs.
	if scaled := math.Sqrt(want * (50.0 / 49) / (62.0 / 61)); math.Abs(got.SE-scaled) > 1e-3*scaled {
		t.Errorf("SE of the change %.6f, as one design %.6f", got.SE, scaled)
	}
	independent := math.Sqrt(a.Variance() + b.Variance())
	if got.SE == independent {
		t.Error("the enterprises in both years were not taken into account")
	}
	if !near(got.Estimate, a.Value-b.Value) {
		t.Errorf("change %g, want %g", got.Estimate, a.Value-b.Value)
	}
	if same := Difference(a, a, -1); same.SE > 1e-9 || same.Estimate != 0 {
		t.Errorf("a figure minus itself: %+v", same)
	}
	if none := Difference(a, Linear{}, -1); none.Flag != NoData {
		t.Errorf("minus nothing: %+v", none)
	}
	if few := Difference(a, b, 1000); few.Flag != WithheldFew {
		t.Errorf("a change behind too few enterprises: %+v", few)
	}
}

// unionVariance estimates after − before with the engine on the rows of both years.
func unionVariance(t *testing.T, before, after *Sample, c int) float64 {
	t.Helper()
	unit := make(map[string]int32)
	var psu []int32
	var y [2][]float64
	for year, s := range []*Sample{before, after} {
		for j, e := range s.Jobs.Enterprise {
			key := s.Enterprises[e].Key
			if _, seen := unit[key]; !seen {
				unit[key] = int32(len(unit))
			}
			psu = append(psu, unit[key])
			r, o := s.Jobs.Ratings[c][Required][j], s.Jobs.Ratings[c][Graduate][j]
			gap := math.NaN()
			if r > 0 && o > 0 {
				gap = float64(r) - float64(o)
			}
			y[year], y[1-year] = append(y[year], gap), append(y[1-year], math.NaN())
		}
	}
	d, err := estimate.NewDesign(estimate.Sample{PSU: psu, N: len(psu)})
	if err != nil {
		t.Fatal(err)
	}
	e := d.Difference(d.LineariseMean(y[1], estimate.All()), d.LineariseMean(y[0], estimate.All()))
	return e.SE * e.SE
}

func TestMeansOfJobsAndEnterprises(t *testing.T) {
	cb := codebook.Default()
	v := NewView(cb, tiny(cb), Options{Base: BaseHires, K: -1})
	jobs := &v.Sample.Jobs
	pay := v.MeanOfJobs(Amount, false, func(j int) (float64, bool) { return float64(jobs.SalaryMin[j]), jobs.SalaryMin[j] > 0 })
	if want := (2*6000 + 3*8000 + 4*7000) / 9.0; !near(pay.Value, want) || pay.Jobs != 3 || pay.Enterprises != 3 {
		t.Errorf("pay %+v, want %g", pay, want)
	}
	every := v.MeanOfJobs(Share, true, func(j int) (float64, bool) { return float64(j % 2), true })
	if !near(every.Value, 0.5) {
		t.Errorf("half of the jobs, got %g", every.Value)
	}
	share := v.MeanOfEnterprises(Share, func(e int) (float64, bool) { return float64(e % 2), true })
	if !near(share.Value, 1/3.0) || share.Weight != 3 {
		t.Errorf("one enterprise of three, got %+v", share)
	}
	if none := v.MeanOfEnterprises(Share, func(int) (float64, bool) { return 0, false }); none.OK {
		t.Errorf("a mean over nobody: %+v", none)
	}
	if f := share.Figure(5); f.Flag != WithheldFew || f.Estimate != 0 {
		t.Errorf("three enterprises are few: %+v", f)
	}
}

// Leaving jobs out keeps their enterprises in the design.
func TestWithout(t *testing.T) {
	cb := codebook.Default()
	v := NewView(cb, tiny(cb), Options{Base: BaseHires, K: -1})
	table := v.Without(func(j int) bool { return j == 3 }).Tabulate()
	if f := table.Figure(Domain{}, "fault_diagnosis", MeanRequired); !near(f.Estimate, 26/6.0) || f.Enterprises != 2 {
		t.Errorf("without the fourth job: %+v", f)
	}
	if o := table.Figure(Domain{}, "", Openings); o.Estimate != 6 {
		t.Errorf("openings without the fourth job: %+v", o)
	}
	if f := v.Tabulate().Figure(Domain{}, "fault_diagnosis", MeanRequired); !near(f.Estimate, 3.4) {
		t.Errorf("the view itself changed: %+v", f)
	}
}

// The spread of the resampled means must be the linearised standard error, within the noise of
// the replicates, also where enterprises are dealt into random groups.
func TestBootstrapSpreadIsTheStandardError(t *testing.T) {
	cb := codebook.Default()
	for _, c := range []struct {
		name              string
		enterprises, jobs int
		prepare           func(*Sample)
	}{{"small", 60, 200, func(*Sample) {}}, {"stratified", 60, 200, frame}, {"dealt into groups", 2500, 6000, func(*Sample) {}}} {
		s := invent(cb, c.enterprises, c.jobs, 8)
		c.prepare(s)
		v := NewView(cb, s, Options{Base: BaseHires, K: -1})
		b, column := v.Bootstrap(2000, 5), v.NewColumn()
		column.Load(0)
		r := b.Means(column, []Domain{{}, {Programme: "iot"}})
		for i, d := range []Domain{{}, {Programme: "iot"}} {
			want := column.Linear(d, MeanImportance, nil)
			if got := spreadOf(r[i].Importance); math.Abs(got/math.Sqrt(want.Variance())-1) > 0.12 {
				t.Errorf("%s %s: resampled SE %.4f, linearised %.4f", c.name, d.Key(), got, math.Sqrt(want.Variance()))
			}
		}
		total := make([]float64, len(s.Enterprises))
		for e := range total {
			total[e] = 1
		}
		if n := len(b.Totals(total)[0]); n != 2000 {
			t.Errorf("%d replicates of a total", n)
		}
	}
}

func spreadOf(v []float64) float64 {
	var sum, square float64
	for _, x := range v {
		sum += x
	}
	m := sum / float64(len(v))
	for _, x := range v {
		square += (x - m) * (x - m)
	}
	return math.Sqrt(square / float64(len(v)-1))
}
