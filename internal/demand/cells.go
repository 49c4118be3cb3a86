package demand

import "slices"

// level says into which cells the jobs of an enterprise are gathered.
type level uint8

const (
	byEnterprise level = iota
	byProgramme        // enterprise × programme
	byFamily           // enterprise × family
	byBoth             // enterprise × programme × family, the finest
	levels
)

// cells are the jobs of each enterprise gathered by programme and family. Every domain is a
// set of cells of one level, at most one cell per enterprise, so that a cell's sums are the
// sums of one primary sampling unit in that domain.
type cells struct {
	order []int32         // jobs, by finest cell
	first []int32         // finest cell → where its jobs start in order; one more closes the last
	owner [levels][]int32 // cell → enterprise
	prog  [levels][]int32 // cell → programme code, -1 for none
	fam   [levels][]int32 // cell → family code
	up    [levels][]int32 // finest cell → cell of the level
	in    [levels]members // the domains and rests of each cell
}

func newCells(s *Sample, d *dimensions) cells {
	n := s.Jobs.Len()
	keys := make([]uint64, n)
	for j := range n {
		keys[j] = cellKey(s.Jobs.Enterprise[j], d.jobProgramme[j], d.jobFamily[j])
	}
	distinct := slices.Clone(keys)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	var c cells
	for _, k := range distinct {
		c.owner[byBoth] = append(c.owner[byBoth], int32(k>>32))
		c.prog[byBoth] = append(c.prog[byBoth], int32(k>>16&0xffff)-1)
		c.fam[byBoth] = append(c.fam[byBoth], int32(k&0xffff)-1)
	}
	starts := firstOf(c.owner[byBoth], len(s.Enterprises))
	home := make([]int32, n)
	for j, k := range keys {
		e := s.Jobs.Enterprise[j]
		at, _ := slices.BinarySearch(distinct[starts[e]:starts[e+1]], k)
		home[j] = starts[e] + int32(at)
	}
	c.sortJobs(home, len(distinct))
	c.gather(starts)
	return c
}

// sortJobs lists the jobs by cell, in their own order within each.
func (c *cells) sortJobs(home []int32, cells int) {
	c.first = firstOf(home, cells)
	c.order = make([]int32, len(home))
	next := slices.Clone(c.first)
	for j, f := range home {
		c.order[next[f]] = int32(j)
		next[f]++
	}
}

func cellKey(enterprise, programme, family int32) uint64 {
	return uint64(enterprise)<<32 | uint64(programme+1)<<16 | uint64(family+1)
}

// firstOf gives for each owner where its entries start once they are sorted by owner; one more
// closes the last.
func firstOf(owner []int32, owners int) []int32 {
	starts := make([]int32, owners+1)
	for _, e := range owner {
		starts[e+1]++
	}
	for e := range owners {
		starts[e+1] += starts[e]
	}
	return starts
}

// gather lays out the coarser levels, each ascending by enterprise.
func (c *cells) gather(starts []int32) {
	for l := byEnterprise; l < byBoth; l++ {
		c.up[l] = make([]int32, len(c.owner[byBoth]))
	}
	for e := range len(starts) - 1 {
		for l := byEnterprise; l < byBoth; l++ {
			c.gatherOne(l, int32(e), starts[e], starts[e+1])
		}
	}
}

// gatherOne adds the cells of one enterprise to a level. An enterprise holds few cells, so
// looking back over its own is the quickest way to find the one that fits.
func (c *cells) gatherOne(l level, e, lo, hi int32) {
	first := len(c.owner[l])
	for f := lo; f < hi; f++ {
		prog, fam := int32(-1), int32(-1)
		if l == byProgramme {
			prog = c.prog[byBoth][f]
		}
		if l == byFamily {
			fam = c.fam[byBoth][f]
		}
		at := -1
		for k := first; k < len(c.owner[l]); k++ {
			if c.prog[l][k] == prog && c.fam[l][k] == fam {
				at = k
				break
			}
		}
		if at < 0 {
			at = len(c.owner[l])
			c.owner[l], c.prog[l], c.fam[l] = append(c.owner[l], e), append(c.prog[l], prog), append(c.fam[l], fam)
		}
		c.up[l][f] = int32(at)
	}
}
