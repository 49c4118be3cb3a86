package demand

import (
	"cmp"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// The mean R of a domain rests on every job with R, its gap on the jobs with R and O. Whoever
// subtracts one from the other learns what the jobs without O answered; mean O and the jobs
// without R likewise. Where those left over are confidential, alone or by the sums that the domain
// stands in, nothing is withheld for it: the domain is narrowed, that is, the figure rests on the
// jobs that gave both there, as the gap does, and there is nothing left to subtract.

// remainder is what the base of a figure holds beyond the pairs.
type remainder struct {
	full, rest int
	of         []quantity // the figures on the full base
	measure    Measure    // the first of them
}

var remainders = [...]remainder{
	{onRequired, onUnpaired, []quantity{qRequired, qHigh, qCoverage}, MeanRequired},
	{onGraduate, onUnrequired, []quantity{qGraduate, qOpportunity}, MeanGraduate},
}

// verdicts say what is withheld of one competency, and of which cells the figures rest on the pairs.
type verdicts struct {
	levels, pairs, coverage []Flag
	narrowed                [len(remainders)][]Flag
}

// protect gives the verdicts on one competency. What follows all the same, by all figures together, is
// protected by narrowing or withholding more.
func (g *guard) protect(beside besideEarlier, t *tally, k int) verdicts {
	var split [len(remainders)]bool
	var sums [len(remainders)][]int32
	for side, r := range remainders {
		split[side] = side == 0 && g.mixed(0)
		sums[side] = g.number(r, t, split[side])
	}
	for {
		var v verdicts
		v.levels, v.pairs = g.protectBoth(beside, t, k)
		mended := false
		var readings [len(remainders)]*reading
		for side, r := range remainders {
			whole := [...][]Flag{v.levels, v.pairs}[side]
			v.narrowed[side] = g.narrow(r, beside.narrowed[side], whole, v.pairs, t, k)
			readings[side] = g.read(r, sums[side], whole, v.pairs, v.narrowed[side], t, k, split[side])
			p, narrow, found := readings[side].mended()
			mended = beside.mend(side, len(g.stats), p, narrow, found) || mended
		}
		for side, s := range beside.several {
			if !mended && s != nil {
				p, narrow, found := s.mended(readings[side])
				mended = beside.mend(side, len(g.stats), p, narrow, found)
			}
		}
		if !mended {
			v.coverage = g.coverage(&v, beside, readings[0])
			return v
		}
	}
}

// mend asks for a figure of one side to be narrowed or withheld. It reports false where there is none.
func (b *besideEarlier) mend(side, cells int, p published, narrow, found bool) bool {
	if !found {
		return false
	}
	more := make([]Flag, cells)
	more[p.cell] = WithheldComplement
	switch {
	case narrow:
		b.narrowed[side] = either(b.narrowed[side], more)
	case side == 0 && p.full:
		b.levels = either(b.levels, more)
	default:
		b.pairs = either(b.pairs, more)
	}
	return true
}

// protectBoth gives the verdicts on the levels and on the pairs of one competency. Whatever is
// withheld of the levels is withheld of the pairs.
func (g *guard) protectBoth(beside besideEarlier, t *tally, k int) (levels, pairs []Flag) {
	earlier := beside.levels
	for {
		levels = g.protectBeyond(earlier, t, k, levelBases...)
		pairs = g.protectBeyond(either(levels, beside.pairs), t, k, pairBases...)
		more := g.bare(levels, pairs, beside.narrowed[0], t, k)
		if more == nil {
			return levels, pairs
		}
		earlier = either(earlier, more)
	}
}

// bare finds levels to withhold: two of the parts of a sum that show their levels and no pairs, where
// the pairs of these together, which follow from the others, would leave confidential answers, or where
// the whole is narrowed beside an earlier report, for nothing if the levels of its parts add up to its own. Nil
// where there are none.
func (g *guard) bare(levels, pairs, narrowed []Flag, t *tally, k int) (out []Flag) {
	both := &table{guard: g, tally: t, k: k}
	for _, s := range g.v.sums {
		hidden := slices.DeleteFunc(slices.Clone(s.parts), func(n int32) bool { return pairs[n] == "" || g.stats[n].enterprises[onPairs] == 0 })
		if len(hidden) == 0 || pairs[s.whole] != "" || slices.ContainsFunc(hidden, func(n int32) bool { return levels[n] != "" }) ||
			narrowed[s.whole] == "" && both.together(hidden, onUnpaired) {
			continue
		}
		if out == nil {
			out = make([]Flag, len(levels))
		}
		slices.SortFunc(hidden, func(a, b int32) int {
			return cmp.Compare(g.stats[a].enterprises[onRequired], g.stats[b].enterprises[onRequired])
		})
		for _, n := range hidden[:min(2, len(hidden))] {
			out[n] = WithheldComplement
		}
	}
	return out
}

// narrowing decides in which domains one remainder may not be left.
type narrowing struct {
	*table             // on the remainder; a verdict narrows
	full        int    // the base it is a part of
	whole, both []Flag // where the figures of the full base and of the pairs are withheld

	followsFull, followsPairs map[int32]bool // which of the figures not shown follow from the others all the same
}

// narrow finds the domains to narrow. It narrows at least those that earlier reports ask for.
func (g *guard) narrow(r remainder, earlier, whole, both []Flag, t *tally, k int) []Flag {
	n := &narrowing{table: &table{guard: g, tally: t, k: k, bases: []int{r.rest}, verdict: make([]Flag, len(g.stats))}, full: r.full, whole: whole, both: both}
	n.followsPairs = setOf(determined(g.v.sums, n.hidesPairs))
	for i := range n.verdict {
		if n.free(int32(i)) {
			n.verdict[i] = cmp.Or(n.confidential(int32(i)), earlier[i])
		}
	}
	for n.closeSums() || n.breakChains() {
	}
	return n.verdict
}

// free reports a domain that can be narrowed: it shows both figures, and they differ.
func (n *narrowing) free(i int32) bool {
	return n.present(i) && n.stats[i].enterprises[onPairs] > 0 && n.whole[i] == "" && n.both[i] == "" && n.verdict[i] == ""
}

// hidesFull reports a cell whose figure on the full base is not shown.
func (n *narrowing) hidesFull(i int32) bool {
	return n.stats[i].enterprises[n.full] > 0 && (n.whole[i] != "" || n.verdict[i] != "")
}

// hidesPairs reports a cell whose figure of the pairs is not shown.
func (n *narrowing) hidesPairs(i int32) bool {
	return n.stats[i].enterprises[onPairs] > 0 && n.both[i] != ""
}

// lacks reports a cell whose figure on the full base is not shown and does not follow.
func (n *narrowing) lacks(i int32) bool { return n.hidesFull(i) && !n.followsFull[i] }

// unpaired reports a cell whose figure of the pairs is not shown and does not follow.
func (n *narrowing) unpaired(i int32) bool { return n.hidesPairs(i) && !n.followsPairs[i] }

func setOf(list []int32) map[int32]bool {
	set := make(map[int32]bool, len(list))
	for _, i := range list {
		set[i] = true
	}
	return set
}

func (n *narrowing) closeSums() bool {
	changed := false
	n.followsFull = setOf(determined(n.v.sums, n.hidesFull))
	for _, s := range n.v.sums {
		for !n.closed(s) && n.narrowOne(s) {
			changed = true
		}
	}
	return changed
}

// closed reports whether a sum leaves nothing confidential. The parts of which one figure is
// unknown are known together; where no part lacks both, those that lack one figure are known apart
// from those that lack the other (which bare has looked at).
func (n *narrowing) closed(s equation) bool {
	var left, all []int32
	apart := true
	for _, p := range s.parts {
		lacks, other := n.lacks(p), n.unpaired(p)
		if lacks {
			left = append(left, p)
		}
		if lacks || other {
			all = append(all, p)
		}
		apart = apart && !(lacks && other)
	}
	switch {
	case n.lacks(s.whole):
		return len(left) > 0 || n.unpaired(s.whole) || n.confidential(s.whole) == ""
	case apart:
		return n.together(left, n.bases[0])
	case n.unpaired(s.whole):
		return true
	}
	return n.together(all, n.bases[0])
}

// narrowOne narrows the part of a sum that loses the fewest enterprises, else the whole.
func (n *narrowing) narrowOne(s equation) bool {
	best := int32(-1)
	for _, p := range s.parts {
		if n.free(p) && (best < 0 || n.cheaper(p, best)) {
			best = p
		}
	}
	if best < 0 && n.free(s.whole) {
		best = s.whole
	}
	if best < 0 {
		return false
	}
	n.verdict[best] = WithheldComplement
	return true
}

// breakChains narrows one more domain beside each whose remainder follows all the same: confidential
// or not, since more may follow from it.
func (n *narrowing) breakChains() bool {
	if !slices.ContainsFunc(n.verdict, func(f Flag) bool { return f != "" }) {
		return false
	}
	changed := false
	for _, i := range determined(n.v.sums, n.hidesFull) {
		if rest := int(i) >= len(n.v.domains); rest && n.confidential(i) == "" || !rest && n.unpaired(i) {
			continue
		}
		for _, s := range n.v.sums {
			if s.holds(i) && n.narrowOne(s) {
				changed = true
				break
			}
		}
	}
	return changed
}

// narrow computes the figures of the domains that were narrowed anew, over the jobs that gave both.
// The worker then holds the sums of those.
func (v *View) narrow(w *worker, t *Table, c int) {
	if t.K < 0 || !t.narrows(c) {
		return
	}
	w.tally.fill(v, c, true)
	v.summarise(w)
	v.scatter(w)
	var figures [quantities]Figure
	for n := range v.domains {
		if at := t.narrowed[n*len(t.Competencies)+c]; at != (sides{}) {
			v.judge(&w.sum[n], w.strata(v, n), figures[:])
			for side, r := range remainders {
				for _, q := range r.of {
					if cell := t.cell(n, c); at[side] && cell[q].Flag != NoData && !cell[q].Flag.Suppressed() {
						cell[q] = figures[q]
					}
				}
			}
		}
	}
}

// sides says of which remainders a domain shows nothing.
type sides [len(remainders)]bool

// narrows reports whether a competency has a domain that is narrowed.
func (t *Table) narrows(c int) bool {
	for n := range t.Domains {
		if t.narrowed[n*len(t.Competencies)+c] != (sides{}) {
			return true
		}
	}
	return false
}

// Paired reports whether a figure of the required or the graduate level rests on the jobs that gave
// both alone, since too few gave only the one.
func (t *Table) Paired(d Domain, c codebook.CompetencyID, m Measure) bool {
	n, known := t.place[d]
	i, q := slices.Index(t.Competencies, c), slices.Index(measureOf[:], m)
	if !known || i < 0 || q < 0 {
		return false
	}
	for side, r := range remainders {
		if slices.Contains(r.of, quantity(q)) {
			return t.narrowed[n*len(t.Competencies)+i][side]
		}
	}
	return false
}
