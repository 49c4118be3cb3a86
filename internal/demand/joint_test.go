package demand

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// An odd world is a small campaign as it comes back from the field: blanks in any share of the forms, some
// forms nearly empty, and programmes without a curriculum.

type oddWorld struct {
	seed   uint64
	s      *Sample
	base   Base
	taught func(codebook.ProgrammeID, codebook.CompetencyID) (int, bool)
}

func newOddWorld(cb *codebook.Codebook, seed uint64) oddWorld {
	rng := rand.New(rand.NewPCG(seed, 11))
	s := invent(cb, 24+int(seed%12)*9, 80+int(seed%12)*31, seed+1000)
	for j := range s.Jobs.Len() { // fewer industries, families and provinces: more that is shown
		s.Jobs.Family[j] = []codebook.FamilyID{"cloud", "data", "security", "presales_solution"}[rng.IntN(4)]
	}
	for e := range s.Enterprises {
		s.Enterprises[e].Industry = []string{"C", "I", "J"}[skewed(rng, 3)]
		s.Enterprises[e].Region = []string{"110000", "310000", "440000", "510000"}[skewed(rng, 4)]
	}
	required, graduate := 0.05+0.25*rng.Float64(), 0.05+0.25*rng.Float64()
	poor := make(map[int32]float64)
	for e := range s.Enterprises {
		if rng.Float64() < graduate {
			poor[int32(e)] = 0.6
		}
	}
	for c := range s.Jobs.Ratings {
		for j, e := range s.Jobs.Enterprise {
			blank := func(m int, share float64) {
				if rng.Float64() < share {
					s.Jobs.Ratings[c][m][j] = 0
				}
			}
			blank(Importance, required)
			blank(Required, required)
			blank(Graduate, max(graduate, poor[e]))
		}
	}
	if seed%5 == 0 {
		s.Jobs.Hires[0] = 400
	}
	without := int(seed / 2 % 4) // so many programmes have no curriculum
	return oddWorld{seed, s, []Base{BaseOne, BaseHires}[seed%2], func(p codebook.ProgrammeID, c codebook.CompetencyID) (int, bool) {
		for _, none := range cb.Programmes[:without] {
			if none.Code == p {
				return 0, false
			}
		}
		return len(p)*len(c)%5 + 1, true
	}}
}

// A joint attacker solves what a table shows of a rating all at once: of all jobs that gave it, of the pairs and of
// the programmes that teach it. The answers of a domain are of four kinds, each of which adds up by itself.
type joint struct {
	*attacker
	*ledger
	v       *View
	c, m    int
	measure Measure
	held    [][4]map[int32]float64 // domain → kind → enterprise → what it weighs
}

const (
	leftOnly  = 1 // the other rating was not given
	uncovered = 2 // nor is there a curriculum
)

// masks are the sums of kinds that a reader may ask for, by name.
var masks = map[string][]int{
	"all": {0, 1, 2, 3}, "pairs": {0, 2}, "without the other": {1, 3}, "taught": {0, 1}, "untaught": {2, 3},
	"taught pairs": {0}, "taught without the other": {1}, "untaught pairs": {2}, "untaught without the other": {3},
}

func newJoint(a *attacker, w oddWorld, v *View, c, m int, measure Measure) *joint {
	k := &joint{attacker: a, ledger: &ledger{}, v: v, c: c, m: m, measure: measure, held: make([][4]map[int32]float64, len(a.table.Domains))}
	rated, id := &a.s.Jobs.Ratings[c], a.s.Competencies[c]
	for n, d := range a.table.Domains {
		for kind := range k.held[n] {
			k.held[n][kind] = make(map[int32]float64)
		}
		for j, e := range a.s.Jobs.Enterprise {
			if rated[m][j] == 0 || v.Weight(j) == 0 || !d.Holds(a.s, j) {
				continue
			}
			kind := 0
			if rated[other(m)][j] == 0 {
				kind = leftOnly
			}
			if _, known := w.taught(a.s.Jobs.Programme[j], id); !known {
				kind += uncovered
			}
			k.held[n][kind][e] += v.Weight(j)
		}
	}
	k.read(id, w)
	return k
}

