package gap

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
	"github.com/thousand-enterprises/qianqi/internal/curriculum"
	"github.com/thousand-enterprises/qianqi/internal/demand"
	"github.com/thousand-enterprises/qianqi/internal/estimate"
	"github.com/thousand-enterprises/qianqi/internal/survey"
)

// runOf prepares a run without analysing it, so that its parts can be asked one at a time.
func runOf(cb *codebook.Codebook, in Inputs) *run { return newRun(cb, in) }

func plainInputs(n int) Inputs {
	return Inputs{Year: 2026, Samples: map[int]*demand.Sample{2026: plainSample(n)}, Replicates: -1}
}

// With four years a trend is fitted; with three it is not.
func TestTrendFromFourYears(t *testing.T) {
	cb := codebook.Default()
	in := plainInputs(40)
	for y := 2023; y <= 2026; y++ {
		s := plainSample(40)
		s.Year = y
		for j := range s.Jobs.Ratings[0][demand.Importance] {
			if j%2 > 0 { // a programme that goes up and down, beside one that rises
				s.Jobs.Programme[j], s.Jobs.Ratings[0][demand.Importance][j] = "iot", uint8(1+(j/2+y)%3)
				continue
			}
			s.Jobs.Ratings[0][demand.Importance][j] = uint8(1 + (j/2+y)%2 + y - 2023)
		}
		in.Samples[y] = s
	}
	a := analyse(t, cb, in)
	if len(a.Change.Trend) == 0 || !slices.Equal(a.Change.Years, []int{2023, 2024, 2025, 2026}) || a.Change.Since != 2025 || a.Change.Panel != 40 {
		t.Fatalf("%d trends over %v since %d, panel %d", len(a.Change.Trend), a.Change.Years, a.Change.Since, a.Change.Panel)
	}
	var p, adjusted []float64
	for _, row := range a.Change.Trend {
		if row.Measure == demand.MeanImportance {
			p, adjusted = append(p, orNaN(row.P)), append(adjusted, orNaN(row.AdjustedP))
		}
		if row.Domain == (demand.Domain{}) && row.Measure == demand.MeanImportance && (row.Slope <= 0 || row.P == nil || len(row.Values) != 4) {
			t.Errorf("importance rises, but %+v", row)
		}
	}
	if want := estimate.BenjaminiHochberg(p); len(p) != 3 || slices.Min(p) == slices.Max(p) || !slices.Equal(adjusted, want) {
		t.Errorf("trends of importance have p %v, adjusted %v, want %v", p, adjusted, want)
	}
	delete(in.Samples, 2023)
	if a := analyse(t, cb, in); len(a.Change.Trend) != 0 || len(a.Change.Rows) == 0 {
		t.Error("three years were given a trend, or no change")
	}
}

// A change of the same enterprises only is all within; of different ones only, all between.
func TestChangeIsSplitBySource(t *testing.T) {
	cb := codebook.Default()
	in := plainInputs(40)
	before := plainSample(40)
	for j, v := range before.Jobs.Ratings[0][demand.Graduate] {
		before.Jobs.Ratings[0][demand.Graduate][j] = max(v, 1) - 1 + uint8(j%2)
	}
	in.Samples[2025] = before
	row := changeOf(analyse(t, cb, in), demand.PerformanceGap)
	if !row.Parts.OK || math.Abs(row.Parts.Between) > 1e-12 || math.Abs(row.Parts.Within-row.Change.Estimate) > 1e-12 {
		t.Errorf("the same enterprises: %+v of %g", row.Parts, row.Change.Estimate)
	}
	for i := range before.Enterprises {
		before.Enterprises[i].Key += "-other"
	}
	row = changeOf(analyse(t, cb, in), demand.PerformanceGap)
	if row.Parts.OK || row.Same.Flag != demand.NoData {
		t.Errorf("no enterprise in both years, yet %+v %+v", row.Same, row.Parts)
	}
}

func changeOf(a *Analysis, m demand.Measure) ChangeRow {
	for _, row := range a.Change.Rows {
		if row.Domain == (demand.Domain{}) && row.Measure == m {
			return row
		}
	}
	return ChangeRow{}
}

