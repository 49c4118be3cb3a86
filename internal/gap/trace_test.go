package gap

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/demand"
)

// Every figure must trace to at least one job, or say why not; and the jobs it traces to must
// give the figure again.
func TestEveryFigureTraces(t *testing.T) {
	cb := codebook.Default()
	in := world(cb, 48)
	a := analyse(t, cb, in)
	r := newRun(cb, in)
	tracer, err := NewTracer(cb, in)
	if err != nil {
		t.Fatal(err)
	}
	paired := 0
	for _, c := range a.Cells {
		jobs := tracer.jobs(a.AddressOf(c))
		if r.table.Paired(c.Domain, c.Competency, c.Measure) {
			paired++
		}
		if (len(jobs) == 0) != (c.Figure.Flag == demand.NoData) {
			t.Fatalf("%s: %d jobs behind %q", a.AddressOf(c), len(jobs), c.Figure.Flag)
		}
		if !c.Figure.Shown() {
			continue
		}
		if len(jobs) != c.Figure.Jobs && c.Measure != demand.BorichMWDS {
			t.Fatalf("%s: %d jobs trace, %d are counted", a.AddressOf(c), len(jobs), c.Figure.Jobs)
		}
		if got, ok := again(jobs, c.Measure); ok && math.Abs(got-c.Figure.Estimate) > 1e-9 {
			t.Fatalf("%s: the jobs give %g, the figure is %g", a.AddressOf(c), got, c.Figure.Estimate)
		}
	}
	if paired == 0 {
		t.Error("no figure rests on pairs alone: the world shows nothing")
	}
}

// again computes a figure from the jobs it traces to; false for those that need more.
func again(jobs []demand.Contribution, m demand.Measure) (float64, bool) {
	var top, bottom float64
	for _, j := range jobs {
		x, y := 0.0, 1.0
		switch m {
		case demand.MeanImportance:
			x = float64(j.Importance)
		case demand.MeanRequired:
			x = float64(j.Required)
		case demand.MeanGraduate:
			x = float64(j.Graduate)
		case demand.HighDemandShare:
			x = indicator(j.Required >= 4)
		case demand.PerformanceGap:
			x = float64(j.Required) - float64(j.Graduate)
		case demand.SatisfactionRatio:
			x, y = float64(j.Graduate), float64(j.Required)
		default:
			return 0, false
		}
		top += j.Weight * x
		bottom += j.Weight * y
	}
	return top / bottom, true
}

func TestTraceGoesRoundTheLoop(t *testing.T) {
	cb := codebook.Default()
	in := world(cb, 48)
	at, ok := ParseAddress("2026/computer_network/fault_diagnosis/performance_gap")
	if !ok {
		t.Fatal("no address")
	}
	tracer, err := NewTracer(cb, in)
	if err != nil {
		t.Fatal(err)
	}
	x, err := tracer.Trace(at)
	if err != nil {
		t.Fatal(err)
	}
	if !x.Figure.Shown() || len(x.Jobs) != x.Figure.Jobs || x.Visits == 0 || x.Measure.Formula == "" || len(x.Modules) == 0 ||
		len(x.Proposals) == 0 || len(x.Decisions) == 0 || len(x.Outcomes.Certificates) == 0 {
		t.Errorf("%d jobs, %d visits, %d modules, %d proposals, %d decisions", len(x.Jobs), x.Visits, len(x.Modules), len(x.Proposals), len(x.Decisions))
	}
	for _, p := range x.Outcomes.Graduates {
		if p.Programme != "computer_network" {
			t.Errorf("outcomes of %s", p.Programme)
		}
	}
	all, err := tracer.Trace(Address{Year: 2026, Competency: "fault_diagnosis", Measure: demand.CoverageGap})
	if err != nil || len(all.Modules) <= len(x.Modules) {
		t.Errorf("over all programmes: %v", err)
	}
	if _, err := tracer.Trace(Address{Year: 1999, Competency: "fault_diagnosis", Measure: demand.CoverageGap}); !errors.Is(err, ErrNoFigure) {
		t.Errorf("a figure of another year: %v", err)
	}
	empty := in
	empty.Year = 1999
	if _, err := NewTracer(cb, empty); !errors.Is(err, ErrNoSample) {
		t.Errorf("a year without a sample: %v", err)
	}
	for _, c := range analyse(t, cb, in).Cells {
		if !c.Figure.Flag.Suppressed() {
			continue
		}
		hidden, err := tracer.Trace(Address{2026, c.Domain, c.Competency, c.Measure})
		if err != nil || hidden.Visits != 0 || hidden.Figure.Estimate != 0 {
			t.Errorf("a withheld figure traces to %d visits, %v", hidden.Visits, err)
		}
		break
	}
}