// read learns every figure shown, what is publicly nothing, and all sums.
func (k *joint) read(id codebook.CompetencyID, w oddWorld) {
	for n, d := range k.table.Domains {
		full, gap, coverage := k.table.Figure(d, id, k.measure), k.table.Figure(d, id, PerformanceGap), k.table.Figure(d, id, CoverageGap)
		if !full.Flag.Suppressed() {
			k.knows(n, full.Flag == NoData || !k.table.Paired(d, id, k.measure), "all", "pairs")
		}
		if !gap.Flag.Suppressed() {
			k.learn(k.row("pairs", n))
			if gap.Flag == NoData {
				k.nothing(n, "pairs")
			}
		}
		if full.Flag == NoData {
			k.nothing(n, "all")
		}
		if d.Programme != "" {
			if _, known := w.taught(d.Programme, id); known {
				k.nothing(n, "untaught")
			} else {
				k.nothing(n, "taught")
			}
		}
		if k.m == Required && coverage.Flag == NoData {
			k.nothing(n, "taught")
		} else if k.m == Required && !coverage.Flag.Suppressed() {
			k.knows(n, !k.table.Paired(d, id, CoverageGap), "taught", "taught pairs")
		}
	}
	for _, s := range k.sums {
		for kind := range 4 {
			row := make([]int64, 4*len(k.table.Domains))
			for _, p := range s.Parts {
				row[kind*len(k.table.Domains)+p] = 1
			}
			row[kind*len(k.table.Domains)+s.Total] = field - 1
			k.learn(row)
		}
	}
}

func (k *joint) knows(n int, full bool, all, pairs string) {
	if !full {
		all = pairs
	}
	k.learn(k.row(all, n))
}

func (k *joint) nothing(n int, mask string) {
	for _, kind := range masks[mask] {
		row := make([]int64, 4*len(k.table.Domains))
		row[kind*len(k.table.Domains)+n] = 1
		k.learn(row)
	}
}

func (k *joint) row(mask string, of ...int) []int64 {
	row := make([]int64, 4*len(k.table.Domains))
	for _, n := range of {
		for _, kind := range masks[mask] {
			row[kind*len(k.table.Domains)+n]++
		}
	}
	return row
}

func (k *joint) holders(mask string, of ...int) map[int32]float64 {
	out := make(map[int32]float64)
	for _, n := range of {
		for _, kind := range masks[mask] {
			for e, w := range k.held[n][kind] {
				out[e] += w
			}
		}
	}
	return out
}

// found lists what follows though it was withheld or is that of few, alone or as what a sum leaves of it.
func (k *joint) found() (out []string) {
	id := k.s.Competencies[k.c]
	for mask := range masks {
		known := make([]bool, len(k.table.Domains))
		for n, d := range k.table.Domains {
			known[n] = k.follows(k.row(mask, n))
			why := unsafe(k.holders(mask, n), k.table.K)
			if len(k.holders(mask, n)) > 0 && why == "" && (mask == "all" && k.table.Figure(d, id, k.measure).Flag.Suppressed() ||
				mask == "pairs" && k.table.Figure(d, id, PerformanceGap).Flag.Suppressed()) {
				why = "withheld"
			}
			if known[n] && why != "" {
				out = append(out, fmt.Sprintf("%s %s, %s: %s", k.measure, d.Key(), mask, why))
			}
		}
		for _, s := range k.sums {
			var left []int
			for _, p := range s.Parts {
				if known[p] {
					continue
				}
				for _, other := range left {
					if why := unsafe(k.holders(mask, p, other), k.table.K); why != "" && k.follows(k.row(mask, p, other)) {
						out = append(out, fmt.Sprintf("%s %s, %s, together: %s", k.measure, names(k.table.Domains, []int{other, p}), mask, why))
					}
				}
				left = append(left, p)
			}
			if why := unsafe(k.holders(mask, left...), k.table.K); known[s.Total] && why != "" {
				out = append(out, fmt.Sprintf("%s %s, %s, by what is left of %s: %s", k.measure, names(k.table.Domains, left), mask, k.table.Domains[s.Total].Key(), why))
			}
		}
	}
	return out
}

// TestAllFiguresTogetherGiveNothingAway solves everything that is shown of odd worlds together.
func TestAllFiguresTogetherGiveNothingAway(t *testing.T) {
	cb := codebook.Default()
	for _, seed := range some(120, 0, 5, 17, 77) { // in 0 and 17 a cell that is nothing on one base alone would give another away, in 77 a coverage gap
		w := newOddWorld(cb, seed)
		v := NewView(cb, w.s, Options{Base: w.base, Taught: w.taught})
		table := v.Tabulate()
		a := newAttacker(w.s, table)
		for _, c := range table.Cells() {
			if n := c.Figure.Enterprises; c.Figure.Shown() && n < DefaultK {
				t.Errorf("seed %d: %s %s %s is shown of %d enterprises", seed, c.Domain.Key(), c.Competency, c.Measure, n)
			}
		}
		for c, id := range w.s.Competencies {
			a.attack(t, fmt.Sprint("seed ", seed, " importance"), DefaultK, func(n int) Figure { return table.Figure(table.Domains[n], id, MeanImportance) },
				func(j int) bool { return w.s.Jobs.Ratings[c][Importance][j] > 0 }, v.Weight)
		}
		for _, m := range []int{Required, Graduate} {
			for _, what := range newJoint(a, w, v, 1, m, map[int]Measure{Required: MeanRequired, Graduate: MeanGraduate}[m]).found() {
				t.Errorf("seed %d: %s", seed, what)
			}
		}
	}
}
