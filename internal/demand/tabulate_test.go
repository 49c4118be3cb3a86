package demand

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
)

// rows spreads a sample over the engine's plain columns: a row per job with a place in the
// base, then a row without answers for every other enterprise, so that all stay in the design.
type rows struct {
	design *estimate.Design
	job    []int // row → job, -1 for none
}

func newRows(t *testing.T, v *View) rows {
	t.Helper()
	var r rows
	var in estimate.Sample
	in.Lonely, in.DF = estimate.LonelyAdjust, estimate.DFAnswers
	seen := make([]bool, len(v.Sample.Enterprises))
	add := func(job int, e int32, weight float64) {
		r.job = append(r.job, job)
		in.Weight = append(in.Weight, weight)
		in.PSU = append(in.PSU, e)
		in.Strata = append(in.Strata, v.design.home[e])
		population := math.Inf(1)
		if h := v.Sample.Enterprises[e].Stratum; h >= 0 && len(v.Sample.Strata) > 0 {
			population = float64(v.Sample.Strata[h].Population)
		}
		in.FPC = append(in.FPC, population)
		seen[e] = true
	}
	for j := range v.amount {
		if v.amount[j] > 0 {
			add(j, v.Sample.Jobs.Enterprise[j], v.Weight(j))
		}
	}
	for e := range seen {
		if !seen[e] {
			add(-1, int32(e), 1)
		}
	}
	d, err := estimate.NewDesign(in)
	if err != nil {
		t.Fatal(err)
	}
	r.design = d
	return r
}

// column evaluates f for the rows of a domain; NaN elsewhere and where ok is false.
func (r rows) column(v *View, in Domain, f func(job int) (float64, bool)) []float64 {
	out := make([]float64, len(r.job))
	for i, j := range r.job {
		out[i] = math.NaN()
		if j >= 0 && in.Holds(v.Sample, j) {
			if x, ok := f(j); ok {
				out[i] = x
			}
		}
	}
	return out
}

// engine computes a measure with the estimation engine alone.
func (r rows) engine(v *View, in Domain, c int, m Measure) estimate.Estimate {
	rated := v.Sample.Jobs.Ratings[c]
	one := func(measure int) func(int) (float64, bool) {
		return func(j int) (float64, bool) { return float64(rated[measure][j]), rated[measure][j] > 0 }
	}
	pair := func(f func(r, o float64) float64) func(int) (float64, bool) {
		return func(j int) (float64, bool) {
			a, b := rated[Required][j], rated[Graduate][j]
			return f(float64(a), float64(b)), a > 0 && b > 0
		}
	}
	gap := pair(func(r, o float64) float64 { return r - o })
	d := r.design
	switch m {
	case MeanImportance:
		return d.Mean(r.column(v, in, one(Importance)), estimate.All())
	case MeanRequired:
		return d.Mean(r.column(v, in, one(Required)), estimate.All())
	case MeanGraduate:
		return d.Mean(r.column(v, in, one(Graduate)), estimate.All())
	case HighDemandShare:
		return d.Proportion(r.column(v, in, func(j int) (float64, bool) {
			if rated[Required][j] >= 4 {
				return 1, true
			}
			return 0, rated[Required][j] > 0
		}), estimate.All())
	case PerformanceGap:
		return d.Mean(r.column(v, in, gap), estimate.All())
	case BorichMWDS:
		return d.Product(d.LineariseMean(r.column(v, in, gap), estimate.All()), d.LineariseMean(r.column(v, in, one(Importance)), estimate.All()))
	case CoverageGap:
		return d.Mean(r.column(v, in, func(j int) (float64, bool) {
			level, known := v.opt.Taught(v.Sample.Jobs.Programme[j], v.Sample.Competencies[c])
			return float64(rated[Required][j]) - float64(level), known && rated[Required][j] > 0
		}), estimate.All())
	case SatisfactionRatio:
		return d.Ratio(r.column(v, in, pair(func(r, o float64) float64 { return o })), r.column(v, in, pair(func(r, o float64) float64 { return r })), estimate.All())
	case RankedDiscrepancy:
		return d.Mean(r.column(v, in, pair(func(r, o float64) float64 { return 100 * float64(sign(int32(o-r))) })), estimate.All())
	}
	panic(m)
}

