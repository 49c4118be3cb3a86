package sample

import (
	"math"
	"math/rand/v2"
)

// The kinds of things that draw random numbers. Each thing has a stream of its own, so that a
// change in one place leaves all others as they were.
const (
	drawEnterprise uint64 = iota + 1
	drawFaculty
	drawVisit
	drawJob
	drawOutcome
)

// stream returns the random numbers of one thing, named by kind and up to three numbers.
func (c *Campaign) stream(kind uint64, ids ...int) *rand.Rand {
	h := mix(c.Seed + kind*0x9E3779B97F4A7C15)
	for _, id := range ids {
		h = mix(h ^ uint64(int64(id)))
	}
	return rand.New(rand.NewPCG(h, mix(h)))
}

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// chance is true with probability percent / 100.
func chance(r *rand.Rand, percent float64) bool { return r.Float64()*100 < percent }

// between draws a whole number from lo to hi, both included.
func between(r *rand.Rand, lo, hi int) int { return lo + r.IntN(hi-lo+1) }

// normal draws from a normal distribution with mean 0.
func normal(r *rand.Rand, sd float64) float64 { return r.NormFloat64() * sd }

// weighted is a list to choose from, each entry with its weight.
type weighted[T any] struct {
	values []T
	sums   []int // running totals of the weights
}

func (w *weighted[T]) add(v T, weight int) {
	if weight <= 0 {
		return
	}
	w.values = append(w.values, v)
	w.sums = append(w.sums, w.total()+weight)
}

func (w *weighted[T]) total() int {
	if len(w.sums) == 0 {
		return 0
	}
	return w.sums[len(w.sums)-1]
}

// pick draws one entry; the zero value where there is none.
func (w *weighted[T]) pick(r *rand.Rand) T { return w.at(r.Float64()) }

// at returns the entry at a quantile 0 ≤ u < 1.
func (w *weighted[T]) at(u float64) T {
	var zero T
	if len(w.values) == 0 {
		return zero
	}
	want := int(u * float64(w.total()))
	for i, sum := range w.sums {
		if want < sum {
			return w.values[i]
		}
	}
	return w.values[len(w.values)-1]
}

// level rounds a latent value to the scale 1–5.
func level(x float64) int { return min(max(int(math.Round(x)), 1), 5) }
