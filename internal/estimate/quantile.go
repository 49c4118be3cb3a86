package estimate

import (
	"math"
	"slices"
)

// Quantile is the smallest answer at or below which at least the share p of
// all weight lies (R: qrule="math"), with Woodruff's (1952) interval: the t
// interval of the share at or below it, carried back through the distribution.
// Its SE is the interval's width over 2t. A bound outside the data is NaN, and
// Reason is OpenInterval.
func (d *Design) Quantile(y []float64, p float64, in Domain) Estimate {
	return d.quantile(y, p, in, d.Mean)
}

// Quantile is the quantile with Woodruff's interval on the replicate standard
// error of the share at or below it.
func (r *Replicates) Quantile(y []float64, p float64, in Domain) Estimate {
	return r.d.quantile(y, p, in, r.Mean)
}

func (d *Design) quantile(y []float64, p float64, in Domain, mean func([]float64, Domain) Estimate) Estimate {
	if !(p > 0 && p < 1) {
		return absent(OutOfRange)
	}
	c := d.distribution(y, in)
	if len(c.value) == 0 {
		return absent(NoAnswers)
	}
	q := c.at(p)
	below := make([]float64, len(y))
	for i, v := range y {
		switch {
		case v != v:
			below[i] = v
		case v <= q:
			below[i] = 1
		}
	}
	e := mean(below, in)
	share := e
	e.Value, e.DEFF, e.DEFFReplace = q, math.NaN(), math.NaN()
	if c.value[0] == c.value[len(c.value)-1] {
		e.Lo, e.Hi = d.interval(q, e.SE, e.DF)
		return e
	}
	e.Lo, e.Hi = c.bound(share.Lo), c.bound(share.Hi)
	e.SE = (e.Hi - e.Lo) / (2 * studentQuantile((1+d.level)/2, e.DF))
	if share.Reason == AllEqual { // q is the largest answer: no spread on its upper side
		e.Reason = OpenInterval
		e.SE, e.Lo, e.Hi = math.NaN(), math.NaN(), math.NaN()
	}
	if e.Reason == "" && math.IsNaN(e.SE) {
		e.Reason = OpenInterval
	}
	return e
}

// distribution holds sorted answers and the weight up to and including each.
type distribution struct{ value, weight []float64 }

func (d *Design) distribution(y []float64, in Domain) distribution {
	var rows []int32
	for _, i := range in.of(d.everyone) {
		if v := y[i]; v == v {
			rows = append(rows, i)
		}
	}
	slices.SortStableFunc(rows, func(i, j int32) int {
		switch {
		case y[i] < y[j]:
			return -1
		case y[i] > y[j]:
			return 1
		}
		return 0
	})
	c := distribution{make([]float64, len(rows)), make([]float64, len(rows))}
	var sum float64
	for k, i := range rows {
		sum += d.weight[i]
		c.value[k], c.weight[k] = y[i], sum
	}
	return c
}

// at is the smallest value with at least the share p of the weight at or below
// it; shares within rounding error of a step belong to the step.
func (c distribution) at(p float64) float64 {
	total := c.weight[len(c.weight)-1]
	k, _ := slices.BinarySearch(c.weight, p*total-1e-12*total)
	return c.value[min(k, len(c.value)-1)]
}

// bound is at for a share that may have left 0 … 1; NaN if so or unknown.
func (c distribution) bound(p float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	return c.at(p)
}
