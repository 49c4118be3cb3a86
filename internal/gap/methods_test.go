package gap

import (
	"math"
	"slices"
	"testing"
)

// plos is Table 3 of Sinche et al. 2017, PLoS ONE 12(9): e0185023: fifteen skills with the
// importance for the job and the ability after training, and the published gap (ability −
// importance).
var plos = []struct {
	skill                    string
	importance, ability, gap float64
}{
	{"discipline-specific knowledge", 4.16, 4.73, 0.57},
	{"gather and interpret information", 4.56, 4.69, 0.13},
	{"analyze data", 4.32, 4.66, 0.34},
	{"oral communication", 4.59, 4.38, -0.21},
	{"make decisions and solve problems", 4.59, 4.37, -0.22},
	{"written communication", 4.53, 4.36, -0.17},
	{"learn quickly", 4.44, 4.18, -0.26},
	{"manage a project", 4.42, 4.18, -0.24},
	{"creativity", 4.23, 4.12, -0.11},
	{"set a vision and goals", 4.24, 3.99, -0.25},
	{"time management", 4.60, 3.87, -0.73},
	{"work on a team", 4.43, 3.66, -0.77},
	{"work with people outside the organization", 4.26, 3.46, -0.80},
	{"manage others", 3.99, 3.26, -0.73},
	{"career planning", 3.57, 3.05, -0.52},
}

func plosPoints() []Point {
	points := make([]Point, len(plos))
	for i, s := range plos {
		points[i] = Point{Importance: s.importance, Graduate: s.ability, PairR: s.importance, PairO: s.ability, Discrepancy: math.NaN()}
	}
	return points
}

func skill(name string) int {
	for i, s := range plos {
		if s.skill == name {
			return i
		}
	}
	panic(name)
}

// The published table must come out: the gaps, and with them the lesson that the order depends
// on the method.
func TestPublishedGapTable(t *testing.T) {
	points := plosPoints()
	gaps := Needs(ByGap, points)
	for i, s := range plos {
		if math.Abs(gaps[i]+s.gap) > 0.005 {
			t.Errorf("%s: gap %.3f, published %.2f", s.skill, -gaps[i], s.gap)
		}
	}
	raw, weighted := Places(gaps), Places(Needs(ByBorich, points))
	team, outside := skill("work on a team"), skill("work with people outside the organization")
	if raw[outside] != 1 || raw[team] != 2 {
		t.Errorf("by gap: outside people is %d, teamwork %d; want 1 and 2", raw[outside], raw[team])
	}
	if weighted[team] != 1 || weighted[outside] != 2 {
		t.Errorf("by importance × gap: teamwork is %d, outside people %d; want them swapped", weighted[team], weighted[outside])
	}
	quadrants := Quadrants(points)
	if quadrants[outside] != LowPriority {
		t.Errorf("the largest gap stands in %q; the published means put it in low priority", quadrants[outside])
	}
	for name, want := range map[string]Quadrant{
		"work on a team": Concentrate, "time management": Concentrate, "manage others": LowPriority, "career planning": LowPriority,
		"discipline-specific knowledge": Overkill, "gather and interpret information": KeepUp,
	} {
		if got := quadrants[skill(name)]; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	importance, ability := GrandMeans(points)
	if math.Abs(importance-4.3287) > 1e-4 || math.Abs(ability-4.0640) > 1e-4 {
		t.Errorf("crosshair %.4f, %.4f", importance, ability)
	}
	if ratio := Places(Needs(ByRatio, points)); ratio[outside] != 1 || ratio[skill("manage others")] != 2 {
		t.Errorf("by ratio: outside people %d, manage others %d", ratio[outside], ratio[skill("manage others")])
	}
	for _, v := range Needs(ByDiscrepancy, points) {
		if !math.IsNaN(v) {
			t.Error("ranked discrepancy needs single answers, a table of means has none")
		}
	}
}

// The bands of MyCOS reports, at their very edges.
func TestBands(t *testing.T) {
	for ratio, want := range map[float64]Band{1.2: BandGood, 0.90: BandGood, 0.8999: BandMeets, 0.85: BandMeets, 0.8499: BandSomewhat, 0.75: BandSomewhat, 0.7499: BandShort, 0.1: BandShort} {
		if got := BandOf(ratio); got != want {
			t.Errorf("%g: %q, want %q", ratio, got, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		needs []float64
		want  []int
	}{
		{[]float64{1, 3, 2}, []int{3, 1, 2}},
		{[]float64{2, 2, 1}, []int{1, 1, 3}},
		{[]float64{math.NaN(), 0, 1}, []int{0, 2, 1}},
		{[]float64{0.3, 0.1 + 0.2}, []int{1, 1}}, // equal but for rounding noise
		{nil, []int{}},
	} {
		if got := Places(c.needs); !slices.Equal(got, c.want) {
			t.Errorf("Places(%v) = %v, want %v", c.needs, got, c.want)
		}
	}
}

// Formulas on one point, reckoned by hand.
func TestNeedsByHand(t *testing.T) {
	points := []Point{{Importance: 4, Graduate: 2.5, PairR: 3.5, PairO: 2.5, Discrepancy: -0.6}, {Importance: 2, Graduate: 3.5, PairR: 3, PairO: 3.5, Discrepancy: 0.2}}
	for m, want := range map[Method][2]float64{
		ByGap: {1, -0.5}, ByBorich: {4, -1}, ByDiscrepancy: {0.6, -0.2}, ByQuadrant: {1.5, -1.5}, ByOpportunity: {5.5, 2}, ByRatio: {-2.5 / 3.5, -3.5 / 3},
	} {
		for i, got := range Needs(m, points) {
			if math.Abs(got-want[i]) > 1e-12 {
				t.Errorf("%s of point %d: %g, want %g", m, i, got, want[i])
			}
		}
	}
}

// Every method is explained, in the order of the table, in both languages.
func TestMethodTexts(t *testing.T) {
	texts, order := MethodTexts(), MethodOrder()
	if len(texts) != len(order) {
		t.Fatalf("%d texts for %d methods", len(texts), len(order))
	}
	for i, m := range texts {
		if m.Method != order[i] || m.Name.ZH == "" || m.Name.EN == "" || m.Formula == "" || m.Source == "" || m.Reading.ZH == "" || m.Reading.EN == "" {
			t.Errorf("%+v", m)
		}
	}
}

func TestPairMeans(t *testing.T) {
	for _, c := range [][2]float64{{3.5, 2.5}, {3, 3}, {2, 3.5}, {5, 1}} {
		r, o := c[0], c[1]
		gotO, gotR := pairMeans(r-o, o/r, o)
		if math.Abs(gotO-o) > 1e-9 || math.Abs(gotR-r) > 1e-9 {
			t.Errorf("R %g, O %g came back as %g, %g", r, o, gotR, gotO)
		}
	}
}
