package demand

import (
	"cmp"
	"slices"

	"github.com/thousand-enterprises/qianqi/internal/codebook"
)

// codes numbers the values of one domain dimension in the order they are printed: the order
// of the codebook, then whatever else the data hold, alphabetically.
type codes struct {
	list  []string
	index map[string]int32
}

// newCodes takes every code of fixed and those of known that occur among the values.
// The empty value ("not given") is no code: it gets the index -1.
func newCodes(fixed, known, values []string) codes {
	seen := make(map[string]bool)
	for _, v := range values {
		if v != "" {
			seen[v] = true
		}
	}
	for _, v := range fixed {
		seen[v] = true
	}
	place := make(map[string]int, len(known))
	for i, k := range known {
		place[k] = i
	}
	c := codes{index: make(map[string]int32, len(seen)+1)}
	for v := range seen {
		c.list = append(c.list, v)
	}
	slices.SortFunc(c.list, func(a, b string) int {
		return cmp.Or(cmp.Compare(orEnd(place, a), orEnd(place, b)), cmp.Compare(a, b))
	})
	for i, v := range c.list {
		c.index[v] = int32(i)
	}
	c.index[""] = -1
	return c
}

func orEnd(place map[string]int, v string) int {
	if i, ok := place[v]; ok {
		return i
	}
	return len(place)
}

func itemCodes(cb *codebook.Codebook, vocabulary string) []string {
	var out []string
	for _, it := range cb.Items(vocabulary) {
		out = append(out, it.Code)
	}
	return out
}

// Province is the province of a GB/T 2260 code: the level at which regions are compared.
func Province(region string) string {
	if len(region) != 6 {
		return region
	}
	return region[:2] + "0000"
}
