package demand

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// tiny is three enterprises with one competency asked of four jobs, small enough to reckon on
// paper:
//
//	enterprise  hires  I  R  O
//	a             2    5  4  2
//	a             1    3  3  –
//	b             3    4  5  4
//	c             4    4  2  3
func tiny(cb *codebook.Codebook) *Sample {
	s := &Sample{Year: 2026, Competencies: []codebook.CompetencyID{"fault_diagnosis"}}
	for _, key := range []string{"a", "b", "c"} {
		s.Enterprises = append(s.Enterprises, Enterprise{Key: key, Industry: "I", Size: "small", Region: "440300", Stratum: -1})
	}
	s.Jobs = Jobs{
		ID: []int64{1, 2, 3, 4}, Enterprise: []int32{0, 0, 1, 2}, Visit: []int32{0, 0, 1, 2},
		Programme: []codebook.ProgrammeID{"iot", "computer_network", "computer_network", "iot"},
		Family:    []codebook.FamilyID{"security", "security", "cloud", "cloud"},
		Title:     []string{"甲", "乙", "丙", "丁"}, Education: make([]string, 4), Requirement: make([]string, 4),
		Headcount: []int32{10, Unasked, 5, 5}, Hires: []int32{2, 1, 3, 4},
		SalaryMin: []int32{6000, Unasked, 8000, 7000}, SalaryMax: []int32{8000, Unasked, 10000, 9000},
		Certificates: make([][]survey.Certificate, 4),
		Ratings:      [][Measures][]uint8{{{5, 3, 4, 4}, {4, 3, 5, 2}, {2, 0, 4, 3}}},
	}
	return s
}

// The figures of the tiny sample, reckoned by hand. Weights are hires: Σa = 10, over pairs 9.
func TestTinySampleByHand(t *testing.T) {
	cb := codebook.Default()
	table := Tabulate(cb, tiny(cb), Options{Base: BaseHires, K: -1, Taught: func(p codebook.ProgrammeID, _ codebook.CompetencyID) (int, bool) {
		return 3, p == "computer_network"
	}})
	at := func(m Measure) Figure { return table.Figure(Domain{}, "fault_diagnosis", m) }
	importance := (2*5 + 1*3 + 3*4 + 4*4) / 10.0
	required := (2*4 + 1*3 + 3*5 + 4*2) / 10.0
	gap := (2*2 + 3*1 + 4*-1) / 9.0
	for _, c := range []struct {
		m                 Measure
		want              float64
		enterprises, jobs int
	}{
		{MeanImportance, importance, 3, 4},
		{MeanRequired, required, 3, 4},
		{MeanGraduate, (2*2 + 3*4 + 4*3) / 9.0, 3, 3},
		{HighDemandShare, 5 / 10.0, 3, 4},
		{PerformanceGap, gap, 3, 3},
		{BorichMWDS, gap * importance, 3, 3},
		{CoverageGap, (1*0 + 3*2) / 4.0, 2, 2},
		{SatisfactionRatio, 28.0 / 31.0, 3, 3},
		{RankedDiscrepancy, 100 * (4 - 2 - 3) / 9.0, 3, 3},
		{Opportunity, importance + (importance - 28/9.0), 3, 3},
	} {
		f := at(c.m)
		if f.Flag == WithheldPrecision {
			continue // three enterprises are few; the engine test covers the errors
		}
		if !near(f.Estimate, c.want) || f.Enterprises != c.enterprises || f.Jobs != c.jobs {
			t.Errorf("%s: %.6f from %d/%d, want %.6f from %d/%d", c.m, f.Estimate, f.Enterprises, f.Jobs, c.want, c.enterprises, c.jobs)
		}
	}
	// Taylor: z_a = (11 − 3.4·3)/10, z_b = (15 − 3.4·3)/10, z_c = (8 − 3.4·4)/10; V = 3/2·Σz².
	z := []float64{(11 - 3*required) / 10, (15 - 3*required) / 10, (8 - 4*required) / 10}
	se := math.Sqrt(1.5 * (z[0]*z[0] + z[1]*z[1] + z[2]*z[2]))
	f := at(MeanRequired)
	if !near(f.SE, se) || !near(f.Lo, required-4.302652729749464*se) || f.DF != 2 {
		t.Errorf("SE %.6f, low bound %.6f on %g df, want %.6f, %.6f on 2", f.SE, f.Lo, f.DF, se, required-4.302652729749464*se)
	}
	if o := table.Figure(Domain{}, "", Openings); o.Estimate != 10 || o.Enterprises != 3 || o.Jobs != 4 {
		t.Errorf("openings %+v, want 10 of 3 enterprises and 4 jobs", o)
	}
}

