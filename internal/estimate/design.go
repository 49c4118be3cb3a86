package estimate

import (
	"cmp"
	"math"
	"slices"
)

// Lonely is the rule for a stratum with a single sampling unit, whose variance
// cannot be estimated from within. The names are those of R's
// survey.lonely.psu option.
type Lonely uint8

// The lonely-unit rules.
const (
	LonelyFail      Lonely = iota // NewDesign refuses and names a row
	LonelyCertainty               // the unit was taken with certainty: no first-stage variance
	LonelyRemove                  // the unit is left out of the variance, which equals certainty
	LonelyAdjust                  // centred at the mean over all units instead of its own stratum
	LonelyAverage                 // given the average variance of the other strata
)

var lonelyNames = [...]string{"fail", "certainty", "remove", "adjust", "average"}

// String is R's word for the rule.
func (l Lonely) String() string { return lonelyNames[l] }

// ParseLonely finds the rule with R's word for it.
func ParseLonely(word string) (Lonely, bool) {
	i := slices.Index(lonelyNames[:], word)
	return Lonely(max(i, 0)), i >= 0
}

// DF is the rule for the degrees of freedom of an interval: units − strata.
type DF uint8

// The rules. They differ only for subgroups and for columns with missing
// answers. The whole design's is what R's confint(…, df = degf(design)), Stata
// and SUDAAN use; for a subgroup of few units the others are more careful, but
// leave no interval where it has one unit in each of several strata.
const (
	DFDesign  DF = iota // all units of the design: R's degf(design)
	DFDomain            // units with rows in the domain: R's degf(subset(design, …))
	DFAnswers           // units with answers in the domain (Korn & Graubard 1999, §5.2)
)

// Sample describes how the rows were drawn, one entry per row in every column.
// Weight alone fixes the number of rows when given; a nil column takes the
// default in its comment. Identifiers are arbitrary numbers.
type Sample struct {
	N      int       // number of rows; needed only when every column is nil
	Weight []float64 // design weights, positive; nil: N/n of every stage with FPC, 1 without
	Strata []int32   // first-stage stratum; nil: one stratum
	PSU    []int32   // first-stage unit; nil: every row is its own
	FPC    []float64 // number of PSUs in the row's stratum in the population (+Inf: with replacement); nil: no correction

	Strata2 []int32   // second-stage stratum within the PSU; nil: one
	SSU     []int32   // second-stage unit within the PSU; nil: single-stage design
	FPC2    []float64 // number of SSUs in the row's PSU (and second-stage stratum) in the population; nil: with replacement. The second stage counts only when FPC is given too

	Nest   bool    // PSU numbers are only unique within their stratum
	Lonely Lonely  // rule for single-unit strata
	Level  float64 // confidence level; 0: 0.95
	DF     DF      // whose units count as degrees of freedom
}

// Design is a sample prepared for estimation. It is immutable and safe for
// concurrent use.
type Design struct {
	weight []float64
	unit   []int32 // row → ultimate unit (PSU, or SSU in a two-stage design)
	psuOf  []int32 // ultimate unit → PSU; nil when they are the same
	units  int
	psus   int
	stage1 []stratum // over PSUs
	stage2 []stratum // over ultimate units, within PSUs; nil for one stage
	home   []int32   // PSU → stratum

	deep     bool    // the second stage adds variance
	everyone []int32 // 0 … n-1
	ids      []int32 // PSU → its identifier in the Sample
	lonely   Lonely
	level    float64
	df       DF
	cal      *calibration // nil unless post-stratified or raked
}

// stratum is a run lo … hi-1 of sampling units drawn together.
type stratum struct {
	lo, hi int32
	pop    float64 // units in the population; +Inf for sampling with replacement
	carry  float64 // product of the sampling fractions of earlier stages
	row    int32   // a row of the Sample that lies in it, to name in messages
}

func (s stratum) n() int { return int(s.hi - s.lo) }

// open is the finite-population factor 1 − n/N.
func (s stratum) open() float64 {
	if math.IsInf(s.pop, 1) {
		return 1
	}
	return (s.pop - float64(s.n())) / s.pop
}

// isLonely reports a single unit that does not exhaust its stratum.
func (s stratum) isLonely() bool { return s.n() == 1 && s.open() > censusShare }

// censusShare is the unsampled share below which a stratum counts as fully
// observed (R survey uses the same bound).
const censusShare = 1e-7

