package estimate

import "slices"

// Domain is a subgroup of the sample's rows. The zero Domain holds nobody; All
// is the whole sample. Rows outside a domain stay in the design with zero
// score, which is what makes the variance of a subgroup right.
type Domain struct {
	rows []int32 // strictly ascending; unused when all
	all  bool
}

// All is the domain of every row.
func All() Domain { return Domain{all: true} }

// Rows is the domain of the given 0-based rows, in any order; repeats count once.
func Rows(rows ...int32) Domain {
	r := slices.Clone(rows)
	slices.Sort(r)
	return Domain{rows: slices.Compact(r)}
}

// Where is the domain of the rows whose mask is true.
func Where(mask []bool) Domain {
	rows := make([]int32, 0, len(mask))
	for i, in := range mask {
		if in {
			rows = append(rows, int32(i))
		}
	}
	return Domain{rows: rows}
}

// Split gives one domain per group 0 … groups-1. Rows with a group outside
// that range belong to none, so -1 can mark "no group".
func Split(group []int32, groups int) []Domain {
	size := make([]int, groups)
	for _, g := range group {
		if g >= 0 && int(g) < groups {
			size[g]++
		}
	}
	out := make([]Domain, groups)
	for g := range out {
		out[g].rows = make([]int32, 0, size[g])
	}
	for i, g := range group {
		if g >= 0 && int(g) < groups {
			out[g].rows = append(out[g].rows, int32(i))
		}
	}
	return out
}

// And gives the rows that are in both domains.
func (d Domain) And(other Domain) Domain {
	switch {
	case d.all:
		return other
	case other.all:
		return d
	}
	out := make([]int32, 0, min(len(d.rows), len(other.rows)))
	for i, j := 0, 0; i < len(d.rows) && j < len(other.rows); {
		switch a, b := d.rows[i], other.rows[j]; {
		case a < b:
			i++
		case a > b:
			j++
		default:
			out = append(out, a)
			i, j = i+1, j+1
		}
	}
	return Domain{rows: out}
}

// of gives the domain's rows in a sample of n; everyone is the shared list
// 0 … n-1 that serves All without a copy.
func (d Domain) of(everyone []int32) []int32 {
	if d.all {
		return everyone
	}
	return d.rows
}