// Without planned hires the jobs count by something that they do give; where hires are insisted on, the
// headline says what is missing.
func TestJobsWithoutHires(t *testing.T) {
	cb := codebook.Default()
	in := oneYear(unframed(world(cb, 30)))
	for j := range in.Samples[2026].Jobs.Hires {
		in.Samples[2026].Jobs.Hires[j] = -1
	}
	for _, c := range []struct {
		base, counted demand.Base
		shown         bool
		said          string
	}{
		{demand.BaseAuto, demand.BaseHeadcount, true, ""},
		{demand.BaseOne, demand.BaseOne, true, ""},
		{demand.BaseHires, demand.BaseHires, false, "每个岗位按计划招聘人数计，而多数岗位没有填写"},
	} {
		in.Base = c.base
		a := analyse(t, cb, in)
		if p := a.Programmes[0]; a.Base != c.counted || (count(p.Rows, func(r Row) bool { return r.Gap.Shown() }) > 0) != c.shown || !strings.Contains(p.Headline.ZH, c.said) {
			t.Errorf("base %q: counted by %q, %q", c.base, a.Base, p.Headline.ZH)
		}
	}
	in.Base, in.K = demand.BaseOne, 999
	if h := analyse(t, cb, in).Programmes[0].Headline.ZH; strings.Contains(h, "填写") {
		t.Errorf("the base is blamed for what the threshold withholds: %q", h)
	}
}

// Straight-lined jobs are found, others are not.
func TestStraightLining(t *testing.T) {
	cb := codebook.Default()
	in := world(cb, 30)
	s := in.Samples[2026]
	for c := range s.Jobs.Ratings {
		s.Jobs.Ratings[c][demand.Importance][4], s.Jobs.Ratings[c][demand.Required][4] = 3, 3
		s.Jobs.Ratings[c][demand.Importance][5], s.Jobs.Ratings[c][demand.Required][5] = 3, uint8(2+c%2)
	}
	marked := runOf(cb, in).straightLined()
	if !marked[4] || marked[5] {
		t.Errorf("job 4 gives one answer to everything: %v; job 5 does not: %v", marked[4], marked[5])
	}
}

// Two visits that agree have α 1; ratings at random have none.
func TestReliabilityBetweenVisits(t *testing.T) {
	cb := codebook.Default()
	in := plainInputs(12)
	s := in.Samples[2026]
	n := s.Jobs.Len()
	for j := range n { // every job is rated again, the same, at a second visit
		e := s.Jobs.Enterprise[j]
		if j%2 == 0 {
			s.Visits = append(s.Visits, demand.Visit{ID: int64(100 + e), Enterprise: e, Faculty: "again"})
		}
		r := s.Jobs.Ratings[0]
		appendJob(s, e, int32(len(s.Visits)-1), survey.Job{Title: "网络工程师", Family: s.Jobs.Family[j], Programme: s.Jobs.Programme[j],
			PlannedHires: survey.Have(2), Ratings: []survey.Rating{{Importance: survey.Have(int(r[demand.Importance][j])), Required: survey.Have(int(r[demand.Required][j]))}}})
	}
	rel := runOf(cb, in).reliability()
	if rel[0].Alpha == nil || math.Abs(*rel[0].Alpha-1) > 1e-12 || rel[0].Units != n {
		t.Errorf("visits that agree: %+v", rel[0])
	}
	if rel[2].Alpha != nil || rel[2].Reason != demand.NoData {
		t.Errorf("graduates were rated once: %+v", rel[2])
	}
}

// The share between groups against the textbook: Shrout & Fleiss 1979 give ICC(1) = .17 for
// their six subjects rated by four judges each.
func TestBetweenShareIsICC1(t *testing.T) {
	subjects := map[string][]float64{"1": {9, 2, 5, 8}, "2": {6, 1, 3, 2}, "3": {8, 4, 6, 8}, "4": {7, 1, 2, 6}, "5": {10, 5, 6, 9}, "6": {6, 2, 4, 7}}
	if got := betweenShare(subjects); got == nil || math.Abs(*got-0.17) > 0.005 {
		t.Errorf("ICC(1) %v, published .17", *got)
	}
	if betweenShare(map[string][]float64{"a": {1, 2}}) != nil {
		t.Error("one group has no between")
	}
	if got := farthest(map[string][]float64{"a": {3, 3}, "b": {3, 3}, "c": {3, 3}, "d": {3, 3}, "e": {5, 5}}); !slices.Equal(got, []string{"e"}) {
		t.Errorf("farthest %v", got)
	}
}

