package demand

import (
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// The jobs behind a figure give the figure: every measure that is a mean or made of means, in every
// domain with answers; and the planned hires behind the openings.
func TestContributionsGiveTheFigure(t *testing.T) {
	cb := codebook.Default()
	s := invent(cb, 50, 170, 9)
	frame(s)
	partly := func(p codebook.ProgrammeID, c codebook.CompetencyID) (int, bool) {
		level, ok := taughtForTest(p, c)
		return level, ok && p != cb.Programmes[0].Code
	}
	v := NewView(cb, s, Options{Base: BaseHires, K: -1, Taught: partly})
	id := s.Competencies[2]
	column, table := v.NewColumn(), v.Tabulate()
	column.Load(2)
	for _, d := range v.Domains() {
		for m, of := range map[Measure]func(x Contribution) float64{
			MeanImportance: func(x Contribution) float64 { return float64(x.Importance) },
			MeanRequired:   func(x Contribution) float64 { return float64(x.Required) },
			MeanGraduate:   func(x Contribution) float64 { return float64(x.Graduate) },
			PerformanceGap: func(x Contribution) float64 { return float64(x.Required) - float64(x.Graduate) },
			CoverageGap: func(x Contribution) float64 {
				level, _ := partly(s.Jobs.Programme[x.Job], id)
				return float64(x.Required) - float64(level)
			},
		} {
			var sum, weight float64
			list := v.Contributions(d, id, m)
			for i, x := range list {
				sum += x.Weight * of(x)
				weight += x.Weight
				if i > 0 && x.Weight > list[i-1].Weight {
					t.Fatalf("%s %s: not the heaviest first", d.Key(), m)
				}
			}
			want := column.Linear(d, m, nil)
			if len(list) != want.Jobs || want.OK && !near(sum/weight, want.Value) {
				t.Errorf("%s %s: %d jobs make %g, the figure is %g of %d", d.Key(), m, len(list), sum/weight, want.Value, want.Jobs)
			}
		}
		var hires float64
		for _, x := range v.HireContributions(d) {
			hires += x.Weight
		}
		if f := table.Figure(d, "", Openings); f.Flag != NoData && !near(hires, f.Estimate) {
			t.Errorf("%s: %g hires behind %g openings", d.Key(), hires, f.Estimate)
		}
	}
	for name, list := range map[string][]Contribution{
		"no such domain":     v.Contributions(Domain{Family: "nope"}, id, MeanRequired),
		"no such competency": v.Contributions(Domain{}, "nope", MeanRequired),
		"no such measure":    v.Contributions(Domain{}, id, Amount),
		"no reference":       NewView(cb, s, Options{Base: BaseOne}).Contributions(Domain{}, id, CoverageGap),
	} {
		if len(list) > 0 {
			t.Errorf("%s: %d jobs", name, len(list))
		}
	}
}

// What a figure says of itself, and a difference with a side that is missing.
func TestStatesOfAFigure(t *testing.T) {
	for _, c := range []struct {
		f                       Figure
		shown, withheld, beyond bool
	}{
		{Figure{}, false, false, false},
		{Figure{Flag: NoData}, false, false, false},
		{Figure{Flag: Good, Estimate: 1, Lo: 0.5, HasSE: true}, true, false, true},
		{Figure{Flag: Caution, Estimate: 1, Lo: -0.5, HasSE: true}, true, false, false},
		{Figure{Flag: Good, Estimate: 1, Lo: 0.5}, true, false, false}, // one enterprise: no error, so beyond nothing
		{Figure{Flag: WithheldFew}, false, true, false},
		{Figure{Flag: WithheldPrecision}, false, true, false},
	} {
		if c.f.Shown() != c.shown || c.f.Withheld() != c.withheld || c.f.Beyond(0) != c.beyond {
			t.Errorf("%+v: shown %v, withheld %v, beyond %v", c.f, c.f.Shown(), c.f.Withheld(), c.f.Beyond(0))
		}
	}
	cb := codebook.Default()
	v := NewView(cb, invent(cb, 12, 40, 1), Options{Base: BaseOne})
	some := v.MeanOfJobs(Share, true, func(int) (float64, bool) { return 1, true })
	none := v.MeanOfJobs(Share, true, func(int) (float64, bool) { return 0, false })
	few := v.MeanOfJobs(Share, true, func(j int) (float64, bool) { return 1, v.Sample.Jobs.Enterprise[j] < 3 })
	if f := Difference(some, none, DefaultK); f.Flag != NoData {
		t.Errorf("against nobody: %+v", f)
	}
	if f := Difference(some, few, DefaultK); f.Flag != WithheldFew || f.Estimate != 0 {
		t.Errorf("against three enterprises: %+v", f)
	}
	if none.Confidential(DefaultK) || !few.Confidential(DefaultK) || some.Confidential(DefaultK) {
		t.Error("confidential: nobody no, three yes, twelve no")
	}
	if w := v.EnterpriseWeight(0); w != 1 {
		t.Errorf("weight %g without a frame", w)
	}
	if m := v.Sample.MissingBase(BaseOne, Domain{}); m != 0 {
		t.Errorf("%g of the jobs lack a one", m)
	}
}