// The base decides what counts, and what lacks it is left out, never zero.
func TestBases(t *testing.T) {
	cb := codebook.Default()
	s := tiny(cb)
	for _, c := range []struct {
		base Base
		want float64
		jobs int
	}{
		{BaseHires, 3.4, 4}, {BaseHeadcount, (10*4 + 5*5 + 5*2) / 20.0, 3}, {BaseOne, 14 / 4.0, 4},
	} {
		v := NewView(cb, s, Options{Base: c.base, K: -1})
		f := v.Tabulate().Figure(Domain{}, "fault_diagnosis", MeanRequired)
		if !near(f.Estimate, c.want) || f.Jobs != c.jobs {
			t.Errorf("%s: %g from %d jobs, want %g from %d", c.base, f.Estimate, f.Jobs, c.want, c.jobs)
		}
	}
	if got := s.MissingBase(BaseHeadcount, Domain{}); got != 0.25 {
		t.Errorf("a quarter of jobs gives no headcount, got %g", got)
	}
	for _, c := range []struct {
		hires, heads []int32
		want         Base
	}{
		{[]int32{1, 2, Unasked, 3}, []int32{1, 1, 1, 1}, BaseHires},
		{[]int32{1, Unasked, Unasked, Unasked}, []int32{1, 1, 1, 1}, BaseHeadcount},
		{[]int32{0, 0, 0, 0}, []int32{1, 1, 1, 1}, BaseHeadcount}, // nobody plans to hire: hires cannot weigh
		{[]int32{Unasked, Unasked, Unasked, Unasked}, []int32{Unasked, Unasked, Unasked, 1}, BaseOne},
	} {
		s.Jobs.Hires, s.Jobs.Headcount = c.hires, c.heads
		if got := NewView(cb, s, Options{}).Base; got != c.want {
			t.Errorf("hires %v, headcount %v: base %q, want %q", c.hires, c.heads, got, c.want)
		}
	}
	for text, ok := range map[string]bool{"": true, "hires": true, "headcount": true, "one": true, "people": false} {
		if _, got := ParseBase(text); got != ok {
			t.Errorf("ParseBase(%q) = %v", text, got)
		}
	}
	for _, b := range []Base{BaseHires, BaseHeadcount, BaseOne} {
		if b.Text().ZH == "" || b.Text().EN == "" {
			t.Errorf("%s has no sentence", b)
		}
	}
}

// A job with millions of hires is a slip of the pen: it has no place in the base, and nothing
// overflows.
func TestImplausibleAmountsAreLeftOut(t *testing.T) {
	cb := codebook.Default()
	s := tiny(cb)
	s.Jobs.Hires[3] = math.MaxInt32
	f := Tabulate(cb, s, Options{Base: BaseHires, K: -1}).Figure(Domain{}, "fault_diagnosis", MeanRequired)
	if want := 26 / 6.0; !near(f.Estimate, want) || f.Jobs != 3 {
		t.Errorf("%g from %d jobs, want %g from 3", f.Estimate, f.Jobs, want)
	}
}

// Nothing at all has a defined answer everywhere.
func TestEmptySample(t *testing.T) {
	cb := codebook.Default()
	for name, s := range map[string]*Sample{"nothing": {Competencies: []codebook.CompetencyID{"x"}, Jobs: Jobs{Ratings: make([][Measures][]uint8, 1)}}, "no ratings": blank(tiny(cb))} {
		table := Tabulate(cb, s, Options{})
		for _, c := range table.Cells() {
			if c.Figure.Flag != NoData || c.Figure.Estimate != 0 {
				t.Errorf("%s: %s %s: %+v", name, c.Domain.Key(), c.Measure, c.Figure)
			}
		}
		if v := NewView(cb, s, Options{}); v.Bootstrap(10, 1) != nil && len(s.Enterprises) < 2 {
			t.Errorf("%s: resampled nobody", name)
		}
	}
}

func blank(s *Sample) *Sample {
	for m := range s.Jobs.Ratings[0] {
		clear(s.Jobs.Ratings[0][m])
	}
	return s
}

