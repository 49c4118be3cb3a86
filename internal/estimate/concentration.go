package estimate

import (
	"math"
	"slices"
)

// Concentration says how far a total hangs on few holders.
type Concentration struct {
	Holders   int     // holders with more than nothing
	Top       float64 // share of the largest, 0 … 1
	TopIndex  int     // where it stands in the input (the first of equals); -1 if none
	HHI       float64 // Herfindahl–Hirschman index in points, 0 … 10,000
	Effective float64 // 10,000 / HHI: as concentrated as this many equal holders
	Normal    float64 // HHI on 0 … 1 between equal shares and one holder; NaN for one holder
	Gini      float64 // 0 equal … 1 − 1/Holders
	Entropy   float64 // Shannon, in nats
	Top4      float64 // share of the four largest
}

// OK reports whether there was anything to share out.
func (c Concentration) OK() bool { return c.Holders > 0 }

// Concentrate measures amounts ≥ 0 (not necessarily shares); NaN and negative
// amounts are left out. Over nothing every number is NaN.
func Concentrate(amounts []float64) Concentration {
	nan := math.NaN()
	c := Concentration{Top: nan, TopIndex: -1, HHI: nan, Effective: nan, Normal: nan, Gini: nan, Entropy: nan, Top4: nan}
	var sum float64
	var held []float64
	for i, a := range amounts {
		if a > 0 {
			if c.TopIndex < 0 || a > amounts[c.TopIndex] {
				c.TopIndex = i
			}
			held = append(held, a)
			sum += a
		}
	}
	c.Holders = len(held)
	if c.Holders == 0 {
		return c
	}
	slices.Sort(held)
	n := float64(len(held))
	var square, rankSum, entropy, top4 float64
	for k, a := range held {
		q := a / sum
		square += q * q
		rankSum += (2*float64(k+1) - n - 1) * q
		entropy -= q * math.Log(q)
		if k >= len(held)-4 {
			top4 += q
		}
	}
	c.Top, c.HHI, c.Effective = held[len(held)-1]/sum, 1e4*square, 1/square
	c.Gini, c.Entropy, c.Top4 = rankSum/n, entropy, min(top4, 1)
	if n > 1 {
		c.Normal = (square - 1/n) / (1 - 1/n)
	}
	return c
}

// ConcentrateBy adds up amounts per holder before measuring; a negative holder
// is nobody. The second result is the total per holder.
func ConcentrateBy(amounts []float64, holder []int32, holders int) (Concentration, []float64) {
	total := make([]float64, holders)
	for i, h := range holder {
		if h >= 0 && amounts[i] > 0 {
			total[h] += amounts[i]
		}
	}
	return Concentrate(total), total
}

// RankInterval is a position in a ranking with its percentile interval.
type RankInterval struct {
	Rank   float64 // 1 is the largest value; equals share the mean rank; NaN if absent
	Lo, Hi float64 // bounds of the rank over replicates
}

// RankIntervals ranks values (largest first) and gives every rank the
// percentile interval it has over replicate values, [item][replicate]. A
// replicate in which an item has no value is left out for that item, and the
// item takes no place in it.
func RankIntervals(values []float64, replicates [][]float64, level float64) []RankInterval {
	ranks := Ranks(values)
	out := make([]RankInterval, len(values))
	perItem := make([][]float64, len(values))
	if len(replicates) > 0 {
		one := make([]float64, len(values))
		for k := range replicates[0] {
			for i := range values {
				one[i] = replicates[i][k]
			}
			for i, r := range Ranks(one) {
				if r == r {
					perItem[i] = append(perItem[i], r)
				}
			}
		}
	}
	for i := range out {
		out[i].Rank = ranks[i]
		out[i].Lo, out[i].Hi = Percentiles(perItem[i], level)
	}
	return out
}

// Ranks gives the largest value rank 1; equal values share their mean rank,
// NaN has none.
func Ranks(values []float64) []float64 {
	out := filled(len(values), math.NaN())
	for i, v := range values {
		if v != v {
			continue
		}
		above, equal := 0, 0
		for _, w := range values {
			switch {
			case w > v:
				above++
			case w == v:
				equal++
			}
		}
		out[i] = float64(above) + float64(equal+1)/2
	}
	return out
}

// Percentiles is the central interval of replicate values at a level, without
// interpolation: the k-th smallest with k = ⌈n·α/2⌉ and its mirror. NaN values
// are left out; NaN over nothing.
func Percentiles(values []float64, level float64) (lo, hi float64) {
	s := slices.Clone(values)
	s = slices.DeleteFunc(s, math.IsNaN)
	if len(s) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(s)
	k := max(int(math.Ceil(float64(len(s))*(1-level)/2-1e-9)), 1)
	return s[k-1], s[len(s)-k]
}