// NewDesign checks a sample description and prepares it. The error is an
// *InputError that names the row at fault.
func NewDesign(s Sample) (*Design, error) {
	n, err := s.rows()
	if err != nil {
		return nil, err
	}
	if err := s.checkNumbers(); err != nil {
		return nil, err
	}
	d := &Design{weight: s.Weight, lonely: s.Lonely, level: s.Level, df: s.DF}
	if d.level == 0 {
		d.level = 0.95
	}
	if d.weight == nil {
		d.weight = filled(n, 1) // until the strata are known
	}
	d.everyone = make([]int32, n)
	for i := range d.everyone {
		d.everyone[i] = int32(i)
	}
	d.layOut(s)
	if err := d.check(s); err != nil {
		return nil, err
	}
	if s.Weight == nil {
		d.weighByFraction()
	}
	return d, nil
}

// rows finds the common length of all columns.
func (s Sample) rows() (int, error) {
	n := s.N
	for _, c := range s.columns() {
		if n == 0 {
			n = c.len
		}
		if c.len != 0 && c.len != n {
			return 0, fault(FaultLength, c.name, -1, float64(c.len), float64(n))
		}
	}
	if n == 0 {
		return 0, fault(FaultLength, "Weight", -1, 0, 1)
	}
	if s.SSU == nil && (s.Strata2 != nil || s.FPC2 != nil) {
		return 0, fault(FaultStages, "SSU", -1, 0, 1)
	}
	if s.Level < 0 || s.Level >= 1 || math.IsNaN(s.Level) {
		return 0, fault(FaultLevel, "Level", -1, s.Level, 1)
	}
	return n, nil
}

type column struct {
	name string
	len  int
}

func (s Sample) columns() []column {
	return []column{
		{"Weight", len(s.Weight)}, {"Strata", len(s.Strata)}, {"PSU", len(s.PSU)}, {"FPC", len(s.FPC)},
		{"Strata2", len(s.Strata2)}, {"SSU", len(s.SSU)}, {"FPC2", len(s.FPC2)},
	}
}

// checkNumbers refuses weights and population sizes that are not positive.
func (s Sample) checkNumbers() error {
	for i, w := range s.Weight {
		if !(w > 0) || math.IsInf(w, 1) {
			return fault(FaultWeight, "Weight", i, w, 0)
		}
	}
	for i, v := range s.FPC {
		if !(v > 0) {
			return fault(FaultFPC, "FPC", i, v, 0)
		}
	}
	for i, v := range s.FPC2 {
		if !(v > 0) {
			return fault(FaultFPC, "FPC2", i, v, 0)
		}
	}
	return nil
}

// place is where one row stands in the sampling tree.
type place struct{ stratum, psu, stratum2, ssu, row int32 }

func byPlace(a, b place) int {
	return cmp.Or(cmp.Compare(a.stratum, b.stratum), cmp.Compare(a.psu, b.psu),
		cmp.Compare(a.stratum2, b.stratum2), cmp.Compare(a.ssu, b.ssu), cmp.Compare(a.row, b.row))
}

// places sorts the rows by their place, so that units and strata are runs and
// the order of the rows in the file has no influence.
func (s Sample) places(n int) []place {
	at := make([]place, n)
	for i := range at {
		p := place{psu: int32(i), row: int32(i)}
		if s.PSU != nil {
			p.psu = s.PSU[i]
		}
		if s.Strata != nil {
			p.stratum = s.Strata[i]
		}
		if s.SSU != nil {
			p.ssu = s.SSU[i]
		}
		if s.Strata2 != nil {
			p.stratum2 = s.Strata2[i]
		}
		at[i] = p
	}
	slices.SortFunc(at, byPlace)
	return at
}

// layOut numbers strata, PSUs and SSUs as consecutive runs.
func (d *Design) layOut(s Sample) {
	at := s.places(len(d.weight))
	d.unit = make([]int32, len(at))
	for k, p := range at {
		newStratum := k == 0 || p.stratum != at[k-1].stratum
		newPSU := newStratum || p.psu != at[k-1].psu
		newStratum2 := newPSU || p.stratum2 != at[k-1].stratum2
		newUnit := newStratum2 || p.ssu != at[k-1].ssu
		if newStratum {
			d.stage1 = append(d.stage1, stratum{lo: int32(d.psus), pop: popOf(s.FPC, p.row), carry: 1, row: p.row})
		}
		if newPSU {
			d.home = append(d.home, int32(len(d.stage1)-1))
			d.ids = append(d.ids, p.psu)
			d.psus++
			d.stage1[len(d.stage1)-1].hi = int32(d.psus)
		}
		if s.SSU != nil && newStratum2 {
			d.stage2 = append(d.stage2, stratum{lo: int32(d.units), pop: popOf(s.FPC2, p.row), row: p.row})
		}
		if newUnit {
			if s.SSU != nil {
				d.psuOf = append(d.psuOf, int32(d.psus-1))
				d.stage2[len(d.stage2)-1].hi = int32(d.units + 1)
			}
			d.units++
		}
		d.unit[p.row] = int32(d.units - 1)
	}
	d.carryDown()
}

