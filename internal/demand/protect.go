package demand

import (
	"cmp"
	"slices"
)

// guard decides which cells of one table are withheld. A cell is confidential where fewer
// than k enterprises answered or one of them holds more than 80 % of the weight. Totals are
// published beside their parts, so a reader can subtract: cells are withheld beside the
// confidential ones until
//
//   - what is left over in every sum is itself not confidential, and
//   - no withheld cell follows from the published ones by any chain of subtractions: it is
//     not determined by the linear system of all sums (see solve.go), and
//   - nor do the figures of several bases together, solved at once, tell more (see reading.go).
//
// Withheld are the estimate, its error and its counts.
type guard struct {
	v      *View
	stats  []stat
	mark   []int32   // enterprise → last union it was counted in
	weight []float64 // enterprise → its weight in the union
	round  int32
	marks  [levels][][kinds]uint64 // see number
}

// stat is what a cell's confidentiality depends on, per base.
type stat struct {
	enterprises [guarded]int32
	weight      [guarded]float64
	largest     [guarded]float64
}

func newGuard(v *View) *guard {
	return &guard{
		v: v, stats: make([]stat, len(v.lists)),
		mark: make([]int32, len(v.Sample.Enterprises)), weight: make([]float64, len(v.Sample.Enterprises)),
	}
}

// note keeps what the summaries say about every cell.
func (g *guard) note(sum []summary) {
	for n := range sum {
		g.stats[n] = stat{sum[n].ent, sum[n].a, sum[n].largest}
	}
}

// table is one run of the guard: the bases of the figures that are withheld together.
type table struct {
	*guard
	tally   *tally
	k       int
	bases   []int
	levels  []Flag // on the levels, where these are the pairs of what changed; else nil
	fixed   bool   // nothing more may be withheld than in mixed domains: see coverage.go
	verdict []Flag // per cell; "" where nothing is withheld
}

// protectBeyond gives the verdict on every cell of figures that rest on the given bases. It
// withholds at least what another verdict did: figures of both tables together would give it away.
func (g *guard) protectBeyond(earlier []Flag, t *tally, k int, bases ...int) []Flag {
	tb := &table{guard: g, tally: t, k: k, bases: bases, verdict: make([]Flag, len(g.stats))}
	for n := range tb.verdict {
		if earlier[n] != "" && tb.present(int32(n)) {
			tb.verdict[n] = earlier[n]
		}
	}
	return g.run(tb)
}

func (g *guard) run(t *table) []Flag {
	for n := range t.verdict {
		switch {
		case !t.present(int32(n)):
		case n >= len(g.v.domains):
			t.verdict[n] = cmp.Or(t.verdict[n], WithheldComplement) // a rest is never published
		default: // its own reason comes before that of another table
			t.verdict[n] = cmp.Or(t.confidential(int32(n)), t.verdict[n])
		}
	}
	for t.closeSums() || t.breakChains() {
	}
	return t.verdict
}

// present reports whether anybody answered in the cell. An empty cell is a zero that everyone
// may know.
func (t *table) present(n int32) bool {
	for _, b := range t.bases {
		if t.stats[n].enterprises[b] > 0 {
			return true
		}
	}
	return false
}

// confidential is the first limit that the cell breaks; "" where it breaks none.
func (t *table) confidential(n int32) Flag {
	s := &t.stats[n]
	for _, b := range t.bases {
		if why := limit(int(s.enterprises[b]), t.k, s.largest[b], s.weight[b]); why != "" {
			return why
		}
	}
	return ""
}

func limit(enterprises, k int, largest, weight float64) Flag {
	switch {
	case enterprises > 0 && enterprises < k:
		return WithheldFew
	case weight > 0 && largest > Dominance*weight:
		return WithheldDominance
	}
	return ""
}

// closeSums withholds further cells where a sum would show a confidential remainder.
// It reports whether it withheld any.
func (t *table) closeSums() bool {
	changed := false
	for _, s := range t.v.sums {
		for _, b := range t.bases {
			for !t.closed(s, b) && t.withholdOne(s, b) {
				changed = true
			}
		}
	}
	return changed
}

// unknown reports a cell whose figure on a base is not shown. Where nobody answered, that is shown.
func (t *table) unknown(n int32, base int) bool {
	return t.verdict[n] != "" && t.stats[n].enterprises[base] > 0
}

