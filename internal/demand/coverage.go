package demand

import (
	"cmp"
	"slices"
)

// The coverage gap of a domain rests on the jobs with R of the programmes that have a curriculum. The levels
// taught are public, so its figure gives the sum of R over these, and beside mean R that of the programmes
// without. In a domain of programmes of both sorts it is shown where neither gives anybody away.

// coverage gives the verdicts on the coverage gap: those on the levels, and more in mixed domains. There the gap is
// not narrowed but withheld: the pairs of one sort of programme may be few. The readings know all other figures.
func (g *guard) coverage(v *verdicts, beside besideEarlier, r *reading) []Flag {
	out := either(v.levels, nil)
	limits := &table{guard: g, k: r.counts.k, bases: sortBases[:1]}
	var open []int32
	for n := range int32(len(g.v.domains)) {
		if !g.mixed(n) || out[n] != "" {
			continue
		}
		out[n] = cmp.Or(limits.confidential(n), beside.coverage[n], WithheldComplement)
		if limits.confidential(n) == "" && beside.coverage[n] == "" && v.narrowed[0][n] == "" {
			open = append(open, n)
		}
	}
	if open = r.open(open); beside.several[0] != nil {
		open = beside.several[0].open(open)
	}
	for _, n := range open {
		out[n] = ""
	}
	return out
}

// open chooses those of the domains whose coverage gap may be shown, the first first: it is learnt, and
// nothing that may not follow does. What follows anyway in the end is not withheld for nothing.
func (r *reading) open(domains []int32) []int32 {
	taught := []int{0, unpaired}
	for _, n := range domains {
		if before := r.known; len(r.left(n, taught)) > 0 {
			r.known = before.clone()
			r.known.learn(r.row(n, taught...))
			if _, found := r.leak(); found {
				r.known = before
			}
		}
	}
	return slices.DeleteFunc(domains, func(n int32) bool { return len(r.left(n, taught)) > 0 })
}
