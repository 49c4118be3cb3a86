package estimate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Wilson is the score interval for k successes in n independent trials (Wilson
// 1927); NaN for no trials. It is for plain counts; Design.Proportion is for
// samples.
func Wilson(k, n, level float64) (lo, hi float64) {
	if !(n > 0) {
		return math.NaN(), math.NaN()
	}
	z := distuv.UnitNormal.Quantile((1 + level) / 2)
	p := k / n
	mid := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	lo, hi = mid-half, mid+half
	if k == 0 {
		lo = 0
	}
	if k == n {
		hi = 1
	}
	return lo, hi
}

// WilsonContinuity is Wilson's interval with continuity correction (Newcombe
// 1998, method 4), which covers at least its level nearly everywhere.
func WilsonContinuity(k, n, level float64) (lo, hi float64) {
	if !(n > 0) {
		return math.NaN(), math.NaN()
	}
	z := distuv.UnitNormal.Quantile((1 + level) / 2)
	bound := func(k float64) float64 {
		p := k / n
		return (2*n*p + z*z - 1 - z*math.Sqrt(z*z-2-1/n+4*p*(n*(1-p)+1))) / (2 * (n + z*z))
	}
	lo, hi = 0, 1
	if k > 0 {
		lo = max(bound(k), 0)
	}
	if k < n {
		hi = min(1-bound(n-k), 1)
	}
	return lo, hi
}

// ClopperPearson is the exact binomial interval for k successes in n trials.
func ClopperPearson(k, n, level float64) (lo, hi float64) {
	if !(n > 0) {
		return math.NaN(), math.NaN()
	}
	lo, hi = 0, 1
	if k > 0 {
		lo = distuv.Beta{Alpha: k, Beta: n - k + 1}.Quantile((1 - level) / 2)
	}
	if k < n {
		hi = distuv.Beta{Alpha: k + 1, Beta: n - k}.Quantile((1 + level) / 2)
	}
	return lo, hi
}

// Newcombe is the interval for the difference p1 − p2 of two independent
// shares that joins their Wilson intervals (Newcombe 1998, method 10).
func Newcombe(k1, n1, k2, n2, level float64) (lo, hi float64) {
	p1, p2 := k1/n1, k2/n2
	l1, u1 := Wilson(k1, n1, level)
	l2, u2 := Wilson(k2, n2, level)
	return p1 - p2 - math.Hypot(p1-l1, u2-p2), p1 - p2 + math.Hypot(u1-p1, p2-l2)
}

// MarginOfError is the largest half-width a share can have in a simple random
// sample of n out of a population of pop (+Inf: endless): at p = ½, with
// finite-population correction.
func MarginOfError(n, pop, level float64) float64 {
	open := 1.0
	if !math.IsInf(pop, 1) {
		open = (pop - n) / (pop - 1)
	}
	return distuv.UnitNormal.Quantile((1+level)/2) * math.Sqrt(0.25/n*open)
}