// Technologies are one where the codebook knows their spellings, and withheld where few name
// them; titles likewise.
func TestTechnologiesAndTitles(t *testing.T) {
	cb := codebook.Default()
	in := plainInputs(20)
	s := in.Samples[2026]
	for e := range int32(8) {
		spelling := []string{"Wi-Fi 7", "WiFi7", "wifi7"}[e%3]
		s.Trends = append(s.Trends, demand.Trend{Enterprise: e, Visit: e, Technology: spelling, Direction: []string{"rising", "rising", "falling", "steady"}[e%4]})
	}
	s.Trends = append(s.Trends, demand.Trend{Enterprise: 1, Technology: "量子网络", Direction: "rising"})
	in.Samples[2025] = plainSample(20)
	for j := range 12 {
		s.Jobs.Title[j] = "大模型运维工程师"
	}
	s.Jobs.Title[20] = "首席"
	a := analyse(t, cb, in)
	if len(a.Technologies.Rows) != 1 || a.Technologies.Others != 1 {
		t.Fatalf("%+v", a.Technologies)
	}
	if w := a.Technologies.Rows[0]; w.Named != 8 || w.Rising.Estimate != 0.5 || w.Falling.Estimate != 0.25 || w.Net.Estimate != 0.25 || w.Before.Flag != demand.NoData {
		t.Errorf("%+v", w)
	}
	if !a.Titles.Known || len(a.Titles.Rows) != 1 || a.Titles.Rows[0].Enterprises != 6 || a.Titles.Rows[0].Jobs != 12 || a.Titles.Others != 1 {
		t.Errorf("%+v", a.Titles)
	}
}

// Texts that speak of a competency which the same job rates low are counted.
func TestTextsAgainstRatings(t *testing.T) {
	cb := codebook.Default()
	in := plainInputs(24)
	s := in.Samples[2026]
	for j := range 20 {
		s.Jobs.Requirement[j] = "负责日常工作"
		if j%2 == 0 {
			s.Jobs.Requirement[j] = "熟悉故障排查，能独立处理故障"
			s.Jobs.Ratings[0][demand.Required][j], s.Jobs.Ratings[0][demand.Importance][j] = 1, 4
		}
	}
	x := analyse(t, cb, in).Texts
	if x.Texts != 20 || x.Matched != 10 || len(x.Rows) != 1 {
		t.Fatalf("%+v", x)
	}
	row := x.Rows[0]
	if row.Mentions.Estimate != 0.5 || row.LowIf.Estimate != 1 || row.HighIf.Estimate != 0 || !row.HighElse.Shown() {
		t.Errorf("%+v", row)
	}
	if len(row.Words) == 0 || row.Words[0].Enterprises != 10 {
		t.Errorf("words %+v", row.Words)
	}
}

// What O*NET publishes, averaged by hand for one competency.
func TestBenchmarkByHand(t *testing.T) {
	cb := codebook.Default()
	b := runOf(cb, plainInputs(6)).benchmark()
	if len(b.Rows) != 1 || !strings.Contains(b.Attribution, "CC BY 4.0") || len(b.Occupations) != 4 {
		t.Fatalf("%+v", b)
	}
	values := []published{{scale: "IM", element: "x", name: "X", value: 3, se: 0.3, n: 8}, {scale: "IM", element: "x", value: 4, se: 0.4, n: 8},
		{scale: "LV", element: "x", value: 3.5, se: 0.7, n: 8}, {scale: "LV", element: "x", value: 7, se: 0.1, n: 8, suppress: true}, {scale: "IM", element: "y", value: 1}}
	row := benchmarkRow("fault_diagnosis", []string{"x"}, values)
	if row.Importance.Estimate != 3.5 || math.Abs(row.Importance.SE-0.25) > 1e-12 || math.Abs(row.Importance.Hi-3.99) > 1e-12 || row.Importance.Jobs != 16 {
		t.Errorf("importance %+v", row.Importance)
	}
	if row.Level.Estimate != 3 || math.Abs(row.Level.SE-0.4) > 1e-12 || row.Suppressed != 1 {
		t.Errorf("level %+v, %d suppressed; want 0–7 mapped to 1–5", row.Level, row.Suppressed)
	}
	if none := benchmarkRow("x", []string{"nowhere"}, values); none.Level.Flag != demand.NoData {
		t.Errorf("nothing to average: %+v", none)
	}
	if _, err := parsePublished("a,b,c,d,e,f,g,h\no,e,n,IM,high,8,0.1,N\n"); err == nil {
		t.Error("a value that is no number passed")
	}
}