// taughtForTest knows three of the four programmes.
func taughtForTest(p codebook.ProgrammeID, c codebook.CompetencyID) (int, bool) {
	if p == "iot" {
		return 0, false
	}
	return len(p)*len(c)%5 + 1, true
}

// frame puts a sample into strata of size × a weight, some of them lonely or fully observed.
func frame(s *Sample) {
	for h, population := range []int{0, 40, 90, 32} {
		s.Strata = append(s.Strata, Stratum{Key: string(rune('a' + h)), Population: population})
	}
	for i := range s.Enterprises {
		h := int32(1 + i%4) // index 4: outside the frame
		if h == 4 {
			h = -1
		}
		s.Enterprises[i].Stratum, s.Enterprises[i].Weight = h, 1+float64(i%4)*1.7
	}
	s.Strata[0].Population = 9
	s.Enterprises[7].Stratum = 0 // lonely
}

// The figures of every domain must be those of the estimation engine, which is pinned to R:
// two ways to one number.
func TestFiguresAgreeWithTheEngine(t *testing.T) {
	cb := codebook.Default()
	for name, prepare := range map[string]func(*Sample){"without a frame": func(*Sample) {}, "with a frame": frame} {
		t.Run(name, func(t *testing.T) {
			s := invent(cb, 37, 120, 5)
			prepare(s)
			s.Jobs.Hires[3], s.Jobs.Hires[4] = Unasked, 0
			s.Jobs.Ratings[1][Importance][5], s.Jobs.Ratings[1][Required][6] = 0, 0
			v := NewView(cb, s, Options{Base: BaseHires, K: -1, Taught: taughtForTest})
			table, r := v.Tabulate(), newRows(t, v)
			measures := append(MeasureOrder(), RankedDiscrepancy)
			for n, d := range v.Domains() {
				if n%5 > 1 && n > 6 {
					continue // a sample of domains of every kind is enough
				}
				for _, m := range measures {
					compareFigure(t, table, d, s.Competencies[1], m, r.engine(v, d, 1, m))
				}
			}
		})
	}
}

func compareFigure(t *testing.T, table *Table, d Domain, c codebook.CompetencyID, m Measure, want estimate.Estimate) {
	t.Helper()
	got := table.Figure(d, c, m)
	if !want.OK() {
		if got.Flag != NoData {
			t.Errorf("%s %s %s: %+v, the engine has no answer", d.Key(), c, m, got)
		}
		return
	}
	if got.Enterprises != want.PSUs && m != BorichMWDS || got.Jobs != want.N && m != BorichMWDS {
		t.Errorf("%s %s %s: n = %d/%d, engine %d/%d", d.Key(), c, m, got.Enterprises, got.Jobs, want.PSUs, want.N)
	}
	if got.Flag == WithheldPrecision {
		return
	}
	if !near(got.Estimate, want.Value) {
		t.Errorf("%s %s %s: %.12g, engine %.12g", d.Key(), c, m, got.Estimate, want.Value)
	}
	if got.DF < 1 || math.IsNaN(want.SE) {
		if got.HasSE && got.DF < 1 {
			t.Errorf("%s %s %s: SE %g without degrees of freedom", d.Key(), c, m, got.SE)
		}
		return
	}
	if !near(got.SE, want.SE) {
		t.Errorf("%s %s %s: SE %.10g, engine %.10g", d.Key(), c, m, got.SE, want.SE)
	}
	if got.DF != want.DF {
		return // the engine's rules for degrees of freedom differ in strata; its interval is another
	}
	if !near(got.Lo, want.Lo) || !near(got.Hi, want.Hi) {
		t.Errorf("%s %s %s: %.10g [%.10g, %.10g], engine %.10g [%.10g, %.10g] df %g/%g", d.Key(), c, m, got.SE, got.Lo, got.Hi, want.SE, want.Lo, want.Hi, got.DF, want.DF)
	}
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(b)) }

