package estimate

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Trend is a monotone trend over time: the Theil–Sen slope and the
// Mann–Kendall test.
type Trend struct {
	N      int     // points with both coordinates
	Slope  float64 // median slope of all pairs at different times
	Lo, Hi float64 // its confidence interval (Sen 1968); NaN when too few pairs
	S      float64 // Mann–Kendall score: pairs rising minus pairs falling
	VarS   float64 // variance of S without a trend, corrected for ties
	Tau    float64 // Kendall's tau-b between time and value
	Z      float64 // (S ∓ 1)/√VarS
	P      float64 // two-sided
	Exact  bool    // P counts permutations: ten points or fewer, no ties
}

// OK reports whether there is a slope at all.
func (t Trend) OK() bool { return !math.IsNaN(t.Slope) }

// MannKendall finds the trend of y over the times x at a confidence level. A
// point with NaN is missing. With fewer than two distinct times every number
// is NaN; with all y equal the slope is 0, P is 1 and Tau is NaN.
//
// The smallest two-sided exact P is 2/n!: 0.083 of four years, 0.017 of five,
// so that a trend of four years is never significant at 5 %.
func MannKendall(x, y []float64, level float64) Trend {
	x, y = complete(x, y)
	nan := math.NaN()
	t := Trend{N: len(x), Slope: nan, Lo: nan, Hi: nan, S: nan, VarS: nan, Tau: nan, Z: nan, P: nan}
	slopes := pairSlopes(x, y)
	if len(slopes) == 0 {
		return t
	}
	t.Slope = median(slopes)
	t.S = concordance(x, y)
	t.VarS = scoreVariance(x, y)
	t.Tau = KendallTauB(x, y)
	t.Z, t.P = 0, 1
	if t.VarS > 0 && t.S != 0 {
		t.Z = (t.S - math.Copysign(1, t.S)) / math.Sqrt(t.VarS)
		t.P = 2 * distuv.UnitNormal.Survival(math.Abs(t.Z))
	}
	if len(x) <= 10 && !tied(x) && !tied(y) {
		t.P, t.Exact = exactP(len(x), t.S), true
	}
	t.Lo, t.Hi = slopeInterval(slopes, t.VarS, level)
	return t
}

// complete keeps the points with both coordinates.
func complete(x, y []float64) (cx, cy []float64) {
	for i := range x {
		if both := x[i] + y[i]; both == both {
			cx, cy = append(cx, x[i]), append(cy, y[i])
		}
	}
	return cx, cy
}

// pairSlopes are the sorted slopes between all points at different times.
func pairSlopes(x, y []float64) []float64 {
	var s []float64
	for i := range x {
		for j := range i {
			if x[i] != x[j] {
				s = append(s, (y[i]-y[j])/(x[i]-x[j]))
			}
		}
	}
	slices.Sort(s)
	return s
}

// median of sorted values.
func median(s []float64) float64 {
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

// slopeInterval picks the slopes at ranks (M ∓ z√VarS)/2.
func slopeInterval(slopes []float64, varS, level float64) (lo, hi float64) {
	m := float64(len(slopes))
	c := distuv.UnitNormal.Quantile((1+level)/2) * math.Sqrt(varS)
	low, high := int(math.Round((m-c)/2)), int(math.Round((m+c)/2))+1
	if low < 1 || high > len(slopes) {
		return math.NaN(), math.NaN()
	}
	return slopes[low-1], slopes[high-1]
}

// concordance is Kendall's S: pairs in the same order minus pairs in opposite order.
func concordance(x, y []float64) float64 {
	var s int
	for i := range x {
		for j := range i {
			s += cmp.Compare(x[i], x[j]) * cmp.Compare(y[i], y[j])
		}
	}
	return float64(s)
}

// scoreVariance is the variance of S under independence with ties in both
// (Kendall 1970, §4).
func scoreVariance(x, y []float64) float64 {
	n := float64(len(x))
	tx, ty := tieSizes(x), tieSizes(y)
	full := func(t float64) float64 { return t * (t - 1) * (2*t + 5) }
	three := func(t float64) float64 { return t * (t - 1) * (t - 2) }
	two := func(t float64) float64 { return t * (t - 1) }
	v := (full(n) - sumOver(tx, full) - sumOver(ty, full)) / 18
	if n > 2 {
		v += sumOver(tx, three) * sumOver(ty, three) / (9 * three(n))
	}
	if n > 1 {
		v += sumOver(tx, two) * sumOver(ty, two) / (2 * two(n))
	}
	return v
}

func sumOver(sizes []float64, f func(float64) float64) float64 {
	var s float64
	for _, t := range sizes {
		s += f(t)
	}
	return s
}

// tieSizes are the sizes of the groups of equal values.
func tieSizes(x []float64) []float64 {
	s := slices.Sorted(slices.Values(x))
	var sizes []float64
	for i, v := range s {
		if i == 0 || v != s[i-1] {
			sizes = append(sizes, 0)
		}
		sizes[len(sizes)-1]++
	}
	return sizes
}

func tied(x []float64) bool { return len(tieSizes(x)) < len(x) }

// exactP is the share of orderings of n points whose |S| is at least |s|.
func exactP(n int, s float64) float64 {
	pairs := n * (n - 1) / 2
	ways := []float64{1} // ways[d]: orderings with d discordant pairs
	for k := 2; k <= n; k++ {
		next := make([]float64, len(ways)+k-1)
		for d, w := range ways {
			for add := range k {
				next[d+add] += w
			}
		}
		ways = next
	}
	var extreme, all float64
	for d, w := range ways {
		all += w
		if math.Abs(float64(pairs-2*d)) >= math.Abs(s) {
			extreme += w
		}
	}
	return extreme / all
}

// KendallTauB is Kendall's rank correlation with correction for ties on either
// side: the agreement of two rankings. NaN pairs are left out; NaN if one side
// does not vary.
func KendallTauB(x, y []float64) float64 {
	x, y = complete(x, y)
	n := float64(len(x))
	two := func(t float64) float64 { return t * (t - 1) / 2 }
	free := (two(n) - sumOver(tieSizes(x), two)) * (two(n) - sumOver(tieSizes(y), two))
	if !(free > 0) {
		return math.NaN()
	}
	return concordance(x, y) / math.Sqrt(free)
}