// A measure that is a method of ranking too has one name for both, and the ranked discrepancy one source.
func TestMeasuresAndMethodsAreNamedAlike(t *testing.T) {
	methods := make(map[Method]MethodText)
	for _, m := range MethodTexts() {
		methods[m.Method] = m
	}
	of := map[demand.Measure]Method{demand.PerformanceGap: ByGap, demand.BorichMWDS: ByBorich, demand.RankedDiscrepancy: ByDiscrepancy,
		demand.Opportunity: ByOpportunity, demand.SatisfactionRatio: ByRatio}
	for _, m := range MeasureTexts() {
		method, is := of[m.Measure]
		if is && methods[method].Name.ZH != m.Name.ZH {
			t.Errorf("%s is called %s, and as a method %s", m.Measure, m.Name.ZH, methods[method].Name.ZH)
		}
		if method == ByDiscrepancy && !strings.HasPrefix(m.Source, methods[method].Source) {
			t.Errorf("%s is from %q, and as a method from %q", m.Measure, m.Source, methods[method].Source)
		}
	}
}

func TestMeasureTextsFollowTheOrder(t *testing.T) {
	texts := MeasureTexts()
	for i, m := range demand.MeasureOrder() {
		if texts[i].Measure != m || texts[i].Name.ZH == "" || texts[i].Formula == "" || texts[i].Source == "" {
			t.Errorf("%+v, want %s", texts[i], m)
		}
	}
}

// Figures that are about no competency, and those of the ranking methods, have addresses too.
func TestEveryKindOfFigureHasAnAddress(t *testing.T) {
	cb := codebook.Default()
	in := world(cb, 48)
	a := analyse(t, cb, in)
	tracer, err := NewTracer(cb, in)
	if err != nil {
		t.Fatal(err)
	}
	family := a.Priority[0]
	for address, want := range map[string]demand.Figure{
		"2026/all/fault_diagnosis/ranked_discrepancy":          a.Overall.Rows[4].Ranked,
		"2026/all/fault_diagnosis/opportunity":                 a.Overall.Rows[4].Opportunity,
		"2026/all/-/openings":                                  a.Overall.Openings,
		"2026/family=" + string(family.Family) + "/-/openings": family.Openings,
		"2026/family=" + string(family.Family) + "/-/breadth":  family.Breadth,
		"2026/family=" + string(family.Family) + "/-/salary":   family.Salary,
		"2026/all/-/visits":                                    a.Facts.Size(CountVisits),
		"2026/all/-/enterprises":                               a.Facts.Size(CountEnterprises),
		"2026/all/-/jobs":                                      a.Facts.Size(CountJobs),
		"2026/all/-/ratings":                                   a.Facts.Size(CountRatings),
	} {
		at, ok := ParseAddress(address)
		if !ok || at.String() != address {
			t.Errorf("%s reads as %v", address, at)
			continue
		}
		x, err := tracer.Trace(at)
		if err != nil || x.Figure != want || len(x.Jobs) == 0 || x.Measure.Formula == "" {
			t.Errorf("%s: %v, %d jobs, %+v, want %+v", address, err, len(x.Jobs), x.Figure, want)
		}
		if len(x.Jobs) != want.Jobs && at.Competency == "" && at.Measure != Salary && at.Measure != Breadth {
			t.Errorf("%s: %d jobs trace, %d are in the base", address, len(x.Jobs), want.Jobs)
		}
		adds := at.Measure == demand.Openings || at.Measure == CountJobs || at.Measure == CountRatings
		if sum := total(x.Jobs); adds && math.Abs(sum-want.Estimate) > 1e-9 {
			t.Errorf("%s: the jobs add up to %g, not %g", address, sum, want.Estimate)
		}
	}
	for _, none := range []string{"2026/all/-/performance_gap", "2026/all/-/breadth", "2026/computer_network+family=security/-/salary", "2026/all/fault_diagnosis/openings", "2026/computer_network/-/visits", "2026/all/fault_diagnosis/ratings"} {
		if at, ok := ParseAddress(none); ok {
			t.Errorf("%s reads as %v", none, at)
		}
	}
}

func total(jobs []demand.Contribution) float64 {
	var sum float64
	for _, j := range jobs {
		sum += j.Weight
	}
	return sum
}
