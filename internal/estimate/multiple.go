package estimate

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// BenjaminiHochberg adjusts p values so that calling those at or below q
// significant keeps the expected share of false calls at q. NaN is a test that
// was not made: it stays NaN and does not count.
func BenjaminiHochberg(p []float64) []float64 {
	out := filled(len(p), math.NaN())
	var order []int
	for i, v := range p {
		if v == v {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case p[i] > p[j]:
			return -1
		case p[i] < p[j]:
			return 1
		}
		return 0
	})
	m := float64(len(order))
	least := 1.0
	for k, i := range order {
		least = min(least, p[i]*m/(m-float64(k)))
		out[i] = least
	}
	return out
}

// PValue is the two-sided p value of an estimate against a hypothetical value,
// by Student's t on its degrees of freedom; NaN without a standard error or
// when that is zero.
func (e Estimate) PValue(null float64) float64 {
	if !(e.SE > 0) || !(e.DF >= 1) {
		return math.NaN()
	}
	t := math.Abs(e.Value-null) / e.SE
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: e.DF}.Survival(t)
}