// closed reports whether what can be subtracted in a sum is safe on one base.
func (t *table) closed(s equation, base int) bool {
	var hidden []int32
	for _, p := range s.parts {
		if t.unknown(p, base) {
			hidden = append(hidden, p)
		}
	}
	if t.unknown(s.whole, base) {
		return len(hidden) > 0
	}
	switch len(hidden) {
	case 0:
		return true
	case 1:
		return t.harmless(hidden[0])
	}
	return t.safe(hidden, base)
}

// harmless reports a cell that may be worked out: a rest that is not published but would not
// be confidential.
func (t *table) harmless(n int32) bool {
	return int(n) >= len(t.v.domains) && t.confidential(n) == ""
}

// safe reports whether cells taken together are not confidential on a base. The pairs of cells whose
// levels are shown must leave nothing confidential of these either: see narrow.go.
func (t *table) safe(cells []int32, base int) bool {
	return t.together(cells, base) && (base != onPairs || t.levels == nil ||
		slices.ContainsFunc(cells, func(n int32) bool { return t.levels[n] != "" }) || t.together(cells, onUnpaired))
}

func (t *table) together(cells []int32, base int) bool {
	n, largest, weight := t.union(cells, base)
	return limit(n, t.k, largest, weight) == ""
}

// union counts the enterprises of several cells together, each once.
func (t *table) union(cells []int32, base int) (enterprises int, largest, weight float64) {
	g := t.guard
	g.round++
	for _, n := range cells {
		l := g.v.lists[n]
		for _, i := range l.cells {
			e := g.v.cells.owner[l.level][i]
			a := float64(t.tally[l.level][i].held(base)) * g.v.weight[e]
			if a == 0 {
				continue
			}
			if g.mark[e] != g.round {
				g.mark[e], g.weight[e] = g.round, 0
				enterprises++
			}
			g.weight[e] += a
			weight += a
			largest = max(largest, g.weight[e])
		}
	}
	return enterprises, largest, weight
}

// withholdOne withholds the part of a sum that costs least: the one with the fewest
// enterprises. Where every part is withheld already, it withholds the whole, unless that is
// the whole sample. Only a cell that somebody answered on the base is of use.
func (t *table) withholdOne(s equation, base int) bool {
	free := func(n int32) bool {
		return t.verdict[n] == "" && t.stats[n].enterprises[base] > 0 && !(t.fixed && !t.mixed(n))
	}
	best := int32(-1)
	for _, p := range s.parts {
		if free(p) && (best < 0 || t.cheaper(p, best)) {
			best = p
		}
	}
	if best < 0 && free(s.whole) && (s.whole != 0 || t.fixed) {
		best = s.whole
	}
	if best < 0 {
		return false
	}
	t.verdict[best] = WithheldComplement
	return true
}

func (t *table) cheaper(a, b int32) bool {
	base := t.bases[len(t.bases)-1]
	return cmp.Or(
		cmp.Compare(t.stats[a].enterprises[base], t.stats[b].enterprises[base]),
		cmp.Compare(t.stats[a].weight[base], t.stats[b].weight[base]),
		cmp.Compare(a, b)) < 0
}

// breakChains withholds one more cell beside each withheld cell that follows from the
// published ones on a base. It reports whether it withheld any.
func (t *table) breakChains() bool {
	changed := false
	for i, b := range t.bases {
		if i > 0 && t.alike(b, t.bases[i-1]) {
			continue
		}
		for _, n := range determined(t.v.sums, func(n int32) bool { return t.unknown(n, b) }) {
			if t.harmless(n) {
				continue
			}
			for _, s := range t.v.sums {
				if s.holds(n) && t.withholdOne(s, b) {
					changed = true
					break
				}
			}
		}
	}
	return changed
}

// alike reports whether the same cells are unknown on two bases, so that the same follow.
func (t *table) alike(a, b int) bool {
	for n := range t.verdict {
		if t.unknown(int32(n), a) != t.unknown(int32(n), b) {
			return false
		}
	}
	return true
}

func (e equation) holds(n int32) bool {
	if e.whole == n {
		return true
	}
	for _, p := range e.parts {
		if p == n {
			return true
		}
	}
	return false
}