// Every element of the mapping is in the extract, every value of the extract is mapped.
func TestBenchmarkTablesFit(t *testing.T) {
	x := external()
	used := make(map[string]bool)
	for _, c := range x.Competencies {
		for _, e := range c.Elements {
			used[e] = true
			if !slices.ContainsFunc(x.values, func(p published) bool { return p.element == e }) {
				t.Errorf("%s rests on %s, which is not in the extract", c.Competency, e)
			}
		}
	}
	for _, p := range x.values {
		if !used[p.element] || !slices.ContainsFunc(x.Occupations, func(o Occupation) bool { return o.Code == p.occupation }) {
			t.Errorf("%+v serves nothing", p)
		}
	}
}

// Counts of the frame that may not be shown cannot be worked out from totals either.
func TestStrataWithholdSmallCounts(t *testing.T) {
	cb := codebook.Default()
	in := plainInputs(20)
	in.Samples[2026].Frame = []demand.FrameCell{
		{Industry: "C", Size: "large", Population: 30, Visited: 9}, {Industry: "C", Size: "small", Population: 40, Visited: 3},
		{Industry: "I", Size: "large", Population: 30, Visited: 8}, {Industry: "I", Size: "small", Population: 90, Visited: 12}, {Industry: "J", Size: "small", Population: 5},
	}
	out := runOf(cb, in).strata()
	if out[1].Flag != demand.WithheldFew || out[1].Visited != 0 || out[1].Share != nil {
		t.Errorf("three visits are shown: %+v", out[1])
	}
	for i, want := range []demand.Flag{demand.WithheldComplement, demand.WithheldFew, demand.WithheldComplement, demand.WithheldComplement, demand.Good} {
		if out[i].Flag != want {
			t.Errorf("%s/%s: %q, want %q", out[i].Industry, out[i].Size, out[i].Flag, want)
		}
	}
}

// Families that may not be shown cannot be worked out from the totals beside them.
func TestOpeningsWithstandSubtraction(t *testing.T) {
	cb := codebook.Default()
	for _, visits := range []int{12, 20, 48, 90} {
		a := analyse(t, cb, unframed(world(cb, visits)))
		s := world(cb, visits).Samples[2026]
		who := make(map[int32]bool)
		for _, p := range a.Priority {
			for j := range s.Jobs.Len() {
				if !p.Openings.Shown() && s.Jobs.Family[j] == p.Family && s.Jobs.Hires[j] > 0 {
					who[s.Jobs.Enterprise[j]] = true
				}
			}
		}
		if len(who) > 0 && len(who) < 5 {
			t.Errorf("%d visits: total minus the families shown leaves %d enterprises", visits, len(who))
		}
	}
}

// How enterprises are weighted is said where the figures stand.
func TestWeightingIsSaid(t *testing.T) {
	for _, c := range []struct {
		f    Facts
		want string
	}{
		{Facts{}, "not a random sample"}, {Facts{Framed: true, InFrame: 45, Population: 265}, "45 / 265"}, {Facts{Framed: true, Raked: true}, "raked"},
	} {
		if got := weightText(c.f); !strings.Contains(got.EN, c.want) || got.ZH == "" {
			t.Errorf("%+v: %q, want %q in it", c.f, got.EN, c.want)
		}
	}
}

