package demand

import "math"

// Bases within a cell: whose a_j are summed.
const (
	onImportance = iota // jobs with I
	onRequired          // jobs with R
	onReference         // jobs with R whose programme has a reference (taught) level
	onGraduate          // jobs with O
	onPairs             // jobs with R and O
	bases
)

// Bases that no figure has, but that a reader forms by subtracting one figure of a cell from another.
const (
	onUnpaired     = bases + iota // jobs with R, but no O: mean R beside the gap and mean O
	onUnrequired                  // jobs with O, but no R: mean O beside the gap and the ratio
	onUnreferenced                // jobs with R whose programme has no reference: mean R beside the coverage gap
	guarded
)

// Sums of answers within a cell.
const (
	sumI    = iota // a·I
	sumR           // a·R
	sumHigh        // a·1[R ≥ 4]
	sumOver        // a·(R − taught)
	sumO           // a·O
	sumPR          // a·R over pairs
	sumPO          // a·O over pairs
	sumSign        // a·sign(O − R) over pairs
	answers
)

// baseOf says over which base each sum is averaged.
var baseOf = [answers]int{onImportance, onRequired, onRequired, onReference, onGraduate, onPairs, onPairs, onPairs}

// sums are the sums of one competency over the jobs of one cell. They are whole numbers, so
// the order of the jobs cannot show; one cell is one cache line. NewView sees to it that they
// cannot overflow.
type sums struct {
	a [bases]int32   // Σ a_j
	s [answers]int32 // Σ a_j·answer
	n [bases]uint16  // jobs; at most 65,535 are counted
}

// held is Σ a_j of a base, or of one that is formed by subtraction.
func (t *sums) held(base int) int32 {
	switch base {
	case onUnpaired:
		return t.a[onRequired] - t.a[onPairs]
	case onUnrequired:
		return t.a[onGraduate] - t.a[onPairs]
	case onUnreferenced:
		return t.a[onRequired] - t.a[onReference]
	}
	return t.a[base]
}

func (t *sums) add(o *sums) {
	for b := range t.a {
		if o.a[b] != 0 {
			t.a[b] += o.a[b]
			t.n[b] = uint16(min(math.MaxUint16, uint32(t.n[b])+uint32(o.n[b])))
		}
	}
	for k := range t.s {
		t.s[k] += o.s[k]
	}
}

// tally holds the sums of one competency for the cells of every level.
type tally [levels][]sums

func (v *View) newTally() *tally {
	var t tally
	for l := range t {
		t[l] = make([]sums, len(v.cells.owner[l]))
	}
	return &t
}

// gather sums the jobs of every cell by add, then the finest cells into the coarser ones.
func (t *tally) gather(c *cells, add func(s *sums, cell int32, jobs []int32)) {
	for l := byEnterprise; l < byBoth; l++ {
		clear(t[l])
	}
	fine := t[byBoth]
	for f := range fine {
		fine[f] = sums{}
		add(&fine[f], int32(f), c.order[c.first[f]:c.first[f+1]])
		for l := byEnterprise; l < byBoth; l++ { // while the cell is at hand
			t[l][c.up[l][f]].add(&fine[f])
		}
	}
}

// fill computes the sums of competency c; if paired is set, R and O of the jobs that gave both alone.
func (t *tally) fill(v *View, c int, paired bool) {
	rated := &v.Sample.Jobs.Ratings[c]
	imp, req, grad := rated[Importance], rated[Required], rated[Graduate]
	taught := v.taughtBy(c)
	t.gather(&v.cells, func(s *sums, cell int32, jobs []int32) {
		level := taught[v.cells.prog[byBoth][cell]+1]
		for _, j := range jobs {
			a, r, o := v.amount[j], int32(req[j]), int32(grad[j])
			if paired && r*o == 0 {
				r, o = 0, 0
			}
			if a > 0 {
				s.job(a, int32(imp[j]), r, o, level)
			}
		}
	})
}

// job adds one job. A rating of 0 is missing; so is a taught level of unknown.
func (t *sums) job(a, i, r, o, taught int32) {
	if i > 0 {
		t.count(onImportance, a)
		t.s[sumI] += a * i
	}
	if o > 0 {
		t.count(onGraduate, a)
		t.s[sumO] += a * o
	}
	if r == 0 {
		return
	}
	t.count(onRequired, a)
	t.s[sumR] += a * r
	if r >= 4 {
		t.s[sumHigh] += a
	}
	if taught != unknown {
		t.count(onReference, a)
		t.s[sumOver] += a * (r - taught)
	}
	if o > 0 {
		t.count(onPairs, a)
		t.s[sumPR] += a * r
		t.s[sumPO] += a * o
		t.s[sumSign] += a * sign(o-r)
	}
}

func (t *sums) count(base int, a int32) {
	t.a[base] += a
	if t.n[base] < math.MaxUint16 {
		t.n[base]++
	}
}

func sign(x int32) int32 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// unknown is the taught level of a programme whose curriculum is not there.
const unknown = math.MinInt32

// taughtBy gives the reference level of a competency per programme code + 1.
func (v *View) taughtBy(c int) []int32 {
	out := make([]int32, len(v.names)+1)
	out[0] = unknown
	for i, p := range v.names {
		out[i+1] = unknown
		if v.opt.Taught != nil {
			if level, ok := v.opt.Taught(p, v.Sample.Competencies[c]); ok {
				out[i+1] = int32(level)
			}
		}
	}
	return out
}