// carryDown gives each second-stage stratum the sampling fraction of its PSU.
// With PSUs drawn with replacement that fraction is zero: the spread between
// PSUs then holds the variance of all later stages.
func (d *Design) carryDown() {
	for i := range d.stage2 {
		h := d.stage1[d.home[d.psuOf[d.stage2[i].lo]]]
		if !math.IsInf(h.pop, 1) {
			d.stage2[i].carry = float64(h.n()) / h.pop
			d.deep = true
		}
	}
}

// weighByFraction gives every row the inverse of its sampling fractions.
func (d *Design) weighByFraction() {
	inverse := func(h stratum) float64 {
		if math.IsInf(h.pop, 1) {
			return 1
		}
		return h.pop / float64(h.n())
	}
	stratum2 := d.stratum2OfRow()
	for i := range d.weight {
		d.weight[i] = inverse(d.stage1[d.stratumOfRow(i)])
		if d.stage2 != nil {
			d.weight[i] *= inverse(d.stage2[stratum2(i)])
		}
	}
}

func popOf(fpc []float64, row int32) float64 {
	if fpc == nil {
		return math.Inf(1)
	}
	return fpc[row]
}

// check refuses a layout that no variance can be computed for.
func (d *Design) check(s Sample) error {
	if err := d.checkNesting(s); err != nil {
		return err
	}
	if err := d.checkFPC(s.FPC, "FPC", d.stage1, d.stratumOfRow); err != nil {
		return err
	}
	if err := d.checkFPC(s.FPC2, "FPC2", d.stage2, d.stratum2OfRow()); err != nil {
		return err
	}
	if d.lonely != LonelyFail {
		return nil
	}
	for _, h := range d.stage1 {
		if h.isLonely() {
			return fault(FaultLonely, "Strata", int(h.row), 1, 2)
		}
	}
	for _, h := range d.stage2 {
		if h.carry > 0 && h.isLonely() {
			return fault(FaultLonely, "Strata2", int(h.row), 1, 2)
		}
	}
	return nil
}

func (d *Design) stratumOfRow(i int) int32 { return d.home[d.psu(d.unit[i])] }

// stratum2OfRow gives the lookup from row to second-stage stratum.
func (d *Design) stratum2OfRow() func(int) int32 {
	of := make([]int32, d.units)
	for g, h := range d.stage2 {
		for u := h.lo; u < h.hi; u++ {
			of[u] = int32(g)
		}
	}
	return func(i int) int32 { return of[d.unit[i]] }
}

func (d *Design) psuOfRow(i int32) int32 { return d.psu(d.unit[i]) }

// psu gives the first-stage unit of an ultimate unit.
func (d *Design) psu(unit int32) int32 {
	if d.psuOf == nil {
		return unit
	}
	return d.psuOf[unit]
}

// checkNesting refuses a PSU number that occurs in two strata.
func (d *Design) checkNesting(s Sample) error {
	if s.Nest || s.PSU == nil || len(d.stage1) == 1 {
		return nil
	}
	home := make(map[int32]int32, d.psus)
	for i, id := range s.PSU {
		h := d.stratumOfRow(i)
		if at, seen := home[id]; seen && at != h {
			return fault(FaultNesting, "PSU", i, float64(id), 0)
		}
		home[id] = h
	}
	return nil
}

// checkFPC refuses population sizes that vary within a stratum or fall short
// of the units sampled there.
func (d *Design) checkFPC(fpc []float64, field string, strata []stratum, of func(int) int32) error {
	for i, v := range fpc {
		h := strata[of(i)]
		if v != h.pop {
			return fault(FaultFPCVaries, field, i, v, h.pop)
		}
		if v < float64(h.n()) {
			return fault(FaultFPCSmall, field, i, v, float64(h.n()))
		}
	}
	return nil
}

// Rows, Strata and PSUs count what the design holds.
func (d *Design) Rows() int { return len(d.weight) }

// Strata is the number of first-stage strata.
func (d *Design) Strata() int { return len(d.stage1) }

// PSUs is the number of first-stage units.
func (d *Design) PSUs() int { return d.psus }

// LonelyStrata counts first-stage strata with one unit that is not the whole
// of its stratum: the ones the lonely rule decides on.
func (d *Design) LonelyStrata() int {
	n := 0
	for _, h := range d.stage1 {
		if h.isLonely() {
			n++
		}
	}
	return n
}

// DF is the whole design's degrees of freedom: PSUs − strata.
func (d *Design) DF() float64 { return float64(d.psus - len(d.stage1)) }

// Level is the confidence level of every interval.
func (d *Design) Level() float64 { return d.level }

// Weights gives a copy of the weights in use, after any calibration.
func (d *Design) Weights() []float64 { return slices.Clone(d.weight) }

func filled(n int, v float64) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = v
	}
	return s
}