// A codebook of another trade runs through without a change of code.
func TestAnotherCodebook(t *testing.T) {
	data, err := os.ReadFile("../codebook/testdata/nursing.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cb, err := codebook.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	a := analyse(t, cb, world(cb, 60))
	if len(a.Competencies) != len(cb.Active()) || len(a.Programmes) != len(cb.Programmes) || len(a.Cells) == 0 || len(a.Benchmark.Rows) != 0 {
		t.Errorf("%d competencies, %d programmes, %d cells, %d benchmark rows", len(a.Competencies), len(a.Programmes), len(a.Cells), len(a.Benchmark.Rows))
	}
}

// The top is half of few competencies and three of many.
func TestTopFollowsTheNumberOfCompetencies(t *testing.T) {
	for n, want := range map[int]int{0: 1, 1: 1, 3: 1, 5: 2, 6: 3, 7: 3, 20: 3} {
		if got := topOf(n); got != want {
			t.Errorf("of %d: %d, want %d", n, got, want)
		}
	}
}

// Breaks of the loop, each from a map made for it.
func TestBrokenLinks(t *testing.T) {
	cb := codebook.Default()
	teach := func(level int) []curriculum.Teaching {
		return []curriculum.Teaching{{Competency: "fault_diagnosis", Level: level, Hours: survey.Have(10.0)}}
	}
	cert := []curriculum.Certification{{Track: "datacom", Level: "HCIP"}}
	contest := []curriculum.Competition{{Name: "huawei_ict"}}
	p := []codebook.ProgrammeID{"computer_network"}
	for _, c := range []struct {
		name    string
		modules []curriculum.Module
		want    []LinkKind
	}{
		{"taught by nobody", []curriculum.Module{{Code: "A", Category: "core", Programmes: p}}, []LinkKind{DemandedNotTaught, ModuleNotNeeded}},
		{"taught low, in an elective, without exam or contest", []curriculum.Module{{Code: "A", Category: "elective", Programmes: p, Teaches: teach(1)}},
			[]LinkKind{TaughtBelowDemand, TaughtInElectiveOnly, TaughtNotCertified, NotExercised}},
		{"all is well but nobody asks for the exam", []curriculum.Module{{Code: "A", Category: "core", Programmes: p, Teaches: teach(5), Certifies: cert, Exercises: contest}},
			[]LinkKind{CertifiedNotDemanded}},
		{"a second module far above demand", []curriculum.Module{
			{Code: "A", Category: "core", Programmes: p, Teaches: teach(4), Certifies: cert, Exercises: contest}, {Code: "B", Category: "core", Programmes: p, Teaches: teach(5)}},
			[]LinkKind{CertifiedNotDemanded, ModuleNotNeeded}},
		{"no modules at all", []curriculum.Module{{Code: "A", Category: "core", Programmes: []codebook.ProgrammeID{"iot"}}}, nil},
	} {
		in := plainInputs(40)
		in.Curriculum = map[int]*curriculum.Map{2026: {Modules: c.modules}}
		a := analyse(t, cb, in)
		i := slices.IndexFunc(a.Programmes, func(g ProgrammeGap) bool { return g.Programme == "computer_network" })
		var got []LinkKind
		for _, l := range a.Programmes[i].Links {
			got = append(got, l.Kind)
			if l.Text.ZH == "" || l.Text.EN == "" {
				t.Errorf("%s: %s says nothing", c.name, l.Kind)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// The house weighs demand by the improvement asked for; the sum of the weights is one.
func TestHouseOfQuality(t *testing.T) {
	cb := codebook.Default()
	a := analyse(t, cb, world(cb, 60))
	for _, p := range a.Programmes {
		var sum float64
		for _, w := range p.House.Weights {
			sum += w
		}
		if math.Abs(sum-1) > 1e-9 || len(p.House.Modules) == 0 {
			t.Errorf("%s: weights make %g over %d modules", p.Programme, sum, len(p.House.Modules))
		}
		for _, m := range p.House.Modules {
			var score float64
			for i, rel := range m.Relations {
				if !slices.Contains([]int{0, 1, 3, 9}, rel) {
					t.Errorf("relation %d", rel)
				}
				score += p.House.Weights[i] * float64(rel)
			}
			if math.Abs(score-m.Score) > 1e-9 {
				t.Errorf("%s: score %g, want %g", m.Module, m.Score, score)
			}
		}
		if p.Plan.Used > p.Plan.Budget || p.Plan.Closed > p.Plan.Open+1e-9 {
			t.Errorf("%s: %+v", p.Programme, p.Plan)
		}
	}
	if len(a.Modules) == 0 || a.Modules[0].Rank != 1 {
		t.Errorf("all modules: %+v", a.Modules)
	}
}

// Numbers in sentences: a minus is a minus, and zero has no sign.
func TestSigned(t *testing.T) {
	for v, want := range map[float64]string{0.314: "+0.31", -0.12: "−0.12", 0.001: "0.00", -0.004: "0.00"} {
		if got := signed(v); got != want {
			t.Errorf("signed(%g) = %q, want %q", v, got, want)
		}
	}
	v := Verdict{Result: Widened, Taught: [2]float64{3, 3}, Parts: Parts{OK: true, Within: 0.1, Between: -0.5}}
	for _, s := range []string{v.caution().EN, v.taughtSentence().EN, v.whose().EN} {
		if s == "" || strings.Contains(s, "%!") {
			t.Errorf("%q", s)
		}
	}
}