// Nothing a person could do to the order or the scale of the data may change a figure.
func TestFiguresDoNotDependOnOrderOrScale(t *testing.T) {
	cb := codebook.Default()
	s := invent(cb, 60, 260, 9)
	want := Tabulate(cb, s, Options{Base: BaseHires, Taught: taughtForTest})
	scaled := *s
	scaled.Enterprises = slices.Clone(s.Enterprises)
	for i := range scaled.Enterprises {
		scaled.Enterprises[i].Weight = 12.5
	}
	for name, other := range map[string]*Sample{"jobs shuffled": shuffled(s, 3), "weights × 12.5": &scaled} {
		got := Tabulate(cb, other, Options{Base: BaseHires, Taught: taughtForTest})
		cells := got.Cells()
		for i, c := range want.Cells() {
			g := cells[i]
			if c.Domain != g.Domain || c.Figure.Flag != g.Figure.Flag || c.Figure.Jobs != g.Figure.Jobs ||
				!near(g.Figure.Estimate, c.Figure.Estimate) || !near(g.Figure.SE, c.Figure.SE) || !near(g.Figure.Hi, c.Figure.Hi) {
				t.Fatalf("%s: %s %s %s: %+v, want %+v", name, c.Domain.Key(), c.Competency, c.Measure, g.Figure, c.Figure)
			}
		}
	}
}

// A job written as two rows of the same ratings, with its hires shared out, changes no figure
// and no error: the enterprise is the unit.
func TestSplittingAJobChangesNothing(t *testing.T) {
	cb := codebook.Default()
	s := invent(cb, 40, 120, 6)
	for j := range s.Jobs.Hires {
		s.Jobs.Hires[j] *= 2
	}
	split := *s
	split.Jobs = Jobs{}
	for j := range s.Jobs.Len() {
		for range 2 {
			split.Jobs.take(&s.Jobs, j)
			split.Jobs.Hires[len(split.Jobs.Hires)-1] /= 2
		}
	}
	want, got := Tabulate(cb, s, Options{Base: BaseHires}).Cells(), Tabulate(cb, &split, Options{Base: BaseHires}).Cells()
	for i, c := range want {
		g := got[i].Figure
		if g.Flag != c.Figure.Flag || g.Enterprises != c.Figure.Enterprises || g.Jobs != 2*c.Figure.Jobs || !near(g.Estimate, c.Figure.Estimate) || !near(g.SE, c.Figure.SE) || g.DF != c.Figure.DF {
			t.Fatalf("%s %s: %+v, in one row %+v", c.Domain.Key(), c.Measure, g, c.Figure)
		}
	}
}

// shuffled permutes the jobs.
func shuffled(s *Sample, seed uint64) *Sample {
	order := rand.New(rand.NewPCG(seed, 1)).Perm(s.Jobs.Len())
	out := *s
	out.Jobs = Jobs{}
	for _, j := range order {
		out.Jobs.take(&s.Jobs, j)
	}
	return &out
}

// take appends job i of another sample.
func (j *Jobs) take(from *Jobs, i int) {
	j.ID, j.Enterprise, j.Visit = append(j.ID, from.ID[i]), append(j.Enterprise, from.Enterprise[i]), append(j.Visit, from.Visit[i])
	j.Programme, j.Family, j.Title = append(j.Programme, from.Programme[i]), append(j.Family, from.Family[i]), append(j.Title, from.Title[i])
	j.Headcount, j.Hires = append(j.Headcount, from.Headcount[i]), append(j.Hires, from.Hires[i])
	j.SalaryMin, j.SalaryMax = append(j.SalaryMin, from.SalaryMin[i]), append(j.SalaryMax, from.SalaryMax[i])
	j.Education, j.Requirement = append(j.Education, from.Education[i]), append(j.Requirement, from.Requirement[i])
	j.Certificates = append(j.Certificates, from.Certificates[i])
	if j.Ratings == nil {
		j.Ratings = make([][Measures][]uint8, len(from.Ratings))
	}
	for c := range from.Ratings {
		for m := range from.Ratings[c] {
			j.Ratings[c][m] = append(j.Ratings[c][m], from.Ratings[c][m][i])
		}
	}
}

// The result may not depend on how many cores there are, to the last bit.
func TestFiguresDoNotDependOnCores(t *testing.T) {
	cb := codebook.Default()
	s := invent(cb, 200, 700, 2)
	one, many := Tabulate(cb, s, Options{Cores: 1}), Tabulate(cb, s, Options{Cores: 7})
	if !slices.Equal(one.figures, many.figures) || !slices.Equal(one.openings, many.openings) {
		t.Error("one core and seven give different figures")
	}
}