// Figures that are not shown are null in JSON, with their counts where these would tell.
func TestFigureJSON(t *testing.T) {
	for _, c := range []struct {
		f    Figure
		want string
	}{
		{Figure{Estimate: 3.25, SE: 0.125, Lo: 3, Hi: 3.5, Enterprises: 12, Jobs: 30, Flag: Good, HasSE: true}, `{"estimate":3.25,"se":0.125,"lo":3,"hi":3.5,"n_enterprises":12,"n_jobs":30,"flag":"ok"}`},
		{Figure{Estimate: 2, Enterprises: 1, Jobs: 1, Flag: Caution}, `{"estimate":2,"se":null,"lo":null,"hi":null,"n_enterprises":1,"n_jobs":1,"flag":"caution"}`},
		{Figure{Enterprises: 9, Jobs: 9, Flag: WithheldPrecision}, `{"estimate":null,"se":null,"lo":null,"hi":null,"n_enterprises":9,"n_jobs":9,"flag":"withheld_imprecise"}`},
		{Figure{Flag: WithheldFew}, `{"estimate":null,"se":null,"lo":null,"hi":null,"n_enterprises":null,"n_jobs":null,"flag":"withheld_few_enterprises"}`},
		{Figure{}, `{"estimate":null,"se":null,"lo":null,"hi":null,"n_enterprises":0,"n_jobs":0,"flag":"no_data"}`},
	} {
		got, err := json.Marshal(c.f)
		if err != nil || string(got) != c.want {
			t.Errorf("%s %v, want %s", got, err, c.want)
		}
	}
	cell, err := json.Marshal(Cell{Domain: Domain{Programme: "iot", Family: "cloud"}, Competency: "x", Measure: PerformanceGap})
	if err != nil || !strings.HasPrefix(string(cell), `{"domain":{"programme":"iot","family":"cloud"},"competency":"x","measure":"performance_gap","estimate":null,`) {
		t.Errorf("%s %v", cell, err)
	}
}

func TestDomainKeysReadBack(t *testing.T) {
	for _, d := range []Domain{{}, {Programme: "iot"}, {Family: "cloud"}, {Programme: "iot", Region: "440000"}, {Industry: "I"}, {Size: "large"}, {Programme: "a", Family: "b", Industry: "C", Size: "d", Region: "e"}} {
		if got, ok := ParseDomain(d.Key()); !ok || got != d {
			t.Errorf("%q read back as %+v %v", d.Key(), got, ok)
		}
	}
	for _, bad := range []string{"", "+", "colour=red", "family=", "iot+"} {
		if d, ok := ParseDomain(bad); ok {
			t.Errorf("%q was read as %+v", bad, d)
		}
	}
}

func FuzzParseDomain(f *testing.F) {
	f.Add("computer_network+family=security")
	f.Add("all")
	f.Fuzz(func(t *testing.T, key string) {
		if d, ok := ParseDomain(key); ok {
			if again, ok := ParseDomain(d.Key()); !ok || again != d {
				t.Errorf("%q → %+v → %q → %+v", key, d, d.Key(), again)
			}
		}
	})
}

// Printed tables of Student's t: the 0.975 quantile, and tails.
func TestStudent(t *testing.T) {
	for df, want := range map[float64]float64{1: 12.706204736, 2: 4.302652730, 4: 2.776445105, 10: 2.228138852, 30: 2.042272456, 120: 1.979930405, 49999: 1.960011} {
		if got := studentBound(df); math.Abs(got-want) > 1e-6 {
			t.Errorf("t(0.975, %g) = %.9f, want %.9f", df, got, want)
		}
	}
	for _, c := range []struct{ t, df, want float64 }{{2.228138852, 10, 0.05}, {0, 5, 1}, {-2.776445105, 4, 0.05}, {6.869, 5, 0.001}} {
		if got := StudentTail(c.t, c.df); math.Abs(got-c.want) > 1e-5 {
			t.Errorf("P(|T| > %g) on %g df = %g, want %g", c.t, c.df, got, c.want)
		}
	}
	if !math.IsNaN(studentBound(0)) || !math.IsNaN(StudentTail(1, 0)) || !math.IsNaN(StudentTail(math.NaN(), 3)) {
		t.Error("no degrees of freedom must give no bound")
	}
}

// The rule says what is shown: relative errors for levels, levels for gaps.
func TestPrecisionFlags(t *testing.T) {
	for _, c := range []struct {
		m                     Measure
		value, se, importance float64
		want                  Flag
	}{
		{MeanRequired, 3, 0.9, 4, Good}, {MeanRequired, 3, 0.91, 4, Caution}, {MeanRequired, 3, 1.51, 4, WithheldPrecision},
		{PerformanceGap, 0.01, 0.1, 4, Good}, {PerformanceGap, 2, 0.31, 4, Caution}, {CoverageGap, 2, 0.51, 4, WithheldPrecision},
		{BorichMWDS, 0.1, 1.1, 4, Good}, {BorichMWDS, 0.1, 1.3, 4, Caution},
		{RankedDiscrepancy, -1, 14, 4, Good}, {RankedDiscrepancy, -1, 16, 4, Caution}, {RankedDiscrepancy, -1, 26, 4, WithheldPrecision},
		{HighDemandShare, 0.1, 0.06, 4, WithheldPrecision}, {HighDemandShare, 0, 0, 4, Good}, {Share, 0.02, 0.02, 4, Good},
		{Unscaled, 0, 99, 4, Good},
	} {
		if got := grade(imprecision(c.m, c.value, c.se, c.importance)); got != c.want {
			t.Errorf("%s %g ± %g: %q, want %q", c.m, c.value, c.se, got, c.want)
		}
	}
}
